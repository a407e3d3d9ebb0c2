"""The kernel protocol: the best routes of one family in one kernel table."""

from collections.abc import Callable
from typing import NamedTuple

from bgpd.config.settings import KernelSettings
from bgpd.kernel_routes import KernelView
from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import Channel, Protocol, ProtocolState, RouteCounters
from kernel_sync.kernel import KernelTable
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.policy import Policy


class KernelCounts(NamedTuple):
    """How far the kernel's table follows ours, in prefixes."""

    wanted: int
    pending: int
    """Not yet, or no longer, as wanted; those with a problem included."""
    problems: int


class KernelProtocol(Protocol):
    """Writes what the export filter lets through; removes it at the end unless ``persist`` says otherwise."""

    kind = "Kernel"

    def __init__(
        self,
        name: str,
        family: Family,
        settings: KernelSettings,
        pipeline: Pipeline,
        now: Callable[[], float],
    ) -> None:
        super().__init__(name, now)
        self.family = family
        self._settings = settings
        self._pipeline = pipeline
        self._kernel = KernelTable(family, settings.table)
        export = Policy.ALL if settings.export_filter == "all" else Policy.NONE
        self._view = KernelView(self._kernel, export, settings.metric)
        self.channels = (Channel(family, None, Policy.NONE, export, RouteCounters()),)

    async def start(self) -> None:
        """Read the kernel's table and begin to follow ours. Raises PermissionError without CAP_NET_ADMIN."""
        await self._kernel.start()
        self._pipeline.kernel = self._view
        self.enter(ProtocolState.UP)

    def feed_complete(self) -> None:
        """All there is at start has been written: what an earlier process left behind may go."""
        self._kernel.feed_complete()

    def problem(self, key: PrefixKey) -> str | None:
        """Return why a best route is not in the kernel, or None."""
        return self._kernel.problem(key)

    def counts(self) -> KernelCounts:
        """Count without walking the table."""
        fib = self._kernel.fib
        return KernelCounts(len(fib.wanted), fib.deviations, len(fib.problems))

    def detach(self) -> None:
        """Follow the table no more: the kernel keeps what it has until ``stop``."""
        self._pipeline.kernel = None

    async def stop(self, *, keep: bool) -> None:
        """Leave our routes in place, or take them out."""
        await self._kernel.stop(persist=keep or self._settings.persist)
        self.enter(ProtocolState.DOWN)
