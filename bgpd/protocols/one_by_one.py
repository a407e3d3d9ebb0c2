"""Work in the background of which each part begins when the one before is done."""

import asyncio
from collections.abc import Awaitable, Callable


class OneByOne:
    """What one owner has asked for, in this order."""

    def __init__(self) -> None:
        self._last: asyncio.Task[None] | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do."""
        return self._last is None or self._last.done()

    def begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this as well."""
        self._last = asyncio.get_running_loop().create_task(_after(self._last, work))

    async def wait(self) -> None:
        """Wait until what was asked for by now is done."""
        if self._last is not None:
            await asyncio.wait([self._last])


async def _after(before: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]) -> None:
    if before is not None:
        await asyncio.wait([before])  # whatever became of it
    await work()
