"""``down``: ask the daemon to stop."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bgpd.show.command import Arguments, Command, Line
from bgpd.show.view import Daemon

_ANSWER: Final = "Shutdown requested"


class _Answer(NamedTuple):
    message: str


def _request(daemon: Daemon, _arguments: Arguments) -> Daemon:
    return daemon


def _rows(daemon: Daemon) -> Iterator[_Answer]:
    daemon.shutdown()
    yield _Answer(_ANSWER)


def _layout(_daemon: Daemon, _row: _Answer) -> tuple[Line, ...]:
    return ()


def _ending(_daemon: Daemon) -> Line:
    return Line(7, _ANSWER)


COMMAND: Final = Command(
    words="down",
    help="Stop the daemon in good order",
    example="down",
    request=_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    is_single=lambda _daemon: True,
    changes=True,
)
