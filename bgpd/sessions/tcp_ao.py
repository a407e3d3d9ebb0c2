"""The TCP Authentication Option, TCP-AO, as Linux takes its keys (RFC 5925, RFC 5926)."""

import errno
import socket
import struct
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from bgpd.sessions.signers import OPTION_ABSENT, AnySocket, Signers, explain

# From Linux' headers; Python has no names for them.
_TCP_AO_ADD_KEY: Final = 38
_TCP_AO_DEL_KEY: Final = 39
_TCP_AO_INFO: Final = 40
_ADD: Final = struct.Struct("=128s64siIHBBBBBB80s")
"""``struct tcp_ao_add``: address, algorithm, device, bits (set the current key, set the next one), reserved,
prefix length, SendID, RecvID, octets of the MAC, flags, octets of the key, key."""
_DELETE: Final = struct.Struct("=128siIHBBBBBB")
"""``struct tcp_ao_del``: address, device, bits, reserved, prefix length, SendID, RecvID, current key, next
key, flags."""
_INFO_OCTETS: Final = 48
LONGEST_SECRET: Final = 80
REMEDY: Final = "TCP-AO needs Linux 6.7 or later, built with CONFIG_TCP_AO"


class Algorithm(StrEnum):
    """How MACs are computed: the two that RFC 5926 §2.2 requires, and one that Linux has besides."""

    HMAC_SHA_1_96 = "hmac-sha-1-96"
    AES_128_CMAC_96 = "aes-128-cmac-96"
    HMAC_SHA_256 = "hmac-sha-256"


class _Kernel(NamedTuple):
    """What Linux calls an algorithm, and how many octets of its result are sent."""

    name: bytes
    mac_octets: int


_ALGORITHMS: Final = {
    Algorithm.HMAC_SHA_1_96: _Kernel(b"hmac(sha1)", 12),
    Algorithm.AES_128_CMAC_96: _Kernel(b"cmac(aes128)", 12),
    Algorithm.HMAC_SHA_256: _Kernel(b"hmac(sha256)", 16),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpAo:
    """One master key tuple (RFC 5925 §3.1)."""

    send_id: int
    """SendID, the KeyID in the segments that we send."""
    receive_id: int
    """RecvID, the KeyID in those that we receive."""
    algorithm: Algorithm = Algorithm.HMAC_SHA_1_96
    secret: bytes = field(repr=False)


def kernel_has_tcp_ao() -> bool:
    """Tell whether the running kernel knows the option."""
    with socket.socket() as sock:
        try:
            sock.getsockopt(socket.IPPROTO_TCP, _TCP_AO_INFO, _INFO_OCTETS)
        except OSError as error:
            return error.errno not in OPTION_ABSENT  # a kernel that has it misses the keys
    return True


def add_key(sock: AnySocket, signers: Signers, key: TcpAo) -> None:
    """Sign and check every segment exchanged with these; unsigned ones are dropped from now on."""
    if len(key.secret) > LONGEST_SECRET:
        raise ValueError(f"a TCP-AO secret has at most {LONGEST_SECRET} octets, not {len(key.secret)}")
    _set(sock, _TCP_AO_ADD_KEY, packed_add(signers, key))


def delete_key(sock: AnySocket, signers: Signers, key: TcpAo) -> None:
    """Forget a key of a listening socket, which may not have it."""
    try:
        _set(sock, _TCP_AO_DEL_KEY, packed_delete(signers, key))
    except OSError as error:
        if error.errno not in {errno.ENOENT, *OPTION_ABSENT}:
            raise


def packed_add(signers: Signers, key: TcpAo) -> bytes:
    """Return the argument of TCP_AO_ADD_KEY.

    No device is named: Linux takes VRFs only, and our sockets are bound to theirs.
    """
    algorithm = _ALGORITHMS[key.algorithm]
    ids = key.send_id, key.receive_id
    tail = algorithm.mac_octets, 0, len(key.secret), key.secret
    return _ADD.pack(signers.socket_address, algorithm.name, 0, 0, 0, signers.bits, *ids, *tail)


def packed_delete(signers: Signers, key: TcpAo) -> bytes:
    """Return the argument of TCP_AO_DEL_KEY."""
    return _DELETE.pack(signers.socket_address, 0, 0, 0, signers.bits, key.send_id, key.receive_id, 0, 0, 0)


def _set(sock: AnySocket, option: int, argument: bytes) -> None:
    try:
        sock.setsockopt(socket.IPPROTO_TCP, option, argument)
    except OSError as error:
        reason = f"Kernel TCP-AO auth failed: {explain(error)}"
        if error.errno in OPTION_ABSENT:
            reason += f" ({REMEDY})"
        raise OSError(error.errno, reason) from error
