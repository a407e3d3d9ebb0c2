"""The kernel's routing tables: ``[kernel.ipv4]``, ``[kernel.ipv6]`` and ``[kernels.NAME]``."""

from typing import Annotated

from pydantic import Field

from bgpd.config.addresses import FamilyName
from bgpd.config.protocol_options import ProtocolOptions
from bgpd.config.section import Section
from bgpd.config.values import (
    MASTER,
    Delay,
    FilterName,
    KernelProtocol,
    MergedPaths,
    Metric,
    RestoreLimit,
    Switch,
    TableName,
    TableNumber,
)
from bgpd.config.wording import Unset


class KernelTable(ProtocolOptions):
    """One family's routing table of the kernel."""

    table: TableNumber = 254
    """The number of the kernel's table; 254 is the main one."""

    metric: Metric = 0
    """The metric (priority) of our routes, which goes before what a filter sets as `krt_metric`. 0: none."""

    protocol: KernelProtocol = 12
    """The number that marks our routes in the kernel; `ip route` prints 12 as `proto bird`. Whatever has it
    counts as ours, so two programs must not have the same."""

    learn: Switch = False
    """Import the routes that other programs put into the table."""

    persist: Switch = False
    """Leave our routes in the kernel when the daemon stops."""

    guard: Switch = True
    """Keep a route out of the kernel that would cut this host off: one that leads nowhere, or through itself,
    and would be the longest match for a gateway on a link, an established neighbor, or an address of
    `control_plane` in `[router]`. `false`: it is written, with a warning."""

    adopt_wait: Delay = 120
    """How many seconds at most the routes of an earlier process stay at start, until all neighbors have said
    what they have. 0: they go at once, unless they are wanted."""

    check_interval: Delay = 60
    """How many seconds there are between two checks of the whole table, which read it slowly and write only
    if something is wrong. Changes are noticed at once without them. 0: no checks."""

    restore_limit: RestoreLimit = 10
    """How many times a minute a route that other programs remove or replace is put back at once. One that
    is fought over more than that is left alone for a while, and reported."""

    device_routes: Switch = False
    """Write the networks of interfaces as well, which the kernel has by itself."""

    merge_paths: MergedPaths = 1
    """How many equal routes to a prefix share its packets at most (ECMP). 1: the best one has them all."""

    rib_table: TableName = MASTER
    """Our table whose best routes go to the kernel."""

    export_filter: FilterName = Field(default="all", alias="export")
    """The filter for routes on their way to the kernel."""

    import_filter: FilterName = Field(default="all", alias="import")
    """The filter for routes other programs put into the table; without `learn` there are none."""


class Kernel(Section):
    """Which families have a table in the kernel.

    Without any `[kernel]` table in the file both have one. As soon as one of the two is written, a family
    that is absent stays out of the kernel; an empty `[kernel]` keeps both out.
    """

    ipv4: Annotated[KernelTable | None, Unset("IPv4 stays out of the kernel")] = None
    """The table for IPv4 routes."""

    ipv6: Annotated[KernelTable | None, Unset("IPv6 stays out of the kernel")] = None
    """The table for IPv6 routes."""


class NamedKernelTable(KernelTable):
    """A further table of the kernel, under a name of its own, for example for one of several `tables`.

    It has the keys of `[kernel.ipv4]` and its family.
    """

    family: FamilyName
    """Which routes it is for."""
