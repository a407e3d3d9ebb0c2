"""Which routes ``show route`` is about: the words of the command, and the walk over the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from bgpd.protocols.protocol import ProtocolState
from bgpd.show.command import SYNTAX_ERROR, Arguments, CommandError
from bgpd.show.order import in_order
from bgpd.show.view import Daemon
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey, make_key, parse_address, parse_prefix, shorten
from rib.decision import LOWER_MED, explain, ranking
from rib.route import Route
from rib.table import Table

_NETWORK_NOT_IN_TABLE: Final = 8001
_PROTOCOL_IS_DOWN: Final = 8005


class ExportView(Enum):
    """Which side of a protocol's export is asked for."""

    SENT = "export"
    WITHHELD = "noexport"


class Export(NamedTuple):
    """Routes as one protocol is told of them."""

    protocol: str
    view: ExportView


@dataclass(slots=True)
class RouteRequest:
    """One ``show route`` and how far it got: routes shown, routes considered, and their networks."""

    daemon: Daemon
    tables: Sequence[Table]
    key: PrefixKey | None
    details: bool
    primary: bool
    filtered: bool
    protocol: str | None
    export: Export | None
    counting: str
    """``count``, ``stats`` or empty."""
    shown: int = 0
    considered: int = 0
    networks: int = 0


class ShownRoute(NamedTuple):
    """One route to one prefix, about to be printed."""

    key: PrefixKey
    family: Family
    route: Route
    attributes: AttributeSet
    is_best: bool
    is_first: bool
    """Whether it is the first one shown for its prefix."""
    problem: str | None
    """Why it is not in the kernel."""
    why: str | None
    """Why it is not the best, or not sent."""


def read_request(daemon: Daemon, arguments: Arguments) -> RouteRequest:
    """Understand the words after ``show route``."""
    _check_table(daemon, arguments)
    if "protocol" in arguments:
        _check_protocol(daemon, arguments["protocol"])
    tables: Sequence[Table] = tuple(daemon.tables.values())
    key = None
    if "" in arguments and "for" in arguments:
        raise CommandError(SYNTAX_ERROR, "Only one prefix expected")
    if "" in arguments:
        family, key = _read_prefix(arguments[""])
        tables = (daemon.tables[family],)
        if not _present(tables[0], key, filtered="filtered" in arguments):
            raise CommandError(_NETWORK_NOT_IN_TABLE, "Network not in table")
    elif "for" in arguments:
        family, key = _read_target(arguments["for"])
        tables = (daemon.tables[family],)
        key = _longest_match(tables[0], key)
    return RouteRequest(
        daemon,
        tables,
        key,
        details="all" in arguments,
        primary="primary" in arguments,
        filtered="filtered" in arguments,
        protocol=arguments.get("protocol"),
        export=_export(daemon, arguments),
        counting=_counting(arguments),
    )


def _check_table(daemon: Daemon, arguments: Arguments) -> None:
    name = arguments.get("table")
    if name is not None and all(table.name != name for table in daemon.tables.values()):
        raise CommandError(SYNTAX_ERROR, f"{name} is not a table")


def _counting(arguments: Arguments) -> str:
    if "count" in arguments and "stats" in arguments:
        raise CommandError(SYNTAX_ERROR, "Only one of count and stats expected")
    return next((word for word in ("count", "stats") if word in arguments), "")


def _export(daemon: Daemon, arguments: Arguments) -> Export | None:
    views = [view for view in ExportView if view.value in arguments]
    if not views:
        return None
    if len(views) > 1:
        raise CommandError(SYNTAX_ERROR, "Only one of export and noexport expected")
    name = arguments[views[0].value]
    _check_protocol(daemon, name)
    if daemon.protocols[name].state is not ProtocolState.UP:
        raise CommandError(_PROTOCOL_IS_DOWN, "Protocol is down")
    return Export(name, views[0])


