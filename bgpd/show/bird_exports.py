"""What protocols are offered of a prefix and what their export filters make of it, as BIRD shows it.

BIRD asks the protocol first, which refuses what it can't be told, such as its own routes; then it has made
the route ready to be sent, and asks the filter.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.show.followers import BEST_ONLY, Kernel, Neighbor, Pipe, flow_out_of
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.egress import Withheld, offered
from rib.member import Member
from rib.pipe import Flow
from rib.policy import Accepted
from rib.route import Destination
from rib.slot import Path, paths_of
from rib.table import Table
from rib.update_group import UpdateGroup


class Offer(NamedTuple):
    """One path, ready for the filter of a protocol, and what the filter made of it."""

    path: Path
    attributes: AttributeSet
    accepted: Accepted | None
    """None: the filter refused it."""
    shared: Destination | None = None
    """Where a kernel sends the packets, if several routes share them."""


_GLOBAL_OCTETS: Final = 16
"""Of our next hop; the link-local one behind it is added when a route is sent."""
_MOST_KNOWN: Final = 10_000
"""Routes for which it is remembered what they look like to a neighbor."""


def takes_routes(protocol: RoutingProtocol) -> bool:
    """Tell whether a protocol is of a kind that is told of routes."""
    return isinstance(protocol, (Kernel, Pipe, Neighbor))


def offers(
    protocol: RoutingProtocol, table: Table, key: PrefixKey, known: dict[Hashable, Offer | None]
) -> Iterator[Offer]:
    """Yield what a protocol is offered of a prefix, the best first.

    ``known`` is what was worked out before for the same protocol and table.
    """
    paths = [path for path in paths_of(table.settled(key)) if path.route.refusal is None]
    if isinstance(protocol, Kernel):
        if protocol.follows(table):
            yield from _to_kernel(protocol, table, key, paths[:1])
    elif isinstance(protocol, Pipe):
        flow = flow_out_of(protocol, table)
        if flow is not None:
            yield from _through_pipe(flow, key, paths)
    elif isinstance(protocol, Neighbor) and protocol.table == table.name:
        attached = protocol.attachment(table.family)
        if attached is not None:
            yield from _to_neighbor(*attached, paths, key, known)


def _to_kernel(kernel: Kernel, table: Table, key: PrefixKey, best: list[Path]) -> Iterator[Offer]:
    view = kernel.view
    for path in best:
        route = path.route
        if view.is_never_written(route):
            continue
        accepted = view.accepted(route, key)
        shared = None
        if accepted is not None and view.follows_all:
            destination = view.destination(table.settled(key), key)
            shared = destination if len(destination.next_hops) > len(route.destination.next_hops) else None
        yield Offer(path, route.attributes if accepted is None else accepted.attributes, accepted, shared)


def _through_pipe(flow: Flow, key: PrefixKey, paths: list[Path]) -> Iterator[Offer]:
    for path in paths if flow.follows_all else paths[:1]:
        route = path.route
        if flow.target.name not in route.source.trail:
            accepted = flow.policy.judge(route, route.attributes, key, silent=True)
            yield Offer(path, route.attributes, accepted)


def _to_neighbor(
    group: UpdateGroup,
    member: Member,
    paths: list[Path],
    key: PrefixKey,
    known: dict[Hashable, Offer | None],
) -> Iterator[Offer]:
    kind_of = group.key.policy.kind_of
    for path in paths if group.key.paths != BEST_ONLY else paths[:1]:
        if path.route.source is member.source:
            continue
        asked = path.route, kind_of and kind_of(key)
        if asked not in known:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known[asked] = _offer(group, path, key)
        offer = known[asked]
        if offer is not None:
            yield offer._replace(path=path)


def _offer(group: UpdateGroup, path: Path, key: PrefixKey) -> Offer | None:
    own = group.key.own_next_hop
    attributes = offered(replace(group.key, own_next_hop=own[:_GLOBAL_OCTETS]), path.route)
    if isinstance(attributes, Withheld):
        return None
    return Offer(path, attributes, group.key.policy.judge(path.route, attributes, key, silent=True))
