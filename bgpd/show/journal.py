"""``show journal``: the last changes of best routes in order; ``bgpdcl monitor routes`` reads on and on.

Who reads says after how many changes of each table. A history forgets what is old, so a slow reader misses
something, which it is told, and nothing waits for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.lookup import EVERY_TABLE, of_family, pipelines_named, read_target
from bgpd.show.next_hops import where_to
from bgpd.show.selection import meant_by
from bgpd.show.times import Moment, long
from bgpd.show.view import Daemon
from messages.attributes import AS_PATH
from messages.families.prefix import PrefixKey, covers, render_prefix
from rib.history import Event
from rib.table import Table

_LINE_CODE: Final = 1082
_LONGEST_PATH: Final = 200
_MOST: Final = 2000
"""Changes of one table in one answer; who reads on asks for the rest."""
_NOW: Final = "now"


class _Happening(NamedTuple):
    """One change of the best route to a prefix."""

    at: Moment
    unix: float
    """The same with its fractions."""
    table: str
    family: str
    prefix: str
    what: str
    """appeared, withdrawn or replaced."""
    before: str | None
    after: str | None
    """The protocols whose route was, and is, the best."""
    to: str | None
    """Where packets go now."""
    as_path: str | None


class _Position(NamedTuple):
    """How far one table was read."""

    table: str
    family: str
    position: int
    missed: int
    more: bool
    """Whether there are changes that did not fit this answer."""


_Row: TypeAlias = _Happening | _Position


class _Request(NamedTuple):
    daemon: Daemon
    tables: Sequence[Table]
    positions: Sequence[int]
    within: PrefixKey | None
    """Only this prefix and those that it covers."""
    is_meant: Callable[[str], bool] | None
    """Whether a change from or to a route of this protocol is wanted; None: all are."""

    def wants(self, event: Event) -> bool:
        """Tell whether a change is one of those that are asked for."""
        if self.within is not None and not covers(self.within, event.key):
            return False
        is_meant, routes = self.is_meant, (event.old, event.new)
        return is_meant is None or any(route is not None and is_meant(route.source.name) for route in routes)


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    pipelines = pipelines_named(daemon, arguments.get("table", EVERY_TABLE))
    within = None
    if "" in arguments:
        family, within = read_target(arguments[""])
        pipelines = of_family(pipelines, family)
    tables = [pipeline.table for pipeline in pipelines]
    settled = [daemon.history(table).settled for table in tables]
    positions = read_positions(arguments.get("after", ""), settled)
    is_meant = meant_by(arguments["from"]) if "from" in arguments else None
    return _Request(daemon, tables, positions, within, is_meant)


def read_positions(word: str, settled: Sequence[int]) -> Sequence[int]:
    """Return how many changes of each kind are known; all that there are if nobody knows which were meant."""
    if word == _NOW:
        return settled
    numbers = word.split(",") if word else ["0"] * len(settled)
    if not all(number.isdecimal() and number.isascii() and len(number) < 20 for number in numbers):
        raise CommandError(SYNTAX_ERROR, "after what? Say now, or a number for each table, with commas")
    return [int(number) for number in numbers] if len(numbers) == len(settled) else settled


def _rows(request: _Request) -> Iterator[_Row | None]:
    for table, position in zip(request.tables, request.positions, strict=True):
        history = request.daemon.history(table)
        start = min(max(position, history.first), history.settled)
        read = told = 0
        for event in history.after(start):
            if event is None:
                yield None
                continue
            if told == _MOST:
                break
            read += 1
            if request.wants(event):
                told += 1
                yield _happening(request.daemon, table, event)
        end = start + read
        yield _Position(
            table.name, table.family.name, end, max(0, start - position), more=end < history.settled
        )


def _happening(daemon: Daemon, table: Table, event: Event) -> _Happening:
    old, new = event.old, event.new
    return _Happening(
        Moment(event.at),
        round(event.at, 3),
        table.name,
        table.family.name,
        render_prefix(event.key, table.family),
        "appeared" if old is None else "withdrawn" if new is None else "replaced",
        None if old is None else old.source.name,
        None if new is None else new.source.name,
        None if new is None else where_to(daemon, new.destination)[:_LONGEST_PATH],
        None if new is None else str(new.attributes.get(AS_PATH, ""))[:_LONGEST_PATH] or None,
    )


def _document(_request: _Request, row: _Row) -> Mapping[str, object]:
    return {"kind": "position" if isinstance(row, _Position) else "change", **row._asdict()}


def _layout(_request: _Request, row: _Row) -> Iterator[Line]:
    if isinstance(row, _Position):
        if row.missed:
            yield Line(_LINE_CODE, f"{row.missed} earlier changes of {row.table} {row.family} are forgotten")
        return
    yield Line(_LINE_CODE, f"{long(row.at)}  {change_text(row._asdict())}")


def change_text(row: Mapping[str, object]) -> str:
    """Return one change in a line, without its time."""
    who = " -> ".join(str(each) for each in dict.fromkeys((row.get("before"), row.get("after"))) if each)
    to = f" {row['to']}" if row.get("to") else ""
    path = f" [{row['as_path']}]" if row.get("as_path") else ""
    return f"{row['what']:<9}  {row['prefix']}  {who}{to}{path}"


COMMAND: Final[Command[_Request, _Row]] = Command(
    words="show journal",
    help="The last changes of best routes, in order",
    example="show journal from tor1",
    request=_request,
    rows=_rows,
    layout=_layout,
    document=_document,
    arguments=(
        Argument("after", "Only what came later: how many changes of each table are known", "now|NUMBERS"),
        Argument("from", "Only routes of this protocol, or of those that match", 'NAME|"PATTERN"'),
        Argument("table", "Only this table", "TABLE"),
        Argument("", "Only this prefix, and those within it", "PREFIX"),
    ),
)
