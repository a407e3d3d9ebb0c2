"""What a TCP connection tells of itself: where its ends are, and why it failed."""

import os
from ipaddress import ip_address

from bgpd.sessions.socket_options import SocketAddress


def packed_address(address: SocketAddress | None) -> bytes:
    """Return an address as octets; there is none if the connection is lost already."""
    return b"" if address is None else ip_address(address[0].partition("%")[0]).packed


def scope_of(address: SocketAddress | None) -> int:
    """Return the index of the interface that a link-local address belongs to; 0 for other addresses."""
    return address[3] if address is not None and len(address) == 4 else 0


def failure_words(error: BaseException | None) -> str:
    """Name the cause as the kernel does; what we raised ourselves says more than its number."""
    if error is None:
        return "Connection closed"
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    return os.strerror(error.errno)
