"""TTL, DSCP, buffers and devices as the kernel sees them."""

import errno
import socket
import struct
from collections.abc import Iterator

import pytest

from bgpd.sessions.socket_options import Endpoint, listening_socket, outgoing_socket, reset_on_close
from bgpd.sessions.tcp_ao import TcpAo
from tests.interop.lab import Host, Lab
from tests.sessions.kernel_sockets import connected
from tests.sessions.speakers import free_port, two_speakers

IP_MINTTL, IPV6_MINHOPCOUNT = 21, 73
CS6 = 0xC0
ETHERTYPE_ANY = 3


@pytest.mark.parametrize(
    ("hops", "ttl_security", "ttl", "least"),
    [(1, False, 1, 0), (64, False, 64, 0), (1, True, 255, 255), (3, True, 255, 253)],
    ids=["directly connected", "multihop", "GTSM", "GTSM over three hops"],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_ttl(address: str, hops: int, ttl_security: bool, ttl: int, least: int) -> None:
    """RFC 5082 §3."""
    with outgoing_socket(Endpoint(address=address, hops=hops, ttl_security=ttl_security)) as sock:
        if sock.family is socket.AF_INET:
            assert sock.getsockopt(socket.IPPROTO_IP, socket.IP_TTL) == ttl
            assert sock.getsockopt(socket.IPPROTO_IP, IP_MINTTL) == least
            assert sock.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == CS6
        else:
            assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) == ttl
            assert sock.getsockopt(socket.IPPROTO_IPV6, IPV6_MINHOPCOUNT) == least
            assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS) == CS6


def test_an_ipv6_socket_listens_to_ipv6_only() -> None:
    with listening_socket("::", free_port("::1"), 1) as sock:
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


async def test_gtsm_lets_a_neighbor_in() -> None:
    here, there = two_speakers(ttl_security=True)
    async with here, there:
        here.peer.start()
        there.peer.start()
        await here.established()


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [
        (Endpoint(address="192.0.2.1", interface="eth0"), "192.0.2.1"),
        (Endpoint(address="192.0.2.0", prefix_bits=24), "192.0.2.0/24"),
        (Endpoint(address="fe80::1", interface="eth0"), "fe80::1%eth0"),
        (Endpoint(address="fe80::1", interface="eth0", device="vrf1"), "fe80::1%eth0"),
        (Endpoint(address="fe80::1", device="eth1"), "fe80::1%eth1"),
    ],
)
def test_an_endpoint_is_named_by_its_address(endpoint: Endpoint, text: str) -> None:
    assert str(endpoint) == text


def test_an_endpoint_does_not_show_its_keys() -> None:
    key = TcpAo(send_id=1, receive_id=2, secret=b"hidden")
    assert "hidden" not in repr(Endpoint(address="192.0.2.1", password=b"hidden", authentication=key))


def test_the_hold_timers_alone_find_dead_peers() -> None:
    """The kernel would close without a NOTIFICATION, and also a peer that just reads slowly (RFC 9687)."""
    with outgoing_socket(Endpoint(address="127.0.0.1")) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 0
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_the_kernel_takes_little_for_a_peer_that_reads_nothing() -> None:
    """Its window, and not much more: the rest stays in our queue, whose length we know."""
    near, far = connected(Endpoint(address="127.0.0.1"))
    with near, far:
        near.setblocking(False)
        taken = near.send(bytes(16 * 1024 * 1024))
        assert taken < 2 * 1024 * 1024


def test_a_reset_frees_what_the_peer_has_not_taken() -> None:
    near, far = connected(Endpoint(address="127.0.0.1"))
    with far:
        near.sendall(b"unread")
        reset_on_close(near)
        near.close()
        assert far.recv(100) == b"unread"
        with pytest.raises(ConnectionResetError):
            far.recv(100)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_every_packet_is_marked_cs6(lab: Lab, family: socket.AddressFamily) -> None:
    """RFC 4594 §3.1: from the SYN and its answer to the last FIN, both ways."""
    a, b = lab.host("a"), lab.host("b")
    _, on_b = lab.link(a, b)
    address = on_b.v4 if family is socket.AF_INET else on_b.v6
    with sniffer(b) as sniffed:
        near, far = connected(Endpoint(address=address), a, b)
        with near, far:
            near.sendall(b"ping")
            assert far.recv(4) == b"ping"
            far.sendall(b"pong")
            assert near.recv(4) == b"pong"
        marks = list(tcp_marks(sniffed))
    assert len(marks) >= 6
    assert set(marks) == {CS6}


def sniffer(host: Host) -> socket.socket:
    """Return a socket that sees all packets of a host, without their Ethernet headers."""
    with host.entered():
        return socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, socket.htons(ETHERTYPE_ANY)
        )


def tcp_marks(sniffed: socket.socket) -> Iterator[int]:
    """Yield the octet with the DSCP of each TCP packet."""
    while True:
        try:
            packet = sniffed.recv(65536)
        except BlockingIOError:
            return
        version, protocol = packet[0] >> 4, packet[9] if packet[0] >> 4 == 4 else packet[6]
        if protocol == socket.IPPROTO_TCP:
            yield packet[1] if version == 4 else struct.unpack_from("!H", packet)[0] >> 4 & 0xFF


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(OSError, match=r"^\[Errno 19\] bind to device nosuch0: No such device$"):
        outgoing_socket(Endpoint(address="127.0.0.1", device="nosuch0"))


def test_a_second_daemon_learns_that_the_first_is_there() -> None:
    """Also beside sockets that are bound to a device, which must share the port."""
    port = free_port("127.0.0.1")
    with listening_socket("127.0.0.1", port, 1), listening_socket("127.0.0.1", port, 1, device="lo"):
        with pytest.raises(
            OSError, match=rf"listen on 127\.0\.0\.1 port {port}: Address already in use"
        ) as told:
            listening_socket("127.0.0.1", port, 1)
        assert told.value.errno == errno.EADDRINUSE
