"""Static routes, as the daemon uses them."""

from dataclasses import dataclass

from bgpd.settings.events import Trace
from kernel_sync.types import RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey
from rib.filters.syntax import Filter


@dataclass(frozen=True, slots=True)
class StaticNextHop:
    """One way to a static destination; no ``address``: on the link, no ``interface``: find it."""

    address: bytes
    interface: str | None
    onlink: bool
    weight: int


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """One route that does not change; only a unicast one has next hops."""

    family: Family
    key: PrefixKey
    kind: RouteKind
    next_hops: tuple[StaticNextHop, ...]
    change: Filter | None = None
    """Statements that its attributes are set by, as a filter without a verdict."""
    check_link: bool = False
    """Whether next hops need a carrier."""
    recursive: bytes = b""
    """An address that routes lead to, as if a neighbor had said it; then there are no next hops."""


@dataclass(frozen=True, slots=True)
class StaticSettings:
    """Static routes of one table, of which a prefix has one at most."""

    name: str
    routes: tuple[StaticRoute, ...]
    table: str = "master"
    preference: int = 200
    families: tuple[Family, ...] = (IPV4_UNICAST, IPV6_UNICAST)
    import_filter: str = "all"
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()
