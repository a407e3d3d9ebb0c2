"""Next-hop resolution, direct and recursive, and what follows a change (RFC 4271 §9.1.2.1)."""

from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address
from rib.decision import Decision
from rib.decision_steps import Rules
from rib.loc_rib import LocRib
from rib.next_hops import IGP_METRIC_UNKNOWN, RECURSIVE_GATEWAY, UNRESOLVED, NextHops, Resolution
from rib.route import UNREACHABLE, Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
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


def test_a_route_whose_next_hop_is_on_a_link_leads_on_and_one_found_through_routes_does_not() -> None:
    """Its metric is unknown; packets for what hangs on the other might follow their own tail."""
    direct, recursive = (route(source, attributes(65001)) for source in (DIRECT, RECURSIVE))
    through = Resolution(SOMEWHERE, None, IGP_METRIC_UNKNOWN)
    assert table_with(("198.51.100.0/24", direct))[2].resolve(FAR, RECURSIVE) == through
    assert table_with(("198.51.100.0/24", recursive))[2].resolve(FAR, RECURSIVE) is UNRESOLVED


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
    assert next_hops.recheck(10)
    assert next_hops.resolve(link_local, on_link) is UNRESOLVED


def test_a_lost_interface_makes_successors_that_never_win() -> None:
    next_hops = table_with()[2]
    resolved = next_hops.resolve(GATEWAY, DIRECT)
    learned = Route(DIRECT, attributes(65001), resolved.destination, 7)
    assert next_hops.successor(learned) is learned
    assert not next_hops.recheck(10)
    next_hops.set_connected({}, set())
    assert next_hops.recheck(10)
    lost = next_hops.successor(learned)
    assert (lost.refusal, lost.since, lost.attributes) == (Refusal.UNRESOLVABLE, 7, learned.attributes)
    next_hops.set_connected(LAN, {2})
    assert next_hops.recheck(10)
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
    next_hops.hang_on(loc_rib.table, loc_rib.run(10))
    assert next_hops.recheck(10)
    assert not next_hops.is_in_doubt
    assert next_hops.resolve(FAR, RECURSIVE) == via(GATEWAY, 2)


def test_changes_elsewhere_are_not_looked_at() -> None:
    table, loc_rib, next_hops = table_with()
    next_hops.resolve(FAR, RECURSIVE)
    table.announce(static(SOMEWHERE), [key("203.0.113.0/24")])
    next_hops.recheck(10)  # the connected networks were new
    next_hops.hang_on(loc_rib.table, loc_rib.run(10))
    assert not next_hops.is_in_doubt


def test_a_route_that_leads_nowhere_for_others_changes_nothing() -> None:
    table, loc_rib, next_hops = table_with()
    next_hops.resolve(FAR, RECURSIVE)
    table.announce(route(RECURSIVE, attributes(65001)), [key("198.51.100.0/24")])
    next_hops.hang_on(loc_rib.table, loc_rib.run(10))
    assert not next_hops.recheck(10)


def test_the_next_hop_of_a_route_is_read_from_its_attributes() -> None:
    next_hops = table_with()[2]
    learned = Route(DIRECT, attributes(65001).replace({NEXT_HOP: FAR}), SOMEWHERE, 0)
    assert next_hops.successor(learned).refusal is Refusal.UNRESOLVABLE


def test_a_kernel_route_leads_on_with_its_metric() -> None:
    learned = Route(Source("kernel1", SourceKind.KERNEL), AttributeSet.of({}), SOMEWHERE, 0, igp_metric=7)
    found = table_with(("0.0.0.0/0", learned))[2].resolve(FAR, RECURSIVE)
    assert found == Resolution(SOMEWHERE, None, 7)


def test_a_route_behind_one_found_through_routes_leads_on() -> None:
    """If the best one is passed over, the best of the others counts; a refused one does not."""
    hidden, worse = neighbor("hidden", router_id=7), neighbor("worse", router_id=8)
    refused = route(neighbor("refused", router_id=0), attributes(65001), Refusal.AS_LOOP)
    best = route(RECURSIVE, attributes(65001))
    behind = Route(hidden, attributes(65001, 65002), Destination(DestinationKind.UNICAST, ()), 0)
    last = route(worse, attributes(65001, 65002))
    prefix = "198.51.100.0/24"
    table, _, next_hops = table_with((prefix, best), (prefix, last), (prefix, behind), (prefix, refused))
    assert table.best(key(prefix)) is best
    assert next_hops.resolve(FAR, RECURSIVE).destination == behind.destination
    assert next_hops.way_to(FAR, recursive=True).route is behind


def test_next_hops_of_the_other_family_are_found_on_links_alone() -> None:
    """RFC 8950: IPv4 routes over an IPv6 link; the table has no routes to such addresses."""
    next_hops = table_with(("0.0.0.0/0", static(SOMEWHERE)))[2]
    gateway, elsewhere = parse_address("2001:db8::9"), parse_address("2001:db8:1::9")
    next_hops.set_connected(LAN, {2, 6}, {key("2001:db8::/64"): 6})
    assert next_hops.resolve(gateway, DIRECT) == via(gateway, 6)
    assert next_hops.resolve(elsewhere, RECURSIVE) is UNRESOLVED
    on_link = neighbor("six")
    on_link.interface = 6
    link_local = parse_address("fe80::9")
    assert next_hops.resolve(elsewhere + link_local, on_link) == via(link_local, 6)
    assert next_hops.interface_towards(gateway) == 6
    assert next_hops.interface_towards(elsewhere) is None


