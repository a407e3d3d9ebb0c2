"""``cluster status``: calicoctl's table of all neighbors, with who they are, what crosses, and the last flap.

JSON has the same, and all members of the cluster: what ``bgpdcl cluster graph`` draws its picture from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.cluster.facts import ClusterFacts
from bgpd.reconfiguration.held import Held
from bgpd.ruled_table import ruled_table
from bgpd.settings import TimeFormat
from bgpd.show.cluster_peers import PeerRow, RangeRow, peer_rows, range_rows
from bgpd.show.command import SYNTAX_ERROR, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.source_status import source_document, source_lines
from bgpd.show.times import Moment, form_of, formatted
from bgpd.show.view import Daemon
from messages.families.prefix import render_address

_HEADING_CODE: Final = 2069
_LINE_CODE: Final = 1069
_HEADINGS: Final = (
    "PEER ADDRESS",
    "PEER TYPE",
    "STATE",
    "SINCE",
    "INFO",
    "NAME",
    "ROLE",
    "IN",
    "OUT",
    "LAST FLAP",
)
"""calicoctl's, then ours."""
_FAMILIES: Final[Mapping[str, bool]] = {"IPv4": False, "IPv6": True}


class MemberRow(NamedTuple):
    """One node of the cluster."""

    name: str
    addresses: Sequence[str]
    reflects: bool | None = None
    """Whether it is a reflector, if the list of nodes says so."""
    group: str | None = None


class HeldRow(NamedTuple):
    """A neighbor of the former mode that stays for a while."""

    protocol: str
    address: str
    node: str
    kind: str
    """``neighbor``, ``client`` or ``reflected``."""
    since: Moment
    until: Moment
    """At most."""
    brought: int
    """Prefixes that it has brought."""
    missing: int
    """Those of them that are known from nobody else who stays."""
    example: str | None
    why: str


class _Status(NamedTuple):
    """What this node knows of the cluster."""

    node: str | None
    router_id: str
    asn: int
    mode: str | None
    cluster_id: str | None
    """If this node is a reflector."""
    at: Moment
    members: Sequence[MemberRow]
    sources: Sequence[Mapping[str, object]]
    held: Sequence[HeldRow]
    ranges: Sequence[RangeRow]
    peers: Sequence[PeerRow]


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon


def in_our_words(daemon: Daemon) -> Daemon:
    """Return the daemon; in BIRD's dialect there are no such commands."""
    if daemon.dialect == "bird":
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return daemon


def _request(daemon: Daemon, _arguments: Arguments) -> _Request:
    return _Request(in_our_words(daemon))


def _rows(request: _Request) -> Iterator[_Status | None]:
    daemon = request.daemon
    settings, facts = daemon.settings, daemon.settings.cluster
    peers = []
    for row in peer_rows(daemon):
        if row is not None:
            peers.append(row)
        yield None
    yield _Status(
        node=None if facts is None else facts.node,
        router_id=render_address(daemon.router_id.to_bytes(4)),
        asn=settings.asn,
        mode=None if facts is None else facts.mode,
        cluster_id=None if settings.cluster_id is None else render_address(settings.cluster_id.to_bytes(4)),
        at=Moment(daemon.now()),
        members=() if facts is None else members(facts),
        sources=[*map(source_document, daemon.sources)],
        held=[*map(held_row, daemon.held)],
        ranges=range_rows(daemon),
        peers=peers,
    )


def members(facts: ClusterFacts) -> Sequence[MemberRow]:
    """Return the nodes, in the order of the list, each with all its addresses."""
    addresses: dict[str, list[str]] = {}
    for address, name in facts.members.items():
        addresses.setdefault(name, []).append(address)
    known = {} if facts.model is None else facts.model.by_name
    return [
        MemberRow(name, theirs, known[name].is_reflector, known[name].group)
        if name in known
        else MemberRow(name, theirs)
        for name, theirs in addresses.items()
    ]


def held_row(held: Held) -> HeldRow:
    """Return what is told of a neighbor that is held."""
    return HeldRow(
        held.name,
        held.address,
        held.node,
        held.kind,
        Moment(held.since),
        Moment(held.until),
        held.brought,
        held.missing,
        held.example or None,
        held.why,
    )


# As text


def _layout(request: _Request, row: _Status) -> Iterator[Line]:
    for text in _facts(request, row):
        yield from (Line(_LINE_CODE, line) for line in folded(text))
    for family, is_ipv6 in _FAMILIES.items():
        peers = [peer for peer in row.peers if (":" in peer.address) is is_ipv6]
        if not peers:
            continue
        yield Line(_LINE_CODE, "")
        yield Line(_HEADING_CODE, f"{family} BGP status")
        for text in ruled_table(_HEADINGS, [*_cells(request, peers)]):
            yield from (Line(_LINE_CODE, line) for line in folded(text))
    if not row.peers:
        yield Line(_LINE_CODE, "No neighbors")


def _facts(request: _Request, row: _Status) -> Iterator[str]:
    daemon = request.daemon
    yield _who_this_is(row)
    up = sum(peer.session == "Established" for peer in row.peers)
    yield f"{up} of {len(row.peers)} sessions are established"
    now, form = daemon.now(), form_of(daemon.settings.time_formats, "base")
    for source in daemon.sources:
        yield from source_lines(source, formatted(source.since, now, form))
    for held in row.held:
        yield f"{held.protocol} {held.why} (at most until {formatted(held.until, now, form)})"
    for each in row.ranges:
        yield f"Nodes in no list may connect from {each.range}: {each.nodes} of {each.limit} are there"


def _who_this_is(row: _Status) -> str:
    reflector = f", a reflector with cluster ID {row.cluster_id}" if row.cluster_id is not None else ""
    if row.node is None:
        return f"Router {row.router_id}, AS {row.asn}{reflector}, in no [cluster]"
    return f"Node {row.node}, one of {len(row.members)} in AS {row.asn}, mode {row.mode}{reflector}"


def _cells(request: _Request, peers: Sequence[PeerRow]) -> Iterator[Sequence[str]]:
    daemon = request.daemon
    now, form = daemon.now(), form_of(daemon.settings.time_formats, "protocol")
    for peer in peers:
        yield (
            peer.address,
            peer.type,
            peer.state,
            formatted(peer.since, now, form),
            peer.info,
            peer.node or peer.protocol,
            peer.role or "",
            str(peer.routes_in),
            str(peer.routes_out),
            _last_flap(peer, now, form),
        )


def _last_flap(peer: PeerRow, now: float, form: TimeFormat) -> str:
    if peer.last_flap is not None:
        return f"{formatted(peer.last_flap.at, now, form)} {peer.last_flap.why}"
    return f"before the restart: {peer.before_restart}" if peer.before_restart is not None else "never"


COMMAND: Final[Command[_Request, _Status]] = Command(
    words="cluster status",
    help="Sessions of this node: roles in the cluster, routes, last flaps",
    example="cluster status",
    request=_request,
    rows=_rows,
    layout=_layout,
    is_single=lambda _request: True,
)
