"""Programs, routes and listeners for tests of whole filters."""

from dataclasses import dataclass, field

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, NEXT_HOP, ORIGIN, AsPath
from messages.families.prefix import PrefixKey, parse_prefix
from messages.iana import Origin
from rib.filters.errors import FilterError
from rib.filters.grammar.parser import definitions
from rib.filters.program import Program
from rib.filters.running.judging import make_policy
from rib.filters.running.run import Run, Subject
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind

GATEWAY = bytes((192, 0, 2, 254))
INTERFACE = 3
VIA_GATEWAY = Destination(DestinationKind.UNICAST, (NextHop(GATEWAY, INTERFACE),))
RECEIVED = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.of(65001, 65002), NEXT_HOP: GATEWAY})
PREFIX = parse_prefix("10.1.2.0/24")[1]


class Host:
    """A host with one interface, whose link has 192.0.2.0/24."""

    def interface_name(self, index: int) -> str:
        return "eth0" if index == INTERFACE else ""

    def interface_index(self, name: str) -> int:
        return INTERFACE if name == "eth0" else 0

    def interface_towards(self, gateway: bytes) -> int:
        return INTERFACE if gateway[:3] == GATEWAY[:3] else 0


@dataclass
class Listener:
    """Keeps what filters say."""

    lines: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def printed(self, line: str) -> None:
        self.lines.append(line)

    def failed(self, complaint: str) -> None:
        self.complaints.append(complaint)


def program(text: str) -> Program:
    """Return a program of these definitions; raises the first error of any."""
    made = Program()
    for definition in definitions(text, "test.filter"):
        if isinstance(definition, FilterError):
            raise definition
        made.define(definition)
    return made


def policy(text: str, listener: Listener | None = None, octets: int = 4) -> Policy:
    """Return the last filter of a text, as a policy."""
    made = program(text)
    tree = [*made.symbols.filters.values()][-1]
    return make_policy(made, tree, octets, listener or Listener(), Host())


def neighbor() -> Source:
    """Return an external neighbor."""
    source = Source("tor1", SourceKind.BGP)
    source.external = True
    source.address = GATEWAY
    return source


def route(
    source: Source | None = None, attributes: AttributeSet = RECEIVED, destination: Destination = VIA_GATEWAY
) -> Route:
    """Return a route."""
    return Route(source or neighbor(), attributes, destination, 0)


def run(made: Route | None = None, key: PrefixKey = PREFIX, octets: int = 4) -> Run:
    """Return a run of no filter yet."""
    made = made or route()
    return Run(Subject(made, made.attributes, key, octets), Host())
