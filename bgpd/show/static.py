"""``show static``: the static routes as they are configured, and which of them cannot be used now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.protocols.protocol import ProtocolState
from bgpd.settings import StaticNextHop, StaticRoute
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.view import Daemon
from kernel_sync.types import RouteKind
from messages.families.prefix import render_address, render_prefix

_CODE: Final = 1009
_SLICE: Final = 500
"""Routes listed between two pauses."""
_KINDS: Final = {
    RouteKind.BLACKHOLE: "blackhole",
    RouteKind.UNREACHABLE: "unreachable",
    RouteKind.PROHIBIT: "prohibited",
}
_DORMANT: Final = " (dormant)"


@runtime_checkable
class StaticRoutes(Protocol):
    """The protocol of static routes."""

    @property
    def name(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def state(self) -> ProtocolState: ...
    @property
    def routes(self) -> Sequence[StaticRoute]: ...

    def is_dormant(self, route: StaticRoute) -> bool:
        """Tell whether a route cannot be used now."""

    def can_use(self, route: StaticRoute, hop: StaticNextHop) -> bool:
        """Tell whether one next hop of a route can be used now."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One route of a protocol."""

    protocol: StaticRoutes
    route: StaticRoute

    @property
    def is_dormant(self) -> bool:
        return self.protocol.is_dormant(self.route)


def _request(daemon: Daemon, arguments: Arguments) -> Sequence[StaticRoutes]:
    name = arguments.get("", "")
    if name:
        return [_named(daemon.protocols, name)]
    if daemon.dialect == "bird":
        return [_the_only_one(daemon.protocols)]
    return [each for each in daemon.protocols.values() if isinstance(each, StaticRoutes)]


def _named(protocols: Mapping[str, RoutingProtocol], name: str) -> StaticRoutes:
    if name.startswith('"'):
        raise CommandError(SYNTAX_ERROR, "syntax error")
    protocol = protocols.get(name)
    if protocol is None:
        raise CommandError(SYNTAX_ERROR, f"{name}: Not a protocol")
    if not isinstance(protocol, StaticRoutes):
        raise CommandError(SYNTAX_ERROR, f"{name}: Not a Static protocol")
    return protocol


def _the_only_one(protocols: Mapping[str, RoutingProtocol]) -> StaticRoutes:
    """Return whom BIRD means when nobody is named."""
    running = [
        each
        for each in protocols.values()
        if isinstance(each, StaticRoutes) and each.state is not ProtocolState.DOWN
    ]
    if not running:
        raise CommandError(SYNTAX_ERROR, "There is no Static protocol running")
    if len(running) > 1:
        raise CommandError(SYNTAX_ERROR, "There are multiple Static protocols running")
    return running[0]


def _rows(protocols: Sequence[StaticRoutes]) -> Iterator[_Row | None]:
    for protocol in protocols:
        for number, route in enumerate(sorted(protocol.routes, key=_is_on_link)):
            yield _Row(protocol, route)
            if not number % _SLICE:
                yield None


def _is_on_link(route: StaticRoute) -> bool:
    """Tell whether a route leads to a link; BIRD lists those after all others."""
    return len(route.next_hops) == 1 and not route.next_hops[0].address


def _layout(_protocols: Sequence[StaticRoutes], row: _Row) -> Iterator[Line]:
    route = row.route
    hops = route.next_hops
    prefix = render_prefix(route.key, route.family)
    dormant = _DORMANT * row.is_dormant
    if len(hops) <= 1:
        yield Line(_CODE, f"{prefix} {_destination(route)}{dormant}")
        return
    yield Line(_CODE, f"{prefix} multipath{dormant}")
    for hop in hops:
        unusable = _DORMANT * (not row.protocol.can_use(route, hop))
        yield Line(_CODE, f"\t{_way(hop)} weight {hop.weight}{unusable}")


def _destination(route: StaticRoute) -> str:
    if route.recursive:
        return f"recursive {render_address(route.recursive)}"
    return _way(route.next_hops[0]) if route.next_hops else _KINDS[route.kind]


def _way(hop: StaticNextHop) -> str:
    if not hop.address:
        return f"dev {hop.interface}"
    scope = f"%{hop.interface}" if hop.interface else ""
    return f"via {render_address(hop.address)}{scope}"


def _document(_protocols: Sequence[StaticRoutes], row: _Row) -> Mapping[str, object]:
    route = row.route
    return {
        "prefix": render_prefix(route.key, route.family),
        "protocol": row.protocol.name,
        "table": row.protocol.table,
        "destination": _KINDS.get(route.kind, "unicast"),
        "recursive": render_address(route.recursive) if route.recursive else None,
        "next_hops": [
            {
                "gateway": render_address(hop.address) if hop.address else None,
                "interface": hop.interface,
                "weight": hop.weight,
                "usable": row.protocol.can_use(route, hop),
            }
            for hop in route.next_hops
        ],
        "dormant": row.is_dormant,
    }


COMMAND: Final[Command[Sequence[StaticRoutes], _Row]] = Command(
    words="show static",
    help="Static routes as they are configured, and which can't be used now",
    example="show static",
    request=_request,
    rows=_rows,
    layout=_layout,
    document=_document,
    arguments=(Argument("", "Only those of this protocol", "NAME"),),
)
