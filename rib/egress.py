"""What a route looks like on its way out: to whom it goes, with which attributes (RFC 4271 §5, §9.2)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AIGP,
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    IPV6_EXTENDED_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.attributes.extended_communities import is_transitive
from messages.attributes.next_hop import check_host
from messages.context import Context
from messages.errors import MalformedValueError
from messages.families import Family
from messages.families.prefix import PrefixKey, make_key
from messages.iana import Origin, Role, SegmentType, WellKnownCommunity
from rib.as_paths import PrivateAs, override, prepend_each, without_private
from rib.blackhole import kept_inside
from rib.graceful_shutdown import as_leaving
from rib.long_lived_stale import is_long_lived_stale
from rib.next_hops import is_link_local
from rib.policy import Policy
from rib.reflection import is_internal, marks
from rib.route import Facts, Route, Source, SourceKind


class Withheld(Enum):
    """Why a neighbor is not sent a route; the value is what operators read."""

    NO_EXPORT_POLICY = "an external neighbor without an export policy (RFC 8212)"
    EXPORT_FILTER = "refused by the export filter"
    INTERNAL_TO_INTERNAL = "learned from an internal neighbor, not sent to another (RFC 4271 §9.2)"
    NO_ADVERTISE = "it carries NO_ADVERTISE (RFC 1997)"
    NO_EXPORT = "it carries NO_EXPORT (RFC 1997)"
    NO_EXPORT_SUBCONFED = "it carries NO_EXPORT_SUBCONFED (RFC 1997)"
    ROLE = "it carries ONLY_TO_CUSTOMER, and the neighbor is no customer (RFC 9234 §5)"
    LONG_LIVED_STALE = "it carries LLGR_STALE, of which the neighbor knows nothing (RFC 9494 §4.3)"
    NO_NEXT_HOP = "we have no address of this family on the session's interface to be its next hop"
    INCOMPLETE = "the export filter left no origin, path or next hop that it can be sent with (RFC 4271 §5)"
    BUG = "a bug of bgpd keeps it from being worked out; the log has it"
    TOO_LARGE = "its attributes leave no room for a prefix in a message (RFC 4271 §9.2)"


class NextHopRule(Enum):
    """Which next hop a neighbor is told."""

    AUTO = "auto"
    """What we learned, or the gateway of a route of our own, to internal neighbors and to those on the link
    of the next hop; otherwise ourselves (RFC 4271 §5.1.3)."""
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
    is_client: bool = False
    """Whether the neighbor is a client of our route reflection (RFC 4456)."""
    cluster_id: int = 0
    """Our cluster id towards the neighbor."""
    is_route_server_client: bool = False
    """Whether AS_PATH, NEXT_HOP and MULTI_EXIT_DISC go through as they came (RFC 7947 §2.2)."""
    confederation_id: int = 0
    """The AS that we all are to those outside of our confederation; 0 without one (RFC 5065 §4)."""
    prepended: tuple[int, ...] = ()
    """What goes before the path to an external neighbor, if not just ``public_as``."""
    override_as: int = 0
    """The neighbor's AS if ``public_as`` stands for it in the path."""
    private_as: PrivateAs = PrivateAs.KEEP
    neighbor_as: int = 0
    """The neighbor's AS where private ones are removed: its own has to stay, or it sees no loops."""
    shared_networks: tuple[PrefixKey, ...] = ()
    """The networks of the link to the neighbor that contain its address, of the kind of ``own_next_hop``."""
    paths: int = 1
    """How many paths to a prefix are sent (RFC 7911)."""
    takes_stale: bool = True
    """Whether the neighbor knows that routes with LLGR_STALE are the last choice (RFC 9494 §4.3)."""
    stale_inside: bool = False
    """Whether one inside our AS that does not know is told of them in words it knows (RFC 9494 §4.6)."""
    limited: Source | None = None
    """A neighbor with an export limit: what it was sent depends on the past, so it is alone in its group."""

    @property
    def external(self) -> bool:
        return self.context.external

    @property
    def is_internal(self) -> bool:
        """Whether the neighbor is in our AS, or in our member AS of a confederation."""
        return not (self.context.external or self.context.confederation)

    @property
    def reads_any_next_hop(self) -> bool:
        """Whether next hops may be of another address family than the routes (RFC 8950)."""
        return self.family in self.context.extended_next_hop

    @property
    def public_as(self) -> int:
        """The AS that an external neighbor takes us for."""
        return self.prepended[0] if self.prepended else self.confederation_id or self.local_as


_SENDS_TO_CUSTOMERS_ONLY: Final = {Role.CUSTOMER, Role.PEER, Role.RS_CLIENT}
"""With these roles of ours the neighbor is a provider, a peer or a route server."""
_FROM_NEIGHBORS: Final = {SourceKind.BGP, SourceKind.PIPE}
_MARKS: Final = {Role.PROVIDER, Role.PEER, Role.RS}


