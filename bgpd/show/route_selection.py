"""Which routes ``show route`` is about: the words of the command, and the walk over the tables."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import ProtocolState
from bgpd.show.command import SYNTAX_ERROR, Arguments, CommandError
from bgpd.show.followers import (
    Answer,
    Kernel,
    Obstacle,
    Outcome,
    answers,
    kernel_problem,
    kernels_of,
    sharing,
)
from bgpd.show.lookup import (
    MASTER,
    covering,
    not_in_table,
    of_family,
    pipelines_named,
    read_prefix,
    read_target,
)
from bgpd.show.order import in_order
from bgpd.show.verdicts import why_not_best
from bgpd.show.view import Daemon
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.route import Destination, Route
from rib.slot import Path
from rib.table import Table

_PROTOCOL_IS_DOWN: Final = 8005
_DOES_NOT_FOLLOW: Final = "the protocol does not follow this table now"


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
    pipelines: Sequence[Pipeline]
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
    heading: str = ""
    """The name of the table that the lines are about, if there are several."""
    kernels: Mapping[str, Kernel] = field(default_factory=dict)
    known: dict[Table, dict[Hashable, Outcome]] = field(default_factory=dict)
    """What the routes of each table look like in the export that is asked for."""

    @property
    def is_about_several(self) -> bool:
        """Whether tables of several names are asked for."""
        return len({pipeline.table.name for pipeline in self.pipelines}) > 1


class ShownRoute(NamedTuple):
    """One route to one prefix, about to be printed."""

    key: PrefixKey
    pipeline: Pipeline
    path: Path
    attributes: AttributeSet
    destination: Destination
    """Where packets go: in an export to a kernel, over all routes that share them."""
    why: str | None = None
    """Why it is not the best, or not sent."""
    is_best: bool = False
    is_first: bool = True
    """Whether it is the first one shown for its prefix."""
    problem: str | None = None
    """Why it is not in the kernel."""
    shares: Sequence[str] = ()
    """The kernel tables in which it shares the packets with others."""

    @property
    def route(self) -> Route:
        return self.path.route

    @property
    def table(self) -> Table:
        return self.pipeline.table


def read_request(daemon: Daemon, arguments: Arguments) -> RouteRequest:
    """Understand the words after ``show route``."""
    if "protocol" in arguments:
        _check_protocol(daemon, arguments["protocol"])
    pipelines = _pipelines(daemon, arguments)
    key = None
    if "" in arguments and "for" in arguments:
        raise CommandError(SYNTAX_ERROR, "Only one prefix expected")
    if "" in arguments:
        family, key = read_prefix(arguments[""])
        is_filtered = "filtered" in arguments
        pipelines = [
            pipeline
            for pipeline in of_family(pipelines, family)
            if _present(pipeline.table, key, filtered=is_filtered)
        ]
        if not pipelines:
            raise not_in_table()
    elif "for" in arguments:
        family, key = read_target(arguments["for"])
        pipelines = of_family(pipelines, family)[:1]
        key = _longest_match(pipelines[0].table, key)
    return RouteRequest(
        daemon,
        pipelines,
        key,
        details="all" in arguments,
        primary="primary" in arguments,
        filtered="filtered" in arguments,
        protocol=arguments.get("protocol"),
        export=_export(daemon, arguments),
        counting=_counting(arguments),
        kernels=kernels_of(daemon.protocols),
    )


def _pipelines(daemon: Daemon, arguments: Arguments) -> Sequence[Pipeline]:
    """A protocol is told of the routes of its own table, unless another is named."""
    if "table" in arguments:
        return pipelines_named(daemon, arguments["table"])
    view = next((view.value for view in ExportView if view.value in arguments), None)
    protocol = daemon.protocols.get(arguments.get(view, "")) if view is not None else None
    return pipelines_named(daemon, MASTER if protocol is None else protocol.table)


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


def _present(table: Table, key: PrefixKey, *, filtered: bool = False) -> bool:
    return any(route.is_filtered is filtered for route in table.routes(key))


def _longest_match(table: Table, key: PrefixKey) -> PrefixKey:
    for candidate in covering(key):
        if _present(table, candidate):
            return candidate
    raise not_in_table()


def selected_routes(request: RouteRequest) -> Iterator[ShownRoute | None]:
    """Walk over the tables in the order of their prefixes; yields None after each of them."""
    for pipeline in request.pipelines:
        keys = in_order(list(pipeline.table.slots)) if request.key is None else iter((request.key,))
        for key in keys:
            if key is not None:
                yield from _of_network(request, pipeline, key)
            yield None


def _of_network(request: RouteRequest, pipeline: Pipeline, key: PrefixKey) -> Iterator[ShownRoute]:
    table = pipeline.table
    paths = table.paths(key)
    candidates = [path for path in paths if path.route.is_filtered is request.filtered]
    request.networks += bool(candidates)
    told = _told(request, table, key) if candidates else {}
    is_first = True
    for path in candidates:
        request.considered += 1
        is_best = path is paths[0] and path.route.refusal is None
        answer = _answer(request, path, told, is_best=is_best)
        if answer is not None:
            request.shown += 1
            if request.counting != "count":
                row = _shown(request, pipeline, key, answer, paths)
                problem = kernel_problem(request.kernels, table, key) if is_best else None
                yield row._replace(is_best=is_best, is_first=is_first, problem=problem)
            is_first = False
        if request.primary:
            break


def _told(request: RouteRequest, table: Table, key: PrefixKey) -> Mapping[Path, Answer] | None:
    """Return what the protocol of an export is told of the prefix; None if it does not follow the table."""
    if request.export is None:
        return {}
    protocol = request.daemon.protocols.get(request.export.protocol)  # one of a range may be gone
    known = request.known.setdefault(table, {})
    found = None if protocol is None else answers(protocol, table, key, known)
    return None if found is None else {answer.path: answer for answer in found}


def _answer(
    request: RouteRequest, path: Path, told: Mapping[Path, Answer] | None, *, is_best: bool
) -> Answer | None:
    """Return what to show of a route, or None if the route is not asked for."""
    if request.protocol is not None and path.route.source.name != request.protocol:
        return None
    if request.primary and not is_best:
        return None
    if request.export is None:
        return Answer(path, path.route.attributes)
    if told is None:
        answer = Answer(path, Obstacle("", _DOES_NOT_FOLLOW)) if is_best else None
    else:
        answer = told.get(path)
    if answer is None:
        return None
    is_sent = isinstance(answer.outcome, AttributeSet)
    return answer if is_sent is (request.export.view is ExportView.SENT) else None


def _shown(
    request: RouteRequest, pipeline: Pipeline, key: PrefixKey, answer: Answer, paths: Sequence[Path]
) -> ShownRoute:
    """Put together what is known of a route that is shown, but for its place among the others."""
    path, outcome, destination = answer
    table, route = pipeline.table, path.route
    attributes, why = (route.attributes, outcome.text) if isinstance(outcome, Obstacle) else (outcome, None)
    row = ShownRoute(key, pipeline, path, attributes, destination or route.destination, why)
    if request.details:
        shares = sharing(request.kernels, table, table.settled(key), key).get(route, ())
        row = row._replace(why=why or why_not_best(table.decision, path, paths), shares=shares)
    return row
