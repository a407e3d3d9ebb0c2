"""Who follows a table: neighbors, kernel tables, pipes; and what each is told of one prefix, or why not."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias, runtime_checkable

from bgpd.protocols.protocol import Channel
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from rib.egress import Withheld, egress
from rib.ingress import Ingress
from rib.member import Member
from rib.outgoing import may_hear
from rib.pipe import Flow
from rib.policy import Accepted, Policy
from rib.route import Destination, NextHop, Route, SourceKind
from rib.slot import Path, Slot, paths_of, routes_of, winner
from rib.table import Table
from rib.update_group import UpdateGroup

_MOST_KNOWN: Final = 10_000
"""Routes for which it is remembered what they look like to others."""
BEST_ONLY: Final = 1
"""``GroupKey.paths`` of those who are sent one path to a prefix."""


class NeighborFacts(Protocol):
    """What commands read of a neighbor's settings."""

    @property
    def asn(self) -> int: ...
    @property
    def families(self) -> Sequence[Family]: ...


@runtime_checkable
class Neighbor(Protocol):
    """The protocol of one BGP neighbor."""

    @property
    def settings(self) -> NeighborFacts: ...

    def attachment(self, family: Family) -> tuple[UpdateGroup, Member] | None:
        """Return the update group and the membership of an established session."""

    def entrance(self, family: Family, policy: Policy) -> Ingress:
        """Return a way in like that of an established session, with another import filter."""


class KernelView(Protocol):
    """What lets routes through to a kernel table."""

    @property
    def follows_all(self) -> bool:
        """Whether traffic may be shared by several routes."""

    def obstacle(self, best: Route, key: PrefixKey) -> str:
        """Return what keeps a best route out of the kernel; empty if nothing does."""

    def destination(self, slot: Slot | None, key: PrefixKey) -> Destination:
        """Return where the packets go, over all routes that share them."""

    def way(self, route: Route, key: PrefixKey) -> Destination:
        """Return where the packets that one route carries go."""

    def attributes(self, route: Route, key: PrefixKey) -> AttributeSet:
        """Return what a route says behind the export filter."""

    def accepted(self, route: Route, key: PrefixKey) -> Accepted | None:
        """Return what the export filter makes of a route; None if it refuses it."""

    def is_never_written(self, route: Route) -> bool:
        """Tell whether a route is not for the kernel, whatever the export filter says."""

    def tunnel(self, best: Route, key: PrefixKey) -> str:
        """Say why a best route goes through a tunnel, or does not; empty if nobody spoke of one."""


@runtime_checkable
class Kernel(Protocol):
    """The protocol of one kernel table."""

    @property
    def view(self) -> KernelView: ...

    def follows(self, table: Table) -> bool:
        """Tell whether this table of ours is the one that is written to the kernel."""

    def problem(self, key: PrefixKey) -> str | None:
        """Return why a best route is not in the kernel, or None."""

    def is_written(self, key: PrefixKey) -> bool:
        """Tell whether the best route of a prefix is in the kernel."""


@runtime_checkable
class Pipe(Protocol):
    """The protocol that passes routes between two tables."""

    @property
    def channels(self) -> Sequence[Channel]:
        """The source of each is what leads into the table of the protocol."""

    @property
    def exports(self) -> Mapping[Family, Flow]:
        """What leads out of it."""


def kernels_of(protocols: Mapping[str, RoutingProtocol]) -> Mapping[str, Kernel]:
    """Return the protocols of kernel tables; to look at the kind first is fast with many neighbors."""
    kernels = ((name, each) for name, each in protocols.items() if each.kind == SourceKind.KERNEL.value)
    return {name: each for name, each in kernels if isinstance(each, Kernel)}


def pipes_of(protocols: Mapping[str, RoutingProtocol]) -> Mapping[str, Pipe]:
    """Return the pipes."""
    pipes = ((name, each) for name, each in protocols.items() if each.kind == SourceKind.PIPE.value)
    return {name: each for name, each in pipes if isinstance(each, Pipe)}


class Obstacle(NamedTuple):
    """Why somebody is not told of a route: a word for programs, and a text for people."""

    name: str
    text: str


Outcome: TypeAlias = AttributeSet | Obstacle


class Answer(NamedTuple):
    """What one follower is told of one path: its attributes there, or why it is not."""

    path: Path
    outcome: Outcome
    destination: Destination | None = None
    """Where a kernel sends the packets, over all routes that share them."""
    preference: int | None = None
    """If a filter may have changed it."""
    is_copy: bool = False
    """Whether a filter has made a route of its own of it, as BIRD sees it."""


OWN_ROUTE: Final = Obstacle("split-horizon", "it came from this neighbor (split horizon)")
OVER_ITSELF: Final = Obstacle("own-next-hop", "it is our route over this neighbor (RFC 4271 §5.1.3)")
_OVER_LIMIT: Final = "its export limit of {} is reached"


def answers(
    protocol: RoutingProtocol, table: Table, key: PrefixKey, known: dict[Hashable, Outcome]
) -> Sequence[Answer] | None:
    """Return what a protocol is told of a prefix; None if it does not follow the table now.

    ``known`` is what was worked out before for the same protocol and table.
    """
    slot = table.settled(key)
    if isinstance(protocol, Kernel):
        return list(kernel_answers(protocol.view, slot, key)) if protocol.follows(table) else None
    if isinstance(protocol, Pipe):
        flow = flow_out_of(protocol, table)
        return None if flow is None else list(pipe_answers(flow, slot, key))
    if not isinstance(protocol, Neighbor) or protocol.table != table.name:
        return None
    attached = protocol.attachment(table.family)
    if attached is None:
        return None
    group, member = attached
    return list(answers_to_member(group_answers(group, slot, key, known), group, member, key))