def egress(
    key: GroupKey, route: Route, prefix: PrefixKey, *, silent: bool = False
) -> AttributeSet | Withheld:
    """Return the attributes a neighbor of this group is sent for a route, or why it is sent none.

    ``silent`` asks about the past (``Judge``).
    """
    source = route.facts
    attributes = route.attributes
    changes = _changes(key, route, source, attributes)
    if isinstance(changes, Withheld):
        return changes
    if key.policy is Policy.ALL:
        return attributes.replace(changes)
    if key.external:  # the filter may ask for it, though it is not sent
        changes[LOCAL_PREF] = attributes.get(LOCAL_PREF, source.default_local_pref)
    accepted = key.policy.judge(route, attributes.replace(changes), prefix, silent=silent)
    return Withheld.EXPORT_FILTER if accepted is None else _as_filtered(key, source, accepted.attributes)


def offered(key: GroupKey, route: Route) -> AttributeSet | Withheld:
    """Return the attributes that the export filter of this group is asked about, or why it is not asked."""
    source = route.facts
    attributes = route.attributes
    changes = _changes(key, route, source, attributes)
    if isinstance(changes, Withheld):
        return changes
    if key.external:
        changes[LOCAL_PREF] = attributes.get(LOCAL_PREF, source.default_local_pref)
    return attributes.replace(changes)


def _changes(
    key: GroupKey, route: Route, source: Facts, attributes: AttributeSet
) -> dict[Any, Any] | Withheld:
    """Return what is different on the way out, whatever the export filter makes of it."""
    withheld = _withheld(key, source, attributes)
    if withheld is not None:
        return withheld
    next_hop = next_hop_towards(key, _learned_next_hop(route))
    if not next_hop:
        return Withheld.NO_NEXT_HOP
    changes = (_towards_external if key.external else _towards_interior)(key, source, attributes)
    changes[NEXT_HOP] = next_hop
    if key.role in _MARKS and ONLY_TO_CUSTOMER not in attributes:
        changes[ONLY_TO_CUSTOMER] = key.public_as
    if key.is_draining:  # RFC 8326 §4
        changes[COMMUNITIES] = as_leaving(attributes)
        if not key.external:
            changes[LOCAL_PREF] = 0
    if not key.takes_stale and is_long_lived_stale(attributes):  # RFC 9494 §4.6
        changes[COMMUNITIES] = kept_inside(changes.get(COMMUNITIES) or attributes.get(COMMUNITIES, ()))
        changes[LOCAL_PREF] = 0
    return changes


def _as_filtered(key: GroupKey, source: Facts, attributes: AttributeSet) -> AttributeSet | Withheld:
    """Return what the export filter made of the attributes, if a neighbor can be told that."""
    if not _can_be_told(key, attributes):
        return Withheld.INCOMPLETE
    if key.external:
        return attributes.replace(_never_external(attributes))
    if LOCAL_PREF not in attributes:
        return attributes.replace({LOCAL_PREF: source.default_local_pref})
    return attributes


def _can_be_told(key: GroupKey, attributes: AttributeSet) -> bool:
    """Tell whether what is mandatory is there, and a next hop of which the neighbor can make something."""
    next_hop = attributes.get(NEXT_HOP)
    if next_hop is None or ORIGIN not in attributes or AS_PATH not in attributes:
        return False
    try:
        check_host(next_hop)
    except MalformedValueError:
        return False
    return len(next_hop[:16]) == key.family.address_octets or key.reads_any_next_hop


def _never_external(attributes: AttributeSet) -> dict[Any, Any]:
    """RFC 4271 §5.1.5; RFC 4360 §6; RFC 4456 §8; RFC 5701 §2; RFC 7311 §3.1."""
    changes: dict[Any, Any] = {LOCAL_PREF: None, ORIGINATOR_ID: None, CLUSTER_LIST: None, AIGP: None}
    for row in (EXTENDED_COMMUNITIES, IPV6_EXTENDED_COMMUNITIES):
        communities = attributes.get(row)
        if communities:
            changes[row] = tuple(filter(is_transitive, communities)) or None
    return changes


def _withheld(key: GroupKey, source: Facts, attributes: AttributeSet) -> Withheld | None:
    if key.policy is Policy.MISSING:
        return Withheld.NO_EXPORT_POLICY
    if key.is_internal and is_internal(source) and not (source.is_client or key.is_client):  # RFC 4456 §6
        return Withheld.INTERNAL_TO_INTERNAL
    if key.role in _SENDS_TO_CUSTOMERS_ONLY and ONLY_TO_CUSTOMER in attributes:
        return Withheld.ROLE
    communities = attributes.get(COMMUNITIES)
    return _withheld_by(communities, key) if communities else None


