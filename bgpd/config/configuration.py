"""The whole configuration: what one file can say."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, model_validator

from bgpd.cluster.facts import ClusterFacts
from bgpd.config.cluster import Blocks, Cluster, Pools
from bgpd.config.control import Control
from bgpd.config.decision import Decision
from bgpd.config.faults import KeyPath
from bgpd.config.filters import FilterFiles, NamedFilters
from bgpd.config.interfaces import Device, Direct, NamedDirect
from bgpd.config.kernel import Kernel, KernelTable, NamedKernelTable
from bgpd.config.logs import Log
from bgpd.config.neighbors import Group, Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.router import Metrics, Router
from bgpd.config.section import Section
from bgpd.config.static import NamedStatic, StaticRoute
from bgpd.config.values import Name
from bgpd.config.wording import Unset
from rib.filters.syntax import Definition, Filter


class Configuration(Section):
    """Everything a file can say. Without a file the defaults hold.

    ``neighbors`` are complete: what their groups say is already in them. What ``cluster``, ``pools`` and
    ``blocks`` say is in ``neighbors``, ``static``, ``filters`` and ``kernel``, and they themselves are empty.
    """

    router: Router = Router()
    decision: Decision = Decision()
    control: Control = Control()
    logs: Annotated[tuple[Log, ...], Field(strict=False)] = ()
    metrics: Metrics = Metrics()
    filter_files: FilterFiles = FilterFiles()
    filters: NamedFilters = Field(default_factory=dict)
    """Filters by name, each a text of statements, with variables before them:
    `from_tor = '''if net ~ [10.0.0.0/8+] then accept; reject;'''`. One can use what the filter files define,
    but no other filter."""
    device: Device = Device()
    direct: Annotated[Direct | None, Unset("there is none of this name")] = Direct()
    directs: dict[Name, NamedDirect] = Field(default_factory=dict)
    kernel: Kernel = Kernel(ipv4=KernelTable(), ipv6=KernelTable())
    kernels: dict[Name, NamedKernelTable] = Field(default_factory=dict)
    static: Annotated[tuple[StaticRoute, ...], Field(strict=False)] = ()
    statics: dict[Name, NamedStatic] = Field(default_factory=dict)
    pipes: Annotated[tuple[Pipe, ...], Field(strict=False)] = ()
    groups: dict[Name, Group] = Field(default_factory=dict)
    neighbors: Annotated[tuple[Neighbor, ...], Field(strict=False)] = ()
    cluster: Annotated[Cluster | None, Unset("there is none")] = None
    pools: Pools = ()
    blocks: Blocks = ()

    _definitions: tuple[Definition, ...] = PrivateAttr(default=())
    _changes: Mapping[KeyPath, Filter] = PrivateAttr(default_factory=dict)
    _facts: ClusterFacts | None = PrivateAttr(default=None)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """What the filter files define, then the filters that are written here."""
        return self._definitions

    @model_validator(mode="before")
    @classmethod
    def _without_direct(cls, data: object) -> object:
        """Leave ``direct`` out where ``directs`` says which there are."""
        if isinstance(data, Mapping) and "directs" in data and "direct" not in data:
            return {**data, "direct": None}
        return data

    @property
    def changes(self) -> Mapping[KeyPath, Filter]:
        """What static routes are changed by, by the places of these."""
        return self._changes

    def with_filters(self, definitions: Sequence[Definition], changes: Mapping[KeyPath, Filter]) -> Self:
        """Return the configuration with its filters, which have been read."""
        complete = self.model_copy()
        complete._definitions = tuple(definitions)
        complete._changes = dict(changes)
        return complete

    @property
    def cluster_facts(self) -> ClusterFacts | None:
        """What is known of the cluster, besides the neighbors that came of it."""
        return self._facts

    def with_cluster(self, facts: ClusterFacts | None) -> Self:
        """Return the configuration of a node of this cluster."""
        complete = self.model_copy()
        complete._facts = facts
        return complete