def test_routes_without_a_way_may_be_the_last_choice() -> None:
    """BIRD's way."""
    table = Table("master", IPV4_UNICAST, Decision(Rules(unresolvable_last=True)))
    found = NextHops(table).resolve(FAR, DIRECT)
    assert found == Resolution(UNREACHABLE, None, IGP_METRIC_UNKNOWN)
    lost = Route(DIRECT, attributes(65001), found.destination, 0)
    assert lost.is_unresolvable
    assert route(DIRECT, attributes(65001), Refusal.UNRESOLVABLE).is_unresolvable
    assert not route(DIRECT, attributes(65001), Refusal.AS_LOOP).is_unresolvable
    assert not static(UNREACHABLE).is_unresolvable


def test_what_discards_its_traffic_needs_no_next_hop() -> None:
    """RFC 7999."""
    blackholed = Route(DIRECT, attributes(65001), Destination(DestinationKind.BLACKHOLE), 0)
    blackholed.is_pinned = True
    assert (
        table_with()[2]
        .successor(Route(DIRECT, attributes(65001, next_hop="203.0.113.1"), SOMEWHERE, 0))
        .refusal
    )
    assert table_with()[2].successor(blackholed) is blackholed


def test_a_route_out_of_another_table_leads_where_it_did_there() -> None:
    copied = neighbor("copied")
    copied.origin = DIRECT
    known = route(copied, attributes(65001, next_hop="203.0.113.1"))
    assert table_with()[2].successor(known) is known


def test_a_longer_route_goes_before_a_shorter_network_and_an_equal_network_before_a_route() -> None:
    """RFC 4271 §9.1.2.1: the longest match, whatever it is."""
    inside = parse_address("192.0.2.77")
    elsewhere = Destination(DestinationKind.UNICAST, (NextHop(GATEWAY, 9),))
    host = ("192.0.2.77/32", static(elsewhere))
    network = ("192.0.2.0/24", static(elsewhere))
    assert table_with(host)[2].resolve(inside, RECURSIVE).destination == elsewhere
    assert table_with(network)[2].resolve(inside, RECURSIVE) == via(inside, 2)
    assert table_with(host)[2].resolve(inside, DIRECT) == via(inside, 2)


def test_a_filter_may_have_said_how_far_a_route_leads() -> None:
    """``igp_metric = 30`` on the route that next hops are found through, its own or a neighbor's."""
    noted = AttributeSet.of({}).annotated({"igp_metric": 30})
    of_ours = Route(STATIC, noted, SOMEWHERE, 0, igp_metric=7)
    of_neighbor = route(DIRECT, attributes(65001).annotated({"igp_metric": 0}))
    for known, metric in ((of_ours, 30), (of_neighbor, 0)):
        next_hops = table_with(("198.51.100.0/24", known))[2]
        assert next_hops.resolve(FAR, RECURSIVE).igp_metric == metric


def test_in_birds_way_the_longest_match_leads_to_a_next_hop_or_nothing_does() -> None:
    """A route that is found through routes resolves nothing, nor does what lies behind it."""
    itself = route(RECURSIVE, attributes(65001))
    behind = ("0.0.0.0/0", static(SOMEWHERE))
    for as_bird, expected in ((False, via(GATEWAY, 2)), (True, None)):
        table = Table("master", IPV4_UNICAST, Decision(Rules(next_hops_as_bird=as_bird)))
        for prefix, known in (behind, ("198.51.100.0/24", itself)):
            table.announce(known, [key(prefix)])
        LocRib(table).run(100)
        next_hops = NextHops(table)
        next_hops.set_connected(LAN, {2})
        assert next_hops.resolve(FAR, RECURSIVE) == (expected or UNRESOLVED)


def test_in_birds_way_an_address_on_the_link_goes_before_the_link_local_one() -> None:
    table = Table("master", IPV6_UNICAST, Decision(Rules(next_hops_as_bird=True)))
    next_hops = NextHops(table)
    next_hops.set_connected({key("2001:db8::/64"): 2}, {2})
    here, link_local = parse_address("2001:db8::9"), parse_address("fe80::9")
    on_link = neighbor("on link")
    on_link.interface = 2
    assert next_hops.resolve(here + link_local, on_link) == via(here, 2)
    elsewhere = parse_address("2001:db8:1::9")
    assert next_hops.resolve(elsewhere + link_local, on_link) == via(link_local, 2)


def test_a_route_of_our_own_may_follow_the_routes_to_an_address() -> None:
    table, loc_rib, next_hops = table_with(("198.51.100.0/24", static(SOMEWHERE)))
    said = AttributeSet.of({}).annotated({RECURSIVE_GATEWAY: FAR})
    follower = next_hops.successor(Route(STATIC, said, UNREACHABLE, 0))
    assert follower.destination == via(GATEWAY, 2).destination
    assert next_hops.successor(follower) is follower
    table.withdraw(STATIC, [key("198.51.100.0/24")])
    next_hops.hang_on(table, loc_rib.run(100))
    assert next_hops.recheck(10)
    assert next_hops.successor(follower).refusal is Refusal.UNRESOLVABLE
