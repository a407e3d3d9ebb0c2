"""What is set on the TCP sockets of BGP: source, TTL and GTSM (RFC 5082), MD5 (RFC 2385), DSCP."""

import errno
import os
import socket
import struct
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from messages.iana import BGP_PORT

SocketAddress = tuple[str, int] | tuple[str, int, int, int]

# From Linux' headers; Python has no names for them.
_IP_MINTTL: Final = 21
_IPV6_MINHOPCOUNT: Final = 73
_TCP_MD5SIG: Final = 14
_MD5SIG: Final = struct.Struct("=128sBBHi80s")
"""``struct tcp_md5sig``: address, flags, prefix length, key length, interface, key."""
_SOCKADDR_IN: Final = struct.Struct("=HH4s")
_SOCKADDR_IN6: Final = struct.Struct("=HHI16sI")
LONGEST_PASSWORD: Final = 80

_LARGEST_TTL: Final = 255
_CS6: Final = 6 << 5
"""Internetwork control (RFC 4594 §3.1), as a TOS octet."""
_RECEIVE_OCTETS: Final = 256 * 1024
"""Enough for one round trip's worth of UPDATEs; what a paused session may keep in the kernel."""
_OPTMEM_MAX: Final = Path("/proc/sys/net/core/optmem_max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """How to reach one neighbor, and what its packets must look like."""

    address: str
    port: int = BGP_PORT
    source_address: str = ""
    """Empty lets the kernel choose."""
    interface: str = ""
    """The scope of a link-local address."""
    hops: int = 1
    """How many hops away the neighbor may be; one is directly connected."""
    ttl_security: bool = False
    password: bytes = b""

    @property
    def packed(self) -> bytes:
        """The neighbor's address as octets."""
        return ip_address(self.address).packed

    @property
    def family(self) -> socket.AddressFamily:
        """The address family of the transport, which need not be that of the routes."""
        return family_of(self.address)

    @property
    def is_link_local(self) -> bool:
        """Whether the address means something on one interface only."""
        return self.family is socket.AF_INET6 and ip_address(self.address).is_link_local

    def __str__(self) -> str:
        return f"{self.address}%{self.interface}" if self.is_link_local else self.address


def family_of(address: str) -> socket.AddressFamily:
    """Return the family of an address in text form."""
    return socket.AF_INET if ip_address(address).version == 4 else socket.AF_INET6


def outgoing_socket(endpoint: Endpoint) -> socket.socket:
    """Return a socket ready to connect to the neighbor; ``OSError`` says which step failed."""
    sock = socket.socket(endpoint.family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        tune(sock, endpoint)
        if endpoint.password:
            set_password(sock, endpoint, endpoint.password)
        if endpoint.source_address:
            _bind(sock, endpoint)
    except OSError:
        sock.close()
        raise
    return sock


def remote_socket_address(endpoint: Endpoint) -> SocketAddress:
    """Return where to connect to."""
    return _socket_address(endpoint, endpoint.address, endpoint.port)


def _bind(sock: socket.socket, endpoint: Endpoint) -> None:
    try:
        sock.bind(_socket_address(endpoint, endpoint.source_address, 0))
    except OSError as error:
        reason = f"bind to {endpoint.source_address}: {os.strerror(error.errno or 0)}"
        raise OSError(error.errno, reason) from error


def _socket_address(endpoint: Endpoint, address: str, port: int) -> SocketAddress:
    if endpoint.family is socket.AF_INET:
        return (address, port)
    is_scoped = bool(endpoint.interface) and ip_address(address).is_link_local
    return (address, port, 0, socket.if_nametoindex(endpoint.interface) if is_scoped else 0)


def tune(sock: socket.socket, endpoint: Endpoint) -> None:
    """Set what a connection with this neighbor needs, on a socket that we opened or accepted."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_OCTETS)
    ttl = _LARGEST_TTL if endpoint.ttl_security else endpoint.hops
    # GTSM: the packet started with 255 and lost at most one per hop between us (RFC 5082 §3).
    least = _LARGEST_TTL + 1 - endpoint.hops if endpoint.ttl_security else 0
    if endpoint.family is socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _CS6)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        sock.setsockopt(socket.IPPROTO_IP, _IP_MINTTL, least)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _CS6)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_MINHOPCOUNT, least)


def listening_socket(address: str, port: int, backlog: int) -> socket.socket:
    """Return a socket that listens on one address, IPv6 without mapped IPv4.

    Its own segments leave with the largest TTL, so that the handshake passes a neighbor's GTSM.
    """
    family = family_of(address)
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_OCTETS)
        if family is socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _CS6)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, _LARGEST_TTL)
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _CS6)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, _LARGEST_TTL)
        sock.bind((address, port))
        sock.listen(backlog)
    except OSError as error:
        sock.close()
        raise OSError(
            error.errno, f"listen on {address} port {port}: {os.strerror(error.errno or 0)}"
        ) from error
    return sock


def set_password(sock: socket.socket, endpoint: Endpoint, password: bytes) -> None:
    """Sign and check every segment exchanged with the neighbor (RFC 2385); an empty password stops that.

    A listening socket takes one key per neighbor, and the kernel charges them to the socket's option memory.
    """
    if len(password) > LONGEST_PASSWORD:
        raise ValueError(f"a TCP MD5 password has at most {LONGEST_PASSWORD} octets, not {len(password)}")
    key = _MD5SIG.pack(_packed_socket_address(endpoint), 0, 0, len(password), 0, password)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_MD5SIG, key)
    except OSError as error:
        if not password and error.errno == errno.ENOENT:
            return  # there was no key to remove
        raise OSError(error.errno, _explain_md5(error)) from error


def _packed_socket_address(endpoint: Endpoint) -> bytes:
    if endpoint.family is socket.AF_INET:
        return _SOCKADDR_IN.pack(socket.AF_INET, 0, endpoint.packed)
    return _SOCKADDR_IN6.pack(socket.AF_INET6, 0, 0, endpoint.packed, 0)


def _explain_md5(error: OSError) -> str:
    reason = f"Kernel MD5 auth failed: {os.strerror(error.errno or 0)}"
    if error.errno == errno.ENOMEM:
        limit = _OPTMEM_MAX.read_text().strip() if _OPTMEM_MAX.exists() else "?"
        reason += f" (raise the sysctl net.core.optmem_max, now {limit})"
    return reason
