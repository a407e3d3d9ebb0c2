"""Next-hop resolution, direct and recursive, and what follows a change (RFC 4271 §9.1.2.1)."""

from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address
from rib.loc_rib import LocRib
from rib.next_hops import UNRESOLVED, NextHops, Resolution
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from rib.table import Table
from tests.rib.building import SOMEWHERE, attributes, key, neighbor, route

LAN = {key("192.0.2.0/24"): 2}
GATEWAY = parse_address("192.0.2.254")
FAR = parse_address("198.51.100.9")
DIRECT, RECURSIVE = neighbor("direct"), neighbor("recursive")
RECURSIVE.recursive = True
STATIC = Source("static1", SourceKind.STATIC)


def via(gateway: bytes, interface: int) -> Resolution:
    return Resolution(Destination(DestinationKind.UNICAST, (NextHop(gateway, interface),)), None, 0)


def table_with(*routes: tuple[str, Route]) -> tuple[Table, LocRib, NextHops]:
    table = Table("master", IPV4_UNICAST)
    loc_rib = LocRib(table)
    for prefix, known in routes:
        table.announce(known, [key(prefix)])
    loc_rib.run(100)
    next_hops = NextHops(table)
    next_hops.set_connected(LAN, {2})
    return table, loc_rib, next_hops


def static(destination: Destination) -> Route:
    return Route(STATIC, AttributeSet.of({}), destination, 0)


def test_a_connected_next_hop_is_its_own_gateway() -> None:
    assert table_with()[2].resolve(GATEWAY, DIRECT) == via(GATEWAY, 2)


def test_the_longest_connected_prefix_decides() -> None:
    next_hops = table_with()[2]
    next_hops.set_connected(LAN | {key("192.0.2.254/32"): 7}, {2, 7})
    assert next_hops.resolve(GATEWAY, DIRECT) == via(GATEWAY, 7)


def test_only_a_recursive_neighbors_next_hops_go_through_the_table() -> None:
    next_hops = table_with(("198.51.100.0/24", static(SOMEWHERE)))[2]
    assert next_hops.resolve(FAR, DIRECT) is UNRESOLVED
    assert next_hops.resolve(FAR, RECURSIVE) == via(GATEWAY, 2)


def test_a_device_route_leaves_the_next_hop_as_gateway() -> None:
    on_link = static(Destination(DestinationKind.UNICAST, (NextHop(b"", 5),)))
    assert table_with(("198.51.100.0/24", on_link))[2].resolve(FAR, RECURSIVE) == via(FAR, 5)


def test_a_blackhole_resolves_nothing() -> None:
    blackhole = static(Destination(DestinationKind.BLACKHOLE))
    covering = ("198.51.0.0/16", static(SOMEWHERE))
    assert table_with(covering, ("198.51.100.0/24", blackhole))[2].resolve(FAR, RECURSIVE) is UNRESOLVED


def test_bgp_routes_resolve_nothing() -> None:
    learned = route(DIRECT, attributes(65001))
    assert table_with(("198.51.100.0/24", learned))[2].resolve(FAR, RECURSIVE) is UNRESOLVED


def test_a_link_local_next_hop_is_used_on_the_neighbors_link() -> None:
    """RFC 2545 §3."""
    on_link = neighbor("six", address="fe80::9")
    on_link.interface = 4
    next_hops = NextHops(Table("master", IPV6_UNICAST))
    next_hops.set_connected({}, {4})
    link_local = parse_address("fe80::9")
    assert next_hops.resolve(parse_address("2001:db8::9") + link_local, on_link) == via(link_local, 4)
    assert next_hops.resolve(link_local, on_link) == via(link_local, 4)
    assert next_hops.resolve(link_local, DIRECT) is UNRESOLVED
    assert next_hops.resolve(b"", DIRECT) is UNRESOLVED
    next_hops.set_connected({}, set())
    assert next_hops.recheck()
    assert next_hops.resolve(link_local, on_link) is UNRESOLVED


def test_a_lost_interface_makes_successors_that_never_win() -> None:
    next_hops = table_with()[2]
    resolved = next_hops.resolve(GATEWAY, DIRECT)
    learned = Route(DIRECT, attributes(65001), resolved.destination, 7)
    assert next_hops.successor(learned) is learned
    assert not next_hops.recheck()
    next_hops.set_connected({}, set())
    assert next_hops.recheck()
    lost = next_hops.successor(learned)
    assert (lost.refusal, lost.since, lost.attributes) == (Refusal.UNRESOLVABLE, 7, learned.attributes)
    next_hops.set_connected(LAN, {2})
    assert next_hops.recheck()
    assert next_hops.successor(lost).refusal is None


def test_refused_routes_and_routes_of_our_own_have_no_successors() -> None:
    next_hops = table_with()[2]
    next_hops.set_connected({}, set())
    for known in (static(SOMEWHERE), route(DIRECT, attributes(65001), Refusal.AS_LOOP)):
        assert next_hops.successor(known) is known


def test_a_changed_route_under_a_next_hop_is_noticed() -> None:
    table, loc_rib, next_hops = table_with()
    assert next_hops.resolve(FAR, RECURSIVE) is UNRESOLVED
    table.announce(static(SOMEWHERE), [key("198.51.100.0/24")])
    changes = loc_rib.run(10)
    assert next_hops.hang_on(changes)
    assert next_hops.recheck()
    assert next_hops.resolve(FAR, RECURSIVE) == via(GATEWAY, 2)


def test_other_changes_are_not() -> None:
    table, loc_rib, next_hops = table_with()
    next_hops.resolve(FAR, RECURSIVE)
    table.announce(static(SOMEWHERE), [key("203.0.113.0/24")])
    table.announce(route(DIRECT, attributes(65001)), [key("198.51.100.0/24")])
    assert not next_hops.hang_on(loc_rib.run(10))


def test_the_next_hop_of_a_route_is_read_from_its_attributes() -> None:
    next_hops = table_with()[2]
    learned = Route(DIRECT, attributes(65001).replace({NEXT_HOP: FAR}), SOMEWHERE, 0)
    assert next_hops.successor(learned).refusal is Refusal.UNRESOLVABLE
