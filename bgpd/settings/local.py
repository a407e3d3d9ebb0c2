"""Where routes come from and go to on this host: interfaces, tables of the kernel, pipes between ours."""

from dataclasses import dataclass
from typing import Literal

from bgpd.settings.events import Trace
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family


@dataclass(frozen=True, slots=True)
class DirectSettings:
    """Routes to the networks of interfaces."""

    name: str
    interfaces: tuple[str, ...]
    """Patterns of interfaces and their addresses, the first match decides; ``-`` leaves out."""
    table: str = "master"
    preference: int = 240
    check_link: bool = False
    """Whether interfaces without a carrier give no routes."""
    families: tuple[Family, ...] = (IPV4_UNICAST, IPV6_UNICAST)
    import_filter: str = "all"
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """The interfaces of this host."""

    name: str = "device1"
    primary: tuple[str, ...] = ()
    """Patterns of the addresses that stand for their interfaces, the most wanted first."""
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


@dataclass(frozen=True, slots=True)
class KernelSettings:
    """One table of the kernel, of one family."""

    name: str
    family: Family
    table: int
    """The kernel's number of it; the table of ours that it follows is ``rib_table``."""
    metric: int
    persist: bool
    merge_paths: int
    """How many equal routes to a prefix share its packets at most; 1: the best one has them all."""
    rib_table: str
    import_filter: str
    export_filter: str
    protocol: int = 12
    """The number that marks our routes."""
    learn: bool = False
    guard: bool = True
    """Whether a route that would cut this host off is kept out."""
    control_plane: tuple[bytes, ...] = ()
    """Addresses of the family that the guard keeps reachable whoever else there is."""
    adopt_wait: int = 120
    """Seconds that an earlier process's routes stay at most until all neighbors have said what they have."""
    check_interval: int = 60
    """Seconds between two checks; 0: none."""
    restore_limit: int = 10
    """Times a minute that a route is put back before it counts as fought over."""
    device_routes: bool = False
    """Whether the networks of interfaces are written, though the kernel has them by itself."""
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()


@dataclass(frozen=True, slots=True)
class PipeSettings:
    """Two tables of ours that pass routes to each other."""

    name: str
    table: str
    peer_table: str
    mode: Literal["transparent", "opaque"]
    import_filter: str
    """From ``peer_table`` to ``table``."""
    export_filter: str
    """From ``table`` to ``peer_table``."""
    preference: int
    """Of the routes an opaque pipe makes; a transparent one leaves them what they have."""
    families: tuple[Family, ...]
    description: str = ""
    disabled: bool = False
    traces: frozenset[Trace] = frozenset()
