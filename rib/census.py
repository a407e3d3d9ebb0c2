"""Counting a table in slices, for whoever asks; nothing is kept per prefix for it."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from messages.families.prefix import PrefixKey
from rib.policy import Reading
from rib.route import Source
from rib.slot import Slot
from rib.table import Table
from rib.update_group import UpdateGroup

SLICE: Final = 20_000
"""Slots counted between two pauses."""
_PREFIX_COSTS: Final = 20
"""How many slots that are counted together a run of the export filter is worth."""
_ANY: Final = PrefixKey(b"\0")


def exported(
    table: Table, group: UpdateGroup, total: Counter[Source] | None = None
) -> Iterator[Counter[Source] | None]:
    """Count the prefixes, or paths, that a group shows, by the source of their routes.

    Yields None after every slice, so that others can have their turn, and at last the counts, which are
    added to ``total`` all the while. A member is told of all but its own.
    """
    total = Counter() if total is None else total
    if group.key.policy.reading is not Reading.ROUTE:
        yield from _exported_by_prefix(table, group, total)
    else:
        slots: Iterator[Slot] = iter(list(table.slots.values()))
        while counted := Counter(islice(slots, SLICE)):
            for slot, count in counted.items():
                for path in group.shown(slot, _ANY, silent=True):
                    total[path.route.source] += count
            yield None
    yield total


def _exported_by_prefix(table: Table, group: UpdateGroup, total: Counter[Source]) -> Iterator[None]:
    """Where the export filter looks at prefixes, each is asked about."""
    slots = iter(list(table.slots.items()))
    while some := list(islice(slots, SLICE // _PREFIX_COSTS)):
        for key, slot in some:
            for path in group.shown(slot, key, silent=True):
                total[path.route.source] += 1
        yield None
