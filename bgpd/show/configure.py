"""``configure``: read the configuration again."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bgpd.show.command import Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.view import Daemon, ReconfigurationError

_READING: Final = 2
_RECONFIGURED: Final = Line(3, "Reconfigured")
_BROKEN_FILE: Final = 8002


class _Outcome(NamedTuple):
    message: str
    remarks: Sequence[str]
    """What was applied, and what differs but waits for a restart."""


def _request(daemon: Daemon, _arguments: Arguments) -> Daemon:
    return daemon


def _heading(daemon: Daemon) -> Iterator[Line]:
    yield Line(_READING, f"Reading configuration from {daemon.configuration_file}")


def _rows(daemon: Daemon) -> Iterator[_Outcome]:
    try:
        remarks = daemon.reconfigure()
    except ReconfigurationError as error:
        raise CommandError(_BROKEN_FILE, str(error)) from error
    yield _Outcome(_RECONFIGURED.text, remarks)


def _layout(_daemon: Daemon, row: _Outcome) -> Iterator[Line]:
    for remark in row.remarks:
        yield from (Line(_READING, line) for line in folded(remark))


def _ending(_daemon: Daemon) -> Line:
    return _RECONFIGURED


COMMAND: Final = Command(
    words="configure",
    help="Read the configuration file again and apply what has changed",
    example="configure",
    request=_request,
    rows=_rows,
    layout=_layout,
    heading=_heading,
    ending=_ending,
    is_single=lambda _daemon: True,
    changes=True,
)
