"""What commands may ask of the daemon."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol, Self

from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.types import Failure, KernelRoute
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.filters.program import Program
from rib.filters.running.run import Surroundings
from rib.filters.syntax import Definition
from rib.history import History
from rib.table import Table


class ReconfigurationError(Exception):
    """The configuration cannot be applied; every line of the text names a file, a line and what is wrong."""


class Stranger(Protocol):
    """A connection that was refused because it came from no neighbor."""

    @property
    def at(self) -> float:
        """Unix time."""

    @property
    def remote(self) -> str: ...
    @property
    def local(self) -> str: ...
    @property
    def reason(self) -> str: ...


class MarkedRoute(Protocol):
    """A route of the kernel that carries a certain protocol number."""

    @property
    def table_id(self) -> int: ...
    @property
    def key(self) -> PrefixKey: ...
    @property
    def route(self) -> KernelRoute: ...


class MarkedRoutes(Protocol):
    """All of them, in one table or in all; everything comes in slices."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...
    def find(self) -> Iterator[Sequence[MarkedRoute]]:
        """Read them."""

    def flush(self) -> Iterator[Sequence[tuple[MarkedRoute, Failure | None]]]:
        """Remove them; yields each, and why it could not be removed. Raises PermissionError."""


class Filters(Protocol):
    """The filters that are in force."""

    @property
    def definitions(self) -> Sequence[Definition]:
        """As they are written."""

    @property
    def program(self) -> Program:
        """As they are run."""

    @property
    def surroundings(self) -> Surroundings:
        """What they may ask about the host."""


class Daemon(Protocol):
    """The running daemon, as far as the control socket sees it."""

    @property
    def version(self) -> str: ...
    @property
    def router_id(self) -> int: ...
    @property
    def started(self) -> float:
        """Unix time."""

    @property
    def reconfigured(self) -> float:
        """Unix time at which the configuration in force was applied."""

    @property
    def shutting_down(self) -> bool: ...
    @property
    def protocols(self) -> Mapping[str, RoutingProtocol]:
        """By name, in the order of the configuration."""

    @property
    def tables(self) -> Sequence[Table]:
        """Every name has one of each family; "master" comes first."""

    @property
    def pipelines(self) -> Sequence[Pipeline]:
        """One for each table, in the same order."""

    @property
    def policies(self) -> Filters: ...

    @property
    def interfaces(self) -> InterfaceTable: ...
    @property
    def configuration_file(self) -> str: ...
    @property
    def strangers(self) -> int:
        """How many connections were refused because they came from no neighbor."""

    @property
    def refusals(self) -> Sequence[Stranger]:
        """The last of them, the newest last."""

    def now(self) -> float:
        """Return the Unix time."""

    def exported(self, protocol_name: str, family: Family) -> Iterator[int | None]:
        """Count the routes a protocol is told of; yields None while counting, at last the number."""

    def history(self, table: Table) -> History:
        """Return what became of a table's prefixes lately."""

    def marked_routes(
        self, family: Family, table_id: int, protocol: int, spared: Collection[int] = ()
    ) -> MarkedRoutes:
        """Look at routes of the kernel beside our own tables; ``spared`` are tables that are left out."""

    def reconfigure(self) -> Sequence[str]:
        """Read the configuration again; return what was applied, and what differs but waits for a restart.

        Raises ReconfigurationError, and changes nothing, if the file is broken.
        """

    def shutdown(self) -> None:
        """Ask the daemon to stop in good order."""
