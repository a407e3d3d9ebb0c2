"""Traffic over several equal routes: which may share it, and in which shares (BIRD's ``merge paths``)."""

from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet
from messages.attributes import EXTENDED_COMMUNITIES
from messages.families.prefix import parse_address
from messages.iana import Origin
from rib.decision import Decision
from rib.decision_steps import Rules
from rib.multipath import merged
from rib.route import UNREACHABLE, Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from tests.rib.building import attributes, neighbor

PLAIN = Decision()
STRICT = Decision(Rules(relaxed_paths=False))
STATIC = Source("static1", SourceKind.STATIC)
BLACKHOLE = Destination(DestinationKind.BLACKHOLE)


def via(*last: int, weight: int = 1) -> Destination:
    hops = (NextHop(parse_address(f"192.0.2.{number}"), 2, weight) for number in last)
    return Destination(DestinationKind.UNICAST, tuple(hops))


def learned(
    number: int,
    said: AttributeSet,
    *,
    external: bool = True,
    destination: Destination | None = None,
    **more: Any,
) -> Route:
    """Return the route of neighbor ``number``, which is its next hop; the lower the number, the better."""
    source = neighbor(f"n{number}", external=external, router_id=number, address=f"192.0.2.{number}")
    return Route(source, said, destination or via(number), 0, **more)


def bandwidth(octets: float, kind: int = 0x40, subtype: int = 0x04) -> dict[Any, Any]:
    """Return an Extended Community as in draft-ietf-idr-link-bandwidth §2."""
    return {EXTENDED_COMMUNITIES: (bytes((kind, subtype)) + pack("!Hf", 65001, octets),)}


BEST = learned(1, attributes(65001, 65009, med=5))
ELIGIBLE = [
    ("another path of that length", learned(2, attributes(65002, 65009)), True),
    ("the same AS and MED", learned(2, attributes(65001, 65009, med=5)), True),
    ("the same AS, another MED", learned(2, attributes(65001, 65009, med=6)), False),
    ("another AS, another MED", learned(2, attributes(65002, 65009, med=6)), True),
    ("a longer path", learned(2, attributes(65002, 65008, 65009)), False),
    ("another ORIGIN", learned(2, attributes(65002, 65009, origin=Origin.EGP)), False),
    ("lower LOCAL_PREF", learned(2, attributes(65002, 65009, local_pref=99)), False),
    ("an internal one", learned(2, attributes(65002, 65009), external=False), False),
    ("farther away", learned(2, attributes(65002, 65009), igp_metric=1), False),
    ("refused", learned(2, attributes(65002, 65009), refusal=Refusal.AS_LOOP), False),
    ("leads nowhere", learned(2, attributes(65002, 65009), destination=UNREACHABLE), False),
    ("static", Route(STATIC, attributes(65002, 65009), via(2), 0), False),
]


@pytest.mark.parametrize(("what", "other", "shares"), ELIGIBLE, ids=[row[0] for row in ELIGIBLE])
def test_who_shares_is_as_good_as_the_best_up_to_the_metric(what: str, other: Route, shares: bool) -> None:
    assert PLAIN.multipath([BEST, other], 8) == ((BEST, other) if shares else (BEST,))
    assert merged(PLAIN, [BEST, other], 8) == (via(1, 2) if shares else via(1))


@pytest.mark.parametrize(("path", "shares"), [((65001, 65009), True), ((65001, 65008), False)])
def test_paths_must_be_equal_unless_that_is_relaxed(path: tuple[int, ...], shares: bool) -> None:
    other = learned(2, attributes(*path, med=5))
    assert (other in STRICT.multipath([BEST, other], 8)) is shares
    assert other in PLAIN.multipath([BEST, other], 8)


@pytest.mark.parametrize(
    "best",
    [
        Route(STATIC, attributes(65001, 65009), via(1), 0),
        learned(1, attributes(65001, 65009), refusal=Refusal.AS_LOOP),
    ],
)
def test_only_routes_of_neighbors_that_may_be_selected_are_joined(best: Route) -> None:
    assert PLAIN.multipath([best, learned(2, attributes(65002, 65009))], 8) == (best,)


