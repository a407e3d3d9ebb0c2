"""``show route history``: what became of a prefix lately, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.differences import as_change, differences
from bgpd.show.folding import folded
from bgpd.show.lookup import MASTER, covering, pipeline_of, read_prefix, read_target
from bgpd.show.next_hops import where_to
from bgpd.show.paragraphs import paragraph
from bgpd.show.times import Moment, long
from bgpd.show.verdicts import won
from bgpd.show.view import Daemon
from messages.families.prefix import PrefixKey, render_prefix
from rib.decision import Decision
from rib.history import Event
from rib.route import Route
from rib.slot import Path
from rib.table import Table

_LINE_CODE: Final = 1063
_HEADING_CODE: Final = 2063
_COUNT_CODE: Final = 66
_WHEN: Final = 32
"""Columns for the time and what happened."""


class _Happening(NamedTuple):
    """One change of the best route to a prefix."""

    prefix: str
    at: Moment
    what: str
    """appeared, withdrawn or replaced."""
    before: str | None
    after: str | None
    """The protocols whose route was, and is, the best."""
    reason: str


@dataclass(slots=True)
class _Request:
    daemon: Daemon
    table: Table
    keys: frozenset[PrefixKey]
    shown: set[PrefixKey] = field(default_factory=set)
    """The prefixes whose latest change was shown."""
    count: int = 0


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    if ("" in arguments) is ("for" in arguments):
        raise CommandError(SYNTAX_ERROR, "One prefix expected, or for and an address or a prefix")
    exact = "" in arguments
    family, asked = read_prefix(arguments[""]) if exact else read_target(arguments["for"])
    pipeline = pipeline_of(daemon, arguments.get("table", MASTER), family)
    keys = [asked] if exact else _followed(pipeline.table, asked)
    return _Request(daemon, pipeline.table, frozenset(keys))


def _followed(table: Table, asked: PrefixKey) -> Iterator[PrefixKey]:
    """Yield what packets follow now, and all that they would have followed rather."""
    for key in covering(asked):
        yield key
        if table.best(key) is not None:
            return


def _rows(request: _Request) -> Iterator[_Happening | None]:
    for event in request.daemon.history(request.table).of(request.keys):
        if event is None:
            yield None
            continue
        request.count += 1
        yield _happening(request, event)
        request.shown.add(event.key)


def _happening(request: _Request, event: Event) -> _Happening:
    old, new = event.old, event.new
    return _Happening(
        render_prefix(event.key, request.table.family),
        Moment(event.at),
        "appeared" if old is None else "withdrawn" if new is None else "replaced",
        None if old is None else old.source.name,
        None if new is None else new.source.name,
        _reason(request, event),
    )


def _reason(request: _Request, event: Event) -> str:
    old, new = event.old, event.new
    if old is None:
        return "the first route that may be used"
    if new is None:
        return _lost(request, event.key, old)
    if old.source is new.source:
        return _said_otherwise(request.daemon, old, new)
    return _better(request.table.decision, old, new)


def _lost(request: _Request, key: PrefixKey, old: Route) -> str:
    """Say why there is no route; what became of the old one is known only if it happened last."""
    if key not in request.shown:
        for route in request.table.routes(key):
            if route.source is old.source and route.refusal is not None:
                return f"{route.refusal.value}, and there is no other"
    return "it is gone or may not be used, and there is no other"


def _said_otherwise(daemon: Daemon, old: Route, new: Route) -> str:
    changed = as_change(differences(old.attributes, new.attributes))
    if changed:
        return f"the same neighbor says otherwise: {changed}"
    if old.destination != new.destination:
        return f"its next hop resolves to {where_to(daemon, new.destination)} now"
    if old.igp_metric != new.igp_metric:
        return f"the metric of the way to its next hop is {new.igp_metric} now, it was {old.igp_metric}"
    return "it was said again"


def _better(decision: Decision, old: Route, new: Route) -> str:
    if decision.select([old, new]) is not new:
        return f"that of {old.source.name} is gone or may not be used, and this is the next best"
    best, second = Path(0, 0, new), Path(0, 0, old)
    comparison = won(decision, best, second, [best, second])
    return "better" if comparison is None else f"better {comparison.text('than')}"


def _layout(request: _Request, row: _Happening) -> Iterator[Line]:
    who = " -> ".join(filter(None, (row.before, row.after if row.after != row.before else None)))
    prefix = f"{row.prefix} " if len(request.keys) > 1 else ""
    label = f"{long(row.at)}  {row.what}"
    for text in paragraph(0, label, f"{prefix}{who}: {row.reason}", _WHEN):
        yield from (Line(_LINE_CODE, line) for line in folded(text))


def _heading(request: _Request) -> Iterator[Line]:
    longest = max(request.keys, key=lambda key: key[0])
    prefix = render_prefix(longest, request.table.family)
    others = "" if len(request.keys) == 1 else " and what covers it"
    yield Line(_HEADING_CODE, f"{prefix}{others} in table {request.table.name}, the newest first")


def _ending(request: _Request) -> Line:
    since = request.daemon.history(request.table).complete_since
    reach = "since the start" if since is None else f"since {long(since)}"
    changes = "1 change" if request.count == 1 else f"{request.count} changes"
    return Line(_COUNT_CODE, f"{changes} of the best route {reach}")


COMMAND: Final[Command[_Request, _Happening]] = Command(
    words="show route history",
    help="What became of the best route to a prefix lately, and why",
    example="show route history for 192.0.2.1",
    request=_request,
    rows=_rows,
    layout=_layout,
    heading=_heading,
    ending=_ending,
    arguments=(
        Argument("", "Just this prefix", "PREFIX", repeated="Only one prefix expected"),
        Argument("for", "What packets to this address or prefix follow, and followed", "ADDRESS|PREFIX"),
        Argument("table", "Another table than master", "TABLE"),
    ),
)
