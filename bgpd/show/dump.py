"""``dump``: what the daemon knows, written to its debug output, for whoever looks for a fault."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.view import Daemon

EVERYTHING: Final = "all"
SUBJECTS: Final = (
    "interfaces",
    "neighbors",
    "attributes",
    "routes",
    "protocols",
    "resources",
    "sockets",
    "events",
)


class _Request(NamedTuple):
    daemon: Daemon
    subject: str


class _Begun(NamedTuple):
    dumped: str


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    if len(arguments) != 1:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    (subject,) = arguments
    return _Request(daemon, subject)


def _rows(request: _Request) -> Iterator[_Begun]:
    request.daemon.dump(request.subject)
    yield _Begun(request.subject)


def _no_text(_request: _Request, _row: _Begun) -> Iterator[Line]:
    return iter(())


COMMAND: Final = Command(
    words="dump",
    help="Write what the daemon knows to its log",
    example="dump neighbors",
    request=_request,
    rows=_rows,
    layout=_no_text,
    is_single=lambda _request: True,
    arguments=(
        Argument("interfaces", "Interfaces and their addresses"),
        Argument("neighbors", "Next hops, and where packets for them go"),
        Argument("attributes", "Attribute sets, and how many routes have each"),
        Argument("routes", "All routes of all tables"),
        Argument("protocols", "Protocols in detail"),
        Argument("resources", "Memory"),
        Argument("sockets", "What is open"),
        Argument("events", "What the event loop has to do"),
    ),
)
