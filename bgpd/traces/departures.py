"""What a protocol is told when the best route to a prefix changes."""

from collections.abc import Iterator
from typing import NamedTuple

from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.settings import Trace
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.egress import GroupKey, Withheld, egress
from rib.outgoing import may_hear
from rib.route import Route, SourceKind

_BY_FILTER = {Withheld.EXPORT_FILTER, Withheld.NO_EXPORT_POLICY}
_NOT_FOR_KERNEL = {SourceKind.DIRECT, SourceKind.KERNEL}


class Departure(NamedTuple):
    """One line: what is traced, in which words, of which route."""

    trace: Trace
    words: str
    route: Route


def departures(
    protocol: Protocol, family: Family, key: PrefixKey, old: Route | None, new: Route | None
) -> Iterator[Departure]:
    """Yield what a protocol that follows the table is told of a change."""
    was_told = old is not None and _obstacle(protocol, family, key, old) is None
    if new is not None:
        obstacle = _obstacle(protocol, family, key, new)
        if obstacle is None:
            yield Departure("routes", "replaced" if was_told else "added", new)
            return
        yield Departure("filters", obstacle, new)
    if old is not None and was_told:
        yield Departure("routes", "removed", old)


def follows(protocol: Protocol, family: Family) -> bool:
    """Tell whether a protocol is told of changes now."""
    if isinstance(protocol, BgpProtocol):
        return protocol.attachment(family) is not None
    return isinstance(protocol, KernelProtocol) and protocol.family is family and _is_up(protocol)


def _is_up(protocol: Protocol) -> bool:
    return protocol.is_up


def _obstacle(protocol: Protocol, family: Family, key: PrefixKey, route: Route) -> str | None:
    """Return why a protocol is not told of a route, in BIRD's words; None if it is."""
    if isinstance(protocol, KernelProtocol):
        if route.source.kind in _NOT_FOR_KERNEL:
            return "rejected by protocol"
        return None if protocol.view.route(route, key, silent=True) is not None else "filtered out"
    attached = protocol.attachment(family) if isinstance(protocol, BgpProtocol) else None
    if attached is None:
        return "rejected by protocol"
    group, member = attached
    return _withheld(group.key, key, route) if may_hear(member.source, route) else "rejected by protocol"


def _withheld(group: GroupKey, key: PrefixKey, route: Route) -> str | None:
    """Ask as about the past, so that filters print nothing twice."""
    outcome = egress(group, route, key, silent=True)
    if isinstance(outcome, AttributeSet):
        return None
    return "filtered out" if outcome in _BY_FILTER else "rejected by protocol"
