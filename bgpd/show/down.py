"""``down``: ask the daemon to stop; first it says what will come of the routes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.restart.leaving import STOPS, Hearer, Stop, Told, Writer, consequences
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.view import Daemon

_ANSWER: Final = "Shutdown requested"
_CONSEQUENCE: Final = 1065


class _Answer(NamedTuple):
    message: str
    consequences: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    how: Stop | None


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    typed = [each for each in STOPS if each in arguments]
    if len(typed) > 1:
        raise CommandError(SYNTAX_ERROR, "Only one of graceful and withdraw expected")
    return _Request(daemon, typed[0] if typed else None)


def _rows(request: _Request) -> Iterator[_Answer | None]:
    """Find out what will come of it before it is done."""
    daemon = request.daemon
    if daemon.dialect == "bird":
        daemon.shutdown(request.how)
        yield _Answer(_ANSWER)
        return
    told: list[Told] = []
    for protocol in tuple(daemon.protocols.values()):
        if isinstance(protocol, Hearer) and protocol.is_up:
            routes = 0
            for channel in protocol.channels:
                for count in daemon.exported(protocol.name, channel.family):
                    routes += count or 0
                    yield None
            told.append(Told(protocol, routes))
    writers = [each for each in daemon.protocols.values() if isinstance(each, Writer)]
    found = tuple(consequences(request.how or daemon.settings.stop, told, writers))
    daemon.shutdown(request.how)
    yield _Answer(_ANSWER, found or None)


def _layout(_request: _Request, row: _Answer) -> Iterator[Line]:
    for text in row.consequences or ():
        yield from (Line(_CONSEQUENCE, line) for line in folded(text))


def _ending(_request: _Request) -> Line:
    return Line(7, _ANSWER)


COMMAND: Final = Command(
    words="down",
    help="Say what comes of the routes, and stop the daemon",
    example="down graceful",
    request=_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    is_single=lambda _request: True,
    arguments=(
        Argument("graceful", "Just now, neighbors keep our routes if they can"),
        Argument("withdraw", "Just now, all routes go"),
    ),
    changes=True,
)
