"""Memory goes back to the system when tables have become small.

Python returns an arena of 1 MB when nothing in it is used any more, and the C library what is free at the
end of its heap. After a million prefixes both need a little help, and some arenas stay: single objects that
came in the meantime and live on are in them. Here is also where old objects that became garbage are looked
for: when nobody has to wait.
"""

import asyncio
import ctypes
from collections.abc import Iterable
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.health.interpreter import collect_old_garbage, empty_free_lists
from bgpd.pipeline import Pipeline

_LOOK_SECONDS: Final = 5.0
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_LARGE_BLOCK: Final = 1 << 20
"""Octets from which on a block is a mapping of its own, as the dictionary of a table is."""
_SPARE: Final = 4 << 20
"""Free octets at the end of the heap that are kept for what comes next."""

_C_LIBRARY: Final = ctypes.CDLL(None)


def keep_large_blocks_apart() -> None:
    """Have the C library return large blocks as soon as they are free (mallopt(3)).

    By itself it raises this bound whenever one is, up to 32 MB: tables that grow then leave holes behind.
    """
    mallopt = getattr(_C_LIBRARY, "mallopt", None)
    if mallopt is not None:  # other C libraries than that of GNU have none
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
        mallopt(_M_TRIM_THRESHOLD, _SPARE)


def return_free_memory() -> None:
    """Return the free pages inside of the heap as well (malloc_trim(3)): some milliseconds."""
    trim = getattr(_C_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(0)


class Reclaimer:
    """Looks at the tables from time to time, for one that has lost most of its prefixes, and for garbage."""

    def __init__(self, pipelines: Iterable[Pipeline], loop: asyncio.AbstractEventLoop) -> None:
        self._pipelines = pipelines
        self._loop = loop
        self._next: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Look every few seconds."""
        self._next = self._loop.call_later(_LOOK_SECONDS, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._next is not None:
            self._next.cancel()

    def _look(self) -> None:
        self.begin()
        with FAULTS.contained("memory"):
            self._reclaim()

    def _reclaim(self) -> None:
        quiet = [pipeline for pipeline in self._pipelines if not pipeline.is_behind]
        shrunk = [pipeline for pipeline in quiet if pipeline.table.shrink()]
        for pipeline in shrunk:
            for group in pipeline.groups:
                group.views.forget()  # a few of them keep many arenas
        if shrunk:
            empty_free_lists()
            return_free_memory()
        elif not any(pipeline.is_behind for pipeline in self._pipelines):
            collect_old_garbage()
