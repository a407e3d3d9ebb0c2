"""Who is told of a prefix: kernel tables, neighbors and pipes, each with what it is told, or why not."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.show.differences import Difference, differences
from bgpd.show.followers import (
    BEST_ONLY,
    Answer,
    Kernel,
    Neighbor,
    Obstacle,
    answers_to_member,
    flow_out_of,
    group_answers,
    is_behind,
    kernel_answers,
    kernels_of,
    pipe_answers,
    pipes_of,
)
from bgpd.show.next_hops import where_to
from bgpd.show.remedies import WITHHELD, for_kernel_problem
from bgpd.show.verdicts import label
from bgpd.show.view import Daemon
from messages.families.prefix import PrefixKey
from rib.pipe import Flow
from rib.slot import Path, Slot
from rib.table import Table
from rib.update_group import UpdateGroup


class Told(NamedTuple):
    """What somebody is told of one route, or why it is not."""

    route: str
    sent: bool
    changed: Sequence[Difference] = ()
    """How it looks there, if it is sent."""
    path_id: int | None = None
    """Under which it is sent to who is sent several."""
    obstacle: str | None = None
    """A word for programs."""
    why: str | None = None
    help: str | None = None


class Follower(NamedTuple):
    """A neighbor or a pipe that follows the table."""

    protocol: str
    target: str | None
    """The table that a pipe leads to."""
    told: tuple[Told, ...]
    behind: int | None = None
    """How many prefixes a neighbor has yet to be told of, if this is one of them."""
    several: bool = False
    """Whether it is sent more than one path."""


class KernelTable(NamedTuple):
    """A kernel table that follows the table."""

    protocol: str
    state: str
    """installed, waiting, refused or absent."""
    leads: str | None
    why: str | None
    help: str | None
    tunnel: str | None = None
    """Why it leads through a tunnel, or why not though somebody spoke of one."""


_PIPE_IS_DOWN: Final = Told("", sent=False, obstacle="down", why="the pipe is down")


class Case(NamedTuple):
    """The prefix that is explained, as it was when somebody asked."""

    daemon: Daemon
    table: Table
    key: PrefixKey
    slot: Slot | None
    paths: Sequence[Path]
    """In their order."""

    def place(self, answer: Answer) -> int:
        """Return where the route of an answer stands among all."""
        return self.paths.index(answer.path)


def kernel_tables(case: Case) -> Iterator[KernelTable]:
    """Say for each kernel table whether the prefix is in it."""
    protocols = case.daemon.protocols
    for name, kernel in kernels_of(protocols).items():
        if kernel.follows(case.table):
            yield _kernel_table(case, protocols[name], kernel)


def _kernel_table(case: Case, protocol: Protocol, kernel: Kernel) -> KernelTable:
    name = protocol.name
    if protocol.state is not ProtocolState.UP:
        return KernelTable(name, "absent", None, f"the protocol is {protocol.state}", None)
    answer = next(kernel_answers(kernel.view, case.slot, case.key), None)
    if answer is None:
        return KernelTable(name, "absent", None, "no route to it may be used", None)
    if isinstance(answer.outcome, Obstacle):
        return KernelTable(name, "absent", None, answer.outcome.text, WITHHELD.get(answer.outcome.name))
    leads = None if answer.destination is None else where_to(case.daemon, answer.destination)
    tunnel = kernel.view.tunnel(answer.path.route, case.key) or None
    problem = kernel.problem(case.key)
    if problem is not None:
        return KernelTable(name, "refused", leads, problem, for_kernel_problem(problem), tunnel)
    if not kernel.is_written(case.key):
        return KernelTable(name, "waiting", leads, "it is being written", None, tunnel)
    return KernelTable(name, "installed", leads, None, None, tunnel)


def pipes(case: Case) -> Iterator[Follower]:
    """Say for each pipe at the table which routes get through."""
    protocols = case.daemon.protocols
    for name, pipe in pipes_of(protocols).items():
        flow = flow_out_of(pipe, case.table)
        if flow is not None:
            told = _carried(case, flow) if protocols[name].state is ProtocolState.UP else (_PIPE_IS_DOWN,)
            yield Follower(name, flow.target.name, told, several=flow.follows_all)


def _carried(case: Case, flow: Flow) -> tuple[Told, ...]:
    found = sorted(pipe_answers(flow, case.slot, case.key), key=case.place)
    return tuple(_told(case, answer) for answer in found)


def neighbors(case: Case) -> Iterator[Follower | None]:
    """Say for each neighbor that follows the table what it is told; yields None between them."""
    shared: dict[UpdateGroup, Sequence[Answer]] = {}
    known: dict[Answer, Told] = {}
    for protocol in list(case.daemon.protocols.values()):
        if isinstance(protocol, Neighbor) and protocol.table == case.table.name:
            yield _neighbor(case, protocol, protocol, shared, known)
            yield None


def _neighbor(
    case: Case,
    protocol: Protocol,
    neighbor: Neighbor,
    shared: dict[UpdateGroup, Sequence[Answer]],
    known: dict[Answer, Told],
) -> Follower:
    """``shared`` has what was found out for the others of its group, ``known`` how that is said."""
    attached = neighbor.attachment(case.table.family)
    if attached is None:
        return Follower(protocol.name, None, (_unattached(case, protocol, neighbor),))
    group, member = attached
    if group not in shared:
        shared[group] = group_answers(group, case.slot, case.key, {})
    several = group.key.paths != BEST_ONLY
    told: list[Told] = []
    for answer in sorted(answers_to_member(shared[group], group, member, case.key), key=case.place):
        if answer not in known:
            known[answer] = _told(case, answer)
        identifier = answer.path.sent if several and known[answer].sent else None
        told.append(known[answer]._replace(path_id=identifier))
    waiting = case.table if member.is_held else member.backlog or ()
    behind = len(waiting) if is_behind(member, case.key) else None
    return Follower(protocol.name, None, tuple(told), behind, several)


def _unattached(case: Case, protocol: Protocol, neighbor: Neighbor) -> Told:
    family = case.table.family
    if family not in neighbor.settings.families:
        return _untold("family", f"{family.name} is not among its families")
    if protocol.state is ProtocolState.UP:
        return _untold("family", f"the neighbor did not agree to {family.name}")
    info = " ".join(protocol.info.split())
    return _untold("down", f"there is no session ({protocol.state}{f', {info}' if info else ''})")


def _untold(name: str, text: str) -> Told:
    return Told("", sent=False, obstacle=name, why=text)


def _told(case: Case, answer: Answer) -> Told:
    path, outcome = answer.path, answer.outcome
    route = label(path, case.paths)
    if isinstance(outcome, Obstacle):
        return Told(
            route, sent=False, obstacle=outcome.name, why=outcome.text, help=WITHHELD.get(outcome.name)
        )
    return Told(route, sent=True, changed=differences(path.route.attributes, outcome))
