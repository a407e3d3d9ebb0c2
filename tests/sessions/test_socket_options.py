"""TTL, GTSM, DSCP and TCP MD5 as the kernel sees them."""

import errno
import socket

import pytest

from bgpd.sessions.socket_options import (
    LONGEST_PASSWORD,
    Endpoint,
    listening_socket,
    outgoing_socket,
    set_password,
)
from fsm.state import State
from tests.sessions.speakers import Clock, free_port, set_many_passwords, two_speakers

IP_MINTTL, IPV6_MINHOPCOUNT = 21, 73


def kernel_signs() -> bool:
    """Whether this kernel has TCP MD5."""
    with socket.socket() as sock:
        try:
            set_password(sock, Endpoint(address="127.0.0.1"), b"key")
        except OSError:
            return False
    return True


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
            assert sock.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 0xC0
        else:
            assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) == ttl
            assert sock.getsockopt(socket.IPPROTO_IPV6, IPV6_MINHOPCOUNT) == least
            assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS) == 0xC0


def test_an_ipv6_socket_listens_to_ipv6_only() -> None:
    with listening_socket("::", free_port("::1"), 1) as sock:
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


async def test_gtsm_lets_a_neighbor_in() -> None:
    here, there = two_speakers(ttl_security=True)
    async with here, there:
        here.peer.start()
        there.peer.start()
        await here.established()


@pytest.mark.skipif(not kernel_signs(), reason="the kernel has no TCP MD5")
@pytest.mark.parametrize("addresses", [("127.0.0.1", "127.0.0.2"), ("::1", "::1")])
async def test_the_same_password_lets_a_neighbor_in(addresses: tuple[str, str]) -> None:
    here, there = two_speakers(addresses=addresses, password=b"secret")
    async with here, there:
        here.peer.start()
        there.peer.start()
        await here.established()
        await there.established()


@pytest.mark.skipif(not kernel_signs(), reason="the kernel has no TCP MD5")
async def test_another_password_does_not(clock: Clock) -> None:
    """RFC 2385 §2: the segments are dropped silently, so all one sees is a timeout."""
    here, there = two_speakers(password=b"secret")
    async with here, there:
        endpoint = there.peer.settings.endpoint
        for sock in there.listener._sockets:
            set_password(sock, endpoint, b"another")
        here.peer.start()
        await here.reaches(State.CONNECT)
        clock.advance(120)
        await here.handler.until(lambda: here.peer.last_error)
        assert here.peer.last_error == "Socket: Connection timed out"
        assert here.handler.sessions == []


@pytest.mark.skipif(not kernel_signs(), reason="the kernel has no TCP MD5")
def test_a_password_can_be_removed_twice() -> None:
    endpoint = Endpoint(address="127.0.0.1")
    with socket.socket() as sock:
        set_password(sock, endpoint, b"key")
        set_password(sock, endpoint, b"")
        set_password(sock, endpoint, b"")


def test_a_password_has_a_longest_length() -> None:
    with socket.socket() as sock, pytest.raises(ValueError, match="at most 80 octets"):
        set_password(sock, Endpoint(address="127.0.0.1"), bytes(LONGEST_PASSWORD + 1))


@pytest.mark.skipif(not kernel_signs(), reason="the kernel has no TCP MD5")
def test_too_many_passwords_name_the_sysctl() -> None:
    """The keys of a listening socket are charged to its option memory."""
    with socket.socket() as sock, pytest.raises(OSError, match=r"net\.core\.optmem_max") as refusal:
        set_many_passwords(sock)
    assert refusal.value.errno == errno.ENOMEM
