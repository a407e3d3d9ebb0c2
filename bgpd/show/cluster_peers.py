"""The neighbors of this node: who they are in the cluster, how their sessions are, what crosses them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.settings import DaemonSettings, NeighborSettings
from bgpd.show.cluster_roles import Neighbor, Who, who_is
from bgpd.show.times import Moment
from bgpd.show.view import Daemon


class Flap(NamedTuple):
    """The end of an established session."""

    at: Moment
    why: str


class PeerRow(NamedTuple):
    """One neighbor. What nobody knows is None, and not in JSON."""

    protocol: str
    address: str
    local_address: str | None
    """Known while there is a session."""
    type: str
    """In the words of calicoctl, or else ``internal`` or ``external``."""
    node: str | None
    """The name of the node, if it is one of the cluster."""
    role: str | None
    """What it is to this node: ``mesh``, ``client``, ``reflector``, or ``fellow`` (both reflect)."""
    asn: int
    state: str
    """Of the protocol: ``up``, ``start``, ``down``, ..."""
    since: Moment
    session: str
    """The state of BGP: ``Established``, ``Active``, ..."""
    info: str
    routes_in: int
    """Those that were accepted."""
    routes_out: int
    sessions_lost: int
    last_flap: Flap | None
    before_restart: str | None
    """What the process before this one had to say about it."""


class RangeRow(NamedTuple):
    """Where nodes that are in no list may connect from."""

    protocol: str
    range: str
    nodes: int
    limit: int


class _Loss(Protocol):
    @property
    def at(self) -> Moment: ...
    @property
    def reason(self) -> str: ...


class _Session(Protocol):
    @property
    def kind(self) -> Sequence[str]: ...
    @property
    def source_address(self) -> str: ...


@runtime_checkable
class _NeighborDetails(Protocol):
    """What a neighbor tells of itself, as far as it is asked here."""

    @property
    def bgp_state(self) -> str: ...
    @property
    def neighbor_address(self) -> str: ...
    @property
    def neighbor_as(self) -> int: ...
    @property
    def local_as(self) -> int: ...
    @property
    def session(self) -> _Session | None: ...
    @property
    def sessions_lost(self) -> int: ...
    @property
    def last_loss(self) -> _Loss | None: ...
    @property
    def before_restart(self) -> str | None: ...


@runtime_checkable
class _RangeDetails(Protocol):
    """What a range tells of itself."""

    @property
    def range(self) -> str: ...
    @property
    def neighbors(self) -> int: ...
    @property
    def limit(self) -> int: ...


def peer_rows(daemon: Daemon) -> Iterator[PeerRow | None]:
    """Yield the neighbors, in the order of the configuration; None where others may have their turn."""
    configured = {settings.name: settings for settings in daemon.settings.neighbors}
    for protocol in list(daemon.protocols.values()):
        details = protocol.details()
        if not isinstance(details, _NeighborDetails):
            continue
        exported = 0
        for channel in protocol.channels:
            of_family = 0
            for count in daemon.exported(protocol.name, channel.family):
                of_family = count or 0
                yield None
            exported += of_family
        yield _peer_row(
            protocol,
            details,
            _who(daemon.settings, details, configured.get(protocol.name), protocol),
            exported,
        )


def range_rows(daemon: Daemon) -> Sequence[RangeRow]:
    """Return the ranges that neighbors may connect from."""
    found = ((protocol.name, protocol.details()) for protocol in daemon.protocols.values())
    return [
        RangeRow(name, details.range, details.neighbors, details.limit)
        for name, details in found
        if isinstance(details, _RangeDetails)
    ]


def _who(
    settings: DaemonSettings,
    details: _NeighborDetails,
    configured: NeighborSettings | None,
    protocol: RoutingProtocol,
) -> Who:
    if configured is not None:
        return who_is(settings, configured)
    kind = () if details.session is None else details.session.kind
    is_external = details.neighbor_as != details.local_as
    return who_is(
        settings, Neighbor(protocol.name, details.neighbor_address, is_external, "route-reflector" in kind)
    )


def _peer_row(protocol: RoutingProtocol, details: _NeighborDetails, who: Who, exported: int) -> PeerRow:
    loss = details.last_loss
    sources = [channel.source for channel in protocol.channels if channel.source is not None]
    return PeerRow(
        protocol=protocol.name,
        address=details.neighbor_address,
        local_address=None if details.session is None else details.session.source_address,
        type=who.type,
        node=who.node,
        role=who.role,
        asn=details.neighbor_as,
        state=protocol.state,
        since=Moment(protocol.since),
        session=details.bgp_state,
        info=" ".join(protocol.info.split()),
        routes_in=sum(source.routes - source.filtered for source in sources),
        routes_out=exported,
        sessions_lost=details.sessions_lost,
        last_flap=None if loss is None else Flap(loss.at, loss.reason),
        before_restart=details.before_restart,
    )
