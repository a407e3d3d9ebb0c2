"""``configure``: read the configuration again and apply it, keep what was applied, or put it back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from bgpd.show.command import Argument, Arguments, Client, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.numbers import read_number
from bgpd.show.view import Daemon, Reconfiguration, ReconfigurationError, ReconfigurationResult

READING: Final = 2
_UNDO_REQUESTED: Final = Line(21, "Undo requested")
_UNDO_SCHEDULED: Final = 22
BROKEN_FILE: Final = 8002
NO_FILE: Final = "Unable to open configuration file "
"""What BIRD says when it starts without a file, but not here."""
_EXPIRED: Final = "Config timeout expired, starting undo"

_SOFT, _TIMEOUT, _FILE = "soft", "timeout", "file"
_UNDO_SECONDS: Final = 300
_NOT_APPLIED: Final = frozenset({ReconfigurationResult.IGNORED, ReconfigurationResult.NOTHING_TO_DO})


@dataclass(slots=True)
class _Request:
    """One command, and what became of it."""

    daemon: Daemon
    file: str | None = None
    soft: bool = False
    undo_after: int | None = None
    client: Client | None = None
    done: Reconfiguration | None = None
    problem: str = ""

    def expired(self) -> None:
        """Tell who set the time, if it is still there, that it is up."""
        if self.client is not None:
            self.client.tell(_EXPIRED)


class _Outcome(NamedTuple):
    message: str
    remarks: Sequence[str]
    """What was applied, and what differs but waits for a restart."""


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    file = arguments[_FILE].strip('"') if _FILE in arguments else None
    return _Request(daemon, file, _SOFT in arguments, _undo_after(daemon, arguments.get(_TIMEOUT)))


def _undo_after(daemon: Daemon, typed: str | None) -> int | None:
    """Return the seconds after which the former configuration comes back; None if it does not."""
    return (read_number(daemon, typed) if typed else _UNDO_SECONDS) or None if typed is not None else None


def _meet(request: _Request, client: Client) -> None:
    request.client = client


def _reading(request: _Request) -> Iterator[Line]:
    yield Line(READING, f"Reading configuration from {request.file or request.daemon.configuration_file}")


def _undo_requested(_request: _Request) -> Iterator[Line]:
    yield _UNDO_REQUESTED


# What takes its time


async def _reconfigure(request: _Request) -> None:
    try:
        request.done = await request.daemon.reconfigure(
            request.file, soft=request.soft, undo_after=request.undo_after, expired=request.expired
        )
    except ReconfigurationError as error:
        request.problem = str(error).removeprefix(NO_FILE)


async def _undo(request: _Request) -> None:
    request.done = await request.daemon.undo_reconfiguration()


async def _confirm(request: _Request) -> None:
    request.done = request.daemon.confirm_reconfiguration()


# What is said of it


def _rows(request: _Request) -> Iterator[_Outcome]:
    if request.problem or request.done is None:
        raise CommandError(BROKEN_FILE, request.problem)
    yield _Outcome(_ending(request).text, request.done.remarks)


def _layout(request: _Request, row: _Outcome) -> Iterator[Line]:
    if request.undo_after is not None and request.done and request.done.result not in _NOT_APPLIED:
        yield Line(_UNDO_SCHEDULED, f"Undo scheduled in {request.undo_after} s")
    if request.daemon.dialect == "bgpd":
        for remark in row.remarks:
            yield from (Line(READING, line) for line in folded(remark))


def _ending(request: _Request) -> Line:
    assert request.done is not None, "a problem ends the answer before"
    return Line(request.done.result.code, request.done.result.text)


NAMED_FILE: Final = Argument("", "Read this file instead", '"FILE"', name=_FILE)

_command: Final[Callable[..., Command[_Request, _Outcome]]] = partial(
    Command,
    request=_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    is_single=lambda _request: True,
)

COMMANDS: Final = (
    _command(
        words="configure",
        help="Read the configuration file again and apply what has changed",
        example="configure",
        heading=_reading,
        meet=_meet,
        work=_reconfigure,
        arguments=(
            Argument(_SOFT, "Routes that have passed filters are not filtered again"),
            NAMED_FILE,
            Argument(
                _TIMEOUT,
                f"Go back after so many seconds ({_UNDO_SECONDS}) unless it is confirmed",
                "SECONDS",
                is_value_optional=True,
            ),
        ),
        changes=True,
    ),
    _command(
        words="configure confirm",
        help="Keep the configuration that was applied for a time",
        example="configure confirm",
        work=_confirm,
        changes=True,
    ),
    _command(
        words="configure undo",
        help="Put the former configuration back",
        example="configure undo",
        heading=_undo_requested,
        work=_undo,
        changes=True,
    ),
)
