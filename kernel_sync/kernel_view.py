"""What is asked of a table of the kernel: how its routes stand, and what happened to them."""

from collections.abc import Iterator

from kernel_sync.check import Check
from kernel_sync.fib import Fib
from kernel_sync.news import News
from kernel_sync.report import KernelReport
from kernel_sync.route_socket import RouteSocket
from kernel_sync.standing import RouteState
from kernel_sync.types import KernelRoute
from kernel_sync.wants import Wants
from messages.families.prefix import PrefixKey


class KernelTableView:
    """Looks at a table, and changes nothing."""

    table_id: int
    fib: Fib
    news: News
    _wants: Wants
    _check: Check
    _socket: RouteSocket | None

    @property
    def is_reading(self) -> bool:
        """Whether the table is being read: until that is over not all alien routes are known."""
        return self._socket is not None and self._socket.dumping

    def problem(self, key: PrefixKey) -> str | None:
        """Return why a wanted route is not in the kernel, or None."""
        return self.fib.problem(key)

    def is_written(self, key: PrefixKey) -> bool:
        """Tell whether the kernel has the route that is wanted for a prefix."""
        return self.fib.is_written(key)

    def routes(self) -> dict[PrefixKey, KernelRoute]:
        """Return our routes in the kernel."""
        return self.fib.installed()

    def states(self) -> Iterator[RouteState]:
        """Yield how each of our routes stands; the table may change meanwhile."""
        return self._wants.states()

    def report(self) -> KernelReport:
        """Return counts, times and the last errors."""
        fib, news, socket = self.fib, self.news, self._socket
        return KernelReport(
            table=self.table_id,
            protocol=fib.protocol,
            wanted=len(fib.wanted) + len(self._wants.kept_out),
            installed=len(fib),
            waiting=fib.deviations,
            problems=len(fib.problems),
            strays=fib.unwanted,
            aliens=len(fib.aliens),
            written=fib.written,
            refused=fib.refused,
            restored=0 if socket is None else socket.observer.restored,
            displaced=news.displaced,
            dumps=0 if socket is None else socket.observer.dumps,
            lost_notifications=0 if socket is None else socket.lost_notifications,
            checks=self._check.checks,
            last_dump=news.last_dump,
            last_check=news.last_check,
            last_change=news.last_change,
            adopting=not fib.is_complete,
            last_errors=news.troubles,
        )
