"""``show bfd sessions``: there is no BFD here, and clients are told so in BIRD's words."""

from collections.abc import Iterator
from typing import Final, Never

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.view import Daemon


def _request(daemon: Daemon, arguments: Arguments) -> Never:
    name = arguments.get("")
    if name is None:
        raise CommandError(SYNTAX_ERROR, "There is no BFD protocol running")
    known = name in daemon.protocols
    raise CommandError(SYNTAX_ERROR, f"{name}: Not a {'BFD ' if known else ''}protocol")


def _rows(_request: Never) -> Iterator[Never]:
    yield from ()


def _layout(_request: Never, _row: Never) -> Iterator[Line]:
    yield from ()


COMMAND: Final[Command[Never, Never]] = Command(
    words="show bfd sessions",
    help="Nothing yet: BFD is not supported",
    example="show bfd sessions",
    request=_request,
    rows=_rows,
    layout=_layout,
    arguments=(Argument("", "Those of this protocol", "NAME"),),
)
