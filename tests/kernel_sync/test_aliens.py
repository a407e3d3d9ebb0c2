"""Routes of other programs: who is in the way, and what may be learned."""

import pytest

from kernel_sync.aliens import Aliens
from kernel_sync.types import KernelRoute, NextHop, ObservedRoute, RouteKind
from messages.families import IPV6_UNICAST
from messages.families.prefix import parse_prefix

KEY = parse_prefix("10.0.0.0/8")[1]
STATIC, DHCP = 4, 16


def alien(
    protocol: int, metric: int = 0, kind: RouteKind = RouteKind.UNICAST, interface: int = 2
) -> ObservedRoute:
    return ObservedRoute(KernelRoute(kind, (NextHop(b"", interface),), metric), protocol)


def aliens_with(*routes: ObservedRoute) -> Aliens:
    aliens = Aliens()
    for route in routes:
        aliens.add(KEY, route)
    return aliens


def test_a_place_is_a_prefix_and_a_metric() -> None:
    aliens = aliens_with(alien(STATIC, metric=5))
    assert aliens.at(KEY, 5) == alien(STATIC, metric=5)
    assert aliens.at(KEY, 0) is None


def test_several_routes_may_share_a_place_and_are_counted_once_each() -> None:
    aliens = aliens_with(alien(STATIC, interface=2), alien(STATIC, interface=3), alien(STATIC, interface=3))
    assert len(aliens) == 2
    aliens.remove(KEY, alien(STATIC, interface=2))
    assert aliens.at(KEY, 0) == alien(STATIC, interface=3)
    aliens.remove(KEY, alien(STATIC, interface=3))
    assert not aliens


def test_the_removal_of_a_part_forgets_the_whole() -> None:
    """IPv6 tells of each next hop; whether one is left is found out by an exclusive addition."""
    aliens = aliens_with(alien(STATIC, interface=2))
    aliens.remove(KEY, alien(STATIC, interface=9))
    assert not aliens


def test_eviction_clears_one_place() -> None:
    aliens = aliens_with(alien(STATIC), alien(DHCP, metric=100))
    aliens.evict(KEY, 0)
    assert aliens.keys() == [KEY]
    assert aliens.at(KEY, 0) is None


A, B, C = (NextHop(bytes((192, 0, 2, octet)), 2) for octet in (1, 2, 3))


def over(*hops: NextHop, protocol: int = STATIC) -> ObservedRoute:
    route = KernelRoute(RouteKind.UNICAST, hops, 1024)
    return ObservedRoute(route.canonical(IPV6_UNICAST), protocol)


PARTS = [
    # known, removed, left
    (over(A, B), over(A), [over(B)]),
    (over(A, B, C), over(B), [over(A, C)]),
    (over(A, B._replace(weight=3)), over(A), [over(B)]),
    (over(A, B), over(A, B), []),
    (over(A, B), over(A, protocol=DHCP), []),
]


@pytest.mark.parametrize(("known", "removed", "left"), PARTS)
def test_ipv6_tells_of_the_next_hops_that_go(
    known: ObservedRoute, removed: ObservedRoute, left: list[ObservedRoute]
) -> None:
    """Of what is no part of a known route nothing is known: another may have the place, or none."""
    aliens = aliens_with(known)
    aliens.remove(KEY, removed)
    assert [*aliens.all_at(KEY)] == left


def test_ipv6_tells_of_the_whole_route_when_next_hops_come() -> None:
    aliens = aliens_with(over(A), over(C, protocol=DHCP), over(A, B))
    assert [*aliens.all_at(KEY)] == [over(C, protocol=DHCP), over(A, B)]


def test_a_route_that_leads_nowhere_is_no_part_of_another() -> None:
    both = (
        alien(STATIC, kind=RouteKind.BLACKHOLE)._replace(route=KernelRoute(RouteKind.BLACKHOLE)),
        alien(STATIC),
    )
    assert [*aliens_with(*both).all_at(KEY)] == [*both]


def test_the_prefixes_behind_an_interface_are_known() -> None:
    aliens = aliens_with(alien(STATIC, interface=2), alien(DHCP, metric=9, interface=3))
    assert {*aliens.through(2)} == {*aliens.through(3)} == {KEY}
    aliens.remove(KEY, alien(STATIC, interface=2))
    assert not aliens.through(2)
    aliens.clear()
    assert not aliens.through(3)


def test_the_lowest_metric_is_learned_of_what_can_be_used() -> None:
    aliens = aliens_with(alien(DHCP, metric=100), alien(STATIC, metric=5, interface=3))
    assert aliens.learned(KEY) == alien(STATIC, metric=5, interface=3)
    assert aliens.learned(KEY, lambda route: route.next_hops[0].interface == 2) == alien(DHCP, metric=100)
    assert aliens.learned(parse_prefix("10.0.0.0/9")[1]) is None
