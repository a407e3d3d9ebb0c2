"""Routes as the RIB knows them: who says it, what it says, where it leads (RFC 4271 §3.2)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, TypeVar

from messages.attribute_set import AttributeSet
from messages.plain_attributes import PlainAttributes

T = TypeVar("T")


class SourceKind(Enum):
    """What kind of protocol instance a route came from, in BIRD's spelling."""

    BGP = "BGP"
    STATIC = "Static"
    DIRECT = "Direct"
    KERNEL = "Kernel"
    PIPE = "Pipe"


PREFERENCES: Final = {
    SourceKind.DIRECT: 240,
    SourceKind.STATIC: 200,
    SourceKind.BGP: 100,
    SourceKind.PIPE: 70,
    SourceKind.KERNEL: 10,
}


@dataclass(slots=True)
class Facts:
    """What the decision process and the propagation rules ask about a source.

    A route keeps those under which it came in. When a neighbor gets others in place, its routes are followed
    by successors with the new ones, and what was told of the old ones can still be worked out.
    """

    kind: SourceKind
    name: str
    preference: int
    external: bool = False
    """Whether it is in another AS, and not in our confederation."""
    confederation: bool = False
    """Whether it is in another member AS of our confederation (RFC 5065)."""
    is_client: bool = False
    """Whether we reflect its routes (RFC 4456)."""
    cluster_id: int = 0
    """The cluster that it is in as our client."""
    default_local_pref: int = 100
    """Degree of preference of its routes without LOCAL_PREF; all external ones are."""
    default_med: int = 0
    """What a route without MULTI_EXIT_DISC counts as (RFC 4271 §9.1.2.2 c)."""
    router_id: int = 0
    address: bytes = b""
    interface: int = 0
    """Index of the interface a directly connected neighbor is on, 0 if it is farther away."""
    next_hop_self: bool = False
    """Whether it is always told that we are the next hop."""
    recursive: bool = False
    """Whether its next hops may be resolved through routes (BIRD's ``gateway recursive``)."""


class _Present(Generic[T]):
    """A fact as it is now, as an attribute of a source."""

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, source: "Source", _owner: type | None = None) -> T:
        fact: T = getattr(source.facts, self._name)
        return fact

    def __set__(self, source: "Source", fact: T) -> None:
        setattr(source.facts, self._name, fact)


class Source:
    """One protocol instance as an origin of routes.

    A BGP neighbor says what its facts are each time a session comes up, and when its settings change; its
    identity stays the same for as long as it is configured. A source has routes in one table only: a neighbor
    with two families is two sources.
    """

    __slots__ = (
        "epoch",
        "facts",
        "filtered",
        "kind",
        "origin",
        "path_id",
        "preferred",
        "repeated",
        "routes",
        "stale_before",
        "trail",
    )

    name = _Present[str]()
    preference = _Present[int]()
    external = _Present[bool]()
    confederation = _Present[bool]()
    is_client = _Present[bool]()
    cluster_id = _Present[int]()
    default_local_pref = _Present[int]()
    default_med = _Present[int]()
    router_id = _Present[int]()
    address = _Present[bytes]()
    interface = _Present[int]()
    next_hop_self = _Present[bool]()
    recursive = _Present[bool]()

    def __init__(self, name: str, kind: SourceKind, preference: int | None = None) -> None:
        self.kind = kind
        self.facts = Facts(kind, name, PREFERENCES[kind] if preference is None else preference)
        """Those of routes that come in now."""
        self.path_id = 0
        """Our Path Identifier for its routes (RFC 7911 §3), from its table with the first of them."""
        self.origin: Source | None = None
        """In a table that a pipe fills: whose routes these are where they came from."""
        self.trail: frozenset[str] = frozenset()
        """The tables that they have been in before."""
        self.epoch = 0
        """Grows when it begins to say everything again (RFC 7313 §4); what it does not repeat is swept."""
        self.stale_before = 0
        """Routes of epochs before this one are long-lived stale (RFC 9494 §4.2)."""
        self.routes = 0
        """How many prefixes it has a route for, refused ones included."""
        self.filtered = 0
        """For how many of them the route was refused on arrival."""
        self.preferred = 0
        """For how many prefixes its route is the best one."""
        self.repeated = 0
        """How often it said of a prefix what it had said before."""

    def adopt(self, other: "Source") -> None:
        """Be what another source is to the decision process and to propagation."""
        self.facts = other.facts

    def __repr__(self) -> str:
        return f"<Source {self.name}>"


class Refusal(Enum):
    """Why a route may not be selected; the value is what operators read."""

    AS_LOOP = "our AS number is in its AS_PATH (RFC 4271 §9.1.2)"
    FIRST_AS = "the first AS in its AS_PATH is not the neighbor's (RFC 4271 §6.3)"
    CONFEDERATION = "its AS_PATH does not begin with a member AS of our confederation (RFC 5065 §5)"
    ORIGINATOR_LOOP = "its ORIGINATOR_ID is our router id (RFC 4456 §8)"
    CLUSTER_LOOP = "our cluster id is in its CLUSTER_LIST (RFC 4456 §8)"
    OWN_NEXT_HOP = "its next hop is our own address (RFC 4271 §5.1.3)"
    NO_IMPORT_POLICY = "an external neighbor without an import policy (RFC 8212)"
    ROUTE_LEAK = "it leaked to us: its ONLY_TO_CUSTOMER says so (RFC 9234 §5)"
    IMPORT_FILTER = "refused by the import filter"
    UNRESOLVABLE = "its next hop can't be reached (RFC 4271 §9.1.2)"


