"""The Generalized TTL Security Mechanism across a router (RFC 5082), as the kernel enforces it."""

import asyncio
import socket
from contextlib import ExitStack
from dataclasses import replace

import pytest

from bgpd.sessions.dropped_segments import dropped_segments
from bgpd.sessions.listener import Listener
from bgpd.sessions.peer import Peer
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.socket_options import Endpoint, flaw_of_ttl, tune
from tests.interop.lab import Host, Lab
from tests.interop.waiting import eventually
from tests.sessions.kernel_sockets import SYN_SENT, connected, connecting, is_readable, listening, tcp_state
from tests.sessions.speakers import OURS, Recorder, free_port

TOO_FAR = "too far away for ttl_security"
families = pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])


def two_hops(lab: Lab, family: socket.AddressFamily) -> tuple[Host, Host, Endpoint]:
    """Return two hosts with a router between, and the second as the first sees it, two hops away."""
    a, router, b = lab.host("a"), lab.host("router"), lab.host("b")
    router.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
    router.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")
    on_a, near_a = lab.link(a, router)
    near_b, on_b = lab.link(router, b)
    for host, gateway in ((a, near_a), (b, near_b)):
        host.ip("route", "add", "default", "via", gateway.v4)
        host.ip("-6", "route", "add", "default", "via", gateway.v6)
    ours, theirs = (on_a.v4, on_b.v4) if family is socket.AF_INET else (on_a.v6, on_b.v6)
    return a, b, Endpoint(address=theirs, source_address=ours, hops=2, ttl_security=True)


def dropped_at(host: Host) -> int:
    with host.entered():
        return dropped_segments().get(TOO_FAR, 0)


def await_drop(host: Host) -> None:
    """Wait until the kernel of a host has dropped a segment."""
    eventually(lambda: dropped_at(host) > 0)


@families
def test_a_neighbor_as_far_away_as_allowed_is_heard(lab: Lab, family: socket.AddressFamily) -> None:
    a, b, endpoint = two_hops(lab, family)
    with listening(endpoint, b) as (sock, target), connecting(target, a) as near:
        far, _ = sock.accept()
        with far:
            far.settimeout(5)
            assert flaw_of_ttl(far, target) == ""
            tune(far, target)
            near.sendall(b"ping")
            assert far.recv(4) == b"ping"
            far.sendall(b"pong")
            assert near.recv(4) == b"pong"
    assert dropped_at(a) == dropped_at(b) == 0


@families
def test_a_neighbor_one_hop_too_far_is_not_reached(lab: Lab, family: socket.AddressFamily) -> None:
    """Its answer to our SYN starts with 255 and comes with 254, and 255 is the least for one hop."""
    a, b, endpoint = two_hops(lab, family)
    with listening(replace(endpoint, hops=1), b) as (_, target), connecting(target, a) as near:
        await_drop(a)
        assert tcp_state(near) == SYN_SENT


@families
def test_a_connection_from_one_hop_too_far_is_refused(lab: Lab, family: socket.AddressFamily) -> None:
    """The listening socket answers anybody, since it serves all neighbors; but the SYN tells, and is kept."""
    a, b, endpoint = two_hops(lab, family)
    with listening(endpoint, b) as (sock, target), connecting(target, a):
        far, _ = sock.accept()
        with far:
            flaw = flaw_of_ttl(far, replace(target, hops=1))
    assert flaw == f"{TOO_FAR} (TTL 254, and 255 is the least)"


@families
def test_what_comes_from_too_far_is_dropped(lab: Lab, family: socket.AddressFamily) -> None:
    """Whatever the handshake was like, the kernel looks at every segment after it (RFC 5082 §3)."""
    a, b, endpoint = two_hops(lab, family)
    near, far = connected(endpoint, a, b)
    with near, far:
        near.sendall(b"heard")
        assert far.recv(100) == b"heard"
        tune(far, replace(endpoint, hops=1))
        near.sendall(b"dropped")
        await_drop(b)
        assert not is_readable(far)


@pytest.mark.parametrize("is_range", [False, True], ids=["neighbor", "range"])
async def test_the_listener_says_who_is_too_far_away(lab: Lab, is_range: bool) -> None:
    """Nobody makes a peer of such a stranger."""
    a, b, endpoint = two_hops(lab, socket.AF_INET)
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        with b.entered():
            port = free_port(endpoint.address)
            listener = Listener(loop, (endpoint.address,), port, lambda _remote: "asked")
            near_only = Endpoint(address=endpoint.source_address, ttl_security=True)
            if is_range:
                listener.add_range(replace(near_only, address="0.0.0.0", prefix_bits=0, ttl_security=False))
                listener.add_range(replace(near_only, prefix_bits=32))
            else:
                settings = PeerSettings(name="near", endpoint=near_only, session=replace(OURS, passive=True))
                listener.add(Peer(settings, Recorder(), loop))
            listener.start()
        stack.callback(listener.stop)
        sock = stack.enter_context(connecting(replace(endpoint, port=port), a))
        sock.setblocking(False)
        async with asyncio.timeout(20):
            assert await loop.sock_recv(sock, 100)
    assert listener.accepted == 0
    assert listener.refusals[-1].reason == f"{TOO_FAR} (TTL 254, and 255 is the least)"
