"""What Python itself is told: when to look for garbage, and how soon to change threads."""

import gc
import sys
from typing import Final

_THRESHOLDS: Final = (10_000, 2, 1_000_000)
"""New objects until the youngest are looked through, and how often that until the next older ones are."""

_SWITCH_SECONDS: Final = 0.0003
"""The thread that writes kernel routes needs the interpreter between two system calls only, but at once:
while it waits for the event loop the kernel has nothing to do."""


def share_with_threads() -> None:
    """Let other threads have the interpreter soon after they ask for it."""
    sys.setswitchinterval(_SWITCH_SECONDS)


def spare_the_collector() -> None:
    """Keep the collector away from what lives long.

    What exists now lives as long as the daemon. Routes come by the million and hold no cycles, so only young
    objects are looked through; a full pass over a big table would stop everything for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


def empty_free_lists() -> None:
    """Return the blocks that Python keeps for the next tuples and lists, wherever in memory they are.

    Only a full collection does that; it is given next to nothing to look through.
    """
    gc.collect(1)
    gc.freeze()
    gc.collect()