class DestinationKind(IntEnum):
    """Where a route leads."""

    UNICAST = 1
    BLACKHOLE = 6
    UNREACHABLE = 7
    PROHIBIT = 8


class NextHop(NamedTuple):
    """One way out: a gateway (octets, empty = the destination is on the link) on an interface (its index)."""

    gateway: bytes
    interface: int
    weight: int = 1
    onlink: bool = False


class Destination(NamedTuple):
    """Where packets go; shared by all routes that lead there."""

    kind: DestinationKind
    next_hops: tuple[NextHop, ...] = ()


UNREACHABLE: Final = Destination(DestinationKind.UNREACHABLE)


_NO_NOTES: Final[Mapping[str, Any]] = MappingProxyType({})


def _opened(said: AttributeSet | PlainAttributes) -> AttributeSet:
    """Return attributes that can be asked for. Who asks for several should ask one set for all."""
    return said if isinstance(said, AttributeSet) else AttributeSet(said)


class Route:
    """What one source says about every prefix it announced with one attribute set in one second.

    It has no prefix and never changes: a new next hop or filter makes a successor. ``degree`` and ``ranking``
    only remember what was derived from it.
    """

    __slots__ = (
        "degree",
        "destination",
        "epoch",
        "facts",
        "igp_metric",
        "is_filtered",
        "is_pinned",
        "meant",
        "preference",
        "ranking",
        "refusal",
        "said",
        "since",
        "source",
    )

    def __init__(
        self,
        source: Source,
        said: AttributeSet | PlainAttributes,
        destination: Destination,
        since: int,
        refusal: Refusal | None = None,
        igp_metric: int = 0,
    ) -> None:
        self.source = source
        self.said = said
        """What came: a set of attributes, or plain octets that are read when somebody asks."""
        self.meant = said
        """What the import filter made of it; the same object if it changed nothing."""
        self.destination = destination
        self.since = since
        """Second of arrival (Unix time)."""
        self.refusal = refusal
        self.is_filtered = refusal is not None and refusal is not Refusal.UNRESOLVABLE
        """Whether it was refused on arrival; one without a way to its next hop was not."""
        self.igp_metric = igp_metric
        facts = self.facts = source.facts
        """Of its source, when it came in."""
        self.preference = facts.preference
        self.is_pinned = False
        """Whether it leads where a filter said, wherever its next hop is."""
        self.epoch = source.epoch
        self.degree = b""
        """Empty until it has a rival."""
        self.ranking: tuple[Any, ...] | None = None

    @property
    def received(self) -> AttributeSet:
        """The attributes as they came."""
        return _opened(self.said)

    @property
    def attributes(self) -> AttributeSet:
        """What the import filter made of them."""
        return _opened(self.meant)

    @property
    def plain(self) -> PlainAttributes | None:
        """The octets of ``attributes``, if they are plain and nothing is noted beside them."""
        meant = self.meant
        return None if isinstance(meant, AttributeSet) else meant

    @property
    def notes(self) -> Mapping[str, Any]:
        """What filters noted beside the attributes."""
        meant = self.meant
        return meant.local if isinstance(meant, AttributeSet) else _NO_NOTES

    def said_again(self, epoch: int) -> "Route":
        """Return what stands for the same in another epoch; what was derived from it remains true."""
        again = self.leading_to(self.destination, self.refusal, self.igp_metric)
        again.epoch = epoch
        again.degree, again.ranking = self.degree, self.ranking
        return again

    def leading_to(self, destination: Destination, refusal: Refusal | None, igp_metric: int) -> "Route":
        """Return the successor whose next hop resolves differently."""
        successor = Route(self.source, self.said, destination, self.since, refusal, igp_metric)
        successor.meant = self.meant
        successor.facts = self.facts
        successor.preference = self.preference
        successor.is_pinned = self.is_pinned
        successor.epoch = self.epoch
        return successor

    def looks_like(self, other: "Route") -> bool:
        """Tell whether nobody can tell it from another route of its source, but for their time of arrival."""
        return (
            self.refusal is other.refusal
            and self.facts is other.facts
            and self.preference == other.preference
            and self.igp_metric == other.igp_metric
            and self.destination == other.destination
            and self.is_pinned == other.is_pinned
            and self.attributes.says_the_same_as(other.attributes)
        )

    @property
    def look(self) -> Hashable:
        """What is the same for routes of one source that look alike."""
        attributes = self.attributes
        return (
            self.refusal,
            self.preference,
            self.igp_metric,
            self.destination,
            self.is_pinned,
            attributes.wire,
            tuple(attributes.local.items()),
        )

    @property
    def is_unresolvable(self) -> bool:
        """Whether there is no way to its next hop, whatever follows from that."""
        if self.refusal is not None:
            return self.refusal is Refusal.UNRESOLVABLE
        return self.destination is UNREACHABLE and self.source.kind is SourceKind.BGP
