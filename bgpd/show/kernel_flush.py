"""``kernel flush``: remove what is marked as ours and no kernel protocol that runs wants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from bgpd.kernel.places import Place
from bgpd.show.command import Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.interfaces import name_of
from bgpd.show.kernel_tables import PROTOCOL, TABLE, Meant, Written, meant
from bgpd.show.kernel_text import route_text
from bgpd.show.view import Daemon
from kernel_sync.standing import Standing
from kernel_sync.types import KernelRoute
from messages.families.prefix import PrefixKey

_ROW_CODE: Final = 1067
_STAYS_CODE: Final = 1068
_COUNT_CODE: Final = 68
_FAILED: Final = 8060
_TURN: Final = 500
"""Routes looked at between two turns of others."""
_MOST_SHOWN: Final = 20
_DRY_RUN: Final = "dry-run"


class _Flushed(NamedTuple):
    """All that came of it."""

    dry_run: bool
    found: int
    routes: list[str]
    """The first of them."""
    failures: list[str]
    """The first routes that could not be removed, and why."""
    stay: Mapping[str, int]
    """How many routes each kernel protocol wants."""


@dataclass(slots=True)
class _Request:
    daemon: Daemon
    meant: Meant
    dry_run: bool
    found: int = 0
    routes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def note(self, place: Place, key: PrefixKey, route: KernelRoute) -> None:
        """Take down one route."""
        self.found += 1
        if len(self.routes) < _MOST_SHOWN:
            self.routes.append(self.text(place, key, route))

    def text(self, place: Place, key: PrefixKey, route: KernelRoute) -> str:
        """Return a route in words."""
        interface = partial(name_of, self.daemon)
        return route_text(key, place.family, route, place.table, place.protocol, interface)


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    return _Request(daemon, meant(daemon, arguments), _DRY_RUN in arguments)


def _rows(request: _Request) -> Iterator[_Flushed | None]:
    for written in request.meant.written:
        yield from _strays(request, written)
    try:
        for place in request.meant.unattended:
            yield from _list(request, place) if request.dry_run else _remove(request, place)
    except PermissionError as error:
        raise CommandError(_FAILED, str(error.strerror)) from None
    stay = {each.name: each.kernel.report().wanted for each in request.meant.written}
    yield _Flushed(request.dry_run, request.found, request.routes, request.failures, stay)


def _strays(request: _Request, written: Written) -> Iterator[None]:
    """Let the table remove them itself, since it watches what it writes."""
    for number, state in enumerate(written.kernel.states()):
        if not number % _TURN:
            yield None
        if state.standing is Standing.STRAY and state.actual is not None:
            request.note(written.place, state.key, state.actual)
    if not request.dry_run:
        written.kernel.remove_strays()


def _list(request: _Request, place: Place) -> Iterator[None]:
    with request.daemon.marked_routes(*place) as routes:
        for some in routes.find():
            for marked in some:
                request.note(place._replace(table=marked.table_id), marked.key, marked.route)
            yield None


def _remove(request: _Request, place: Place) -> Iterator[None]:
    with request.daemon.marked_routes(*place) as routes:
        for some in routes.flush():
            for marked, failure in some:
                where = place._replace(table=marked.table_id)
                if failure is None:
                    request.note(where, marked.key, marked.route)
                elif len(request.failures) < _MOST_SHOWN:
                    text = request.text(where, marked.key, marked.route)
                    request.failures.append(f"{text}: {failure.text}")
            yield None


def _layout(request: _Request, row: _Flushed) -> Iterator[Line]:
    lines = [*row.routes]
    if row.found > len(row.routes):
        lines.append(f"… and {row.found - len(row.routes)} more")
    yield from (Line(_ROW_CODE, part) for line in lines for part in folded(line))
    yield from _problems(request)
    for name, wanted in row.stay.items():
        if wanted:
            text = f"{name} wants {_routes(wanted)}, which stay{'s' if wanted == 1 else ''}"
            yield Line(_STAYS_CODE, f"{text}; to remove them too: disable {name} and flush again,")
            yield Line(_STAYS_CODE, "  or stop the daemon and run bgpd --flush-kernel")


def _problems(request: _Request) -> Iterator[Line]:
    for failure in request.failures:
        yield from (Line(_FAILED, part) for part in folded(failure))


def _routes(count: int) -> str:
    return "1 route" if count == 1 else f"{count} routes"


def _ending(request: _Request) -> Line:
    return Line(_COUNT_CODE, f"{_routes(request.found)} {'would be ' if request.dry_run else ''}removed")


COMMAND: Final = Command(
    words="kernel flush",
    help="Remove routes with our number that no kernel protocol wants",
    example="kernel flush dry-run",
    request=_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    is_single=lambda _request: True,
    problems=_problems,
    arguments=(PROTOCOL, TABLE, Argument(_DRY_RUN, "Only list what would be removed")),
    changes=True,
)
