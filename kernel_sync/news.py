"""What the owner of a kernel table is told at once, and what it may ask for later."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from kernel_sync.fib import Fib
from kernel_sync.report import Trouble
from kernel_sync.types import ObservedRoute, protocol_name
from kernel_sync.wants import Wants
from messages.families.prefix import PrefixKey

_TROUBLES: Final = 5
"""How many are remembered."""
Listener = Callable[[PrefixKey, str], None]


class News:
    """Passes on what happens to routes, and remembers what a report tells and nobody else needs."""

    def __init__(self, fib: Fib, wants: Wants, now: Callable[[], float]) -> None:
        """``now`` returns the Unix time."""
        self.on_problem: Listener | None = None
        """Called when a wanted route cannot be written."""
        self.on_warning: Listener | None = None
        """Called when something happened at a prefix that the operator should look at."""
        self.on_failure: Callable[[str], None] | None = None
        """Called when nothing can be written at present."""
        self.displaced = 0
        self.last_dump: float | None = None
        self.last_check: float | None = None
        self.last_change: float | None = None
        self._fib = fib
        self._wants = wants
        self._now = now
        self._troubles: deque[Trouble] = deque(maxlen=_TROUBLES)

    def dumped(self) -> None:
        """The whole table has been read."""
        self.last_dump = self._now()

    def checked(self) -> None:
        """A check has come to an end."""
        self.last_check = self._now()

    def changed(self) -> None:
        """Something was written."""
        self.last_change = self._now()

    @property
    def troubles(self) -> Sequence[Trouble]:
        """The last ones, the newest last."""
        return tuple(self._troubles)

    def not_sent(self, error: OSError) -> None:
        """A batch did not reach the kernel."""
        if self.on_failure is not None:
            self.on_failure(f"the kernel took no messages: {error.strerror or error}")

    def pass_on(self) -> None:
        """Tell what has happened to routes since the last time."""
        fib = self._fib
        if fib.reported:
            self._wants.problems_changed()
        while fib.reported:
            key = fib.reported.pop()
            text = fib.problem(key)
            if text is not None:
                self._tell(self.on_problem, key, text)
        while self._wants.warnings:
            key, text = self._wants.warnings.pop()
            self._tell(self.on_warning, key, f"the guard would have kept it out: {text}")
        while fib.displaced:
            key, alien = fib.displaced.pop()
            self.displaced += 1
            self._tell(self.on_warning, key, _displaced(alien))

    def _tell(self, listener: Listener | None, key: PrefixKey, text: str) -> None:
        self._troubles.append(Trouble(self._now(), key, text))
        if listener is not None:
            listener(key, text)


def _displaced(alien: ObservedRoute) -> str:
    """Return in words that an alien route was lost to us."""
    route, protocol = alien
    hops = ", ".join(f"interface {hop.interface}" for hop in route.next_hops)
    way = f"{route.kind.name.lower()} route{' over ' if hops else ''}{hops}"
    return (
        f"it took the place of an alien {way}, metric {route.metric}, proto {protocol_name(protocol)}, "
        "that came at the same moment"
    )
