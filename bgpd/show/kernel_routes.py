"""``kernel show`` and ``kernel diff``: our routes in the kernel, and where they are not as we want them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from bgpd.kernel.places import Place
from bgpd.show.command import Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.interfaces import name_of
from bgpd.show.kernel_tables import PROTOCOL, TABLE, Meant, Written, kernels_named, meant
from bgpd.show.kernel_text import route_document, route_text
from bgpd.show.lookup import read_prefix, read_target
from bgpd.show.view import Daemon
from kernel_sync.standing import RouteState, Standing
from kernel_sync.types import KernelRoute
from messages.families import Family
from messages.families.prefix import PrefixKey, covers, render_prefix

_ROW_CODE: Final = 1066
_COUNT_CODE: Final = 67
_WHAT: Final = "what"
_TURN: Final = 500
"""Routes looked at between two turns of others."""

_Condition = Callable[[Family, PrefixKey], bool]


class _Row(NamedTuple):
    kernel: str | None
    """The protocol that looks after it."""
    place: Place
    state: RouteState


@dataclass(slots=True)
class _Request:
    daemon: Daemon
    meant: Meant
    fits: _Condition
    only_deviations: bool
    considered: int = 0
    deviating: int = 0


def _request(only_deviations: bool, daemon: Daemon, arguments: Arguments) -> _Request:
    what = arguments.get(_WHAT, "")
    fits = _condition(what)
    chosen = meant(daemon, arguments)
    if what and fits is None:
        names = {each.name for each in kernels_named(daemon, what)}
        chosen = Meant([each for each in chosen.written if each.name in names], ())
    return _Request(daemon, chosen, fits or _everything, only_deviations)


def _everything(_family: Family, _key: PrefixKey) -> bool:
    return True


def _condition(what: str) -> _Condition | None:
    """Understand a prefix, which means all that is in it, or an address, which means what covers it."""
    if "/" in what:
        family, prefix = read_prefix(what)
        return lambda of, key: of is family and covers(prefix, key)
    try:
        family, address = read_target(what)
    except CommandError:
        return None
    return lambda of, key: of is family and covers(key, address)


def _rows(request: _Request) -> Iterator[_Row | None]:
    for each in request.meant.written:
        yield from _of_kernel(request, each)
    for place in request.meant.unattended:
        yield from _of_nobody(request, place)


def _of_kernel(request: _Request, written: Written) -> Iterator[_Row | None]:
    for number, state in enumerate(written.kernel.states()):
        if not number % _TURN:
            yield None
        yield from _row(request, _Row(written.name, written.place, state))


def _of_nobody(request: _Request, place: Place) -> Iterator[_Row | None]:
    with request.daemon.marked_routes(*place) as routes:
        for some in routes.find():
            yield None
            for marked in some:
                state = RouteState(marked.key, Standing.STRAY, None, marked.route, "")
                where = place._replace(table=marked.table_id)
                yield from _row(request, _Row(None, where, state))


def _row(request: _Request, row: _Row) -> Iterator[_Row]:
    if not request.fits(row.place.family, row.state.key):
        return
    deviates = row.state.standing is not Standing.INSTALLED
    request.considered += 1
    request.deviating += deviates
    if deviates or not request.only_deviations:
        yield row


def _layout(request: _Request, row: _Row) -> Iterator[Line]:
    wanted, actual = row.state.wanted, row.state.actual
    is_stray = row.state.standing is Standing.STRAY
    if is_stray or not request.only_deviations:
        yield from _line(request, row, actual or wanted)
        return
    yield from _line(request, row, wanted or actual)
    if wanted is not None and actual is not None and not wanted.matches(actual):
        text = f"\tthe kernel has {_text(request, row, actual)}"
        yield from (Line(_ROW_CODE, part) for part in folded(text))


def _line(request: _Request, row: _Row, route: KernelRoute | None) -> Iterator[Line]:
    if route is not None:
        text = f"{_text(request, row, route)}   {_standing(row.state)}"
        yield from (Line(_ROW_CODE, part) for part in folded(text))


def _standing(state: RouteState) -> str:
    """Say how it stands and why; some reasons begin with the same words."""
    standing, problem = state.standing.value, state.problem
    if not problem:
        return standing
    return problem if problem.startswith(standing) else f"{standing}: {problem}"


def _text(request: _Request, row: _Row, route: KernelRoute) -> str:
    family, table, protocol, _ = row.place
    return route_text(row.state.key, family, route, table, protocol, partial(name_of, request.daemon))


def _ending(request: _Request) -> Line:
    return Line(_COUNT_CODE, _summary(request.considered, request.deviating))


def _summary(considered: int, deviating: int) -> str:
    routes = "1 route" if considered == 1 else f"{considered} routes"
    if not considered:
        return "no routes"
    if not deviating:
        return f"{routes}, all as wanted"
    return f"{routes}, {deviating} not as wanted"


def _document(request: _Request, row: _Row) -> Mapping[str, object]:
    family, table, protocol, _ = row.place
    key, standing, wanted, actual, problem = row.state
    interface = partial(name_of, request.daemon)
    return {
        "prefix": render_prefix(key, family),
        "kernel": row.kernel,
        "family": family.name,
        "table": table,
        "protocol": protocol,
        "standing": standing.value,
        "problem": problem or None,
        "wanted": None if wanted is None else route_document(wanted, family, interface),
        "actual": None if actual is None else route_document(actual, family, interface),
    }


def _command(words: str, text: str, example: str, *, only_deviations: bool) -> Command[_Request, _Row]:
    return Command(
        words=words,
        help=text,
        example=example,
        request=partial(_request, only_deviations),
        rows=_rows,
        layout=_layout,
        ending=_ending,
        document=_document,
        arguments=(_TARGET, TABLE, PROTOCOL),
    )


_TARGET: Final = Argument(
    "",
    "A kernel protocol, a prefix with all that is in it, or an address with all that covers it",
    "NAME|PREFIX|ADDRESS",
    name=_WHAT,
)

COMMANDS: Final[Sequence[Command[_Request, _Row]]] = (
    _command(
        "kernel show",
        "Our routes as the kernel has them, and how each stands",
        "kernel show 10.244.0.0/16",
        only_deviations=False,
    ),
    _command(
        "kernel diff",
        "Only where the kernel has others than we want, and why",
        "kernel diff",
        only_deviations=True,
    ),
)
