"""What is set on the TCP sockets of BGP: source, device, TTL and GTSM (RFC 5082), keys, DSCP, buffers.

Not set are SO_KEEPALIVE and TCP_USER_TIMEOUT. That a peer is dead is for the HoldTimer to find, and that it
reads nothing for the SendHoldTimer (RFC 9687), which says so in a NOTIFICATION; the kernel would only close.
"""

import errno
import os
import socket
import struct
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from bgpd.sessions import tcp_ao, tcp_md5
from bgpd.sessions.signers import AnySocket, Signers
from bgpd.sessions.tcp_ao import TcpAo
from messages.iana import BGP_PORT

SocketAddress = tuple[str, int] | tuple[str, int, int, int]

# From Linux' headers; Python has no names for them.
_IP_MINTTL: Final = 21
_IPV6_MINHOPCOUNT: Final = 73
_TCP_SAVE_SYN: Final = 27
_TCP_SAVED_SYN: Final = 28

_LARGEST_TTL: Final = 255
_TTL_AT: Final = {socket.AF_INET: 8, socket.AF_INET6: 7}
"""Where the IP headers have it."""
_SYN_OCTETS: Final = 512
"""More than a SYN with all its headers has."""
_CS6: Final = 6 << 5
"""Internetwork control (RFC 4594 §3.1), as a TOS octet."""
_RECEIVE_OCTETS: Final = 256 * 1024
"""Enough for one round trip's worth of UPDATEs; what a paused session may keep in the kernel."""
_UNSENT_OCTETS: Final = 256 * 1024
"""What the kernel takes beyond what it may send at once.

So a peer that reads slowly costs little memory, and a session learns soon that its peer is slow. What is on
its way is not limited (SO_SNDBUF would limit that): the kernel adapts it to the path.
"""
_RESET: Final = struct.pack("ii", 1, 0)
"""``struct linger``: on, for no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """How to reach one neighbor or a range of them, and what their packets must look like."""

    address: str
    prefix_bits: int | None = None
    """For neighbors that are a range: how many bits of ``address`` they have in common."""
    port: int = BGP_PORT
    source_address: str = ""
    """Empty lets the kernel choose."""
    interface: str = ""
    """The scope of a link-local address."""
    device: str = ""
    """The interface or VRF that all packets must use; empty for any."""
    hops: int = 1
    """How many hops away the neighbor may be; one is directly connected."""
    ttl_security: bool = False
    password: bytes = field(default=b"", repr=False)
    """The key of TCP MD5 signatures (RFC 2385); empty for none."""
    authentication: TcpAo | None = None
    """The key of TCP-AO (RFC 5925), which takes the place of TCP MD5."""

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

    @property
    def scope(self) -> str:
        """The interface that a link-local address is on, else empty."""
        return (self.interface or self.device) if self.is_link_local else ""

    @property
    def signers(self) -> Signers:
        """Whom a key is for."""
        address = self.packed
        return Signers(address, 8 * len(address) if self.prefix_bits is None else self.prefix_bits)

    @property
    def least_ttl(self) -> int:
        """The least that GTSM accepts.

        A packet started with 255 and lost one at each router between us (RFC 5082 §3).
        """
        return _LARGEST_TTL + 1 - self.hops if self.ttl_security else 0

    def __str__(self) -> str:
        if self.prefix_bits is not None:
            return f"{self.address}/{self.prefix_bits}"
        return f"{self.address}%{self.scope}" if self.scope else self.address


def family_of(address: str) -> socket.AddressFamily:
    """Return the family of an address in text form."""
    return socket.AF_INET if ip_address(address).version == 4 else socket.AF_INET6


def outgoing_socket(endpoint: Endpoint) -> socket.socket:
    """Return a socket ready to connect to the neighbor; ``OSError`` says which step failed."""
    sock = socket.socket(endpoint.family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        tune(sock, endpoint)
        if endpoint.device:
            _bind_to_device(sock, endpoint.device)
        if endpoint.authentication:
            tcp_ao.add_key(sock, endpoint.signers, endpoint.authentication)
        elif endpoint.password:
            tcp_md5.set_key(sock, endpoint.signers, endpoint.password)
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


def _bind_to_device(sock: socket.socket, device: str) -> None:
    """Use this interface or VRF only."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    except OSError as error:
        reason = f"bind to device {device}: {os.strerror(error.errno or 0)}"
        if error.errno == errno.EPERM:
            reason += " (needs CAP_NET_RAW)"
        raise OSError(error.errno, reason) from error


