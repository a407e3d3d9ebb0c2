"""TCP MD5 signatures, as Linux takes their keys (RFC 2385)."""

import errno
import socket
import struct
from typing import Final

from bgpd.sessions.signers import OPTION_ABSENT, AnySocket, Signers, explain

# From Linux' headers; Python has no names for them.
_TCP_MD5SIG: Final = 14
_TCP_MD5SIG_EXT: Final = 32
_FLAG_PREFIX: Final = 1
_MD5SIG: Final = struct.Struct("=128sBBHi80s")
"""``struct tcp_md5sig``: address, flags, prefix length, octets of the key, device, key."""
LONGEST_PASSWORD: Final = 80


def set_key(sock: AnySocket, signers: Signers, password: bytes) -> None:
    """Sign and check every segment exchanged with these; a later password takes the place of this one.

    An empty password ends signing. On an established connection both ends have to change within the time
    that TCP retransmits; until they agree the segments of each are dropped by the other, and nothing is lost.
    """
    if len(password) > LONGEST_PASSWORD:
        raise ValueError(f"a TCP MD5 password has at most {LONGEST_PASSWORD} octets, not {len(password)}")
    option = _TCP_MD5SIG_EXT if signers.is_range else _TCP_MD5SIG
    try:
        sock.setsockopt(socket.IPPROTO_TCP, option, packed(signers, password))
    except OSError as error:
        if not password and error.errno == errno.ENOENT:
            return  # there was no key to remove
        raise OSError(error.errno, _explain(error)) from error


def packed(signers: Signers, password: bytes) -> bytes:
    """Return the argument of the socket option.

    No device is named: Linux takes VRFs only, and our sockets are bound to theirs.
    """
    flags, bits = (_FLAG_PREFIX, signers.bits) if signers.is_range else (0, 0)
    return _MD5SIG.pack(signers.socket_address, flags, bits, len(password), 0, password)


def _explain(error: OSError) -> str:
    reason = f"Kernel MD5 auth failed: {explain(error)}"
    if error.errno in OPTION_ABSENT:
        reason += " (TCP MD5 needs a kernel built with CONFIG_TCP_MD5SIG)"
    return reason
