"""``show strangers``: connections that were refused because they came from no neighbor."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bgpd.show.command import Arguments, Command, Line
from bgpd.show.times import iso, long
from bgpd.show.view import Daemon, Stranger

_HEADING_CODE: Final = 2060
_ROW_CODE: Final = 1060
_COUNT_CODE: Final = 65


class _Strangers(NamedTuple):
    refused: int
    """Since the start."""
    last: Sequence[Stranger]
    """The newest last."""


def _request(daemon: Daemon, _arguments: Arguments) -> Daemon:
    return daemon


def _rows(daemon: Daemon) -> Iterator[_Strangers]:
    yield _Strangers(daemon.strangers, tuple(daemon.refusals))


def _columns(at: str, remote: str, local: str, reason: str) -> str:
    return f"{at:<19}  {remote:<21} {local:<21} {reason}"


def _heading(_daemon: Daemon) -> Iterator[Line]:
    yield Line(_HEADING_CODE, _columns("at", "from", "to", "reason"))


def _layout(_daemon: Daemon, row: _Strangers) -> Iterator[Line]:
    for stranger in row.last:
        yield Line(_ROW_CODE, _columns(long(stranger.at), stranger.remote, stranger.local, stranger.reason))


def _ending(daemon: Daemon) -> Line:
    return Line(_COUNT_CODE, f"{daemon.strangers} connections refused, the last {len(daemon.refusals)} shown")


def _document(_daemon: Daemon, row: _Strangers) -> Mapping[str, object]:
    last = [
        {"at": iso(stranger.at), "from": stranger.remote, "to": stranger.local, "reason": stranger.reason}
        for stranger in row.last
    ]
    return {"refused": row.refused, "last": last}


COMMAND: Final = Command(
    words="show strangers",
    help="Connections that were refused because they come from no neighbor",
    example="show strangers",
    request=_request,
    rows=_rows,
    layout=_layout,
    heading=_heading,
    ending=_ending,
    document=_document,
    is_single=lambda _daemon: True,
)
