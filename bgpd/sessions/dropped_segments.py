"""TCP segments that the kernel dropped before any daemon saw them, and why (RFC 2385, RFC 5082, RFC 5925).

A neighbor with another password looks like one that is not there: all that either side sees is a timeout.
The counters are the kernel's, of all TCP connections in the network namespace since it exists.
"""

from pathlib import Path
from typing import Final

_COUNTERS: Final = Path("/proc/net/netstat")
_REASONS: Final = {
    "TCPMD5NotFound": "no MD5 signature, but a password is configured",
    "TCPMD5Unexpected": "an MD5 signature, but no password is configured",
    "TCPMD5Failure": "a wrong MD5 signature",
    "TCPAORequired": "no TCP-AO, but a key is configured",
    "TCPAOKeyNotFound": "TCP-AO with an unknown key",
    "TCPAOBad": "a wrong TCP-AO signature",
    "TCPMinTTLDrop": "too far away for ttl_security",
}


def dropped_segments() -> dict[str, int]:
    """Return how many segments were dropped for each reason that occurred."""
    try:
        text = _COUNTERS.read_text()
    except OSError:  # /proc may be hidden from us
        return {}
    lines = [line.split() for line in text.splitlines() if line.startswith("TcpExt:")]
    counters = dict(zip(*lines, strict=True)) if len(lines) == 2 else {}
    dropped = {reason: int(counters.get(name, 0)) for name, reason in _REASONS.items()}
    return {reason: count for reason, count in dropped.items() if count}
