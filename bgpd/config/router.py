"""The daemon itself: ``[router]`` and ``[metrics]``."""

from typing import Annotated, Literal

from pydantic import Field

from bgpd.config.addresses import ClusterId, HostAddress, ListenAddress, RouterId
from bgpd.config.section import Section
from bgpd.config.values import AsNumber, Delay, MetricsListen, OwnAsNumber, Port, StateFile, TableName
from bgpd.config.wording import Allowed, Unset

Stop = Annotated[Literal["withdraw", "graceful"], Allowed('"withdraw" or "graceful"')]
ListenAddresses = Annotated[
    tuple[ListenAddress, ...],
    Field(strict=False),
    Allowed('a list of addresses like ["0.0.0.0", "::"], or [] to accept no connection'),
]

ControlPlane = Annotated[
    tuple[HostAddress, ...], Field(strict=False), Allowed('a list of addresses like ["10.96.0.1"]')
]
MemberAsNumbers = Annotated[
    tuple[AsNumber, ...], Field(strict=False), Allowed("a list of AS numbers like [65001, 65002]")
]
TableNames = Annotated[
    tuple[TableName, ...], Field(strict=False), Allowed('a list of names like ["blue", "green"]')
]


class Confederation(Section):
    """A confederation (RFC 5065): several member ASes that look like one AS from outside.

    With one, `asn` of `[router]` is the AS of our member.
    """

    id: OwnAsNumber
    """The AS that neighbors outside the confederation see."""

    members: MemberAsNumbers = ()
    """The other member ASes; ours may be listed as well. A neighbor in one of them is neither internal nor
    external: LOCAL_PREF, MULTI_EXIT_DISC and the next hop go to it unchanged (RFC 5065 §5.2)."""


class Router(Section):
    """Who this router is and where it listens."""

    id: Annotated[
        RouterId | None, Unset("the lowest IPv4 address of an interface that is up, loopback excepted")
    ] = None
    """The BGP Identifier (RFC 6286). A host without an IPv4 address must write one."""

    asn: OwnAsNumber = 64512
    """The AS of this router: the local AS of every neighbor that says nothing else."""

    cluster_id: Annotated[ClusterId | None, Unset("the router id")] = None
    """The cluster whose reflector this router is (RFC 4456). Reflectors of the same clients may have the same
    one. It counts once a neighbor has `route_reflector_client`."""

    tables: TableNames = ()
    """Routing tables besides `"master"`, which is always there. Each has routes of both families; what writes
    no `table` belongs to `"master"`."""

    listen: ListenAddresses = ("0.0.0.0", "::")
    """The addresses on which connections of neighbors are accepted. `[]`: none are accepted, only made."""

    port: Port = 179
    """The TCP port on which connections are accepted."""

    stop: Stop = "withdraw"
    """What happens when the daemon is told to stop. `"withdraw"`: neighbors are sent a Cease and forget our
    routes at once, and the kernel's routes are removed unless `persist` keeps them. `"graceful"`: connections
    of neighbors that have agreed to keep our routes (RFC 4724) are closed without a Cease, others with one,
    and the kernel's routes stay whatever `persist` says; when the host shuts down it is `"withdraw"` all the
    same. The environment variable `BGPD_STOP` goes before it."""

    graceful_restart_wait: Delay = 120
    """After a start, seconds at most until neighbors that have kept our routes are told what we have, whoever
    has still not said what it has (RFC 4724 §4.1). Neighbors that can't be reached are waited for only for a
    few seconds."""

    state_file: Annotated[StateFile | None, Unset("the path of the control socket, and `.state`")] = None
    """A small file with what the next process may want to know: neighbors of ranges, Path Identifiers, last
    errors, who keeps our routes. Nothing depends on it. `""`: there is none. It is read at the start only."""

    control_plane: ControlPlane = ()
    """Addresses that this host must always reach, like that of a Kubernetes API server; see `guard` of
    `[kernel.ipv4]`."""

    confederation: Annotated[Confederation | None, Allowed("a table of keys and values"), Unset("none")] = (
        None
    )
    """The confederation this router belongs to."""


class Metrics(Section):
    """Figures for Prometheus."""

    listen: MetricsListen = "127.0.0.1:9179"
    """Where the figures can be read by HTTP. `""`: nowhere."""
