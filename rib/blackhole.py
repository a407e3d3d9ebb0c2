"""BLACKHOLE: a neighbor asks to discard all traffic for a prefix that is under attack (RFC 7999)."""

from typing import Final

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.iana import WellKnownCommunity

_COMMUNITY: Final = WellKnownCommunity.BLACKHOLE
_OCTETS: Final = _COMMUNITY.to_bytes(4)
_STAYS_HERE: Final = frozenset({WellKnownCommunity.NO_EXPORT, WellKnownCommunity.NO_ADVERTISE})


def is_blackholed(attributes: AttributeSet) -> bool:
    """Tell whether traffic is to be discarded; the octets are searched before any community is decoded."""
    return _OCTETS in attributes.wire and _COMMUNITY in attributes.get(COMMUNITIES, ())


def kept_inside(communities: tuple[int, ...]) -> tuple[int, ...]:
    """Return communities that keep a route from leaving our AS (RFC 1997, RFC 7999 §3.2)."""
    if _STAYS_HERE.isdisjoint(communities):
        return (*communities, WellKnownCommunity.NO_EXPORT)
    return communities
