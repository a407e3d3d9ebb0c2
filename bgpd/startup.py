"""Why the daemon can't start, in words that say what to do."""

import os
import sys
from pathlib import Path
from typing import Final

_NUMBERS: Final = {"CAP_NET_BIND_SERVICE": 10, "CAP_NET_ADMIN": 12}
"""From capabilities(7)."""
_FIRST_UNPRIVILEGED_PORT: Final = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


class StartupError(Exception):
    """The daemon can't start; the text is for the operator."""


def require_capabilities(port: int | None, *, kernel: bool) -> None:
    """Raise StartupError if a right is missing that listening on ``port`` or writing kernel routes takes."""
    if port is not None and port < int(_FIRST_UNPRIVILEGED_PORT.read_text()):
        _require("CAP_NET_BIND_SERVICE", f"listen on port {port}")
    if kernel:
        _require("CAP_NET_ADMIN", "write routes into the kernel")


def _require(capability: str, purpose: str) -> None:
    if not _effective() >> _NUMBERS[capability] & 1:
        raise StartupError(missing_capability(capability, purpose))


def missing_capability(capability: str, purpose: str) -> str:
    """Return what is missing, what for, and three ways to grant it."""
    words = " ".join([os.path.realpath(sys.executable), *sys.orig_argv[1:]])
    name = capability.lower()
    return (
        f"the capability {capability} is missing, which it takes to {purpose}; "
        f"run bgpd as root, or under systemd with AmbientCapabilities={capability}, or as\n"
        f"  sudo capsh --keep=1 --user={_user()} --inh={name} --addamb={name} -- -c '{words}'"
    )


def _effective() -> int:
    """Return the effective capabilities of this process as a bit set."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("CapEff:")[2].split()[0], 16)


def _user() -> str:
    return os.environ.get("USER", str(os.getuid()))
