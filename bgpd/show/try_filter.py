"""``filter``: what a filter makes of the routes to a prefix, statement by statement.

The route comes to it as it does in the real run (``occasions``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.show.candidates import ordered_paths
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.lookup import MASTER, NETWORK_NOT_IN_TABLE, not_in_table, pipeline_of, read_target
from bgpd.show.occasions import Audiences, Occasion, as_in_table, as_received, audiences, on_the_way_out
from bgpd.show.verdicts import label
from bgpd.show.view import Daemon
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey, render_prefix
from rib.filters.running.narration import Narrated, Narrator, narrated_lines, place_text, value_text
from rib.filters.running.run import Decision, Subject
from rib.filters.running.trial import Trial, attempt, changes
from rib.filters.syntax import Filter
from rib.policy import Accepted, Policy, Reading
from rib.route import Route
from rib.slot import Path
from rib.table import Table

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
    received: bool
    """Whether all routes are taken as they came."""
    to: str
    """The neighbor to which they go; empty for all whose export filter it is."""
    audiences: Audiences
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
    taken: str
    """What is said of the occasion."""
    received: bool
    """Whether it was taken as it came, before any import filter."""
    to: Sequence[str] | None
    """The neighbors for which it was prepared."""
    verdict: str
    place: str | None
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
    return _Request(
        daemon=daemon,
        pipeline=pipeline,
        key=key,
        tree=tree,
        source=source,
        received="received" in arguments,
        to=arguments.get("to", ""),
        audiences=_audiences(daemon, pipeline.table, tree, arguments),
        narrator=Narrator(policies.definitions),
    )


def _audiences(daemon: Daemon, table: Table, tree: Filter, arguments: Arguments) -> Audiences:
    """Return the one that was named, or those whose export filter it is."""
    name = arguments.get("to", "")
    if not name:
        return audiences(daemon, table, lambda _, group: group.policy.name == tree.name)
    if "received" in arguments:
        raise CommandError(SYNTAX_ERROR, "a route is tried as received or on its way to a neighbor, not both")
    found = audiences(daemon, table, lambda protocol, _: protocol.name == name)
    if not found:
        told = f"{table.family.name} routes of table {table.name}"
        raise CommandError(SYNTAX_ERROR, f"{name} is not a neighbor with a session for {told}")
    return found


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
            for occasion in _occasions(request, path.route):
                yield _tried(request, occasion, label(path, paths))
                yield None


def _occasions(request: _Request, route: Route) -> Iterator[Occasion]:
    """Yield those on which this filter, as it is configured, is asked about a route."""
    table, key = request.pipeline.table, request.key
    is_import = not request.to and _was_imported_by(request, route)
    if is_import or request.received or (route.is_filtered and not request.to):
        yield as_received(request.daemon, table, route, key)
        if request.received or route.is_filtered:
            return
    yield from on_the_way_out(request.audiences, route, key)
    if not (is_import or request.audiences):
        yield as_in_table(route, key)


class _Witness:
    """A judge that runs the filter in the place of the configured one, and keeps what it saw."""

    def __init__(self, request: _Request) -> None:
        self._request = request
        self.seen: tuple[Trial, Subject] | None = None
        """None if the route does not come to the filter."""

    def __call__(
        self, route: Route, attributes: AttributeSet, key: PrefixKey, /, *, silent: bool = False
    ) -> Accepted | None:
        request = self._request
        policies = request.daemon.policies
        subject = Subject(route, attributes, key, request.pipeline.table.family.address_octets)
        trial = attempt(policies.program, request.tree, subject, policies.surroundings)
        self.seen = trial, subject
        return trial.run.outcome() if trial.decision is Decision.ACCEPT else None


def _tried(request: _Request, occasion: Occasion, route: str) -> _Tried:
    witness = _Witness(request)
    policy = Policy(request.tree.name or "", witness, Reading.PREFIX, lambda key: key)
    objection = occasion.ask(policy)
    row = _Tried(
        prefix=render_prefix(request.key, request.pipeline.table.family),
        route=route,
        taken=occasion.words,
        received=occasion.received,
        to=occasion.neighbors,
        verdict="not asked",
        place=None,
        complaint=objection or None,
        changed={},
        printed=(),
        trace=(),
    )
    return row if witness.seen is None else _with_trial(request, row, *witness.seen)


def _with_trial(request: _Request, row: _Tried, trial: Trial, subject: Subject) -> _Tried:
    steps = trial.trace.steps
    tried = row._replace(
        verdict=trial.decision.value,
        place=place_text(steps[-1].at if steps else request.tree.at),
        complaint=trial.complaint or row.complaint,
        changed=dict(_changed(trial, subject)),
        printed=trial.printed,
        trace=tuple(request.narrator.tell(trial.trace)),
    )
    subject.attributes.forget()
    return tried


def _was_imported_by(request: _Request, route: Route) -> bool:
    """Tell whether it is the import filter of the route's protocol: then it works on what came in."""
    protocol = request.daemon.protocols.get(route.source.name)
    channels = protocol.channels if protocol is not None else ()
    return any(
        channel.source is route.source and channel.import_policy.name == request.tree.name
        for channel in channels
    )


def _changed(trial: Trial, subject: Subject) -> Iterator[tuple[str, _Changed]]:
    for change in changes(trial, subject) if trial.decision is Decision.ACCEPT else ():
        yield change.name, _Changed(value_text(change.before), value_text(change.after))


def _layout(_request: _Request, row: _Tried) -> Iterator[Line]:
    place = f" ({row.place})" if row.place else ""
    reason = f": {row.complaint}" if row.complaint else ""
    heading = f"{row.prefix} from {row.route}, {row.taken}: {row.verdict}{place}{reason}"
    yield from (Line(_HEADING_CODE, line) for line in folded(heading))
    for text in _details(row):
        yield from (Line(_LINE_CODE, line) for line in folded(f"  {text}"))


def _details(row: _Tried) -> Iterator[str]:
    yield from narrated_lines(row.trace)
    yield from (f"printed: {line}" for line in row.printed)
    for name, (before, after) in row.changed.items():
        yield f"changed: {name} is {after}, was {before}"


def _document(_request: _Request, row: _Tried) -> Mapping[str, object]:
    document = row._asdict()
    del document["taken"]
    return document


COMMAND: Final[Command[_Request, _Tried]] = Command(
    words="filter",
    help="What a filter makes of the routes to a prefix, and why",
    example="filter from_tor 203.0.113.0/24",
    request=_request,
    rows=_rows,
    layout=_layout,
    document=_document,
    arguments=(
        Argument("", "This filter", "FILTER", name="filter"),
        Argument(
            "", "The routes to this prefix", "PREFIX", repeated="Only one prefix expected", name="prefix"
        ),
        Argument("from", "Only the routes of this protocol", "NAME"),
        Argument("to", "The routes as they are prepared for this neighbor", "NEIGHBOR"),
        Argument("table", "Another table than master", "TABLE"),
        Argument("received", "The routes as they came, whatever the import filter made of them"),
    ),
)