# Neighbors


def group_answers(
    group: UpdateGroup, slot: Slot | None, key: PrefixKey, known: dict[Hashable, Outcome]
) -> Sequence[Answer]:
    """Return what members of a group are told of a prefix, but for what only some of them are told."""
    if group.key.paths == BEST_ONLY:
        best = winner(slot)
        return [] if best is None else [Answer(paths_of(slot)[0], _egress(group, best, key, known))]
    shown = set(group.shown(slot, key, silent=True))
    found: list[Answer] = []
    for path in paths_of(slot):
        if path.route.refusal is None:
            outcome = _egress(group, path.route, key, known)
            if path not in shown and not isinstance(outcome, Obstacle):
                outcome = Obstacle("not-among-best", f"not among the best {group.key.paths}")
            found.append(Answer(path, outcome))
    return found


def _egress(group: UpdateGroup, route: Route, key: PrefixKey, known: dict[Hashable, Outcome]) -> Outcome:
    kind_of = group.key.policy.kind_of
    asked = route if kind_of is None else (route, kind_of(key))
    outcome = known.get(asked)
    if outcome is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        view = group.view(route, key, silent=True)
        sent = view if isinstance(view, Withheld) else egress(group.key, route, key, silent=True)
        outcome = known[asked] = sent if isinstance(sent, AttributeSet) else _obstacle(group, sent)
    return outcome


def _obstacle(group: UpdateGroup, withheld: Withheld) -> Obstacle:
    if withheld is Withheld.EXPORT_FILTER:
        return Obstacle("export-filter", f"{withheld.value} ({group.key.policy.name})")
    return Obstacle(withheld.name.lower().replace("_", "-"), withheld.value)


def answers_to_member(
    told: Sequence[Answer], group: UpdateGroup, member: Member, key: PrefixKey
) -> Iterator[Answer]:
    """Return what one member is told: not its own routes, and no more than it may be told."""
    quota = member.quota
    for answer in told:
        path = answer.path
        if path.route.source is member.source:
            yield answer._replace(outcome=OWN_ROUTE)
        elif not may_hear(member.source, path.route):
            yield answer._replace(outcome=OVER_ITSELF)
        elif quota is not None and isinstance(answer.outcome, AttributeSet) and not is_behind(member, key):
            nlri = key if group.key.paths == BEST_ONLY else make_path(path.sent, key)
            if nlri in quota:
                yield answer
            else:
                yield answer._replace(outcome=Obstacle("limit", _OVER_LIMIT.format(quota.most)))
        else:
            yield answer


def is_behind(member: Member, key: PrefixKey) -> bool:
    """Tell whether a member has yet to be told of a prefix."""
    return member.is_held or (member.backlog is not None and key in member.backlog)


# Kernel tables


def kernel_answers(view: KernelView, slot: Slot | None, key: PrefixKey) -> Iterator[Answer]:
    """Return whether the best route is for the kernel, and where that sends the packets."""
    best = winner(slot)
    if best is None:
        return
    path, text = paths_of(slot)[0], view.obstacle(best, key)
    if text:
        yield Answer(path, Obstacle("not-for-the-kernel", text))
    else:
        yield Answer(path, view.attributes(best, key), view.destination(slot, key))


def kernel_problem(kernels: Mapping[str, Kernel], table: Table, key: PrefixKey) -> str | None:
    """Return why the best route of a prefix is not in one of the kernel tables, though it should be."""
    for kernel in kernels.values():
        if kernel.follows(table) and (problem := kernel.problem(key)) is not None:
            return problem
    return None


def sharing(
    kernels: Mapping[str, Kernel], table: Table, slot: Slot | None, key: PrefixKey
) -> Mapping[Route, Sequence[str]]:
    """Return the routes that share the packets to a prefix, with the names of the kernel tables where."""
    routes, shares = routes_of(slot), dict[Route, list[str]]()
    for name, kernel in kernels.items():
        if not kernel.view.follows_all or not kernel.follows(table) or winner(slot) is None:
            continue
        used = {hop._replace(weight=1) for hop in kernel.view.destination(slot, key).next_hops}
        equals = table.decision.multipath(routes, len(routes))
        parts = [route for route in equals if used.issuperset(_unweighted(kernel.view.way(route, key)))]
        if len(parts) > 1 and not kernel.view.obstacle(routes[0], key):
            for route in parts:
                shares.setdefault(route, []).append(name)
    return shares


def _unweighted(destination: Destination) -> Sequence[NextHop]:
    return [hop._replace(weight=1) for hop in destination.next_hops]


# Pipes


def flow_out_of(protocol: Pipe, table: Table) -> Flow | None:
    """Return the direction of a pipe that leads out of a table, if it is at one of the pipe's ends."""
    inward = [channel.source for channel in protocol.channels]
    flows = [*protocol.exports.values(), *(flow for flow in inward if isinstance(flow, Flow))]
    return next((flow for flow in flows if flow.origin is table), None)


def pipe_answers(flow: Flow, slot: Slot | None, key: PrefixKey) -> Iterator[Answer]:
    """Return which routes get to the other table."""
    usable = [path for path in paths_of(slot) if path.route.refusal is None]
    for path in usable if flow.follows_all else usable[:1]:
        if flow.target.name in path.route.source.trail:
            yield Answer(path, Obstacle("came-from-there", f"it has been in table {flow.target.name} before"))
        else:
            refused = Obstacle("filter", f"refused by the filter of the pipe ({flow.policy.name})")
            accepted = flow.policy.judge(path.route, path.route.attributes, key, silent=True)
            yield Answer(path, refused if accepted is None else accepted.attributes)
