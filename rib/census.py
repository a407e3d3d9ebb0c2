"""Counting a table in slices, for whoever asks; nothing is kept per prefix for it."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from rib.route import Source
from rib.slot import Slot
from rib.table import Table
from rib.update_group import UpdateGroup

SLICE = 20_000
"""Slots counted between two pauses."""


def exported(table: Table, group: UpdateGroup) -> Iterator[Counter[Source] | None]:
    """Count the prefixes, or paths, that a group shows, by the source of their routes.

    Yields None after every slice, so that others can have their turn, and at last the counts. A member is
    told of all but its own.
    """
    slots: Iterator[Slot] = iter(list(table.slots.values()))
    total: Counter[Source] = Counter()
    while counted := Counter(islice(slots, SLICE)):
        for slot, count in counted.items():
            for path in group.shown(slot):
                total[path.route.source] += count
        yield None
    yield total