def test_a_best_route_that_discards_its_traffic_shares_it_with_nobody() -> None:
    """RFC 7999: what is under attack must not get through by another way."""
    best = learned(1, attributes(65001), destination=BLACKHOLE)
    others = [learned(number, attributes(65001)) for number in (2, 3)]
    assert merged(PLAIN, [best, *others], 8) is BLACKHOLE


def test_who_discards_is_given_no_share() -> None:
    routes = [learned(1, attributes(65001)), learned(2, attributes(65001), destination=BLACKHOLE)]
    assert merged(PLAIN, routes, 8) is routes[0].destination


@pytest.mark.parametrize(("limit", "hops"), [(1, (4,)), (2, (1, 4)), (3, (1, 2, 4)), (9, (1, 2, 3, 4))])
def test_the_best_ones_share_up_to_the_limit_sorted_by_address(limit: int, hops: tuple[int, ...]) -> None:
    best = learned(0, attributes(65001), destination=via(4))
    others = [learned(number, attributes(65001)) for number in (3, 1, 2)]
    assert merged(PLAIN, [best, *others], limit) == via(*hops)


def test_a_next_hop_of_several_routes_is_there_once() -> None:
    routes = [learned(number, attributes(65001), destination=via(7, number)) for number in (1, 2)]
    assert merged(PLAIN, routes, 8) == via(1, 2, 7)


WEIGHTS = [
    ((100.0, 100.0), (1, 1)),
    ((100.0, 300.0), (85, 256)),
    ((50.0, 100.0), (1, 2)),
    ((1.0, 1e30), (1, 256)),
    ((0.0, 100.0), (1, 1)),
    ((float("nan"), 100.0), (1, 1)),
    ((float("inf"), 100.0), (1, 1)),
    ((-5.0, 100.0), (1, 1)),
]


@pytest.mark.parametrize(("told", "shares"), WEIGHTS)
def test_shares_follow_the_bandwidths_if_all_tell_theirs(
    told: tuple[float, float], shares: tuple[int, int]
) -> None:
    """draft-ietf-idr-link-bandwidth §3."""
    routes = [
        learned(number, attributes(65001, rows=bandwidth(octets))) for number, octets in enumerate(told, 1)
    ]
    assert tuple(hop.weight for hop in merged(PLAIN, routes, 8).next_hops) == shares


@pytest.mark.parametrize(
    "rows", [{}, {EXTENDED_COMMUNITIES: ()}, bandwidth(9, kind=0x03), bandwidth(9, subtype=0x02)]
)
def test_one_that_does_not_tell_its_bandwidth_makes_all_equal(rows: dict[Any, Any]) -> None:
    routes = [learned(1, attributes(65001, rows=bandwidth(1.0))), learned(2, attributes(65001, rows=rows))]
    assert merged(PLAIN, routes, 8) == via(1, 2)


def test_the_weight_of_a_next_hop_counts_within_its_route_as_far_as_the_kernel_can_tell() -> None:
    routes = [
        learned(1, attributes(65001, rows=bandwidth(1.0)), destination=via(1, weight=3)),
        learned(2, attributes(65001, rows=bandwidth(100.0)), destination=via(2, weight=3)),
    ]
    assert [hop.weight for hop in merged(PLAIN, routes, 8).next_hops] == [9, 256]


@given(st.lists(st.floats(width=32), min_size=2, max_size=6), st.integers(2, 6))
def test_whatever_neighbors_tell_the_kernel_can_take_it(told: list[float], limit: int) -> None:
    routes = [
        learned(number, attributes(65001, rows=bandwidth(octets))) for number, octets in enumerate(told)
    ]
    hops = merged(PLAIN, routes, limit).next_hops
    assert len(hops) == min(limit, len(told))
    assert list(hops) == sorted(hops)
    assert all(1 <= hop.weight <= 256 for hop in hops)
