"""Everything the daemon is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bgpd.cluster.facts import ClusterFacts
from bgpd.settings.events import Direction
from bgpd.settings.local import DeviceSettings, DirectSettings, KernelSettings, PipeSettings
from bgpd.settings.neighbor import NeighborSettings
from bgpd.settings.router import Confederation, DecisionSettings, LogSettings, TimeFormat
from bgpd.settings.static import StaticSettings
from rib.filters.syntax import Definition

ProtocolSettings: TypeAlias = (
    DeviceSettings | DirectSettings | KernelSettings | PipeSettings | StaticSettings | NeighborSettings
)


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """Everything the daemon is told."""

    router_id: int | None
    """``None``: the lowest IPv4 address of an interface that is up."""
    asn: int
    cluster_id: int | None
    """``None``: the router id."""
    confederation: Confederation | None
    tables: tuple[str, ...]
    """The names of all tables, each of which has every family; "master" is the first."""
    decision: DecisionSettings
    listen: tuple[str, ...]
    port: int
    stop: Literal["withdraw", "graceful"]
    socket: str
    metrics: tuple[str, int] | None
    device: DeviceSettings | None
    directs: tuple[DirectSettings, ...]
    kernels: tuple[KernelSettings, ...]
    statics: tuple[StaticSettings, ...]
    pipes: tuple[PipeSettings, ...]
    neighbors: tuple[NeighborSettings, ...]
    filters: tuple[Definition, ...] = ()
    """Filters, functions and constants in an order in which each may use those before it."""
    order: tuple[str, ...] = ()
    """Names of protocols as they are listed; those that are left out follow, by their kind."""
    dialect: Literal["bgpd", "bird"] = "bgpd"
    """Whose words the control socket and the log use; ``bird``: exactly those of BIRD 1.6.8."""
    time_formats: Mapping[str, TimeFormat] = field(default_factory=dict)
    """For ``route``, ``protocol``, ``base`` and ``log``, as far as they are not BIRD's defaults."""
    logs: tuple[LogSettings, ...] = ()
    """Empty: everything goes to standard error."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """The names a file in BIRD's language defines, each with what it is."""
    state_file: str | None = None
    """What outlives the process; ``None``: beside the control socket, empty: nothing does."""
    restart_wait: int = 120
    """Seconds at most between a start and telling neighbors that have kept our routes what we have."""
    remarks: tuple[str, ...] = ()
    """What was found when the file was read, and is no mistake."""
    cluster: ClusterFacts | None = None
    """The cluster this node belongs to, if the neighbors come from one."""

    @property
    def state_path(self) -> str:
        """Where the state file is; empty: there is none. In the place of BIRD nobody expects one."""
        if self.state_file is not None:
            return self.state_file
        return f"{self.socket}.state" if self.dialect == "bgpd" else ""

    @property
    def protocols(self) -> tuple[ProtocolSettings, ...]:
        """All protocols, in the order in which they are listed."""
        device = () if self.device is None else (self.device,)
        every = (*device, *self.directs, *self.kernels, *self.pipes, *self.statics, *self.neighbors)
        places = {name: place for place, name in enumerate(self.order)}
        return tuple(sorted(every, key=lambda each: places.get(each.name, len(places))))

    def notices(self) -> tuple[str, ...]:
        """Return what is right but may surprise, for ``--check`` and the log."""
        missing = (
            f"neighbor {neighbor.name}: {direction} is not written, so nothing is {_EXCHANGED[direction]} "
            f'this external neighbor (RFC 8212); write {direction} = "all" or "none"'
            for neighbor in self.neighbors
            for direction in neighbor.policy_missing
        )
        return (*self.remarks, *missing)


_EXCHANGED: Mapping[Direction, str] = {"import": "accepted from", "export": "sent to"}
