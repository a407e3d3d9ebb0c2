"""What an established session does when it is asked again, when there is room, and when addresses change."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bgpd.export_counts import ExportCounts
from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import DecisionSettings
from bgpd.tables import MASTER, RoutingTables
from kernel_sync.interfaces import IFF_UP, Interface, InterfaceAddress, InterfaceTable
from messages.capabilities import FOUR_OCTET_AS, MULTIPROTOCOL, Capabilities
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, parse_address
from messages.iana import RouteRefreshSubtype
from messages.open import Open, encode_open
from messages.route_refresh import RouteRefresh, encode_route_refresh
from messages.update import encode_attributes, pack_announcements
from rib.egress import GroupKey
from rib.member import Member
from rib.route import Refusal, Route
from tests.protocols.lone_neighbor import NOW, AtHome, neighbor, tables
from tests.rib.building import SOMEWHERE, attributes, group_key, key
from tests.rib.building import neighbor as source
from tests.sessions.speakers import PATIENCE, puppet_open

P, Q, R = key("10.0.0.0/8"), key("10.1.0.0/16"), key("10.2.0.0/16")
OPEN = ('import = "all"', 'export = "all"', "passive = true")
LIMITED = 'max_prefixes = { export = 1, action = "block" }'
REFRESH = encode_route_refresh(RouteRefresh(IPV4_UNICAST.afi, IPV4_UNICAST.safi, RouteRefreshSubtype.REQUEST))
OTHER = source("other", router_id=7, address="192.0.2.7")


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await quiet(1)


async def quiet(turns: int = 300) -> None:
    """Let everything that waits for its turn have it."""
    for _ in range(turns):
        await asyncio.sleep(0)


def announce(pipeline: Pipeline, *keys: PrefixKey) -> None:
    pipeline.table.announce(Route(OTHER, attributes(65007), SOMEWHERE, 0), keys)
    pipeline.touched()


def announcement(prefix: PrefixKey, next_hop: str = "127.0.0.2") -> bytes:
    """Return an UPDATE of the neighbor."""
    context = group_key().context
    encoded = encode_attributes(attributes(65001, next_hop=next_hop), IPV4_UNICAST, context)
    [message] = pack_announcements(IPV4_UNICAST, encoded, [prefix], context)
    return message


def member(protocol: BgpProtocol, family: Family = IPV4_UNICAST) -> Member:
    attached = protocol.attachment(family)
    assert attached is not None
    return attached[1]


def terms(protocol: BgpProtocol, family: Family = IPV4_UNICAST) -> GroupKey:
    attached = protocol.attachment(family)
    assert attached is not None
    return attached[0].key


async def test_many_refreshes_at_once_have_one_answer(tmp_path: Path) -> None:
    """RFC 2918 §4: it asks faster than it could be answered."""
    pipelines = tables()
    pipeline = pipelines[IPV4_UNICAST]
    protocol = neighbor(tmp_path, *OPEN, pipelines=pipelines)
    announce(pipeline, P)
    async with AtHome(protocol) as home, await home.establish(puppet_open()) as puppet:
        await until(lambda: member(protocol).backlog is None)
        assert member(protocol).sent.announced == 1
        puppet.send(REFRESH * 100, announcement(Q))
        await until(lambda: Q in pipeline.table.slots)
        await quiet()
        assert member(protocol).sent.announced == 2
        puppet.send(REFRESH)
        await until(lambda: member(protocol).sent.announced == 3)


async def test_room_under_the_export_limit_is_used_at_once(tmp_path: Path) -> None:
    pipelines = tables()
    pipeline = pipelines[IPV4_UNICAST]
    protocol = neighbor(tmp_path, *OPEN, LIMITED, pipelines=pipelines)
    announce(pipeline, P, Q)
    async with AtHome(protocol) as home, await home.establish(puppet_open()):
        quota = member(protocol).quota
        assert quota is not None
        await until(lambda: P in quota)
        pipeline.table.withdraw(OTHER, [P])
        pipeline.touched()
        await until(lambda: Q in quota)
        assert len(quota) == 1


async def test_a_limited_neighbor_is_counted_as_told_of_what_it_was_told(tmp_path: Path) -> None:
    """Not of what it would be told without the limit."""
    decision = DecisionSettings(
        path_metric=True, med_metric=False, igp_metric=True, prefer_older=False, relaxed_paths=False
    )
    routing = RoutingTables([MASTER], decision, asyncio.get_running_loop())
    protocol = neighbor(tmp_path, *OPEN, LIMITED, pipelines=routing[MASTER])
    announce(routing[MASTER][IPV4_UNICAST], P, Q, R)
    async with AtHome(protocol) as home, await home.establish(puppet_open()):
        await until(lambda: member(protocol).backlog is None)
        counts = ExportCounts(routing, {"tor1": protocol}, asyncio.get_running_loop())
        assert [*counts.exported("tor1", IPV4_UNICAST)] == [1]


class Host:
    """The loopback interface, and what may be added to it."""

    def __init__(self) -> None:
        self._interfaces = InterfaceTable()
        self._interfaces.set_link(Interface(1, "lo", IFF_UP, 65536))
        self.surroundings = Surroundings(0x0A000001, self._interfaces, lambda: NOW)
        self.add("127.0.0.1", 8)

    def add(self, address: str, bits: int) -> None:
        self._interfaces.set_address(1, InterfaceAddress(parse_address(address), bits))
        self.surroundings.interfaces_changed(self._interfaces.take_changes())


async def test_what_we_tell_and_refuse_follows_our_addresses_in_the_same_session(tmp_path: Path) -> None:
    host, pipelines = Host(), tables()
    families = 'families = ["ipv4", "ipv6"]'
    protocol = neighbor(tmp_path, *OPEN, families, pipelines=pipelines, surroundings=host.surroundings)
    both = Capabilities.of(
        (MULTIPROTOCOL, IPV4_UNICAST), (MULTIPROTOCOL, IPV6_UNICAST), (FOUR_OCTET_AS, 65001)
    )

    def refusals() -> list[Refusal | None]:
        return [route.refusal for route in pipelines[IPV4_UNICAST].table.routes(P)]

    async with (
        AtHome(protocol) as home,
        await home.establish(encode_open(Open(4, 65001, 90, 0x0A000002, both))) as puppet,
    ):
        same = member(protocol, IPV6_UNICAST)
        assert terms(protocol, IPV6_UNICAST).own_next_hop == b""
        puppet.send(announcement(P, next_hop="127.0.0.9"))
        await until(lambda: refusals() == [Refusal.UNRESOLVABLE])
        host.add("127.0.0.9", 8)
        host.add("2001:db8::1", 64)
        protocol.interfaces_changed()
        await until(lambda: terms(protocol, IPV6_UNICAST).own_next_hop == parse_address("2001:db8::1"))
        await until(lambda: refusals() == [Refusal.OWN_NEXT_HOP])
        assert member(protocol, IPV6_UNICAST) is same


async def test_without_a_session_there_is_nothing_to_follow(tmp_path: Path) -> None:
    protocol = neighbor(tmp_path, *OPEN)
    protocol.interfaces_changed()
    assert protocol.attachment(IPV4_UNICAST) is None
