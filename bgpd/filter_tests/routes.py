"""Routes as tests of filters write them, and the host they are on."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from bgpd.config.filter_tests import GivenRoute, attributes_of
from messages.attribute_set import AttributeSet
from messages.attributes import AGGREGATOR, AS_PATH, ATOMIC_AGGREGATE, ORIGIN
from messages.attributes.aggregator import Aggregator
from messages.attributes.as_path import AsPath
from messages.attributes.attribute import Attribute
from messages.families.prefix import covers, make_key, parse_prefix
from messages.iana import Origin
from rib.filters.attributes import ATTRIBUTES
from rib.filters.running.run import Run, Subject, Surroundings
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind

_WHERE: Final = frozenset({"from", "gw", "ifname", "dest", "preference"})
"""What is no attribute of a route but says where it came from and leads."""
_OPAQUE: Final[Mapping[str, tuple[Attribute[Any], Any]]] = {
    "bgp_atomic_aggr": (ATOMIC_AGGREGATE, b""),
    "bgp_aggregator": (AGGREGATOR, Aggregator(64512, bytes(4))),
}
"""Attributes that filters can only find there: any value will do."""
_DEAD_ENDS: Final = {
    2: DestinationKind.BLACKHOLE,
    3: DestinationKind.UNREACHABLE,
    4: DestinationKind.PROHIBIT,
}


class Host(NamedTuple):
    """The interfaces that a file of tests names, numbered from 1, and their networks."""

    interfaces: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, interfaces: Mapping[str, tuple[str, ...]], routes: Iterable[GivenRoute]) -> "Host":
        """Return the host; an interface that only a route names is there, too."""
        named = {str(name): () for route in routes if (name := attributes_of(route).get("ifname"))}
        return cls({**named, **interfaces})

    def interface_name(self, index: int) -> str:
        """Return the name of an interface; empty if there is none."""
        names = ("", *self.interfaces)
        return names[index] if index < len(names) else ""

    def interface_index(self, name: str) -> int:
        """Return the number of an interface; 0 if there is none."""
        return ("", *self.interfaces).index(name) if name in self.interfaces else 0

    def interface_towards(self, gateway: bytes) -> int:
        """Return the interface on whose link an address is; 0 if it is on none."""
        key = make_key(gateway, 8 * len(gateway))
        for name, networks in self.interfaces.items():
            for network in networks:
                family, prefix = parse_prefix(network)
                if family.address_octets == len(gateway) and covers(prefix, key):
                    return self.interface_index(name)
        return 0


def subject_of(given: GivenRoute, host: Surroundings) -> Subject:
    """Return what the filter is asked about."""
    family, key = parse_prefix(given.prefix)
    values = attributes_of(given)
    kind = SourceKind(given.source)
    source = Source(given.proto, kind, _of_type(int, values.get("preference")))
    source.address = _of_type(bytes, values.get("from")) or b""
    bare = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.EMPTY} if kind is SourceKind.BGP else {})
    route = Route(source, bare, _destination(values, host), 0)
    run = Run(Subject(route, bare, key, family.address_octets), host)
    for name, value in values.items():
        _set(run, name, value)
    route.meant = route.said = run.outcome().attributes
    return Subject(route, route.attributes, key, family.address_octets)


def _set(run: Run, name: str, value: object) -> None:
    """Give the route an attribute."""
    write = ATTRIBUTES[name].write
    if name in _OPAQUE:
        run.change(*_OPAQUE[name])
    elif name not in _WHERE and write is not None:
        write(run, value)


def _destination(values: Mapping[str, Any], host: Surroundings) -> Destination:
    """Return where the route leads; what came from a neighbor without ``gw`` leads to its next hop."""
    if "dest" in values and (kind := _DEAD_ENDS.get(values["dest"].number)) is not None:
        return Destination(kind)
    gateway = bytes(values.get("gw", values.get("bgp_next_hop", values.get("from", b""))))
    interface = host.interface_index(values["ifname"]) if "ifname" in values else 0
    if gateway and not interface:
        interface = host.interface_towards(gateway)
    return Destination(DestinationKind.UNICAST, (NextHop(gateway, interface),))


def _of_type(kind: type, value: object) -> Any:  # noqa: ANN401 - the type is an argument
    return value if isinstance(value, kind) else None
