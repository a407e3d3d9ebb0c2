"""Neighbors whose filters change: the session stays, and both sides see the routes as they are then."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bgpd.policies import Policies
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.surroundings import Surroundings
from kernel_sync.interfaces import IFF_UP, Interface, InterfaceAddress, InterfaceTable
from messages.attributes import LOCAL_PREF
from messages.capabilities import FOUR_OCTET_AS, MULTIPROTOCOL, ROUTE_REFRESH, Capabilities
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from messages.iana import MessageType
from messages.open import Open, encode_open
from messages.update import encode_attributes, pack_announcements
from rib.member import Member
from rib.policy import Reading
from rib.route import Refusal, Route
from tests.protocols.filters import policies
from tests.protocols.lone_neighbor import NOW, AtHome, neighbor, tables
from tests.rib.building import SOMEWHERE, attributes, group_key, key
from tests.rib.building import neighbor as source
from tests.rib.judging import Watched
from tests.sessions.speakers import PATIENCE, puppet_open

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
OPEN = ('import = "all"', 'export = "all"', "passive = true")
REFRESHABLE = encode_open(
    Open(
        4,
        65001,
        90,
        1,
        Capabilities.of((MULTIPROTOCOL, IPV4_UNICAST), (FOUR_OCTET_AS, 65001), (ROUTE_REFRESH, True)),
    )
)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await turn()


async def turn() -> None:
    """Let the others have their turn."""
    await asyncio.sleep(0)


class Home:
    """A neighbor on a host with a network; its filters can change."""

    def __init__(self, folder: Path, *lines: str) -> None:
        interfaces = InterfaceTable()
        interfaces.set_link(Interface(1, "lo", IFF_UP, 65536))
        interfaces.set_address(1, InterfaceAddress(parse_address("127.0.0.1"), 8))
        self.surroundings = Surroundings(0x0A000001, interfaces, lambda: NOW)
        self.pipelines = tables()
        for pipeline in self.pipelines.values():
            pipeline.set_connected({key("127.0.0.0/8"): 1}, {1})
        self.protocol = neighbor(
            folder, *OPEN, *lines, pipelines=self.pipelines, surroundings=self.surroundings
        )

    def apply(self, after: Policies, **filters: str) -> str:
        """Let the configuration name other filters, or the same with another meaning."""
        self.surroundings.policies = after
        named: dict[str, Any] = {
            f"{direction.rstrip('_')}_filter": name for direction, name in filters.items()
        }
        return self.protocol.follow(replace(self.protocol.settings, **named))

    @property
    def member(self) -> Member:
        """Lives as long as the session."""
        attached = self.protocol.attachment(IPV4_UNICAST)
        assert attached is not None
        return attached[1]

    @property
    def routes(self) -> list[Route]:
        return [*self.pipelines[IPV4_UNICAST].table.routes(P)]


def announcement(*prefixes: PrefixKey) -> bytes:
    context = group_key().context
    encoded = encode_attributes(attributes(65001, next_hop="127.0.0.2"), IPV4_UNICAST, context)
    [message] = pack_announcements(IPV4_UNICAST, encoded, [*prefixes], context)
    return message


async def test_what_was_received_is_judged_anew(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with AtHome(home.protocol) as place, await place.establish(puppet_open()) as puppet:
        member = home.member
        puppet.send(announcement(P))
        await until(lambda: [route.refusal for route in home.routes] == [None])
        preferring = policies(f="bgp_local_pref = 7; accept;")
        assert home.apply(preferring, import_="f") == "the import filter changed"
        await until(lambda: [route.attributes.get(LOCAL_PREF) for route in home.routes] == [7])
        assert home.protocol.channels[0].import_policy.name == "f"
        assert home.apply(policies(f="reject;"), import_="f") == "the import filter changed"
        await until(lambda: [route.refusal for route in home.routes] == [Refusal.IMPORT_FILTER])
        assert home.apply(preferring, import_="all") == "the import filter changed"
        await until(lambda: [route.refusal for route in home.routes] == [None])
        assert home.member is member


async def test_another_filter_is_given_what_ours_was_given(tmp_path: Path) -> None:
    """Nothing of it is left in the table; what was refused leads where its next hop does."""
    home = Home(tmp_path)
    refusing, other = Watched(outcome=lambda _route, _attributes, _key: None), Watched(Reading.PREFIX)
    async with AtHome(home.protocol) as place, await place.establish(puppet_open()) as puppet:
        home.apply(policies(f="reject;"), import_="f")
        puppet.send(announcement(P))
        await until(lambda: [route.refusal for route in home.routes] == [Refusal.IMPORT_FILTER])
        (refused,) = home.routes
        home.protocol.drain()
        made = [
            home.protocol.entrance(IPV4_UNICAST, watched.policy).routes(refused.received, [P], refused.since)
            for watched in (refusing, other)
        ]
        (asked,) = other.asked
        assert asked.key == P
        assert asked.attributes.get(LOCAL_PREF) == 0
        assert asked.attributes.wire == refusing.asked[0].attributes.wire
        assert asked.route.destination.next_hops[0].interface == 1
        refusals = [route.refusal for routes in made for route, _ in routes]
        assert refusals == [Refusal.IMPORT_FILTER, None]
        assert [route.refusal for route in home.routes] == [Refusal.IMPORT_FILTER]


async def test_nothing_happens_if_the_filter_says_the_same(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = policies(f="bgp_local_pref = 7; accept;")
    async with AtHome(home.protocol) as place, await place.establish(puppet_open()) as puppet:
        puppet.send(announcement(P))
        home.apply(before, import_="f")
        await until(lambda: [route.attributes.get(LOCAL_PREF) for route in home.routes] == [7])
        (route,) = home.routes
        assert home.apply(before.successor(before.definitions), import_="f") == ""
        await turn()
        assert home.routes == [route]


async def test_what_is_sent_is_put_right(tmp_path: Path) -> None:
    home = Home(tmp_path)
    pipeline = home.pipelines[IPV4_UNICAST]
    pipeline.table.announce(Route(source("b"), attributes(65007), SOMEWHERE, 0), [P, Q])
    pipeline.touched()
    async with AtHome(home.protocol) as place, await place.establish(puppet_open()):
        member = home.member
        await until(lambda: member.sent.announced == 2)
        only_p = policies(f="if net = 10.0.0.0/8 then accept; reject;")
        assert home.apply(only_p, export="f") == "the export filter changed"
        await until(lambda: member.sent.withdrawn == 1)
        assert home.apply(policies(f="accept;"), export="f") == "the export filter changed"
        await until(lambda: member.sent.announced > 2)
        assert home.member is member


async def test_routes_that_were_not_kept_are_asked_for(tmp_path: Path) -> None:
    """RFC 2918 §3; what was refused is not here to be judged anew."""
    home = Home(tmp_path, "keep_filtered = false")
    async with AtHome(home.protocol) as place, await place.establish(REFRESHABLE) as puppet:
        assert home.apply(policies(f="accept;"), export="f") == "the export filter changed"
        assert home.apply(policies(f="accept;"), import_="f") == "the import and the export filter changed"
        kinds = [await puppet.receive()]
        while kinds[-1] != MessageType.ROUTE_REFRESH:
            kinds.append(await puppet.receive())
        assert kinds.count(MessageType.ROUTE_REFRESH) == 1


async def test_a_neighbor_that_cannot_be_asked_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path, "keep_filtered = false")
    async with AtHome(home.protocol) as place, await place.establish(puppet_open()):
        change = home.apply(policies(f="accept;"), import_="f")
        assert "can't be asked for the routes that were refused" in change


async def test_filters_change_before_there_is_a_session(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.apply(policies(f="reject;"), import_="f") == "the import filter changed"
    async with AtHome(home.protocol) as place, await place.establish(puppet_open()) as puppet:
        puppet.send(announcement(P))
        await until(lambda: [route.refusal for route in home.routes] == [Refusal.IMPORT_FILTER])


async def test_neighbors_of_a_range_have_its_filters(tmp_path: Path) -> None:
    """Those that are there, and those that come later."""
    home = Home(tmp_path)
    settings = replace(home.protocol.settings, name="pods", address="127.0.0.0", range_bits=8)
    loop = asyncio.get_running_loop()
    pods = NeighborRange(settings, home.pipelines, home.surroundings, loop)
    pods.start()
    first = pods.admit("127.0.0.5", None)
    home.surroundings.policies = policies(f="reject;")
    assert pods.follow(replace(settings, import_filter="f")) == "the import filter changed"
    second = pods.admit("127.0.0.6", None)
    for each in (first, second):
        assert isinstance(each, BgpProtocol)
        assert [channel.import_policy.name for channel in each.channels] == ["f"]
    pods.end("")


async def test_a_neighbor_of_a_range_that_comes_again_is_another_one(tmp_path: Path) -> None:
    """What is done to the first one, by whoever still knows it, is not done to the second."""
    home = Home(tmp_path)
    settings = replace(home.protocol.settings, name="pods", address="127.0.0.0", range_bits=8)
    pods = NeighborRange(settings, home.pipelines, home.surroundings, asyncio.get_running_loop())
    pods.start()
    gone: list[BgpProtocol] = []
    pods.on_gone = gone.append
    first = pods.admit("127.0.0.5", None)
    pods.disable()
    pods.enable()
    second = pods.admit("127.0.0.5", None)
    assert isinstance(first, BgpProtocol)
    assert first.restart() == "already disabled"
    assert first.enable() == "already enabled"
    pods._look_after(first)
    assert gone == [first]
    assert isinstance(second, BgpProtocol)
    assert pods.names == [second.name]
    pods.end("")
