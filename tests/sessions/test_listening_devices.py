"""Neighbors on interfaces of their own, where two may have one address."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bgpd.sessions.listener import Listener
from bgpd.sessions.peer import Peer
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.socket_options import Endpoint, outgoing_socket
from fsm.state import State
from tests.interop.lab import Host, Lab
from tests.sessions.kernel_sockets import SYN_SENT, connecting, listening, tcp_state
from tests.sessions.speakers import OURS, Clock, Recorder

SUBNET = "10.77.0.0/24"
OURS_THERE, THEIRS_THERE = "10.77.0.1", "10.77.0.2"
PORT = 1790


class Twins:
    """A host with two interfaces in one subnet, each to another neighbor with the same address."""

    def __init__(self, lab: Lab) -> None:
        self.us, self.b, self.c = lab.host("us"), lab.host("b"), lab.host("c")
        self.to_b, self.at_b = lab.link(self.us, self.b, v4=SUBNET, v6=None)
        self.to_c, self.at_c = lab.link(self.us, self.c, v4=SUBNET, v6=None)


@pytest.fixture
def twins(lab: Lab) -> Twins:
    return Twins(lab)


def quiet_peer(name: str, **endpoint: Any) -> Peer:
    there = Endpoint(**{"address": THEIRS_THERE, **endpoint})
    settings = PeerSettings(name=name, endpoint=there, session=replace(OURS, passive=True))
    peer = Peer(settings, Recorder(), asyncio.get_running_loop())
    peer.start()
    return peer


@contextmanager
def listener_of(host: Host, *peers: Peer) -> Iterator[Listener]:
    """Listen in a host; whatever makes sockets later has to enter it again."""
    listener = Listener(asyncio.get_running_loop(), ("0.0.0.0",), PORT)
    with host.entered():
        for peer in peers:
            listener.add(peer)
        listener.start()
    try:
        yield listener
    finally:
        listener.stop()
        for peer in peers:
            peer.stop()


async def knock(host: Host, **endpoint: Any) -> bytes:
    """Connect to us from a host, and return what we say."""
    with connecting(Endpoint(**{"address": OURS_THERE, "port": PORT, **endpoint}), host) as sock:
        sock.setblocking(False)
        async with asyncio.timeout(20):
            return await asyncio.get_running_loop().sock_recv(sock, 100)


def test_a_device_tells_neighbors_with_one_address_apart(twins: Twins) -> None:
    there = Endpoint(address=THEIRS_THERE)
    with listening(there, twins.b) as (at_b, to_b), listening(there, twins.c) as (at_c, to_c):
        with connecting(replace(to_b, device=twins.to_b.interface), twins.us):
            at_b.accept()[0].close()
        with connecting(replace(to_c, device=twins.to_c.interface), twins.us):
            at_c.accept()[0].close()


def test_a_device_is_the_scope_of_a_link_local_address(lab: Lab) -> None:
    us, b = lab.host("us"), lab.host("b")
    to_b, to_us = lab.link(us, b, v4=None, v6=None)
    b.ip("address", "add", "fe80::b/64", "dev", to_us.interface, "nodad")
    with b.entered():
        scope = socket.if_nametoindex(to_us.interface)
        server = socket.create_server(("fe80::b", PORT, 0, scope), family=socket.AF_INET6)
    server.settimeout(5)
    with server, us.entered(), connecting(Endpoint(address="fe80::b", port=PORT, device=to_b.interface)):
        server.accept()[0].close()


async def test_each_device_has_its_own_keys(twins: Twins) -> None:
    """The kernel holds one key for an address in a socket, and each device has sockets."""
    at_b = quiet_peer("b", device=twins.to_b.interface, password=b"key of b")
    at_c = quiet_peer("c", device=twins.to_c.interface, password=b"key of c")
    with listener_of(twins.us, at_b, at_c) as listener:
        assert listener.password_problems == listener.device_problems == {}
        with connecting(Endpoint(address=OURS_THERE, port=PORT, password=b"key of c"), twins.b) as wrong:
            assert tcp_state(wrong) == SYN_SENT
        assert await knock(twins.b, password=b"key of b")
        assert at_b.counters.sent[1] == 1
        assert at_c.counters.sent[1] == 0
        assert await knock(twins.c, password=b"key of c")
        assert at_c.counters.sent[1] == 1
        assert listener.accepted == 2


async def test_a_neighbor_is_expected_on_its_device_only(twins: Twins) -> None:
    twins.us.ip("address", "add", "10.78.0.1/24", "dev", twins.to_c.interface)
    twins.c.ip("address", "add", "10.78.0.2/24", "dev", twins.at_c.interface)
    peers = [
        quiet_peer("b", address="10.78.0.2", device=twins.to_b.interface),
        quiet_peer("unbound", address="10.78.0.2", source_address="10.78.0.3"),
    ]
    with listener_of(twins.us, *peers) as listener:
        assert await knock(twins.c, address="10.78.0.1")
        assert listener.refusals[-1].reason == "no neighbor uses this local address"
        listener.add(right := quiet_peer("right", address="10.78.0.2"))
        assert await knock(twins.c, address="10.78.0.1")
        assert [peer.counters.sent[1] for peer in (*peers, right)] == [0, 0, 1]
        right.stop()


async def test_a_stranger_on_a_device_is_told_from_others(twins: Twins) -> None:
    elsewhere = quiet_peer("elsewhere", device=twins.to_b.interface)
    unbound = quiet_peer("unbound")
    with listener_of(twins.us, elsewhere, unbound) as listener:
        listener.remove(elsewhere)
        assert await knock(twins.b)
        assert unbound.state is State.OPEN_SENT
        with twins.us.entered():
            listener.add_range(Endpoint(address="10.9.0.0", prefix_bits=16, device=twins.to_b.interface))
        assert await knock(twins.b)
        expected = f"no neighbor has this address and device {twins.to_b.interface}"
        assert listener.refusals[-1].reason == expected


async def test_a_device_may_come_and_go(lab: Lab, clock: Clock) -> None:
    """Its sockets follow: at once if somebody tells, otherwise after a while."""
    us, b = lab.host("us"), lab.host("b")
    with listener_of(us, peer := quiet_peer("b", device="late0")) as listener:
        assert listener.device_problems == {
            "late0": f"listen on 0.0.0.0 port {PORT} device late0: No such device"
        }
        for number in range(2):
            plug(us, b)
            with us.entered():
                if number:
                    listener.check_devices(["late0"])
                else:
                    clock.advance(30)
                    await asyncio.sleep(0)
                    await asyncio.sleep(0)
            assert listener.device_problems == {}
            assert await knock(b)
            assert listener.accepted == number + 1
            us.ip("link", "delete", "late0")
        peer.stop()


def plug(us: Host, b: Host) -> None:
    """Make the device and connect it."""
    us.ip("link", "add", "late0", "type", "veth", "peer", "name", "peer0", "netns", b.namespace)
    for host, device, address in ((us, "late0", OURS_THERE), (b, "peer0", THEIRS_THERE)):
        host.ip("address", "add", f"{address}/24", "dev", device)
        host.ip("link", "set", device, "up")


def test_who_may_not_bind_to_a_device_learns_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux before 5.7 asks for a capability; later ones only where a device is set already."""

    class Unprivileged(socket.socket):
        def setsockopt(self, *arguments: Any) -> None:
            if arguments[:2] == (socket.SOL_SOCKET, socket.SO_BINDTODEVICE):
                raise PermissionError(errno.EPERM, "Operation not permitted")
            super().setsockopt(*arguments)

    monkeypatch.setattr(socket, "socket", Unprivileged)
    with pytest.raises(OSError, match=r"bind to device lo: Operation not permitted \(needs CAP_NET_RAW\)"):
        outgoing_socket(Endpoint(address="127.0.0.1", device="lo"))
