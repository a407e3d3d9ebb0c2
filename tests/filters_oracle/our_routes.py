"""The routes of the matrix as our own RIB has them, and what filters make of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.attributes.attribute import Attribute
from messages.families.prefix import parse_address, parse_prefix, render_address
from messages.iana import Origin
from rib.filters.algebra.printing import render
from rib.filters.compiler.unit import Compiled
from rib.filters.errors import RunError
from rib.filters.grammar.lexer import Dialect
from rib.filters.running.run import DecidedError, Decision, Run, Subject
from rib.filters.values import ExtendedCommunity, Quad
from rib.policy import Accepted
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind
from tests.filters_oracle.our_filters import program_of
from tests.filters_oracle.route_matrix import INTERFACES, Variant

_LINK: Final = "to-feeder-1"
_NAMES: Final = ("", *INTERFACES, _LINK)
_parse_prefix: Final = lru_cache(parse_prefix)
_render_address: Final = lru_cache(render_address)
_ON_LINK: Final = (bytes((10, 255)), bytes.fromhex("fd000255"))
_BITS: Final = {"ipv4": 32, "ipv6": 128}
_ANY: Final = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}


class Host:
    """The interfaces of the host, numbered from 1."""

    def interface_name(self, index: int) -> str:
        return _NAMES[index]

    def interface_index(self, name: str) -> int:
        return _NAMES.index(name) if name in _NAMES else 0

    def interface_towards(self, gateway: bytes) -> int:
        return _NAMES.index(_LINK) if gateway.startswith(_ON_LINK) else 0


def route_of(variant: Variant, gateway: str) -> Route:
    """Return the route of a variant: its setting becomes a filter. ``gateway`` is the neighbor's address."""
    family = "ipv6" if ":" in gateway else "ipv4"
    program = program_of(f"filter setting {{ {variant.setting} accept; }}", Dialect(_BITS[family]))
    origin = _origin(variant.origin, gateway)
    made = judge(program.compile(program.symbols.filters["setting"]), origin, _ANY[family]).accepted
    assert made is not None
    route = Route(origin.source, origin.received, made.destination, 0)
    route.meant, route.preference = made.attributes, made.preference
    return route


def _origin(origin: str, gateway: str) -> Route:
    kind, _, detail = origin.partition("_")
    if kind == "bgp":
        octets = parse_address(gateway)
        values: dict[Any, Any] = {
            ORIGIN: Origin.IGP,
            AS_PATH: AsPath.EMPTY,
            NEXT_HOP: octets,
            LOCAL_PREF: 100,
        }
        hop = NextHop(octets, _NAMES.index(_LINK))
        route = _route(SourceKind.BGP, AttributeSet.of(values), hop)
        route.source.address = octets
        return route
    nothing = AttributeSet.of({})
    if kind == "kernel":
        return _route(SourceKind.KERNEL, nothing.annotated({"krt_metric": int(detail)}), NextHop(b"", 1))
    return _route(SourceKind.STATIC, nothing, *([NextHop(b"", int(detail) + 1)] if detail else []))


def _route(kind: SourceKind, attributes: AttributeSet, *hops: NextHop) -> Route:
    destination = DestinationKind.UNICAST if hops else DestinationKind.BLACKHOLE
    return Route(Source(kind.value.lower(), kind), attributes, Destination(destination, hops), 0)


class Judgment(NamedTuple):
    """What comes of a filter's run."""

    accepted: Accepted | None
    printed: list[str]


def judge(compiled: Compiled, route: Route, prefix: str) -> Judgment:
    """Run a compiled filter over a route to a prefix."""
    family, key = _parse_prefix(prefix)
    run = Run(Subject(route, route.attributes, key, family.address_octets), Host())
    decision = None
    try:
        decision = compiled(run)
    except DecidedError as decided:
        decision = decided.decision
    except RunError:
        pass  # it is not accepted
    return Judgment(run.outcome() if decision is Decision.ACCEPT else None, run.printed)


def shown(accepted: Accepted) -> dict[str, str]:
    """Return a route as BIRD shows it: preference, destination, and attributes in BIRD's spelling."""
    general = {"preference": str(accepted.preference), "destination": _way(accepted.destination)}
    return general | dict(_shown(accepted.attributes))


def _way(destination: Destination) -> str:
    kind, hops = destination
    if not hops:
        return "prohibited" if kind is DestinationKind.PROHIBIT else kind.name.lower()
    interface = _NAMES[hops[0].interface]
    gateway = hops[0].gateway
    return f"via {_render_address(gateway)} on {interface}" if gateway else f"dev {interface}"


def _shown(attributes: AttributeSet) -> Iterator[tuple[str, str]]:
    for row, name, text in _TEXTS:
        if (value := attributes.get(row)) is not None:
            yield f"BGP.{name}", text(value)
    for name, value in attributes.local.items():
        if name.startswith("krt_"):
            yield f"Kernel.{name.removeprefix('krt_')}", render(value)


def _pairs(communities: Iterable[int]) -> str:
    return " ".join(f"({each >> 16},{each & 0xFFFF})" for each in communities)


def _extended(communities: Iterable[bytes]) -> str:
    return " ".join(render(ExtendedCommunity(int.from_bytes(each))) for each in communities)


_TEXTS: Final[Sequence[tuple[Attribute[Any], str, Callable[[Any], str]]]] = (
    (ORIGIN, "origin", lambda origin: "Incomplete" if origin is Origin.INCOMPLETE else origin.name),
    (AS_PATH, "as_path", str),
    (NEXT_HOP, "next_hop", _render_address),
    (MULTI_EXIT_DISC, "med", str),
    (LOCAL_PREF, "local_pref", str),
    (COMMUNITIES, "community", _pairs),
    (ORIGINATOR_ID, "originator_id", lambda number: render(Quad(number))),
    (CLUSTER_LIST, "cluster_list", lambda numbers: " ".join(render(Quad(number)) for number in numbers)),
    (EXTENDED_COMMUNITIES, "ext_community", _extended),
    (LARGE_COMMUNITIES, "large_community", lambda large: " ".join(str(tuple(each)) for each in large)),
)
