"""An event loop, as far as those need it who let time pass and do nothing else with it."""

from collections.abc import Callable
from typing import Protocol


class Handle(Protocol):
    """A call that can be canceled."""

    def cancel(self) -> None: ...


class LateTimers(Protocol):
    """For who is called later only."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Handle: ...


class Clock(LateTimers, Protocol):
    """For who also wants to know the time."""

    def time(self) -> float: ...


class Timers(Clock, Protocol):
    """For who is called soon, too."""

    def call_soon(self, callback: Callable[[], object], /) -> Handle: ...
