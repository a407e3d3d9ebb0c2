"""What a route is told by from others of its source."""

import pytest

from messages.families.prefix import parse_address
from rib.route import UNREACHABLE, Destination, DestinationKind, NextHop, Refusal, Route
from tests.rib.building import SOMEWHERE, attributes, neighbor

SOURCE = neighbor("a")
RECEIVED = attributes(65001)
ELSEWHERE = Destination(DestinationKind.UNICAST, (NextHop(parse_address("192.0.2.9"), 2),))


def made(**changes: object) -> Route:
    """Return a route with something else than usual."""
    route = Route(SOURCE, RECEIVED, SOMEWHERE, 7)
    for name, value in changes.items():
        setattr(route, name, value)
    return route


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({}, True),
        ({"since": 8}, True),
        ({"epoch": 3}, True),
        ({"meant": attributes(65001)}, True),
        ({"destination": Destination(*SOMEWHERE)}, True),
        ({"meant": attributes(65002)}, False),
        ({"meant": RECEIVED.annotated({"krt_metric": 5})}, False),
        ({"destination": UNREACHABLE}, False),
        ({"destination": ELSEWHERE}, False),
        ({"preference": 99}, False),
        ({"igp_metric": 1}, False),
        ({"is_pinned": True}, False),
        ({"refusal": Refusal.UNRESOLVABLE}, False),
    ],
)
def test_two_routes_look_alike_if_nobody_can_tell_them_apart(changes: dict[str, object], alike: bool) -> None:
    """But for their time of arrival, and the epoch they were said in."""
    other = made(**changes)
    assert made().looks_like(other) is other.looks_like(made()) is alike
    assert (made().look == other.look) is alike


def test_a_successor_stays_what_the_filter_made_of_it() -> None:
    route = made(meant=attributes(65002), preference=7, is_pinned=True, epoch=3)
    for successor in (route.leading_to(UNREACHABLE, Refusal.UNRESOLVABLE, 5), route.said_again(3)):
        assert successor.attributes is route.attributes
        assert successor.received is RECEIVED
        assert (successor.preference, successor.is_pinned, successor.epoch, successor.since) == (
            7,
            True,
            3,
            7,
        )
