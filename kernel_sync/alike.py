"""The short way for many prefixes at once of which all only come, or all only go; pure.

That is what a table of a million routes does most of the time: it is fed, or lost. Each line here runs for
every route; the loops are those of C, and whatever is not as simple is left to ``planning`` and ``answers``,
which the tests hold this against.
"""

from collections import deque
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import repeat
from operator import is_
from typing import Final

from kernel_sync.books import Books
from kernel_sync.operations import Operation, OperationKind
from messages.families.prefix import PrefixKey

_ADD: Final = OperationKind.ADD
_DELETE: Final = OperationKind.DELETE


def plan_alike(books: Books, keys: Sequence[PrefixKey]) -> list[Operation] | None:
    """Return an operation for each of these different prefixes; None if they are not alike, or not simple."""
    if not _is_simple(books, keys):
        return None
    wanted = [*map(books.wanted.get, keys)]
    actual = [*map(books.actual.get, keys, wanted)]
    if all(wanted) and not any(actual):
        rows = zip(keys, repeat(_ADD), wanted)
    elif all(actual) and not any(wanted):
        rows = zip(keys, repeat(_DELETE), actual)
    else:
        return None
    return [*map(tuple.__new__, repeat(Operation), rows)]


def settle_alike(books: Books, operations: Sequence[Operation]) -> bool:
    """Take note that the kernel did all of this; False, and nothing, if they are not alike or not simple."""
    if not operations:
        return False
    keys, kinds, routes = zip(*operations, strict=True)
    if kinds.count(kinds[0]) != len(kinds) or not _is_simple(books, keys):
        return False
    if kinds[0] is _ADD:
        certain = all(map(is_, map(books.wanted.get, keys), routes))
    else:
        gone = not any(map(books.wanted.__contains__, keys))
        certain = kinds[0] is _DELETE and gone and all(map(is_, map(books.actual.get, keys), routes))
    if certain:
        deque(map(books.actual.pop, keys, repeat(None)), maxlen=0)
        if books.leftovers:
            deque(map(books.leftovers.pop, keys, repeat(None)), maxlen=0)
    return certain


def _is_simple(books: Books, keys: Sequence[PrefixKey]) -> bool:
    """Tell whether nothing is noted about these prefixes but what is wanted and what is there."""
    notes: tuple[AbstractSet[PrefixKey], ...] = (
        books.aliens.routes.keys(),
        books.strays.keys(),
        books.twins.keys(),
        books.doubtful.keys(),
        books.overwritten,
        books.problems.keys(),
        books.fights.resting.keys(),
    )
    return all(note.isdisjoint(keys) for note in notes)
