"""Callbacks that are due once, however often they are asked for."""

import asyncio
from collections.abc import Callable


class Timers:
    """Waits for each callback by itself; the first who asks says for how long."""

    def __init__(self, failed: Callable[[Exception], None] | None = None) -> None:
        """``failed`` is told of a bug in a callback."""
        self._failed = failed
        self._handles: dict[Callable[[], None], asyncio.TimerHandle] = {}

    def ask(self, delay: float, callback: Callable[[], None]) -> None:
        """Call back after so many seconds, unless that is going to happen anyway."""
        if callback not in self._handles:
            self._handles[callback] = asyncio.get_running_loop().call_later(delay, self._due, callback)

    def _due(self, callback: Callable[[], None]) -> None:
        del self._handles[callback]
        try:
            callback()
        except Exception as error:
            if self._failed is None:
                raise
            self._failed(error)

    def is_asked(self, callback: Callable[[], None]) -> bool:
        """Tell whether a callback is waited for."""
        return callback in self._handles

    def cancel(self) -> None:
        """Call nobody back."""
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
