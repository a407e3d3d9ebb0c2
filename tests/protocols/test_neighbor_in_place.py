"""Neighbors with other settings, or another name, in the same session."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from socket import IP_TTL, IPPROTO_IP
from typing import Any

import pytest

from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import PrefixLimit
from fsm.state import State
from kernel_sync.interfaces import IFF_UP, Interface, InterfaceAddress, InterfaceTable
from messages.capabilities import FOUR_OCTET_AS, MULTIPROTOCOL, ROUTE_REFRESH, Capabilities
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, make_key, parse_address
from messages.iana import MessageType
from messages.keepalive import KEEPALIVE
from messages.open import Open, encode_open
from messages.update import encode_attributes, pack_announcements
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source
from tests.protocols.lone_neighbor import NOW, AtHome, neighbor, tables
from tests.rib.building import attributes, group_key, key
from tests.rib.building import neighbor as source
from tests.sessions.speakers import PATIENCE, Puppet

PREFIXES = [make_key(bytes((10, number, 0, 0)), 16) for number in range(8)]
_IP_MINTTL = 21
OPEN = ('import = "all"', 'export = "all"', "passive = true")


def their_open(asn: int, hold_time: int = 90) -> bytes:
    capabilities = ((MULTIPROTOCOL, IPV4_UNICAST), (FOUR_OCTET_AS, asn), (ROUTE_REFRESH, True))
    return encode_open(Open(4, asn, hold_time, 1, Capabilities.of(*capabilities)))


async def until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await turn()


async def turn() -> None:
    """Let the others have their turn."""
    await asyncio.sleep(0)


class Home:
    """A neighbor on a host with a network, and a session with it."""

    def __init__(self, folder: Path, *lines: str, asn: int = 65001) -> None:
        interfaces = InterfaceTable()
        interfaces.set_link(Interface(1, "lo", IFF_UP, 65536))
        interfaces.set_address(1, InterfaceAddress(parse_address("127.0.0.1"), 8))
        self.surroundings = Surroundings(0x0A000001, interfaces, lambda: NOW)
        self.pipelines = tables()
        self.pipeline = self.pipelines[IPV4_UNICAST]
        self.pipeline.set_connected({key("127.0.0.0/8"): 1}, {1})
        there = neighbor(folder, *OPEN, *lines, pipelines=self.pipelines, surroundings=self.surroundings)
        settings = replace(there.settings, asn=asn)
        self.protocol = BgpProtocol(settings, self.pipelines, self.surroundings, asyncio.get_running_loop())
        self.asn = asn
        self.member: Any = None

    @asynccontextmanager
    async def session(self, *prefixes: PrefixKey) -> AsyncIterator[Puppet]:
        """Let the neighbor announce prefixes, and lose no session."""
        async with AtHome(self.protocol) as place, await place.establish(their_open(self.asn)) as puppet:
            attached = self.protocol.attachment(IPV4_UNICAST)
            assert attached is not None
            self.member = attached[1]
            if prefixes:
                puppet.send(announcement(self.asn, *prefixes))
                await until(lambda: len(self.routes) == len(prefixes))
            yield puppet
            attached = self.protocol.attachment(IPV4_UNICAST)
            assert attached is not None
            assert attached[1] is self.member

    def tell(self, said: Source, *prefixes: PrefixKey, asn: int = 65007) -> None:
        """Somebody else has routes."""
        there = Destination(DestinationKind.UNICAST, (NextHop(parse_address("127.0.0.9"), 1),))
        route = Route(said, attributes(asn, next_hop="127.0.0.9"), there, 0)
        self.pipeline.table.announce(route, [*prefixes])
        self.pipeline.touched()

    def follow(self, **changes: Any) -> str:
        return self.protocol.follow(replace(self.protocol.settings, **changes))

    def best(self, prefix: PrefixKey) -> str:
        """Return whose route is the best one."""
        best = self.pipeline.table.best(prefix)
        return "nobody" if best is None else best.source.name

    @property
    def routes(self) -> Sequence[Route]:
        """What is there of the neighbor."""
        table = self.pipeline.table
        held = (table.held(self.protocol.routes.ties[IPV4_UNICAST].source, each) for each in PREFIXES)
        return [route for route in held if route is not None]


def announcement(asn: int, *prefixes: PrefixKey) -> bytes:
    said = attributes(*(() if asn == 64512 else (asn,)), next_hop="127.0.0.2", local_pref=100)
    context = group_key(external=asn != 64512).context
    [message] = pack_announcements(
        IPV4_UNICAST, encode_attributes(said, IPV4_UNICAST, context), [*prefixes], context
    )
    return message


async def test_the_routes_that_are_there_are_ranked_anew(tmp_path: Path) -> None:
    home = Home(tmp_path)
    rival = source("rival")
    async with home.session(*PREFIXES[:2]):
        home.tell(rival, *PREFIXES[:2], asn=65001)
        for preference, winner in ((250, "tor1"), (50, "rival"), (101, "tor1")):
            assert home.follow(preference=preference) == ""
            await until(lambda winner=winner: home.best(PREFIXES[1]) == winner)
        assert {route.preference for route in home.routes} == {101}


async def test_what_comes_without_local_pref_counts_as_configured(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with home.session(PREFIXES[0]):
        assert home.follow(default_local_pref=300, default_med=7) == ""
        await until(lambda: [route.facts.default_local_pref for route in home.routes] == [300])


async def test_who_becomes_a_client_is_told_and_told_of(tmp_path: Path) -> None:
    """RFC 4456 §6: internal routes go to clients, and those of clients to all."""
    home = Home(tmp_path, asn=64512)
    internal = source("internal", external=False, router_id=9)
    async with home.session(PREFIXES[0]):
        home.tell(internal, PREFIXES[1])
        sent = home.member.sent
        assert home.follow(route_reflector_client=True) == ""
        await until(lambda: sent.announced == 1)
        assert [route.facts.is_client for route in home.routes] == [True]
        assert home.follow(cluster_id=7) == ""
        await until(lambda: sent.announced == 2)
        assert home.follow(route_reflector_client=False) == ""
        await until(lambda: sent.withdrawn == 1)
        await until(lambda: [route.facts.is_client for route in home.routes] == [False])


async def test_a_lower_limit_takes_out_what_is_too_many_and_a_higher_one_asks_for_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with home.session(*PREFIXES[:6]) as puppet:
        limit = PrefixLimit(4, None, None, "block", 75, 60)
        home.follow(max_prefixes=limit)
        await until(lambda: len(home.routes) == 4)
        home.follow(max_prefixes=replace(limit, imported=5))
        kinds = [await puppet.receive()]
        while kinds[-1] != MessageType.ROUTE_REFRESH:
            kinds.append(await puppet.receive())
        puppet.send(announcement(home.asn, *PREFIXES[:6]))
        await until(lambda: len(home.routes) == 5)
        home.follow(max_prefixes=None)
        puppet.send(announcement(home.asn, *PREFIXES[:6]))
        await until(lambda: len(home.routes) == 6)


async def test_a_limit_on_what_is_sent_takes_back_what_is_too_many(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.tell(source("b"), *PREFIXES[:5])
    async with home.session():
        sent = home.member.sent
        await until(lambda: sent.announced == 5)
        limit = PrefixLimit(None, None, 3, "block", 75, 60)
        home.follow(max_prefixes=limit)
        await until(lambda: sent.withdrawn == 2 and home.member.backlog is None)
        assert home.protocol.told_under_limit(IPV4_UNICAST) == 3
        home.follow(max_prefixes=replace(limit, exported=2))
        await until(lambda: home.protocol.told_under_limit(IPV4_UNICAST) == 2)
        home.follow(max_prefixes=replace(limit, exported=9))
        await until(lambda: home.protocol.told_under_limit(IPV4_UNICAST) == 5)
        home.follow(max_prefixes=None)
        await until(lambda: home.member.backlog is None and home.member.quota is None)


async def test_a_limit_that_ends_the_session_does_so(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with (
        AtHome(home.protocol) as place,
        await place.establish(their_open(home.asn)) as puppet,
    ):
        puppet.send(announcement(home.asn, *PREFIXES[:6]))
        await until(lambda: len(home.routes) == 6)
        home.follow(max_prefixes=PrefixLimit(3, None, None, "disable", 75, 60))
        await until(lambda: home.protocol.is_disabled)
        assert home.protocol.message == "more than 3 prefixes"


async def test_what_was_not_kept_is_asked_for_when_it_may_be_let_in(tmp_path: Path) -> None:
    home = Home(tmp_path, "keep_filtered = false")
    async with home.session() as puppet:
        looped = attributes(65001, 64512, next_hop="127.0.0.2")
        context = group_key().context
        encoded = encode_attributes(looped, IPV4_UNICAST, context)
        puppet.send(*pack_announcements(IPV4_UNICAST, encoded, PREFIXES[:1], context))
        assert home.follow(allow_local_as=1) == ""
        while await puppet.receive() != MessageType.ROUTE_REFRESH:
            pass
        puppet.send(*pack_announcements(IPV4_UNICAST, encoded, PREFIXES[:1], context))
        await until(lambda: [route.refusal for route in home.routes] == [None])
        home.follow(allow_local_as=0, keep_filtered=True)
        await until(lambda: [route.refusal for route in home.routes] == [Refusal.AS_LOOP])


async def test_what_was_agreed_on_stays_until_the_next_session(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with home.session():
        said = home.follow(hold_time=30, graceful_restart="off")
        assert said == "hold_time and graceful_restart hold from the next session on"
        session = home.protocol.peer.session
        assert session is not None
        assert session.negotiated.hold_time == 90
        assert home.follow(hold_time=20).startswith("hold_time holds ")


async def test_an_open_that_is_under_way_holds_as_it_was_sent(tmp_path: Path) -> None:
    """The neighbor goes by what it was told (RFC 4271 §4.2)."""
    home = Home(tmp_path, "hold_time = 200")
    async with AtHome(home.protocol) as place, await place.connect() as puppet:
        await until(lambda: home.protocol.peer.state is State.OPEN_SENT)
        assert home.follow(hold_time=9) == ""
        puppet.send(their_open(home.asn, hold_time=180), KEEPALIVE)
        await until(lambda: home.protocol.peer.session is not None)
        session = home.protocol.peer.session
        assert session is not None
        assert session.negotiated.hold_time == 180


async def test_sockets_follow_the_distance_of_the_neighbor(tmp_path: Path) -> None:
    """RFC 5082 §3."""
    home = Home(tmp_path)
    async with home.session():
        session = home.protocol.peer.session
        assert session is not None
        assert session.socket is not None
        home.follow(multihop=3)
        assert session.socket.getsockopt(IPPROTO_IP, IP_TTL) == 3
        home.follow(multihop=3, ttl_security=True)
        assert session.socket.getsockopt(IPPROTO_IP, IP_TTL) == 255
        assert session.socket.getsockopt(IPPROTO_IP, _IP_MINTTL) == 253
        home.follow(multihop=0, ttl_security=False)
        assert session.socket.getsockopt(IPPROTO_IP, _IP_MINTTL) == 0


async def test_another_name_is_all_that_is_seen(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = Home(tmp_path)
    async with home.session(PREFIXES[0]):
        home.surroundings.convergence.expect("other", 9, 0)
        home.protocol.rename("Node_1")
        assert home.follow(name="Node_1") == ""
        await until(lambda: [route.facts.name for route in home.routes] == ["Node_1"])
        names = {home.protocol.name, home.protocol.peer.name, home.protocol.journal.name}
        assert names == {"Node_1"}
        told: list[Any] = []
        home.surroundings.lifelines.watch(told.append)
        assert [*told[0].values()] == ["neighbor Node_1"]


async def test_neighbors_of_a_range_go_on_under_its_other_name(tmp_path: Path) -> None:
    home = Home(tmp_path)
    settings = replace(home.protocol.settings, name="pods", address="127.0.0.0", range_bits=8)
    pods = NeighborRange(settings, home.pipelines, home.surroundings, asyncio.get_running_loop())
    pods.start()
    first = pods.admit("127.0.0.5", None)
    pods.rename("workloads")
    pods.follow(replace(settings, name="workloads", preference=7))
    assert isinstance(first, BgpProtocol)
    assert (first.name, first.settings.name) == ("workloads_127_0_0_5", "workloads_127_0_0_5")
    assert first.settings.preference == 7
    assert pods.names == ["workloads_127_0_0_5"]
    second = pods.admit("127.0.0.6", None)
    assert isinstance(second, BgpProtocol)
    assert second.name == "workloads_127_0_0_6"
    pods.end("")