def _withheld_by(communities: Collection[int], key: GroupKey) -> Withheld | None:
    """RFC 1997, RFC 9494 §4.3.

    A route server does as well, though RFC 7947 §2.2.4 leaves communities to its clients.
    """
    if WellKnownCommunity.NO_ADVERTISE in communities:
        return Withheld.NO_ADVERTISE
    if key.external and WellKnownCommunity.NO_EXPORT in communities:
        return Withheld.NO_EXPORT
    if not key.is_internal and WellKnownCommunity.NO_EXPORT_SUBCONFED in communities:
        return Withheld.NO_EXPORT_SUBCONFED
    is_told_of_stale = key.takes_stale or (key.stale_inside and not key.external)
    if not is_told_of_stale and WellKnownCommunity.LLGR_STALE in communities:
        return Withheld.LONG_LIVED_STALE
    return None


def _learned_next_hop(route: Route) -> bytes:
    """Return the next hop as it came, or the gateway of a route of our own; empty if there is none."""
    learned: bytes = route.attributes.get(NEXT_HOP, b"")
    hops = route.destination.next_hops
    if learned or route.source.kind is SourceKind.BGP or len(hops) != 1:
        return learned
    return hops[0].gateway


def next_hop_towards(key: GroupKey, learned: bytes) -> bytes:
    """Return the next hop that is told for one that was learned; empty if there is none.

    RFC 4271 §5.1.3, RFC 2545 §3, RFC 7947 §2.2.1, RFC 8950 §4.
    """
    rule = key.next_hop_rule
    is_kept = rule is NextHopRule.KEEP or not key.external or key.is_route_server_client
    networks = key.shared_networks
    if rule is NextHopRule.SELF or not (is_kept or networks):
        return key.own_next_hop
    address = learned[:16]
    if not learned or not (len(address) == key.family.address_octets or key.reads_any_next_hop):
        return key.own_next_hop
    if networks and len(address) == len(key.own_next_hop[:16]) and _is_inside(address, networks):
        return learned  # the neighbor reaches it without us
    # A link-local address, behind it or alone, means nothing on another link (RFC 2545 §3).
    return address if is_kept and not is_link_local(address) else key.own_next_hop


@lru_cache(maxsize=1024)  # many routes have one next hop
def _is_inside(address: bytes, networks: tuple[PrefixKey, ...]) -> bool:
    return any(make_key(address, network[0]) == network for network in networks)


def _towards_external(key: GroupKey, source: Facts, attributes: AttributeSet) -> dict[Any, Any]:
    """RFC 4271 §5.1.4, and what never goes there."""
    changes = _never_external(attributes)
    changes[AS_PATH] = _path_towards_external(key, source, attributes.get(AS_PATH, AsPath.EMPTY))
    if source.kind in _FROM_NEIGHBORS and not key.is_route_server_client:
        changes[MULTI_EXIT_DISC] = None
    if ORIGIN not in attributes:
        changes[ORIGIN] = Origin.IGP
    return changes


def _path_towards_external(key: GroupKey, source: Facts, path: AsPath) -> AsPath:
    """RFC 4271 §5.1.2 b, RFC 5065 §4.1 c."""
    if not source.external:
        path = path.without_confederation()
    if key.is_route_server_client and path.wire:
        return path  # RFC 7947 §2.2.2; without any AS it begins with us
    if key.private_as is not PrivateAs.KEEP:
        own = key.public_as if key.private_as is PrivateAs.REPLACE else None
        path = without_private(path, own, key.neighbor_as)
    if key.override_as:
        path = override(path, key.override_as, key.public_as)
    return prepend_each(path, key.prepended) if key.prepended else path.prepend(key.public_as)


def _towards_interior(key: GroupKey, source: Facts, attributes: AttributeSet) -> dict[Any, Any]:
    """RFC 4271 §5.1.2 a, §5.1.5; inside a confederation also RFC 5065 §5.2."""
    changes: dict[Any, Any] = {}
    if LOCAL_PREF not in attributes:
        changes[LOCAL_PREF] = source.default_local_pref
    if ORIGIN not in attributes:
        changes[ORIGIN] = Origin.IGP
    if key.context.confederation:  # RFC 5065 §4.1 b; what reflectors wrote is about their own AS
        path = attributes.get(AS_PATH, AsPath.EMPTY)
        changes[AS_PATH] = path.prepend(key.local_as, kind=SegmentType.AS_CONFED_SEQUENCE)
        changes[ORIGINATOR_ID] = changes[CLUSTER_LIST] = None
        return changes
    if AS_PATH not in attributes:
        changes[AS_PATH] = AsPath.EMPTY
    if is_internal(source):
        changes |= marks(attributes, source, to_client=key.is_client, cluster_id=key.cluster_id)
    return changes