def _check_protocol(daemon: Daemon, name: str) -> None:
    if name not in daemon.protocols:
        raise CommandError(SYNTAX_ERROR, f"{name} is not a protocol")


def _read_prefix(text: str) -> tuple[Family, PrefixKey]:
    try:
        return parse_prefix(text)
    except ValueError:
        raise CommandError(SYNTAX_ERROR, "Invalid prefix") from None


def _read_target(text: str) -> tuple[Family, PrefixKey]:
    """Understand what follows ``for``: a prefix, or an address, which is the longest one."""
    if "/" in text:
        return _read_prefix(text)
    try:
        address = parse_address(text)
    except ValueError:
        raise CommandError(SYNTAX_ERROR, "Invalid prefix") from None
    key = make_key(address, 8 * len(address))
    return parse_prefix(f"{text}/{key[0]}")


def _present(table: Table, key: PrefixKey, *, filtered: bool = False) -> bool:
    return any(route.is_filtered is filtered for route in table.routes(key))


def _longest_match(table: Table, key: PrefixKey) -> PrefixKey:
    for bits in range(key[0], -1, -1):
        candidate = shorten(key, bits)
        if _present(table, candidate):
            return candidate
    raise CommandError(_NETWORK_NOT_IN_TABLE, "Network not in table")


def selected_routes(request: RouteRequest) -> Iterator[ShownRoute | None]:
    """Walk over the tables in the order of their prefixes; yields None after each of them."""
    for table in request.tables:
        keys = in_order(list(table.slots)) if request.key is None else iter((request.key,))
        for key in keys:
            if key is not None:
                yield from _of_network(request, table, key)
            yield None


def _of_network(request: RouteRequest, table: Table, key: PrefixKey) -> Iterator[ShownRoute]:
    routes = table.routes(key)
    candidates = [route for route in routes if route.is_filtered is request.filtered]
    request.networks += bool(candidates)
    is_first = True
    for route in candidates:
        request.considered += 1
        is_best = route is routes[0] and route.refusal is None
        outcome = _outcome(request, table.family, route, is_best=is_best)
        if outcome is not None:
            request.shown += 1
            attributes, why = outcome
            if why is None and request.details:
                why = why_not_best(route, routes)
            problem = request.daemon.kernel_problem(table.family, key) if is_best else None
            if request.counting != "count":
                yield ShownRoute(key, table.family, route, attributes, is_best, is_first, problem, why)
            is_first = False
        if request.primary:
            break


def _outcome(
    request: RouteRequest, family: Family, route: Route, *, is_best: bool
) -> tuple[AttributeSet, str | None] | None:
    """Return the attributes to show and why the route is not sent, or None if the route is not asked for."""
    if request.protocol is not None and route.source.name != request.protocol:
        return None
    if request.primary and not is_best:
        return None
    if request.export is None:
        return route.attributes, None
    if not is_best:
        return None
    name, view = request.export
    sent = request.daemon.exports(name, family, route)
    if isinstance(sent, str):
        return (route.attributes, sent) if view is ExportView.WITHHELD else None
    return (sent, None) if view is ExportView.SENT else None


def why_not_best(route: Route, routes: Sequence[Route]) -> str | None:
    """Explain what kept a route from being the best one of its prefix; None for the best."""
    if route.refusal is not None:
        return route.refusal.value
    best = routes[0]
    if route is best:
        return None
    step = explain(best, route)
    if step.key(best) < step.key(route):
        return f'lost at "{step.name}" against {best.source.name}'
    # It would have won but for a third route, which took it out on MED (RFC 4271 §9.1.2.2 c).
    rivals = (rival for rival in routes if rival.refusal is None and _has_lower_med(rival, route))
    rival = next(rivals, best)
    return f'lost at "{LOWER_MED.name}" against {rival.source.name}'


def _has_lower_med(rival: Route, route: Route) -> bool:
    theirs, ours = ranking(rival), ranking(route)
    return theirs.neighbor_as == ours.neighbor_as and theirs.degree == ours.degree and theirs.med < ours.med
