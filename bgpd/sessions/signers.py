"""Who signs with a key: one neighbor or a range of them, in the form that Linux' structs for keys have."""

import errno
import os
import socket
import struct
from asyncio.trsock import TransportSocket
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

AnySocket = socket.socket | TransportSocket
"""A socket of ours, or what an asyncio transport shows of its own."""
OPTION_ABSENT: Final = frozenset({errno.ENOPROTOOPT, errno.ENOSYS})
"""What a kernel says that was built without an option."""

_SOCKADDR_IN: Final = struct.Struct("=HH4s")
_SOCKADDR_IN6: Final = struct.Struct("=HHI16sI")
_OPTMEM_MAX: Final = Path("/proc/sys/net/core/optmem_max")


class Signers(NamedTuple):
    """The other ends of the connections that a key is for."""

    address: bytes
    bits: int
    """How many leading bits of the address count; all of them for a single neighbor."""

    @property
    def family(self) -> socket.AddressFamily:
        """The address family."""
        return socket.AF_INET if len(self.address) == 4 else socket.AF_INET6

    @property
    def is_range(self) -> bool:
        """Whether they can be several."""
        return self.bits < 8 * len(self.address)

    @property
    def socket_address(self) -> bytes:
        """A ``struct sockaddr`` with the address alone: keys hold for all ports."""
        if self.family is socket.AF_INET:
            return _SOCKADDR_IN.pack(socket.AF_INET, 0, self.address)
        return _SOCKADDR_IN6.pack(socket.AF_INET6, 0, 0, self.address, 0)

    def __contains__(self, address: object) -> bool:
        """Tell whether the neighbor at this address, in octets, is one of them."""
        if not isinstance(address, bytes) or len(address) != len(self.address):
            return False
        irrelevant = 8 * len(address) - self.bits
        return int.from_bytes(address) >> irrelevant == int.from_bytes(self.address) >> irrelevant

    def __str__(self) -> str:
        address = str(ip_address(self.address))
        return f"{address}/{self.bits}" if self.is_range else address


def explain(error: OSError) -> str:
    """Say why the kernel took no key, and name the sysctl if that is what limits it."""
    reason = os.strerror(error.errno or 0)
    if error.errno == errno.ENOMEM:
        limit = _OPTMEM_MAX.read_text().strip() if _OPTMEM_MAX.exists() else "?"
        reason += f" (raise the sysctl net.core.optmem_max, now {limit})"
    return reason
