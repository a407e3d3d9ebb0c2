"""BLACKHOLE on its way in (RFC 7999)."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.iana import WellKnownCommunity
from rib.policy import Policy
from rib.route import DestinationKind, Refusal, Route
from tests.rib.building import attributes, neighbor
from tests.rib.entrance import ingress
from tests.rib.judging import by_attributes

BLACKHOLE = WellKnownCommunity.BLACKHOLE
NO_EXPORT, NO_ADVERTISE = WellKnownCommunity.NO_EXPORT, WellKnownCommunity.NO_ADVERTISE
GRACEFUL_SHUTDOWN = WellKnownCommunity.GRACEFUL_SHUTDOWN


def received(*communities: int, next_hop: str = "192.0.2.254") -> AttributeSet:
    return attributes(65001, next_hop=next_hop, rows={COMMUNITIES: communities})


def taken(attribute_set: AttributeSet, policy: Policy = Policy.ALL, **more: bool) -> Route:
    settings = {"accepts_blackhole": True} | more
    return ingress(neighbor("e"), policy, **settings).route(attribute_set, 0)


@pytest.mark.parametrize(
    ("communities", "kept"),
    [
        ((BLACKHOLE,), (BLACKHOLE, NO_EXPORT)),
        ((7, BLACKHOLE), (7, BLACKHOLE, NO_EXPORT)),
        ((BLACKHOLE, NO_EXPORT), (BLACKHOLE, NO_EXPORT)),
        ((NO_ADVERTISE, BLACKHOLE), (NO_ADVERTISE, BLACKHOLE)),
    ],
)
def test_traffic_is_discarded_and_the_route_stays_here(
    communities: tuple[int, ...], kept: tuple[int, ...]
) -> None:
    """RFC 7999 §3.2."""
    route = taken(received(*communities))
    assert route.destination.kind is DestinationKind.BLACKHOLE
    assert route.refusal is None
    assert route.attributes.get(COMMUNITIES) == kept


def test_where_the_next_hop_is_does_not_matter() -> None:
    assert taken(received(BLACKHOLE, next_hop="198.51.100.1")).refusal is None


@pytest.mark.parametrize(
    ("communities", "accepts_blackhole"),
    [
        ((BLACKHOLE,), False),  # RFC 7999 §3.3: only where it was agreed on
        ((7,), True),
        ((0x0007FFFF, 0x029A0007), True),  # the same octets across two communities
    ],
)
def test_other_routes_are_routes_as_usual(communities: tuple[int, ...], accepts_blackhole: bool) -> None:
    sent = received(*communities)
    route = taken(sent, accepts_blackhole=accepts_blackhole)
    assert route.destination.kind is DestinationKind.UNICAST
    assert route.attributes is sent


def test_a_session_that_is_drained_marks_it_besides() -> None:
    """RFC 8326 §4.1."""
    route = taken(received(BLACKHOLE), is_draining=True)
    assert route.attributes.get(COMMUNITIES) == (BLACKHOLE, GRACEFUL_SHUTDOWN, NO_EXPORT)


def test_the_import_filter_has_the_last_word() -> None:
    """Who lets in only prefixes that the neighbor may have discarded relies on it (RFC 7999 §3.3)."""
    without = by_attributes("without", lambda marked: marked.replace({COMMUNITIES: None}))
    assert taken(received(BLACKHOLE), without).destination.kind is DestinationKind.UNICAST
    assert taken(received(BLACKHOLE), Policy.NONE).refusal is Refusal.IMPORT_FILTER
