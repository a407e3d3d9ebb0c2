"""What a route looks like on its way out: to whom it goes, with which attributes (RFC 4271 §5, §9.2)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AIGP,
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.context import Context
from messages.families import Family
from messages.iana import Origin, Role, SegmentType, WellKnownCommunity
from rib.decision import DEFAULT_LOCAL_PREF
from rib.graceful_shutdown import as_leaving
from rib.next_hops import is_link_local
from rib.policy import Policy
from rib.route import Route, SourceKind

_CONFEDERATION: Final = (SegmentType.AS_CONFED_SEQUENCE, SegmentType.AS_CONFED_SET)


class Withheld(Enum):
    """Why a neighbor is not sent a route; the value is what operators read."""

    NO_EXPORT_POLICY = "an external neighbor without an export policy (RFC 8212)"
    EXPORT_FILTER = "refused by the export filter"
    INTERNAL_TO_INTERNAL = "learned from an internal neighbor, not sent to another (RFC 4271 §9.2)"
    NO_ADVERTISE = "it carries NO_ADVERTISE (RFC 1997)"
    NO_EXPORT = "it carries NO_EXPORT (RFC 1997)"
    ROLE = "it carries ONLY_TO_CUSTOMER, and the neighbor is no customer (RFC 9234 §5)"
    NO_NEXT_HOP = "we have no address of this family on the session's interface to be its next hop"
    TOO_LARGE = "its attributes leave no room for a prefix in a message (RFC 4271 §9.2)"


class NextHopRule(Enum):
    """Which next hop a neighbor is told."""

    AUTO = "auto"
    """Ourselves to external neighbors and for routes of our own, else what we learned (RFC 4271 §5.1.3)."""
    SELF = "self"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class GroupKey:
    """Everything about a neighbor that can change a byte it is sent.

    Egress code receives this key and never a neighbor, so a setting that is
    missing here cannot influence the output by accident.
    """

    family: Family
    context: Context
    local_as: int
    policy: Policy
    next_hop_rule: NextHopRule
    own_next_hop: bytes
    """Our address on the session's interface, for IPv6 with a link-local one behind it; empty if none."""
    role: Role | None = None
    """What we are to the neighbor (RFC 9234)."""
    is_draining: bool = False
    """Whether the neighbor is to stop using us (RFC 8326)."""

    @property
    def external(self) -> bool:
        return self.context.external


_SENDS_TO_CUSTOMERS_ONLY: Final = {Role.CUSTOMER, Role.PEER, Role.RS_CLIENT}
"""With these roles of ours the neighbor is a provider, a peer or a route server."""
_MARKS: Final = {Role.PROVIDER, Role.PEER, Role.RS}
_STAYS_INSIDE: Final = frozenset({WellKnownCommunity.NO_EXPORT, WellKnownCommunity.NO_EXPORT_SUBCONFED})


def egress(key: GroupKey, route: Route) -> AttributeSet | Withheld:
    """Return the attributes a neighbor of this group is sent for a route, or why it is sent none."""
    withheld = _withheld(key, route)
    if withheld is not None:
        return withheld
    next_hop = _next_hop(key, route)
    if not next_hop:
        return Withheld.NO_NEXT_HOP
    changes = _towards_external(key, route) if key.external else _towards_internal(route)
    changes[NEXT_HOP] = next_hop
    if key.role in _MARKS and ONLY_TO_CUSTOMER not in route.attributes:
        changes[ONLY_TO_CUSTOMER] = key.local_as
    if key.is_draining:  # RFC 8326 §4
        changes[COMMUNITIES] = as_leaving(route.attributes)
        if not key.external:
            changes[LOCAL_PREF] = 0
    return route.attributes.replace(changes)


def _withheld(key: GroupKey, route: Route) -> Withheld | None:
    if key.policy is Policy.MISSING:
        return Withheld.NO_EXPORT_POLICY
    if key.policy is Policy.NONE:
        return Withheld.EXPORT_FILTER
    if route.source.kind is SourceKind.BGP and not route.source.external and not key.external:
        return Withheld.INTERNAL_TO_INTERNAL
    if key.role in _SENDS_TO_CUSTOMERS_ONLY and ONLY_TO_CUSTOMER in route.attributes:
        return Withheld.ROLE
    communities = route.attributes.get(COMMUNITIES)
    return _withheld_by(communities, external=key.external) if communities else None


def _withheld_by(communities: Collection[int], *, external: bool) -> Withheld | None:
    """RFC 1997."""
    if WellKnownCommunity.NO_ADVERTISE in communities:
        return Withheld.NO_ADVERTISE
    if external and not _STAYS_INSIDE.isdisjoint(communities):
        return Withheld.NO_EXPORT
    return None


def _next_hop(key: GroupKey, route: Route) -> bytes:
    """RFC 4271 §5.1.3, RFC 2545 §3."""
    rule = key.next_hop_rule
    if rule is NextHopRule.KEEP or (rule is NextHopRule.AUTO and not key.external):
        learned: bytes = route.attributes.get(NEXT_HOP, b"")[:16]
        # A link-local address, behind it or alone, means nothing on another link (RFC 2545 §3).
        if learned and not is_link_local(learned):
            return learned
    return key.own_next_hop


def _towards_external(key: GroupKey, route: Route) -> dict[Any, Any]:
    """RFC 4271 §5.1.2 b, §5.1.4, §5.1.5; RFC 4456 §8; RFC 7311 §3.1."""
    path = route.attributes.get(AS_PATH, AsPath.EMPTY)
    if not route.source.external:
        path = _without_confederation(path)
    changes: dict[Any, Any] = {
        AS_PATH: path.prepend(key.local_as),
        LOCAL_PREF: None,
        ORIGINATOR_ID: None,
        CLUSTER_LIST: None,
        AIGP: None,
    }
    if route.source.kind is SourceKind.BGP:
        changes[MULTI_EXIT_DISC] = None
    if ORIGIN not in route.attributes:
        changes[ORIGIN] = Origin.IGP
    return changes


def _without_confederation(path: AsPath) -> AsPath:
    """Only internal neighbors send such segments, and nobody outside may see them (RFC 5065 §4.1)."""
    if not any(kind in path.wire for kind in _CONFEDERATION):  # most paths need no walk
        return path
    plain = (segment for segment in path.segments if segment.kind <= SegmentType.AS_SEQUENCE)
    return AsPath.from_segments(*plain)


def _towards_internal(route: Route) -> dict[Any, Any]:
    """RFC 4271 §5.1.2 a, §5.1.5."""
    changes: dict[Any, Any] = {}
    if LOCAL_PREF not in route.attributes:
        changes[LOCAL_PREF] = DEFAULT_LOCAL_PREF
    if AS_PATH not in route.attributes:
        changes[AS_PATH] = AsPath.EMPTY
    if ORIGIN not in route.attributes:
        changes[ORIGIN] = Origin.IGP
    return changes
