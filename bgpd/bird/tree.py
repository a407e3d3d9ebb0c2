"""What a configuration file says, before it is given a meaning: its statements with their values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rib.filters.binding.complaints import BIRD
from rib.filters.errors import Place
from rib.filters.program import Program
from rib.filters.syntax import Definition, Filter
from rib.filters.values import Address, Prefix

# Values


class InterfacePattern(NamedTuple):
    """``-"eth*" 10.0.0.0/8``: interfaces with a name, or an address, that match."""

    name: str | None
    prefix: Prefix | None
    is_negated: bool


class PrimaryAddress(NamedTuple):
    """``primary "eth*" 10.0.0.1``: which address of an interface stands for it."""

    interface: str | None
    prefix: Prefix


class RouteLimit(NamedTuple):
    """``import limit 1000 action warn``; without a number the limit is off."""

    routes: int | None
    action: str = "disable"


class Local(NamedTuple):
    """``local 10.0.0.1 as 64512``."""

    address: Address | None
    asn: int


class Neighbor(NamedTuple):
    """``neighbor 10.0.0.2%eth0 port 179 as 64513``; it may be said in several statements."""

    address: Address | None
    interface: str | None = None
    port: int | None = None
    asn: int | None = None


class MergePaths(NamedTuple):
    """``merge paths on limit 16``."""

    is_on: bool
    limit: int | None


class NextHop(NamedTuple):
    """``via 10.0.0.1%eth0 weight 2 bfd`` of a static route."""

    address: Address
    interface: str | None = None
    weight: int = 1
    bfd: bool = False


class StaticRoute(NamedTuple):
    """``route 10.0.0.0/8 via 10.0.0.1 { bgp_med = 5; }``."""

    prefix: Prefix
    destination: str
    """``via``, ``interface``, ``recursive``, ``blackhole``, ``unreachable`` or ``prohibit``."""
    next_hops: tuple[NextHop, ...] = ()
    interface: str | None = None
    recursive: Address | None = None
    bfd: bool = False
    attributes: Filter | None = None
    """The statements behind the route, which may change its attributes."""


class Log(NamedTuple):
    """``log syslog name "bgpd" { info, warning };``."""

    target: str
    """``stderr``, ``syslog`` or ``file``."""
    name: str | None
    """Of the file, or what the syslog knows the program by."""
    classes: frozenset[str]


class Listen(NamedTuple):
    """One option of ``listen bgp``."""

    option: str
    """``address``, ``port``, ``v6only`` or ``dual``."""
    value: Address | int | None = None


class TimeFormat(NamedTuple):
    """``timeformat log "%T" 86400 "%F";``, or the name of a format: ``iso long``."""

    recent: str
    limit: int | None = None
    older: str | None = None


class Nested(NamedTuple):
    """``interface "eth*" { … }`` of BFD: settings of their own for some interfaces."""

    patterns: tuple[InterfacePattern, ...]
    items: tuple["Item", ...]


class BfdNeighbor(NamedTuple):
    """``neighbor 10.0.0.2 dev "eth0" local 10.0.0.1;`` of BFD."""

    address: Address
    interface: str | None
    local: Address | None
    multihop: bool


class Password(NamedTuple):
    """``password "…" { id 1; … }``."""

    text: str
    items: tuple["Item", ...]


# Statements


class Item(NamedTuple):
    """A statement: its words, what it says, where it stands."""

    name: str
    value: Any
    at: Place


class Table(NamedTuple):
    """``table name sorted``."""

    name: str
    is_sorted: bool = False


@dataclass(slots=True)
class ProtocolBlock:
    """``protocol bgp name from template { … }``."""

    kind: str
    name: str
    is_template: bool
    at: Place
    items: list[Item] = field(default_factory=list)
    """Those of the template come first; of two that say different things, the later one holds."""

    def values(self, name: str) -> Iterator[Any]:
        """Yield the values of all statements of that name."""
        return (item.value for item in self.items if item.name == name)

    def value(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - each statement has its own
        """Return what the last statement of that name says."""
        for item in reversed(self.items):
            if item.name == name:
                return item.value
        return default


@dataclass(slots=True)
class BirdConfiguration:
    """All of a file and of those it includes."""

    program: Program = field(default_factory=lambda: Program(BIRD))
    """Its filters, functions, constants and tables of ROAs."""
    definitions: list[Definition] = field(default_factory=list)
    """The same as they were written, their names not looked up yet."""
    texts: dict[Place, str] = field(default_factory=dict)
    """The words of all that is in the filter language, by the place that its tree has."""
    items: list[Item] = field(default_factory=list)
    """The statements that are not about one protocol."""
    tables: dict[str, Table] = field(default_factory=lambda: {"master": Table("master")})
    blocks: dict[str, ProtocolBlock] = field(default_factory=dict)
    """Templates, too."""
    symbols: dict[str, str] = field(default_factory=lambda: {"master": "routing table"})
    """What has a name, in order, each with what BIRD calls it."""

    @property
    def protocols(self) -> list[ProtocolBlock]:
        """The protocols, without the templates."""
        return [block for block in self.blocks.values() if not block.is_template]
