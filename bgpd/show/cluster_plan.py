"""``cluster plan``: what another file would do to sessions, of this node and of all, and in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.cluster.facts import ClusterFacts
from bgpd.reconfiguration.consequences import Consequences
from bgpd.show.cluster_changes import SessionChange, session_changes
from bgpd.show.cluster_counts import session_counts
from bgpd.show.cluster_order import Step, order, within
from bgpd.show.cluster_status import in_our_words
from bgpd.show.command import Arguments, Command, CommandError, Line
from bgpd.show.configure import BROKEN_FILE, NAMED_FILE, NO_FILE, READING
from bgpd.show.folding import folded
from bgpd.show.paragraphs import paragraph, some_of
from bgpd.show.view import Daemon, ReconfigurationError

_HEADING_CODE: Final = 2070
_LINE_CODE: Final = 1070
_FAILED: Final = 8008
_NOT_NOW: Final = "no configuration is in force yet"
_FEW: Final = 6
_LABEL: Final = 20
_NONE: Final = "no [cluster]"
_ROUTES: Final = "'configure check' says for which prefixes somebody is told otherwise"


class NodeCount(NamedTuple):
    """Nodes with the same numbers of sessions; None: they are not in the cluster then."""

    nodes: Sequence[str]
    now: int | None
    then: int | None


class _Plan(NamedTuple):
    """What a file would do."""

    node: str | None
    mode: str | None
    """None: no cluster."""
    new_mode: str | None
    handover: int | None
    """Seconds for which former sessions stay at most."""
    sessions: Sequence[SessionChange]
    nodes: Sequence[NodeCount]
    steps: Sequence[Step]
    within: str


@dataclass(slots=True)
class _Request:
    """One command, and what became of it."""

    daemon: Daemon
    file: str | None
    found: Consequences | None = None
    problem: str = ""


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    file = arguments[NAMED_FILE.key].strip('"') if NAMED_FILE.key in arguments else None
    return _Request(in_our_words(daemon), file)


def _heading(request: _Request) -> Iterator[Line]:
    yield Line(READING, f"Reading configuration from {request.file or request.daemon.configuration_file}")


async def _read(request: _Request) -> None:
    try:
        request.found = await request.daemon.consider(request.file)
    except ReconfigurationError as error:
        request.problem = str(error).removeprefix(NO_FILE)


def _rows(request: _Request) -> Iterator[_Plan | None]:
    if request.problem:
        raise CommandError(BROKEN_FILE, request.problem)
    found = request.found
    if found is None:
        raise CommandError(_FAILED, _NOT_NOW)
    before, after = found.present.cluster, found.plan.in_force.cluster
    sessions = []
    for change in session_changes(found):
        sessions.append(change)
        yield None
    counts: list[Mapping[str, int]] = []
    for facts in (before, after):
        known: dict[str, int] = {}
        for count in _counted(facts):
            known |= dict((count,) if count is not None else ())
            yield None
        counts.append(known)
    yield _Plan(
        node=next((facts.node for facts in (after, before) if facts is not None), None),
        mode=None if before is None else before.mode,
        new_mode=None if after is None else after.mode,
        handover=None if after is None else after.handover,
        sessions=sessions,
        nodes=_alike(*counts),
        steps=order(before, after),
        within=within(after) if _changes_sessions(sessions) else "",
    )


def _counted(facts: ClusterFacts | None) -> Iterator[tuple[str, int] | None]:
    if facts is not None and facts.model is not None:
        yield from session_counts(facts.model)


def _alike(now: Mapping[str, int], then: Mapping[str, int]) -> Sequence[NodeCount]:
    """Put nodes together for which it is the same."""
    found: dict[tuple[int | None, int | None], list[str]] = {}
    for name in {**now, **then}:
        found.setdefault((now.get(name), then.get(name)), []).append(name)
    return [NodeCount(names, *numbers) for numbers, names in found.items()]


def _changes_sessions(sessions: Sequence[SessionChange]) -> bool:
    return any(change.fate != "unchanged" for change in sessions)


# As text


def _layout(_request: _Request, row: _Plan) -> Iterator[Line]:
    now, then = row.mode or _NONE, row.new_mode or _NONE
    own = "" if row.node is None else f" on {row.node}"
    yield Line(_LINE_CODE, f"Mode{own}: {now if now == then else f'{now} -> {then}'}")
    yield from _section("Sessions of this node", _session_lines(row.sessions, row.handover))
    yield from _section("Sessions of each node", map(_count_line, row.nodes))
    yield from _section("Order", _order_lines(row))
    yield from _section("Routes", [_ROUTES])


def _section(title: str, texts: Iterator[str] | Sequence[str]) -> Iterator[Line]:
    for number, text in enumerate(texts):
        if not number:
            yield Line(_HEADING_CODE, title)
        yield from (Line(_LINE_CODE, line) for line in folded(f"  {text}"))


def _session_lines(sessions: Sequence[SessionChange], handover: int | None) -> Iterator[str]:
    if not _changes_sessions(sessions):
        yield "nothing changes"
        return
    said: dict[tuple[str, str], list[str]] = {}
    for change in sessions:
        label, name, end = _words(change, handover)
        said.setdefault((label, end), []).append(name)
    for (label, end), names in said.items():
        text = f"{some_of(names, _FEW)}{f': {end}' if end else ''}"
        yield from paragraph(0, label, text, _LABEL)


def _words(change: SessionChange, handover: int | None) -> tuple[str, str, str]:
    """Return what becomes of a session, what it is called, and what more there is to say."""
    called = change.node or change.protocol
    match change.fate:
        case "unchanged":
            return "stays as it is", called, ""
        case "in_place":
            renamed = f"{change.former_name} -> {change.protocol}"
            name = f"{called} ({renamed})" if change.former_name is not None else called
            return "changes in place", name, _role_words(change)
        case "new_session":
            return "takes a new session", called, ", ".join(change.settings or ())
        case "comes":
            return "comes", called, _role_words(change)
        case "goes":
            is_held = change.held_until is not None
            when = f"when its routes come from others, after {handover} s at most" if is_held else "at once"
            return "goes", called, when


def _role_words(change: SessionChange) -> str:
    stays = ", for which we reflect until it is over" if change.held_until is not None else ""
    if change.former_role is None:
        return f"{change.role or ''}{stays}"
    return f"{change.former_role} -> {change.role or 'none of the cluster'}{stays}"


def _count_line(count: NodeCount) -> str:
    now, then = (_NONE if number is None else str(number) for number in (count.now, count.then))
    return f"{some_of(count.nodes, _FEW)}: {now if now == then else f'{now} -> {then}'}"


def _order_lines(row: _Plan) -> Iterator[str]:
    for number, step in enumerate(row.steps):
        later = [name for each in row.steps[number + 1 :] for name in each.nodes]
        everybody = f"all nodes but {some_of(later, _FEW)}" if later else "all other nodes"
        yield f"{number + 1}. {some_of(step.nodes, _FEW) or everybody}: {step.why}"
    if row.within:
        yield row.within


COMMAND: Final[Command[_Request, _Plan]] = Command(
    words="cluster plan",
    help="What a file would do to the sessions of the cluster; apply nothing",
    example="cluster plan",
    request=_request,
    heading=_heading,
    work=_read,
    rows=_rows,
    layout=_layout,
    is_single=lambda _request: True,
    arguments=(NAMED_FILE,),
)
