"""The candidates for a prefix: where each came from, what import made of it, why it won or lost."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.show.attributes import plain_attributes
from bgpd.show.differences import Difference, differences
from bgpd.show.followers import Neighbor
from bgpd.show.next_hops import NextHop, next_hop, where_to
from bgpd.show.remedies import REFUSED
from bgpd.show.times import Moment
from bgpd.show.verdicts import Comparison, compared, label, won
from bgpd.show.view import Daemon
from messages.attributes import AS_PATH, CLUSTER_LIST, NEXT_HOP, ONLY_TO_CUSTOMER, ORIGINATOR_ID
from messages.attributes.attribute import Attribute
from messages.families import Family
from messages.families.prefix import render_address
from rib.decision import Decision
from rib.route import Refusal, Route, Source, SourceKind
from rib.slot import Path


class Candidate(NamedTuple):
    """One route, and how it fared."""

    route: str
    """The name of its protocol, and its Path Identifier if that has several."""
    protocol: str
    kind: str
    address: str | None
    asn: int | None
    relation: str | None
    """Internal, external, client or confederation."""
    tables: Sequence[str] | None
    """Those that pipes brought it through."""
    since: Moment
    path_id: Mapping[str, int] | None
    result: str
    """best, lost, unusable or refused."""
    refusal: str | None
    evidence: str | None
    """What it was refused for: an attribute, or the filter."""
    decided: Comparison | None
    """For the best, what it has before the second."""
    changed: Sequence[Difference]
    """What import made of it."""
    next_hop: NextHop | None
    leads: str
    """Where packets would go."""
    shares: Sequence[str] | None
    """The kernel tables in which it shares the packets with others."""
    help: str | None
    attributes: Mapping[str, object]


def ordered_paths(decision: Decision, paths: Sequence[Path]) -> Iterator[Path | None]:
    """Yield the paths, the best first, those that may not win last; None wherever others may have a turn."""
    left = [path for path in paths if path.route.refusal is None]
    while left:
        best = decision.select([path.route for path in left])
        position = next(number for number, path in enumerate(left) if path.route is best)
        yield left.pop(position)
        yield None
    refused = [path for path in paths if path.route.refusal is not None]
    yield from sorted(refused, key=lambda path: path.route.is_filtered)


def candidate(
    daemon: Daemon,
    pipeline: Pipeline,
    path: Path,
    paths: Sequence[Path],
    shares: Mapping[Route, Sequence[str]],
) -> Candidate:
    """Explain one route; ``paths`` are all of the prefix in their order."""
    route = path.route
    source = route.source
    found = next_hop(daemon, pipeline, route)
    row = Candidate(
        route=label(path, paths),
        protocol=source.name,
        kind=source.kind.value,
        address=render_address(source.address) if source.address else None,
        asn=_asn(daemon, source),
        relation=_relation(source),
        tables=sorted(source.trail) or None,
        since=Moment(route.since),
        path_id=path_id(path),
        result=_result(path, paths),
        refusal=None if route.refusal is None else route.refusal.value,
        evidence=_evidence(daemon, route, pipeline.table.family),
        decided=_decided(pipeline.table.decision, path, paths),
        changed=differences(route.received, route.attributes),
        next_hop=found,
        leads=where_to(daemon, route.destination),
        shares=shares.get(route),
        help=_help(route, found),
        attributes=plain_attributes(route.attributes),
    )
    route.attributes.forget()
    return row


def path_id(path: Path) -> Mapping[str, int] | None:
    """Return the identifiers of a path that came with one: the neighbor's, and ours for others."""
    if path.sent == path.route.source.path_id:
        return None
    return {"received": path.identifier, "sent": path.sent}


def _asn(daemon: Daemon, source: Source) -> int | None:
    protocol = daemon.protocols.get(source.name)
    return protocol.settings.asn if isinstance(protocol, Neighbor) else None


def _relation(source: Source) -> str | None:
    if source.kind is not SourceKind.BGP:
        return None
    if source.external:
        return "external"
    if source.confederation:
        return "confederation"
    return "internal, client" if source.is_client else "internal"


def _result(path: Path, paths: Sequence[Path]) -> str:
    route = path.route
    if route.refusal is not None:
        return "refused" if route.is_filtered else "unusable"
    return "best" if path is paths[0] else "lost"


def _decided(decision: Decision, path: Path, paths: Sequence[Path]) -> Comparison | None:
    if path.route.refusal is not None:
        return None
    if path is not paths[0]:
        return compared(decision, path, paths)
    second = paths[1] if len(paths) > 1 else None
    return None if second is None or second.route.refusal is not None else won(decision, path, second, paths)


_TELLING: Final[Mapping[Refusal, Attribute[Any]]] = {
    Refusal.AS_LOOP: AS_PATH,
    Refusal.FIRST_AS: AS_PATH,
    Refusal.CONFEDERATION: AS_PATH,
    Refusal.ORIGINATOR_LOOP: ORIGINATOR_ID,
    Refusal.CLUSTER_LOOP: CLUSTER_LIST,
    Refusal.OWN_NEXT_HOP: NEXT_HOP,
    Refusal.ROUTE_LEAK: ONLY_TO_CUSTOMER,
}
"""The attribute that a route is refused for."""


def _evidence(daemon: Daemon, route: Route, family: Family) -> str | None:
    if route.refusal is Refusal.IMPORT_FILTER:
        protocol = daemon.protocols.get(route.source.name)
        channels = protocol.channels if protocol is not None else ()
        return next((channel.import_policy.name for channel in channels if channel.family is family), None)
    row = None if route.refusal is None else _TELLING.get(route.refusal)
    value = None if row is None else route.received.get(row)
    return None if row is None or value is None else f"{row.name} {row.render(value) or 'empty'}"


def _help(route: Route, found: NextHop | None) -> str | None:
    if route.refusal is None:
        return None
    if route.source.kind is SourceKind.KERNEL:
        return f"import of {route.source.name} names the filter that decides which routes are learned"
    return REFUSED.get(route.refusal) or (None if found is None else found.help)
