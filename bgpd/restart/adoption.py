"""Routes that an earlier process left in the kernel: kept at first, let go when nobody can want them."""

import logging
from collections.abc import Iterable
from typing import Final, Protocol

from bgpd.health.faults import FAULTS
from bgpd.restart.convergence import Convergence, listed
from bgpd.timers import Handle, Timers

_log: Final = logging.getLogger("bgpd.kernel")
_LOOK_SECONDS: Final = 1.0
"""How often to look while neighbors are waited for; the last one tells when it has said everything."""
_SOON: Final = 0.05
"""How often to look while only our own work is waited for."""
_BUSY_SECONDS: Final = 5.0
"""How long routes stay beyond their time because others are being worked on, perhaps their successors."""


class Keeper(Protocol):
    """A kernel's table with routes of ours that an earlier process may have left."""

    @property
    def name(self) -> str: ...
    @property
    def adopt_wait(self) -> float:
        """How many seconds they may stay."""

    @property
    def strays(self) -> int:
        """How many nobody wants as yet."""

    @property
    def is_held(self) -> bool:
        """Whether it has not been told as yet what is wanted (RFC 4724 §4.1)."""

    def feed_complete(self) -> None:
        """Let go of them."""

    def adopt_nothing(self) -> None:
        """Let go of what there may be as soon as it begins."""


class Worker(Protocol):
    """A table of ours on whose changes the kernel's tables depend."""

    @property
    def is_behind(self) -> bool:
        """Whether something has been said that the kernel's tables have not been told of."""


class Adoption:
    """Lets time pass for ``convergence``, and tells each kernel's table when it is complete."""

    def __init__(self, keepers: Iterable[Keeper], workers: Iterable[Worker], loop: Timers) -> None:
        self.convergence = Convergence(self._look_now)
        self._keepers = {keeper.name: keeper for keeper in keepers}
        self._workers = workers
        self._loop = loop
        self._begun = 0.0
        self._has_waited = False
        self._adopting: list[Keeper] = []
        self._handle: Handle | None = None

    @property
    def is_begun(self) -> bool:
        """Whether the neighbors are being looked for."""
        return bool(self._begun)

    @property
    def is_over(self) -> bool:
        """Whether neighbors have said what they have, as far as they were waited for, and all was let go."""
        return self.is_begun and self.convergence.is_over and not self._adopting

    def begin(self) -> None:
        """The neighbors are being looked for, and what is known without them is in the tables."""
        self._begun = self._loop.time()
        self._adopting = [*self._keepers.values()]
        self._has_waited = self.convergence.waits
        for keeper in self._adopting:
            if self._has_waited and keeper.adopt_wait and (strays := keeper.strays):
                _log.info(
                    "%s: %s of an earlier process stay until all neighbors have said what they have "
                    "(waiting for %s)",
                    keeper.name,
                    _routes(strays),
                    self.convergence.words(),
                )
        self._handle = self._loop.call_soon(self._look)

    def join(self, keeper: Keeper) -> None:
        """A table of the kernel that comes later waits like the others, if they still do."""
        self._keepers[keeper.name] = keeper
        if self.convergence.is_over:
            keeper.adopt_nothing()
        else:
            self._adopting.append(keeper)

    def part(self, keeper: Keeper) -> None:
        """A table of the kernel is ours no more."""
        self._keepers.pop(keeper.name, None)
        if keeper in self._adopting:
            self._adopting.remove(keeper)

    def stop(self) -> None:
        """The daemon ends: what is left behind stays, or goes, with everything else."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _look_now(self) -> None:
        """Look now rather than later, unless there is nothing to look at yet, or any more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = self._loop.call_soon(self._look)

    def _look(self) -> None:
        try:
            self._look_around()
        except Exception as error:  # what is not let go stays for ever
            FAULTS.note("adoption", error)
            self._handle = self._loop.call_later(_LOOK_SECONDS, self._look)

    def _look_around(self) -> None:
        self._handle = None
        convergence, now = self.convergence, self._loop.time()
        is_busy = any(worker.is_behind for worker in self._workers)
        convergence.look(now, is_busy=is_busy)
        passed = now - self._begun
        for keeper in tuple(self._adopting):
            late = passed - keeper.adopt_wait
            is_due = convergence.is_over or (late >= 0 and not is_busy) or late >= _BUSY_SECONDS
            if is_due and not keeper.is_held:
                self._let_go(keeper, passed)
        if self._adopting or not convergence.is_over:
            is_due = any(passed >= keeper.adopt_wait for keeper in self._adopting)
            delay = _LOOK_SECONDS if convergence.waits and not is_due else _SOON
            self._handle = self._loop.call_later(delay, self._look)

    def _let_go(self, keeper: Keeper, passed: float) -> None:
        self._adopting.remove(keeper)
        strays = keeper.strays
        keeper.feed_complete()
        if strays or self._has_waited:
            _log.info("%s: %s: %s", keeper.name, self._reason(passed), _fate(strays))

    def _reason(self, passed: float) -> str:
        if not self.convergence.is_over:
            return f"after {passed:.0f} s (adopt_wait), still waiting for {self.convergence.words()}"
        missed = self.convergence.missed
        return f"converged after {passed:.1f} s" + (f" without {listed(missed)}" if missed else "")


def _fate(strays: int) -> str:
    return f"{_routes(strays)} that nobody wants go" if strays else "no route is left over"


def _routes(number: int) -> str:
    return "1 route" if number == 1 else f"{number} routes"
