"""How often something took how long, as a histogram of Prometheus has it."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds; what takes as long as a bound is below it."""


class Durations:
    """Counts them."""

    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        """By the bound they are below; the last ones are above all."""
        self.sum = 0.0
        """Seconds."""

    def note(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds

    @property
    def cumulative(self) -> Sequence[tuple[str, float]]:
        """How many were not longer than each bound."""
        return [*zip([*map(str, BOUNDS), "+Inf"], accumulate(self.counts), strict=True)]
