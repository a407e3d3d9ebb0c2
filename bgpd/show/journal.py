"""``show journal``: the last changes of best routes in order; ``bgpdcl monitor routes`` reads on and on.

Who reads says after how many changes of each table. A history forgets what is old, so a slow reader misses
something, which it is told, and nothing waits for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.lookup import EVERY_TABLE, pipelines_named
from bgpd.show.next_hops import where_to
from bgpd.show.times import Moment, long
from bgpd.show.view import Daemon
from messages.attributes import AS_PATH
from messages.families.prefix import render_prefix
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


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    pipelines = pipelines_named(daemon, arguments.get("table", EVERY_TABLE))
    tables = [pipeline.table for pipeline in pipelines]
    word = arguments.get("after", "")
    if word == _NOW:
        return _Request(daemon, tables, [daemon.history(table).settled for table in tables])
    numbers = word.split(",") if word else ["0"] * len(tables)
    if not all(number.isdecimal() and number.isascii() and len(number) < 20 for number in numbers):
        raise CommandError(SYNTAX_ERROR, "after what? Say now, or a number for each table, with commas")
    positions = [int(number) for number in numbers]
    if len(positions) != len(tables):  # tables came or went: nobody knows which
        positions = [daemon.history(table).settled for table in tables]
    return _Request(daemon, tables, positions)


def _rows(request: _Request) -> Iterator[_Row | None]:
    for table, position in zip(request.tables, request.positions, strict=True):
        history = request.daemon.history(table)
        start = min(max(position, history.first), history.settled)
        read = 0
        for event in history.after(start):
            if event is None:
                yield None
                continue
            if read == _MOST:
                break
            read += 1
            yield _happening(request.daemon, table, event)
        end = start + read
        yield _Position(
            table.name, table.family.name, end, max(0, start - position), more=end < history.settled
        )


def _happening(daemon: Daemon, table: Table, event: Event) -> _Happening:
    old, new = event.old, event.new
    return _Happening(
        Moment(event.at),
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
    who = " -> ".join(str(each) for each in dict.fromkeys((row["before"], row["after"])) if each)
    to = f" {row['to']}" if row.get("to") else ""
    path = f" [{row['as_path']}]" if row.get("as_path") else ""
    return f"{row['what']:<9}  {row['prefix']}  {who}{to}{path}"


COMMAND: Final[Command[_Request, _Row]] = Command(
    words="show journal",
    help="The last changes of best routes, in order",
    example="show journal",
    request=_request,
    rows=_rows,
    layout=_layout,
    document=_document,
    arguments=(
        Argument("after", "Only what came later: how many changes of each table are known", "now|NUMBERS"),
        Argument("table", "Only this table", "TABLE"),
    ),
)
