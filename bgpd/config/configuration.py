"""The whole configuration: what one file can say."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Self

from pydantic import Field, PrivateAttr

from bgpd.config.decision import Decision
from bgpd.config.filters import FilterFiles, NamedFilters
from bgpd.config.interfaces import Device, Direct
from bgpd.config.kernel import Kernel, KernelTable, NamedKernelTable
from bgpd.config.neighbors import Group, Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.router import Control, Metrics, Router
from bgpd.config.section import Section
from bgpd.config.static import StaticRoute
from bgpd.config.values import Name
from rib.filters.syntax import Definition, Filter


class Configuration(Section):
    """Everything a file can say. Without a file the defaults hold.

    ``neighbors`` are complete: what their groups say is already in them.
    """

    planned: ClassVar[Mapping[str, object]] = {"cluster": None}

    router: Router = Router()
    decision: Decision = Decision()
    control: Control = Control()
    metrics: Metrics = Metrics()
    filter_files: FilterFiles = FilterFiles()
    filters: NamedFilters = Field(default_factory=dict)
    """Filters by name, each a text of statements, with variables before them:
    `from_tor = '''if net ~ [10.0.0.0/8+] then accept; reject;'''`. One can use what the filter files define,
    but no other filter."""
    device: Device = Device()
    direct: Direct = Direct()
    kernel: Kernel = Kernel(ipv4=KernelTable(), ipv6=KernelTable())
    kernels: dict[Name, NamedKernelTable] = Field(default_factory=dict)
    static: Annotated[tuple[StaticRoute, ...], Field(strict=False)] = ()
    pipes: Annotated[tuple[Pipe, ...], Field(strict=False)] = ()
    groups: dict[Name, Group] = Field(default_factory=dict)
    neighbors: Annotated[tuple[Neighbor, ...], Field(strict=False)] = ()

    _definitions: tuple[Definition, ...] = PrivateAttr(default=())
    _changes: Mapping[int, Filter] = PrivateAttr(default_factory=dict)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """What the filter files define, then the filters that are written here."""
        return self._definitions

    @property
    def changes(self) -> Mapping[int, Filter]:
        """What static routes are changed by, by their position."""
        return self._changes

    def with_filters(self, definitions: Sequence[Definition], changes: Mapping[int, Filter]) -> Self:
        """Return the configuration with its filters, which have been read."""
        complete = self.model_copy()
        complete._definitions = tuple(definitions)
        complete._changes = dict(changes)
        return complete
