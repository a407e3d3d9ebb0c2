"""The kernel's routing tables: ``[kernel.ipv4]``, ``[kernel.ipv6]`` and ``[kernels.NAME]``."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from bgpd.config.addresses import FamilyName
from bgpd.config.section import Section
from bgpd.config.values import MASTER, FilterName, MergedPaths, Metric, Switch, TableName, TableNumber
from bgpd.config.wording import Unset


class KernelTable(Section):
    """One family's routing table of the kernel."""

    planned: ClassVar[Mapping[str, object]] = {"learn": False}

    table: TableNumber = 254
    """The number of the kernel's table; 254 is the main one."""

    metric: Metric = 0
    """The metric (priority) of our routes. 0: none is given."""

    persist: Switch = False
    """Leave our routes in the kernel when the daemon stops."""

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
