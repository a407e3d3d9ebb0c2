"""What commands may ask of the daemon."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from enum import Enum, IntEnum
from typing import Literal, NamedTuple, Protocol, Self

from bgpd.pipeline import Pipeline
from bgpd.prediction.forecast import Forecast, Progress
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.protocols.session_journal import SessionJournal
from bgpd.reconfiguration.consequences import Consequences
from bgpd.reconfiguration.held import Held
from bgpd.restart.leaving import Stop
from bgpd.settings import DaemonSettings
from bgpd.sources.source import SourceStatus
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


class Severity(IntEnum):
    """Of log lines, as ``logging`` has them, which takes a while to import."""

    INFO = 20
    WARNING = 30
    ERROR = 40


class ReconfigurationResult(Enum):
    """What became of a configuration: BIRD's code of it, and its words."""

    DONE = (3, "Reconfigured")
    IN_PROGRESS = (4, "Reconfiguration in progress")
    QUEUED = (5, "Reconfiguration already in progress, queueing new config")
    IGNORED = (6, "Reconfiguration ignored, shutting down")
    UNQUEUED = (17, "Reconfiguration already in progress, removing queued config")
    CONFIRMED = (18, "Reconfiguration confirmed")
    NOTHING_TO_DO = (19, "Nothing to do")

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        self.text = text


class Reconfiguration(NamedTuple):
    """What was done, and what there is to say about it."""

    result: ReconfigurationResult
    remarks: Sequence[str] = ()
    """What was applied, and what differs but waits for a restart."""


class Stalls(NamedTuple):
    """For how long everything else had to wait while one callback had the event loop."""

    longest: float
    """Seconds of CPU time, in the last five to ten minutes."""
    what: str
    """Whose they were."""
    slow: int
    """How many took more than 50 ms, since the start."""


class Recovery(NamedTuple):
    """How far a daemon is that was told to take over from its predecessor (RFC 4724)."""

    waiting: int
    """Protocols whose routes are not complete."""
    left: int
    """Seconds until nobody is waited for any more."""
    limit: int


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


class Prediction(Protocol):
    """What a configuration would change, once its steps are done."""

    def steps(self) -> Iterator[Progress | None]:
        """Find it out; yields wherever others may have their turn, and tells how far it is."""

    @property
    def forecast(self) -> Forecast:
        """What came of it."""


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
    def stalls(self) -> Stalls: ...
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

    @property
    def session_journal(self) -> SessionJournal:
        """What became of sessions lately."""

    def marked_routes(
        self, family: Family, table_id: int, protocol: int, spared: Collection[int] = ()
    ) -> MarkedRoutes:
        """Look at routes of the kernel beside our own tables; ``spared`` are tables that are left out."""

    @property
    def dialect(self) -> Literal["bgpd", "bird"]:
        """Whose words we use; with ``bird`` exactly those of BIRD 1.6.8 as Calico has it."""

    @property
    def settings(self) -> DaemonSettings:
        """What is in force."""

    @property
    def configuration_problem(self) -> str:
        """What is wrong with the file the daemon was started with: until it is mended nothing else runs."""

    @property
    def reconfiguration_problems(self) -> Sequence[str]:
        """What bugs of ours were in the way of when the settings in force were applied."""

    @property
    def held(self) -> Sequence[Held]:
        """Whom a change of the cluster's mode keeps for the time being."""

    @property
    def sources(self) -> Sequence[SourceStatus]:
        """What the configuration was made from beside its file, and is looked at all the time."""

    @property
    def is_reconfiguring(self) -> bool:
        """Whether protocols of the former configuration are still on their way out."""

    @property
    def recovery(self) -> Recovery | None:
        """How far the recovery of a daemon is that was told to recover; None once it is over."""

    def check_configuration(self, file: str | None = None) -> Awaitable[None]:
        """Read a file, or the one the daemon was started with, beside everything else.

        What comes back fails with ReconfigurationError if the file is broken.
        """

    def predict(self, file: str | None = None) -> Awaitable[Prediction | None]:
        """Read a file as ``check_configuration`` does, and prepare to find out what would come of it.

        None if no configuration is in force, or one is being applied.
        """

    def consider(self, file: str | None = None) -> Awaitable[Consequences | None]:
        """Read a file as ``check_configuration`` does, and say what it would mean for protocols.

        None if no configuration is in force.
        """

    def reconfigure(
        self,
        file: str | None = None,
        *,
        soft: bool = False,
        undo_after: int | None = None,
        expired: Callable[[], None] = lambda: None,
    ) -> Awaitable[Reconfiguration]:
        """Read the configuration again and apply it; ``soft`` leaves the filters as they are.

        What comes back is done once it is known what becomes of it, and fails with ReconfigurationError, with
        nothing changed, if the file is broken. Unless it is confirmed within ``undo_after`` seconds, the
        configuration before it is put back, and ``expired`` is called before that.
        """

    def undo_reconfiguration(self) -> Awaitable[Reconfiguration]:
        """Put the former configuration back."""

    def confirm_reconfiguration(self) -> Reconfiguration:
        """Keep the present one, for which a time was set."""

    def dump(self, what: str) -> None:
        """Write what the daemon knows to the debug output, bit by bit; ``bgpd.dump`` has the words."""

    def log(self, severity: Severity, text: str) -> None:
        """Write what a command has to say to the log."""

    def shutdown(self, how: Stop | None = None) -> None:
        """Ask the daemon to stop in good order; if nobody says how, as the configuration has it."""
