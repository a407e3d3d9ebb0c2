"""``show journal sessions``: what became of sessions; ``bgpdcl monitor sessions`` reads on and on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from bgpd.protocols.session_journal import SessionChange, SessionJournal
from bgpd.show.command import Argument, Arguments, Command, Line
from bgpd.show.journal import read_positions
from bgpd.show.selection import EVERY, meant_by
from bgpd.show.times import Moment, long
from bgpd.show.view import Daemon
from fsm.state import State

_LINE_CODE: Final = 1083
_UP: Final = str(State.ESTABLISHED)


class _Happening(NamedTuple):
    """One change of the state of a session."""

    at: Moment
    unix: float
    """The same with its fractions."""
    neighbor: str
    address: str
    asn: int
    old: str
    new: str
    reason: str
    prefixes: int | None
    """How many had come, where an established session ended."""
    lasted: float | None
    """For how many seconds it was established."""


class _Position(NamedTuple):
    """How far the journal was read."""

    position: int
    missed: int


_Row: TypeAlias = _Happening | _Position


class _Request(NamedTuple):
    journal: SessionJournal
    position: int
    is_meant: Callable[[str], bool]


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    journal = daemon.session_journal
    (position,) = read_positions(arguments.get("after", ""), [journal.settled])
    return _Request(journal, position, meant_by(arguments.get("from", EVERY)))


def _rows(request: _Request) -> Iterator[_Row | None]:
    journal = request.journal
    start = min(max(request.position, journal.first), journal.settled)
    end = journal.settled
    for change in journal.after(start):
        yield _happening(change) if request.is_meant(change.neighbor) else None
    yield _Position(end, max(0, start - request.position))


def _happening(change: SessionChange) -> _Happening:
    return _Happening(
        at=Moment(change.at),
        unix=round(change.at, 3),
        neighbor=change.neighbor,
        address=change.address,
        asn=change.asn,
        old=str(change.old),
        new=str(change.new),
        reason=change.reason,
        prefixes=change.prefixes,
        lasted=None if change.lasted is None else round(change.lasted, 3),
    )


def _document(_request: _Request, row: _Row) -> Mapping[str, object]:
    return {"kind": "position" if isinstance(row, _Position) else "change", **row._asdict()}


def _layout(_request: _Request, row: _Row) -> Iterator[Line]:
    if isinstance(row, _Position):
        if row.missed:
            yield Line(_LINE_CODE, f"{row.missed} earlier changes of sessions are forgotten")
        return
    yield Line(_LINE_CODE, f"{long(row.at)}  {session_text(row._asdict())}")


def session_text(row: Mapping[str, object]) -> str:
    """Return one change in a line, without its time."""
    what = "up" if row["new"] == _UP else "down" if row["old"] == _UP else "session"
    text = f"{what:<9}  {row['neighbor']}  {row['old']} -> {row['new']}  {row['reason']}".rstrip()
    number = row.get("prefixes")
    return text if number is None else f"{text}; it had brought {number} prefix{'es' * (number != 1)}"


COMMAND: Final[Command[_Request, _Row]] = Command(
    words="show journal sessions",
    help="The last changes of sessions, in order",
    example="show journal sessions",
    request=_request,
    rows=_rows,
    layout=_layout,
    document=_document,
    arguments=(
        Argument("after", "Only what came later: how many changes are known", "now|NUMBER"),
        Argument("from", "Only this neighbor, or those that match", 'NAME|"PATTERN"'),
    ),
)
