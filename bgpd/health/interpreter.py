"""What Python itself is told: when to look for garbage, and how soon to change threads."""

import gc
import sys
from typing import Final

_THRESHOLDS: Final = (10_000, 2, 1_000_000)
"""New objects until the youngest are looked through, and how often that until the next older ones are."""

FULL_PASS_AFTER: Final = 30
"""How often the younger must have been looked through before the old are."""
MOST_OLD: Final = 65_536
"""Old objects that are looked through at once: that takes up to 30 ms. A full history has 50,000."""

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


def collect_old_garbage() -> None:
    """Look for garbage among what has lived for a while, unless hardly anything has got there since.

    Routes hold no cycles, but sessions, connections of asyncio and the filters of a former configuration do:
    what is in use while the young are looked through counts as old, and would stay for ever. Where much is
    old, a large table has come; that is left alone from then on.
    """
    if gc.get_count()[2] < FULL_PASS_AFTER:
        return
    if len(gc.get_objects(generation=2)) > MOST_OLD:
        gc.collect(1)
        gc.freeze()
    else:
        gc.collect()


def empty_free_lists() -> None:
    """Return the blocks that Python keeps for the next tuples and lists, wherever in memory they are.

    Only a full collection does that; it is given next to nothing to look through.
    """
    gc.collect(1)
    gc.freeze()
    gc.collect()
