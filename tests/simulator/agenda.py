"""What is to be done in the simulated world, in an order that only the seed decides."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count
from typing import Final

from bgpd import pipeline as pipeline_module

STEPS_PER_SECOND: Final = 40
_TICK: Final = 1.0


class Appointment:
    """A callback on the agenda."""

    __slots__ = ("callback", "is_canceled")

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback = callback
        self.is_canceled = False

    def cancel(self) -> None:
        self.is_canceled = True


class Agenda:
    """A bag of callbacks: any of them may be the next. It is the event loop of every speaker."""

    def __init__(self, seed: str, steps_per_second: int = STEPS_PER_SECOND) -> None:
        self.random: Final = random.Random(seed)
        self._steps_per_second = steps_per_second
        self._ready: list[Appointment] = []
        self._timers: list[tuple[float, int, Appointment]] = []
        self._numbers = count()
        self._skipped = 0.0
        self._cpu = 0.0
        self.steps = 0

    def time(self) -> float:
        """Return the simulated time: every step takes some, and timers that nothing comes before a lot."""
        return 1_000_000 + self.steps / self._steps_per_second + self._skipped

    @property
    def now(self) -> int:
        """The second of the simulated clock."""
        return int(self.time())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do unless time passes."""
        return not self._ready

    def call_soon(self, callback: Callable[[], object], /) -> Appointment:
        appointment = Appointment(callback)
        self._ready.append(appointment)
        return appointment

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Appointment:
        appointment = Appointment(callback)
        heappush(self._timers, (self.time() + delay, next(self._numbers), appointment))
        return appointment

    def step(self) -> bool:
        """Do one thing, what is due before all else; return whether there was any."""
        ready, timers = self._ready, self._timers
        if timers and timers[0][0] <= self.time():
            appointment = heappop(timers)[2]
        elif ready:
            chosen = int(self.random.random() * len(ready))
            ready[chosen], ready[-1] = ready[-1], ready[chosen]
            appointment = ready.pop()
        else:
            return False
        self.steps += 1
        if not appointment.is_canceled:
            appointment.callback()
        return True

    def run(self, limit: int) -> None:
        """Do up to so many things."""
        for _ in range(limit):
            if not self.step():
                return

    def skip(self) -> bool:
        """Let time pass until the next timer is due; return whether there is one."""
        timers = self._timers
        while timers and timers[0][2].is_canceled:
            heappop(timers)
        if timers:
            self._skipped += max(0.0, timers[0][0] - self.time())
        return bool(timers)

    def thread_time(self) -> float:
        """Return the CPU time that a tick reads: now and then a round has used it all up."""
        if self.random.random() < 0.5:
            self._cpu += _TICK
        return self._cpu


@contextmanager
def governing(agenda: Agenda, round_keys: int) -> Iterator[None]:
    """Let the agenda say when a tick has had its time, and make rounds so small that a few keys need many."""
    replaced: dict[str, object] = {"thread_time": agenda.thread_time}
    if round_keys < pipeline_module.ROUND_KEYS:
        replaced |= {"ROUND_KEYS": round_keys, "FEWEST_KEYS": min(2, round_keys), "BEHIND_KEYS": 6}
    before = {name: getattr(pipeline_module, name) for name in replaced}
    try:
        for name, value in replaced.items():
            setattr(pipeline_module, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(pipeline_module, name, value)
