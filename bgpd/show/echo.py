"""``echo``: log lines, for the client that asks for them, as they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Client, Command, CommandError, Line
from bgpd.show.mask import read_mask
from bgpd.show.view import Daemon

_CLASSES: Final = ("debug", "trace", "info", "remote", "warning", "error", "auth", "fatal", "bug")
_OCTETS: Final = range(256, 65_537)
_DEFAULT_OCTETS: Final = 4096

_WORDS: Final = re.compile(r"(all|off|\{.*\})(?:\s+(\d+))?", re.ASCII)


@dataclass(slots=True)
class _Request:
    classes: frozenset[str]
    octets: int
    client: Client | None = None


class _Echoed(NamedTuple):
    classes: list[str]


def _request(_daemon: Daemon, arguments: Arguments) -> _Request:
    found = _WORDS.fullmatch(arguments.get("", ""))
    if found is None:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    classes = read_mask(found[1], _CLASSES)
    octets = int(found[2]) if found[2] else _DEFAULT_OCTETS
    if octets not in _OCTETS:
        raise CommandError(SYNTAX_ERROR, "Invalid log buffer size")
    return _Request(classes, octets)


def _meet(request: _Request, client: Client) -> None:
    request.client = client


def _rows(request: _Request) -> Iterator[_Echoed]:
    if request.client is not None:
        request.client.echo(request.classes, request.octets)
    yield _Echoed(sorted(request.classes))


def _no_text(_request: _Request, _row: _Echoed) -> Iterator[Line]:
    return iter(())


COMMAND: Final = Command(
    words="echo",
    help="Show log lines here, as they are written",
    example="echo {warning, error}",
    request=_request,
    rows=_rows,
    layout=_no_text,
    is_single=lambda _request: True,
    meet=_meet,
    arguments=(
        Argument(
            "",
            f"What: of {', '.join(_CLASSES)}; and how many octets may wait to be shown",
            "all|off|{CLASSES} [OCTETS]",
            takes_rest=True,
        ),
    ),
)
