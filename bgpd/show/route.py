"""``show route``: what is in the tables, why it is the best, and what neighbors are told of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bgpd.show.attributes import attribute_lines, attribute_lines_of_bird, plain_attributes
from bgpd.show.candidates import path_id
from bgpd.show.command import Argument, Command, Line, Pause
from bgpd.show.interfaces import name_of
from bgpd.show.kernel_notes import kernel_note_lines, plain_kernel_notes
from bgpd.show.next_hops import DESTINATIONS, next_hop, via
from bgpd.show.route_filter import SPECIFIED_TWICE, condition_length, filter_length
from bgpd.show.route_request import PROTOCOL_TWICE, RouteRequest, read_request
from bgpd.show.route_selection import ShownRoute, selected_routes
from bgpd.show.times import formatted, iso
from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, ORIGIN, AsPath
from messages.families.prefix import render_address, render_prefix
from messages.iana import Origin
from rib.long_lived_stale import is_long_lived_stale
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.route import Destination, DestinationKind, NextHop, Route, SourceKind

_SOURCES: Final = {
    SourceKind.BGP: "BGP",
    SourceKind.STATIC: "static",
    SourceKind.DIRECT: "device",
    SourceKind.KERNEL: "inherit",
    SourceKind.PIPE: "pipe",
}
_ORIGIN_LETTERS: Final = {Origin.IGP: "i", Origin.EGP: "e", Origin.INCOMPLETE: "?"}


class _RouteColumns(NamedTuple):
    """A route in JSON; ``attributes`` and ``why`` are there with ``all``."""

    prefix: str
    table: str
    best: bool
    destination: str
    next_hops: Sequence[Mapping[str, object]]
    protocol: str
    since: str
    received_from: str | None
    preference: int
    igp_metric: int | None
    long_lived_stale: bool | None
    """True, or not there (RFC 9494)."""
    path_id: Mapping[str, int] | None
    kernel_problem: str | None
    why: str | None
    next_hop_problem: str | None
    multipath: Sequence[str] | None
    """The kernel tables in which it shares the packets with others."""
    attributes: Mapping[str, object] | None


class _Counts(NamedTuple):
    """The whole answer to ``show route count`` in JSON."""

    routes: int
    considered: int
    networks: int


def _rows(request: RouteRequest) -> Iterator[ShownRoute | _Counts | Pause | None]:
    yield from selected_routes(request)
    if _counts_only(request):
        yield _Counts(request.shown, request.considered, request.networks)


def _counts_only(request: RouteRequest) -> bool:
    return request.counting == "count"


def _layout(request: RouteRequest, row: ShownRoute | _Counts) -> Iterator[Line]:
    if isinstance(row, _Counts):
        return
    yield from _table_heading(request, row.table.name)
    route = row.route
    prefix = render_prefix(row.key, row.table.family) if row.is_first else ""
    since = formatted(route.since, request.daemon.now(), request.time_format)
    sender = _sender(row)
    origin = f"{route.source.name} {since} from {sender}" if sender else f"{route.source.name} {since}"
    mark = "" if not row.is_best else " !" if row.problem else " *"
    yield Line(
        1007, f"{prefix:<18} {_destination(request, row.destination)} [{origin}]{mark}{_information(row)}"
    )
    hops = row.destination.next_hops
    if len(hops) > 1:
        for hop in sorted(hops, key=_heavier_first) if request.is_bird else hops:
            yield Line(1007, f"\t{via(request.daemon, hop)} weight {hop.weight}")
    if request.details:
        yield Line(1008, f"\tType: {_kind(route)} unicast univ")
        yield from (Line(1012, text) for text in _detail_lines(request, row))
    row.attributes.forget()


def _heavier_first(hop: NextHop) -> tuple[int, bytes, int]:
    return -hop.weight, hop.gateway, hop.interface


def _detail_lines(request: RouteRequest, row: ShownRoute) -> Iterator[str]:
    attributes = row.attributes
    if request.is_bird:
        yield from attribute_lines_of_bird(_as_bird_has_it(row))
    else:
        yield from attribute_lines(attributes)
    yield from kernel_note_lines(attributes.local)
    if not request.is_bird:
        yield from (f"\t{text}" for text in _remarks(request, row))


def _as_bird_has_it(row: ShownRoute) -> AttributeSet:
    """Return the attributes with LOCAL_PREF, which BIRD gives routes of external neighbors as they come."""
    source, attributes = row.route.source, row.attributes
    if source.kind is not SourceKind.BGP or LOCAL_PREF in attributes:
        return attributes
    return attributes.replace({LOCAL_PREF: source.default_local_pref})


def _table_heading(request: RouteRequest, table: str) -> Iterator[Line]:
    """Say which table comes, if there are several, as BIRD 2 does."""
    if request.is_about_several and request.heading != table:
        if request.heading:
            yield Line(1007, "")
        request.heading = table
        yield Line(1007, f"Table {table}:")


def _remarks(request: RouteRequest, row: ShownRoute) -> Iterator[str]:
    """What BIRD does not say."""
    identifiers = path_id(row.path)
    if identifiers is not None:
        yield f"bgpd.path: {identifiers['received']} received, {identifiers['sent']} sent"
    if row.why is not None:
        yield f"bgpd.why: {row.why}"
    problem = _next_hop_problem(request, row)
    if problem is not None:
        yield f"bgpd.next_hop: {problem}"
    if row.shares:
        yield f"bgpd.multipath: shares the packets with others in {', '.join(row.shares)}"
    if row.problem is not None:
        yield f"bgpd.kernel: {row.problem}"


def _next_hop_problem(request: RouteRequest, row: ShownRoute) -> str | None:
    if not row.route.is_unresolvable:
        return None
    found = next_hop(request.daemon, row.pipeline, row.route)
    return None if found is None else f"{found.address}: {found.through}"


def _destination(request: RouteRequest, destination: Destination) -> str:
    kind, hops = destination
    if kind is not DestinationKind.UNICAST:
        return DESTINATIONS[kind]
    return via(request.daemon, hops[0]) if len(hops) == 1 else "multipath"


def _sender(row: ShownRoute) -> str:
    """Return the neighbor's address, unless packets go to it anyway."""
    source = row.route.source
    if source.kind is not SourceKind.BGP or any(
        hop.gateway == source.address for hop in row.destination.next_hops
    ):
        return ""
    return render_address(source.address)


