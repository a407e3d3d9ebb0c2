"""The whole configuration: what one file can say."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from bgpd.config.decision import Decision
from bgpd.config.interfaces import Device, Direct
from bgpd.config.kernel import Kernel, KernelTable, NamedKernelTable
from bgpd.config.neighbors import Group, Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.router import Control, Metrics, Router
from bgpd.config.section import Section
from bgpd.config.static import StaticRoute
from bgpd.config.values import Name


class Configuration(Section):
    """Everything a file can say. Without a file the defaults hold.

    ``neighbors`` are complete: what their groups say is already in them.
    """

    planned: ClassVar[Mapping[str, object]] = {"filters": None, "filter_files": None, "cluster": None}

    router: Router = Router()
    decision: Decision = Decision()
    control: Control = Control()
    metrics: Metrics = Metrics()
    device: Device = Device()
    direct: Direct = Direct()
    kernel: Kernel = Kernel(ipv4=KernelTable(), ipv6=KernelTable())
    kernels: dict[Name, NamedKernelTable] = Field(default_factory=dict)
    static: Annotated[tuple[StaticRoute, ...], Field(strict=False)] = ()
    pipes: Annotated[tuple[Pipe, ...], Field(strict=False)] = ()
    groups: dict[Name, Group] = Field(default_factory=dict)
    neighbors: Annotated[tuple[Neighbor, ...], Field(strict=False)] = ()
