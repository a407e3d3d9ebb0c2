"""Which routes ``show route`` is about: the walk over the tables."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.show.bird_exports import Offer, offers
from bgpd.show.command import Pause
from bgpd.show.followers import Answer, Obstacle, answers, kernel_problem, sharing
from bgpd.show.order import Keys, in_order
from bgpd.show.route_request import ExportView, RouteRequest
from bgpd.show.verdicts import why_not_best
from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.route import Destination, Refusal, Route, SourceKind
from rib.slot import Path
from rib.table import Table

_DOES_NOT_FOLLOW: Final = "the protocol does not follow this table now"


class ShownRoute(NamedTuple):
    """One route to one prefix, about to be printed."""

    key: PrefixKey
    pipeline: Pipeline
    path: Path
    attributes: AttributeSet
    destination: Destination
    """Where packets go: in an export to a kernel, over all routes that share them."""
    why: str | None = None
    """Why it is not the best, or not sent."""
    is_best: bool = False
    is_first: bool = True
    """Whether it is the first one shown for its prefix."""
    preference: int = 0
    is_copy: bool = False
    problem: str | None = None
    """Why it is not in the kernel."""
    shares: Sequence[str] = ()
    """The kernel tables in which it shares the packets with others."""

    @property
    def route(self) -> Route:
        return self.path.route

    @property
    def table(self) -> Table:
        return self.pipeline.table


def selected_routes(request: RouteRequest) -> Iterator[ShownRoute | Pause | None]:
    """Walk over the tables in the order of their prefixes, with a pause after each of them."""
    for pipeline in request.pipelines:
        if request.counts_everything and not any(source.filtered for source in pipeline.table.sources):
            _count(request, pipeline.table)
            continue
        keys: Keys = iter((request.key,)) if request.key else in_order(partial(_keys, pipeline.table))
        for key in keys:
            if isinstance(key, Pause):
                yield key
                continue
            if key is not None:
                yield from _of_network(request, pipeline, key)
            yield None


def _keys(table: Table) -> Collection[PrefixKey]:
    return table.slots


def _count(request: RouteRequest, table: Table) -> None:
    """Count without looking at each prefix: every source knows how many routes it has."""
    routes = sum(source.routes for source in table.sources)
    request.networks += len(table.slots)
    request.considered += routes
    request.shown += routes


def _of_network(request: RouteRequest, pipeline: Pipeline, key: PrefixKey) -> Iterator[ShownRoute]:
    table = pipeline.table
    paths = table.paths(key)
    candidates = [path for path in paths if _is_candidate(request, path.route)]
    request.networks += bool(candidates)
    told = _told(request, table, key) if candidates else {}
    is_first = True
    for path in candidates:
        request.considered += 1
        is_best = path is paths[0] and path.route.refusal is None
        answer = _answer(request, path, told, is_best=is_best)
        if answer is not None:
            answer = _filtered(request, table.family, key, answer)
        if answer is not None:
            request.shown += 1
            if request.counting != "count":
                row = _shown(request, pipeline, key, answer, paths)
                problem = kernel_problem(request.kernels, table, key) if is_best else None
                is_best = _is_marked(row, paths) if request.is_bird else is_best
                yield row._replace(is_best=is_best, is_first=is_first, problem=problem)
            is_first = False
        if request.primary:
            break


def _is_candidate(request: RouteRequest, route: Route) -> bool:
    """Tell whether a route is among those that are asked for, or whether BIRD would have it at all."""
    if route.is_filtered is not request.filtered:
        return False
    if not (request.filtered and request.is_bird):
        return True
    protocol = request.daemon.protocols.get(route.source.name)
    return protocol is not None and protocol.keeps_filtered and route.refusal is Refusal.IMPORT_FILTER


def _is_marked(row: ShownRoute, paths: Sequence[Path]) -> bool:
    """Tell whether BIRD puts a mark: at what comes first and is the route of the table, refused or not."""
    route = row.path.route
    return row.path == paths[0] and not row.is_copy and (route.is_filtered or route.refusal is None)


def _told(request: RouteRequest, table: Table, key: PrefixKey) -> Mapping[Path, Answer] | None:
    """Return what the protocol of an export is told of the prefix; None if it does not follow the table."""
    if request.export is None:
        return {}
    name, view = request.export
    protocol = request.daemon.protocols.get(name)  # one of a range may be gone
    if protocol is None:
        return None
    if request.is_bird or view is ExportView.OFFERED:
        offered = offers(protocol, table, key, request.offered.setdefault(table, {}))
        return {offer.path: _as_shown(offer, view) for offer in offered if _is_in_view(offer, view)}
    found = answers(protocol, table, key, request.known.setdefault(table, {}))
    return None if found is None else {answer.path: answer for answer in found}


def _is_in_view(offer: Offer, view: ExportView) -> bool:
    return view is ExportView.OFFERED or (view is ExportView.SENT) is (offer.accepted is not None)


def _as_shown(offer: Offer, view: ExportView) -> Answer:
    accepted = offer.accepted
    if view is not ExportView.SENT or accepted is None:
        return Answer(offer.path, offer.attributes)
    destination = offer.shared or accepted.destination
    is_copy = accepted.has_own_facts or offer.shared is not None
    return Answer(offer.path, accepted.attributes, destination, accepted.preference, is_copy)


def _answer(
    request: RouteRequest, path: Path, told: Mapping[Path, Answer] | None, *, is_best: bool
) -> Answer | None:
    """Return what to show of a route, or None if the route is not asked for."""
    if request.protocol is not None and path.route.source.name != request.protocol:
        return None
    if request.primary and not (is_best or request.is_bird):
        return None
    export = request.export
    if export is None:
        return Answer(path, path.route.attributes)
    if told is None:
        answer = Answer(path, Obstacle("", _DOES_NOT_FOLLOW)) if is_best else None
    else:
        answer = told.get(path)
    if answer is None or request.is_bird or export.view is ExportView.OFFERED:
        return answer
    is_sent = isinstance(answer.outcome, AttributeSet)
    return answer if is_sent is (export.view is ExportView.SENT) else None


def _filtered(request: RouteRequest, family: Family, key: PrefixKey, answer: Answer) -> Answer | None:
    """Return what the filter of the command makes of a route; None if it refuses it."""
    policy = request.policies.get(family)
    if policy is None:
        return answer
    route, outcome = answer.path.route, answer.outcome
    attributes = outcome if isinstance(outcome, AttributeSet) else route.attributes
    accepted = policy.judge(route, attributes, key, silent=True)
    if accepted is None:
        return None
    if accepted.has_own_facts:
        answer = answer._replace(is_copy=True)
    if accepted.preference != route.preference:
        answer = answer._replace(preference=accepted.preference)
    if accepted.destination != route.destination:
        answer = answer._replace(destination=accepted.destination)
    return answer if isinstance(outcome, Obstacle) else answer._replace(outcome=accepted.attributes)


def _leads_to(pipeline: Pipeline, route: Route) -> Destination:
    """Return where a route leads, or would lead if the filter had not refused it."""
    if not route.is_filtered or route.source.kind is not SourceKind.BGP:
        return route.destination
    return pipeline.next_hops.resolve(route.attributes.get(NEXT_HOP, b""), route.source).destination


def _shown(
    request: RouteRequest, pipeline: Pipeline, key: PrefixKey, answer: Answer, paths: Sequence[Path]
) -> ShownRoute:
    """Put together what is known of a route that is shown, but for its place among the others."""
    path, outcome, destination, preference, is_copy = answer
    table, route = pipeline.table, path.route
    if destination is None:
        destination = _leads_to(pipeline, route) if request.is_bird else route.destination
    attributes, why = (route.attributes, outcome.text) if isinstance(outcome, Obstacle) else (outcome, None)
    row = ShownRoute(
        key,
        pipeline,
        path,
        attributes,
        destination,
        why,
        preference=route.preference if preference is None else preference,
        is_copy=is_copy,
    )
    if request.details and not request.is_bird:
        shares = sharing(request.kernels, table, table.settled(key), key).get(route, ())
        row = row._replace(why=why or why_not_best(table.decision, path, paths), shares=shares)
    return row
