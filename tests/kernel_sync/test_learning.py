"""Which routes of other programs are learned (BIRD's ``learn``; RFC 6890)."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel_sync.learning import is_reserved, learned
from kernel_sync.types import KernelRoute, NextHop, ObservedRoute, RouteKind
from messages.families.prefix import parse_prefix

PREFIXES = [
    # prefix, whether it is reserved
    ("0.0.0.0/0", False),
    ("0.0.0.0/1", False),  # half of a default route, as VPNs write it
    ("128.0.0.0/1", False),
    ("0.0.0.0/8", True),  # RFC 1122 §3.2.1.3: "this network"
    ("0.1.0.0/16", True),
    ("0.0.0.0/32", True),
    ("10.0.0.0/8", False),
    ("100.64.0.0/10", False),
    ("126.0.0.0/7", False),  # holds more than the loopback network
    ("127.0.0.0/8", True),
    ("127.5.0.0/16", True),
    ("169.254.0.0/16", True),  # RFC 3927 §2.7
    ("169.254.169.254/32", True),
    ("192.0.0.0/2", False),
    ("192.0.2.0/24", False),
    ("224.0.0.0/4", True),
    ("239.1.0.0/16", True),
    ("240.0.0.0/4", False),  # reserved, yet in use
    ("240.1.0.0/16", False),
    ("255.255.255.255/32", True),
    ("255.255.255.254/31", False),
    ("::/0", False),
    ("::/1", False),
    ("::/128", True),
    ("::1/128", True),
    ("::ffff:10.0.0.0/104", True),  # RFC 4291 §2.5.5.2
    ("64:ff9b::/96", False),  # RFC 6052
    ("2001:db8::/32", False),
    ("fd00::/8", False),
    ("fec0::/64", False),
    ("fe80::/10", True),
    ("fe80:1::/32", True),
    ("fe00::/8", False),
    ("ff05::/16", True),
]


@pytest.mark.parametrize(("text", "reserved"), PREFIXES)
def test_prefixes_that_nobody_forwards_to_are_reserved(text: str, reserved: bool) -> None:
    family, key = parse_prefix(text)
    assert is_reserved(key, family) is reserved


def alien(
    protocol: int, metric: int = 0, kind: RouteKind = RouteKind.UNICAST, octet: int = 1
) -> ObservedRoute:
    hops = (NextHop(bytes((192, 0, 2, octet)), 2),) if kind is RouteKind.UNICAST else ()
    return ObservedRoute(KernelRoute(kind, hops, metric), protocol)


def of_all(*routes: ObservedRoute) -> ObservedRoute | None:
    return learned(routes, lambda _: True)


@pytest.mark.parametrize("protocol", [0, 1, 2, 12])
def test_neither_interface_addresses_nor_redirects_nor_what_was_learned_from_us_is_learned(
    protocol: int,
) -> None:
    assert of_all(alien(protocol)) is None
    assert of_all(alien(protocol, metric=1), alien(4, metric=2)) == alien(4, metric=2)


@pytest.mark.parametrize("protocol", [3, 4, 9, 11, 16, 80, 186, 255])
def test_everybody_elses_is(protocol: int) -> None:
    assert of_all(alien(protocol)) == alien(protocol)


LEARNED = {RouteKind.UNICAST, RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT}


@pytest.mark.parametrize("kind", RouteKind)
def test_what_says_where_packets_end_is_learned(kind: RouteKind) -> None:
    assert (of_all(alien(4, kind=kind)) is not None) is (kind in LEARNED)


def test_the_lowest_metric_wins_whoever_wrote_it() -> None:
    routes = alien(3, metric=100), alien(186, metric=5), alien(4, metric=20)
    assert {of_all(*order) for order in permutations(routes)} == {routes[1]}


@given(st.lists(st.builds(alien, st.integers(3, 5), st.integers(0, 2), octet=st.integers(1, 3)), max_size=4))
def test_equal_metrics_have_a_fixed_order(routes: list[ObservedRoute]) -> None:
    assert len({of_all(*order) for order in permutations(routes)}) == 1


def test_what_cannot_be_used_is_no_rival() -> None:
    routes = alien(4, metric=1, octet=1), alien(4, metric=2, octet=2)
    found = learned(routes, lambda route: route.next_hops[0].gateway[3] == 2)
    assert found == routes[1]
