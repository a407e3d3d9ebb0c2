"""Routes of other programs: who is in the way, and what may be learned."""

from kernel_sync.aliens import Aliens
from kernel_sync.types import KernelRoute, NextHop, ObservedRoute, RouteKind
from messages.families.prefix import parse_prefix

KEY = parse_prefix("10.0.0.0/8")[1]
KERNEL, STATIC, DHCP = 2, 4, 16


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


def test_the_lowest_metric_is_learned() -> None:
    aliens = aliens_with(alien(DHCP, metric=100), alien(STATIC, metric=5))
    assert aliens.learned(KEY) == alien(STATIC, metric=5).route


def test_kernel_routes_and_odd_kinds_are_not_learned() -> None:
    aliens = aliens_with(alien(KERNEL), alien(STATIC, kind=RouteKind.THROW))
    assert aliens.learned(KEY) is None
