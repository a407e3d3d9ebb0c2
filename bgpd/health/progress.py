"""Whether the tables move: those that have work must have done some of it since somebody looked last."""

from collections.abc import Iterable
from typing import Protocol


class Worker(Protocol):
    """A table, and what works on it."""

    @property
    def has_turn(self) -> bool:
        """Whether it is to work in the next pass of the event loop."""

    @property
    def rounds(self) -> int:
        """How often it has worked."""


class Progress:
    """Remembers how far everybody was."""

    def __init__(self) -> None:
        self._rounds: dict[Worker, int] = {}

    def is_made(self, workers: Iterable[Worker]) -> bool:
        """Tell whether nobody stands still who had something to do the last time, and still has."""
        before = self._rounds
        self._rounds = {worker: worker.rounds for worker in workers if worker.has_turn}
        return all(before.get(worker) != rounds for worker, rounds in self._rounds.items())
