"""LLGR_STALE and NO_LLGR: routes of a neighbor that is away for longer than a restart takes (RFC 9494)."""

from typing import Final

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.iana import WellKnownCommunity
from rib.route import Route

_STALE: Final = WellKnownCommunity.LLGR_STALE
_OCTETS: Final = _STALE.to_bytes(4)
_UNWANTED: Final = WellKnownCommunity.NO_LLGR


def is_long_lived_stale(attributes: AttributeSet) -> bool:
    """Tell whether a route is long-lived stale, no matter who has marked it (RFC 9494 §4.3).

    The octets are searched before any community is decoded.
    """
    return _OCTETS in attributes.wire and _STALE in attributes.get(COMMUNITIES, ())


def grown_stale(route: Route) -> Route | None:
    """Return what is kept in the place of a route; None if it must not be kept for so long (RFC 9494 §4.2).

    The mark comes on top of what the import filter has made of the route, so that no filter takes it away.
    """
    attributes = route.attributes
    communities = attributes.get(COMMUNITIES, ())
    if _UNWANTED in communities:
        return None
    if _STALE in communities:
        return route
    stale = route.leading_to(route.destination, route.refusal, route.igp_metric)
    stale.is_filtered = route.is_filtered
    stale.meant = attributes.replace({COMMUNITIES: (*communities, _STALE)})
    attributes.forget()
    return stale
