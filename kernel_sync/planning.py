"""What is to be done about one prefix, so that the kernel comes to have what is wanted; pure."""

from collections.abc import Sequence

from kernel_sync.books import EXISTS, Books
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.types import WRITTEN_KINDS, KernelRoute
from messages.families import IPV6_UNICAST
from messages.families.prefix import PrefixKey


def plan(
    books: Books, key: PrefixKey, wanted: KernelRoute | None, actual: KernelRoute | None
) -> Sequence[Operation]:
    """Return the operations; ``actual`` is what is there at the metric of what is, or was, wanted."""
    if key in books.fights.resting:
        return ()
    removals = [Operation(key, OperationKind.DELETE_EXACTLY, twin) for twin in books.twins.pop(key, ()) or ()]
    if books.strays or (wanted and actual and wanted.metric != actual.metric):
        return (*removals, *_plan_with_strays(books, key, wanted, actual))
    return (*removals, *_plan_place(books, key, wanted, actual))


def _plan_with_strays(
    books: Books, key: PrefixKey, wanted: KernelRoute | None, actual: KernelRoute | None
) -> Sequence[Operation]:
    """Settle the slot first, so that a change of metric leaves no moment without a route."""
    if wanted and actual and wanted.metric != actual.metric:
        others = books.strays.setdefault(key, {})
        others[actual.metric] = actual
        actual = books.actual[key] = others.pop(wanted.metric, None)
    strays = books.strays.get(key, {}).values()
    slot = _plan_place(books, key, wanted, actual)
    return (*slot, *(Operation(key, OperationKind.DELETE, stray) for stray in strays))


def _plan_place(
    books: Books, key: PrefixKey, wanted: KernelRoute | None, actual: KernelRoute | None
) -> Sequence[Operation]:
    if books.doubtful and key in books.doubtful:
        return _plan_doubtful(books, key, wanted)
    return _plan_slot(books, key, wanted, actual)


def _plan_doubtful(books: Books, key: PrefixKey, wanted: KernelRoute | None) -> Sequence[Operation]:
    """Remove what may be ours, of whatever kind, then add: neither can harm an alien route."""
    route = books.doubtful.pop(key)
    removals = [_removal(books, key, route._replace(kind=kind)) for kind in WRITTEN_KINDS]
    if wanted is None:
        return removals
    books.actual[key] = None
    return (*removals, Operation(key, OperationKind.ADD, wanted))


def _plan_slot(
    books: Books, key: PrefixKey, wanted: KernelRoute | None, actual: KernelRoute | None
) -> Sequence[Operation]:
    if wanted is None:
        if actual is None:
            books.actual.pop(key, None)
            return ()
        return (_removal(books, key, actual),)
    if actual is not None and wanted.matches(actual):
        books.actual.pop(key, None)
        return ()
    if books.aliens.at(key, wanted.metric):
        books.note_problem(key, EXISTS)
    elif actual is None:
        return (Operation(key, OperationKind.ADD, wanted),)
    elif key not in books.problems:
        return (Operation(key, OperationKind.REPLACE, wanted),)
    # A stale route must not stay only because its successor is refused.
    return () if actual is None else (_removal(books, key, actual),)


def _removal(books: Books, key: PrefixKey, route: KernelRoute) -> Operation:
    """IPv6 makes one route of the next hops that several programs add, and would remove all of them."""
    shared = books.family is IPV6_UNICAST and books.aliens.at(key, route.metric) is not None
    return Operation(key, OperationKind.DELETE_EXACTLY if shared else OperationKind.DELETE, route)
