"""GRACEFUL_SHUTDOWN: a session that ends soon should carry no traffic any more (RFC 8326)."""

from typing import Final

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.iana import WellKnownCommunity

_COMMUNITY: Final = WellKnownCommunity.GRACEFUL_SHUTDOWN
_OCTETS: Final = _COMMUNITY.to_bytes(4)


def is_leaving(attributes: AttributeSet) -> bool:
    """Tell whether the path is about to go away.

    The search of the octets spares almost every set the decoding of its communities.
    """
    return _OCTETS in attributes.wire and _COMMUNITY in attributes.get(COMMUNITIES, ())


def as_leaving(attributes: AttributeSet) -> tuple[int, ...]:
    """Return the communities that say so, besides those that are there (RFC 8326 §3)."""
    communities = attributes.get(COMMUNITIES, ())
    return communities if _COMMUNITY in communities else (*communities, _COMMUNITY)