def _kind(route: Route) -> str:
    hops = route.destination.next_hops
    if route.source.kind is SourceKind.STATIC and len(hops) == 1 and not hops[0].gateway:
        return "static-device"
    return _SOURCES[route.source.kind]


def _information(row: ShownRoute) -> str:
    """Return preference, whether it is long-lived stale, IGP metric, and for BGP the first AS and origin."""
    route = row.route
    if route.source.kind is not SourceKind.BGP:
        return f" ({row.preference})"
    metric = f"/{_metric(route)}" if route.source.recursive or route.is_unresolvable else ""
    origin_as = row.attributes.get(AS_PATH, AsPath.EMPTY).origin_as
    origin = row.attributes.get(ORIGIN)
    letter = "" if origin is None else _ORIGIN_LETTERS[origin]
    mark = "s" * is_long_lived_stale(row.attributes)
    return f" ({row.preference}{mark}{metric}) [{f'AS{origin_as}' if origin_as else ''}{letter}]"


def _metric(route: Route) -> str:
    if route.is_unresolvable:
        return "-"
    return "?" if route.igp_metric >= IGP_METRIC_UNKNOWN else str(route.igp_metric)


def _ending(request: RouteRequest) -> Line:
    if not request.counting or request.key is not None:
        return Line(0, "")
    return Line(14, f"{request.shown} of {request.considered} routes for {request.networks} networks")


def _document(request: RouteRequest, row: ShownRoute | _Counts) -> Mapping[str, object]:
    if isinstance(row, _Counts):
        return row._asdict()
    route = row.route
    columns = _RouteColumns(
        prefix=render_prefix(row.key, row.table.family),
        table=row.table.name,
        best=row.is_best,
        destination=DESTINATIONS[row.destination.kind],
        next_hops=[_plain_hop(request, hop) for hop in row.destination.next_hops],
        protocol=route.source.name,
        since=iso(route.since),
        received_from=render_address(route.source.address) if route.source.address else None,
        preference=row.preference,
        igp_metric=_plain_metric(route),
        long_lived_stale=is_long_lived_stale(row.attributes) or None,
        path_id=path_id(row.path),
        kernel_problem=row.problem,
        why=row.why,
        next_hop_problem=_next_hop_problem(request, row) if request.details else None,
        multipath=row.shares or None,
        attributes=_plain(row.attributes) if request.details else None,
    )
    row.attributes.forget()
    return columns._asdict()


def _plain(attributes: AttributeSet) -> Mapping[str, object]:
    return plain_attributes(attributes) | plain_kernel_notes(attributes.local)


def _plain_metric(route: Route) -> int | None:
    return route.igp_metric if route.source.recursive and route.igp_metric < IGP_METRIC_UNKNOWN else None


def _plain_hop(request: RouteRequest, hop: NextHop) -> Mapping[str, object]:
    plain: dict[str, object] = {"interface": name_of(request.daemon, hop.interface)}
    if hop.gateway:
        plain["gateway"] = render_address(hop.gateway)
    return plain | {"weight": hop.weight}


COMMAND: Final[Command[RouteRequest, ShownRoute | _Counts]] = Command(
    words="show route",
    help="Routes; with all, attributes and why one is not the best",
    example="show route for 192.0.2.1 all",
    request=read_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    document=_document,
    is_single=_counts_only,
    arguments=(
        Argument("", "Only this prefix", "PREFIX", repeated="Only one prefix expected"),
        Argument(
            "for",
            "The routes that packets to this address or prefix would follow",
            "ADDRESS|PREFIX",
            repeated="Only one prefix expected",
        ),
        Argument("table", "Another table than master, or all", "TABLE|all", repeated=None),
        Argument(
            "where",
            "Only routes that this is true for",
            "CONDITION",
            SPECIFIED_TWICE,
            length=condition_length,
        ),
        Argument(
            "filter",
            "Only routes that a filter accepts, as it leaves them",
            "FILTER|{ STATEMENTS }",
            SPECIFIED_TWICE,
            length=filter_length,
        ),
        Argument("all", "Path attributes, and why a route is not the best, as well", repeated=None),
        Argument("primary", "Only the best route of each prefix", repeated=None),
        Argument("filtered", "Instead, routes that were refused on arrival", repeated=None),
        Argument("protocol", "Only routes that come from this protocol", "NAME", PROTOCOL_TWICE),
        Argument("export", "Routes as this protocol is told of them", "NAME", PROTOCOL_TWICE),
        Argument(
            "noexport", "Routes that this protocol is not told of; with all, why", "NAME", PROTOCOL_TWICE
        ),
        Argument("preexport", "Routes before the export filter of this protocol", "NAME", PROTOCOL_TWICE),
        Argument("count", "Only how many routes there are", repeated=None),
        Argument("stats", "How many there are as well", repeated=None),
    ),
)