def _socket_address(endpoint: Endpoint, address: str, port: int) -> SocketAddress:
    if endpoint.family is socket.AF_INET:
        return (address, port)
    scope = (endpoint.interface or endpoint.device) if ip_address(address).is_link_local else ""
    return (address, port, 0, socket.if_nametoindex(scope) if scope else 0)


def tune(sock: AnySocket, endpoint: Endpoint) -> None:
    """Set what a connection with this neighbor needs, on a socket that we opened or accepted."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_OCTETS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_OCTETS)
    _mark(sock, _LARGEST_TTL if endpoint.ttl_security else endpoint.hops)
    if endpoint.family is socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, _IP_MINTTL, endpoint.least_ttl)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_MINHOPCOUNT, endpoint.least_ttl)


def _mark(sock: AnySocket, ttl: int) -> None:
    """Choose the TTL and DSCP that packets leave with."""
    if sock.family is socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _CS6)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _CS6)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)


def listening_socket(address: str, port: int, backlog: int, device: str = "") -> socket.socket:
    """Return a socket that listens on one address, IPv6 without mapped IPv4.

    Its own segments leave with the largest TTL, so that the handshake passes a neighbor's GTSM.
    """
    sock = socket.socket(family_of(address), socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_OCTETS)
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_SAVE_SYN, 1)
        _mark(sock, _LARGEST_TTL)
        if sock.family is socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _listen(sock, (address, port), backlog, device)
    except OSError as error:
        sock.close()
        place = f"{address} port {port}" + (f" device {device}" if device else "")
        raise OSError(error.errno, f"listen on {place}: {os.strerror(error.errno or 0)}") from error
    return sock


def _listen(sock: socket.socket, address: SocketAddress, backlog: int, device: str) -> None:
    """Listen, so that sockets for devices can have the same address beside the one for all.

    For that both must allow it (SO_REUSEPORT). The one for all does so only once it has its address, so that
    a second daemon still learns that the first is there.
    """
    if device:
        _bind_to_device(sock, device)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(address)
    sock.listen(backlog)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


def flaw_of_ttl(sock: socket.socket, endpoint: Endpoint) -> str:
    """Say why GTSM refuses an accepted connection, or return nothing.

    The kernel drops what comes later from too far away, once ``tune`` has told it; the handshake was before
    that. When the kernel fell back to SYN cookies it does not know any more, and this waits for ``tune`` too.
    """
    if not endpoint.ttl_security:
        return ""
    syn = sock.getsockopt(socket.IPPROTO_TCP, _TCP_SAVED_SYN, _SYN_OCTETS)
    at = _TTL_AT[endpoint.family]
    if len(syn) <= at or syn[at] >= endpoint.least_ttl:
        return ""
    return f"too far away for ttl_security (TTL {syn[at]}, and {endpoint.least_ttl} is the least)"


def change_password(sock: AnySocket, endpoint: Endpoint, password: bytes) -> None:
    """Use another TCP MD5 password for a connection that lives; an empty one ends signing."""
    tcp_md5.set_key(sock, endpoint.signers, password)


def reset_on_close(sock: AnySocket) -> None:
    """Let closing drop what the peer has not taken, for a peer that takes nothing.

    Otherwise the kernel would keep it, and keep trying, for minutes.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
