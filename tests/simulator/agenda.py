"""What is to be done in the simulated world, in an order that only the seed decides."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bgpd import pipeline as pipeline_module

STEPS_PER_SECOND: Final = 40
_TICK: Final = 1.0


class Agenda:
    """A bag of callbacks: any of them may be the next. It is the event loop of every speaker."""

    def __init__(self, seed: str) -> None:
        self.random: Final = random.Random(seed)
        self._ready: list[Callable[[], object]] = []
        self._cpu = 0.0
        self.steps = 0

    @property
    def now(self) -> int:
        """The second of the simulated clock."""
        return 1_000_000 + self.steps // STEPS_PER_SECOND

    @property
    def is_empty(self) -> bool:
        return not self._ready

    def call_soon(self, callback: Callable[[], object], /) -> None:
        self._ready.append(callback)

    def step(self) -> bool:
        """Do one thing; return whether there was any."""
        ready = self._ready
        if not ready:
            return False
        chosen = int(self.random.random() * len(ready))
        ready[chosen], ready[-1] = ready[-1], ready[chosen]
        self.steps += 1
        ready.pop()()
        return True

    def run(self, limit: int) -> None:
        """Do up to so many things."""
        for _ in range(limit):
            if not self.step():
                return

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
