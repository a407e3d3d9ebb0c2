"""``filter``: what a filter would make of the routes to a prefix, statement by statement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.show.candidates import ordered_paths
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.lookup import MASTER, NETWORK_NOT_IN_TABLE, not_in_table, pipeline_of, read_target
from bgpd.show.verdicts import label
from bgpd.show.view import Daemon
from messages.families.prefix import PrefixKey, render_prefix
from rib.filters.running.narration import Narrated, Narrator, narrated_lines, place_text, value_text
from rib.filters.running.run import Decision, Subject
from rib.filters.running.trial import Trial, attempt, changes
from rib.filters.syntax import Filter
from rib.route import Route
from rib.slot import Path

_LINE_CODE: Final = 1064
_HEADING_CODE: Final = 2064
_ALWAYS_THERE: Final = ("all", "none")


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    pipeline: Pipeline
    key: PrefixKey
    tree: Filter
    source: str
    """The protocol whose routes are meant; empty for all."""
    as_received: bool
    """Whether all routes are taken as they came."""
    narrator: Narrator


class _Changed(NamedTuple):
    """An attribute that is not what it was."""

    before: str
    after: str


class _Tried(NamedTuple):
    """What became of one route."""

    prefix: str
    route: str
    """The name of its protocol, and its Path Identifier if that has several."""
    received: bool
    """Whether it was taken as it came, before any import filter."""
    verdict: str
    place: str
    """Of the last statement that was reached."""
    complaint: str | None
    changed: Mapping[str, _Changed]
    printed: Sequence[str]
    trace: Sequence[Narrated]


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    if "filter" not in arguments or "prefix" not in arguments:
        raise CommandError(SYNTAX_ERROR, "filter what? Give the name of a filter and a prefix")
    policies = daemon.policies
    name = arguments["filter"].strip("'\"")
    tree = policies.program.symbols.filters.get(name)
    if tree is None:
        raise CommandError(SYNTAX_ERROR, _no_such_filter(daemon, name))
    family, key = read_target(arguments["prefix"])
    pipeline = pipeline_of(daemon, arguments.get("table", MASTER), family)
    source = arguments.get("from", "")
    if source and source not in daemon.protocols:
        raise CommandError(SYNTAX_ERROR, f"{source} is not a protocol")
    paths = pipeline.table.paths(key)
    if not paths:
        raise not_in_table()
    if source and not any(path.route.source.name == source for path in paths):
        prefix = render_prefix(key, family)
        raise CommandError(NETWORK_NOT_IN_TABLE, f"Network not in table: {source} has no route to {prefix}")
    narrator = Narrator(policies.definitions)
    return _Request(daemon, pipeline, key, tree, source, "received" in arguments, narrator)


def _no_such_filter(daemon: Daemon, name: str) -> str:
    if name in _ALWAYS_THERE:
        return f"{name} decides without looking at anything; there is nothing to show"
    there = ", ".join(daemon.policies.program.symbols.filters) or "none"
    return f"{name} is not a filter; there are: {there}"


def _rows(request: _Request) -> Iterator[_Tried | None]:
    """Yield what becomes of each route, the best first; a row, and then others have their turn."""
    table = request.pipeline.table
    paths: list[Path] = []
    for path in ordered_paths(table.decision, table.paths(request.key)):
        if path is None:
            yield None
        else:
            paths.append(path)
    for path in paths:
        if request.source in ("", path.route.source.name):
            yield _tried(request, path, paths)
            yield None


def _tried(request: _Request, path: Path, paths: Sequence[Path]) -> _Tried:
    route, family = path.route, request.pipeline.table.family
    received = request.as_received or route.is_filtered or _was_imported_by(request, route)
    asked = _as_it_came(route) if received else route
    subject = Subject(asked, asked.attributes, request.key, family.address_octets)
    policies = request.daemon.policies
    trial = attempt(policies.program, request.tree, subject, policies.surroundings)
    steps = trial.trace.steps
    row = _Tried(
        prefix=render_prefix(request.key, family),
        route=label(path, paths),
        received=received,
        verdict=trial.decision.value,
        place=place_text(steps[-1].at if steps else request.tree.at),
        complaint=trial.complaint or None,
        changed=dict(_changed(trial, subject)),
        printed=trial.printed,
        trace=tuple(request.narrator.tell(trial.trace)),
    )
    asked.attributes.forget()
    return row


def _was_imported_by(request: _Request, route: Route) -> bool:
    """Tell whether it is the import filter of the route's protocol: then it works on what came in."""
    protocol = request.daemon.protocols.get(route.source.name)
    channels = protocol.channels if protocol is not None else ()
    family = request.pipeline.table.family
    return any(
        channel.family is family and channel.import_policy.name == request.tree.name for channel in channels
    )


def _as_it_came(route: Route) -> Route:
    return Route(route.source, route.received, route.destination, route.since)


def _changed(trial: Trial, subject: Subject) -> Iterator[tuple[str, _Changed]]:
    for change in changes(trial, subject) if trial.decision is Decision.ACCEPT else ():
        yield change.name, _Changed(value_text(change.before), value_text(change.after))


def _layout(_request: _Request, row: _Tried) -> Iterator[Line]:
    taken = "as received" if row.received else "as it is in the table"
    reason = f": {row.complaint}" if row.complaint else ""
    heading = f"{row.prefix} from {row.route}, {taken}: {row.verdict} ({row.place}){reason}"
    yield from (Line(_HEADING_CODE, line) for line in folded(heading))
    for text in _details(row):
        yield from (Line(_LINE_CODE, line) for line in folded(f"  {text}"))


def _details(row: _Tried) -> Iterator[str]:
    yield from narrated_lines(row.trace)
    yield from (f"printed: {line}" for line in row.printed)
    for name, (before, after) in row.changed.items():
        yield f"changed: {name} is {after}, was {before}"


COMMAND: Final[Command[_Request, _Tried]] = Command(
    words="filter",
    help="What a filter makes of the routes to a prefix, and why",
    example="filter from_tor 203.0.113.0/24",
    request=_request,
    rows=_rows,
    layout=_layout,
    arguments=(
        Argument("", "This filter", "FILTER", name="filter"),
        Argument(
            "", "The routes to this prefix", "PREFIX", repeated="Only one prefix expected", name="prefix"
        ),
        Argument("from", "Only the routes of this protocol", "NAME"),
        Argument("table", "Another table than master", "TABLE"),
        Argument("received", "The routes as they came, whatever the import filter made of them"),
    ),
)
