"""The difference between the routes that are wanted and those the kernel has, as operations; pure.

What is known stands in the ``Books``. What is to be done about one prefix is worked out by ``planning``, and
for many prefixes that only come or go, by ``alike``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from errno import EEXIST, ENOENT, ESRCH
from typing import Final, cast

from kernel_sync.alike import plan_alike, settle_alike
from kernel_sync.books import EXISTS, Books
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.planning import plan
from kernel_sync.types import PROTOCOL_BIRD, Failure, KernelRoute
from messages.families import Family
from messages.families.prefix import PrefixKey

RESTORE_LIMIT: Final = 10
"""How often within a minute a route is put back before it counts as fought over."""
_MOST_KNOWN: Final = 4096
"""Routes that are remembered in both forms."""
_IDLE_RATIO: Final = 8
"""How many prefixes that turn out to need nothing cost as much as one message."""
_FEW_DIRTY: Final = 65_536
_MOST_WATCHED: Final = 131_072
"""Changes under which nobody can compare the table with the books."""
_GONE: Final = frozenset({ESRCH, ENOENT})


class Fib(Books):
    """Wanted routes, where the kernel deviates from them, and what is to be done about it."""

    def __init__(
        self, family: Family, protocol: int = PROTOCOL_BIRD, restore_limit: int = RESTORE_LIMIT
    ) -> None:
        super().__init__(family, protocol, restore_limit)
        self.written = 0
        self.refused = 0
        self._known: dict[KernelRoute, KernelRoute] = {}
        self._most_dirty = _FEW_DIRTY
        self._queue: list[PrefixKey] = []
        """The next of those that are dirty, the last one first."""

    # What is wanted

    def set(self, keys: Collection[PrefixKey], route: KernelRoute | None) -> None:
        """Make ``route`` what is wanted for every key; None is no route."""
        wanted, actual = self.wanted, self.actual
        if self.problems or self.fights.resting:
            self._forget_problems(keys, ends=route is None)
        for key in keys:
            if key not in actual:
                actual[key] = wanted.get(key)
        if route is None:
            for key in keys:
                wanted.pop(key, None)
        else:
            wanted.update(dict.fromkeys(keys, self.canonical(route)))
            self._adopt(keys)
        self.dirty += keys
        if self.watched is not None:
            self._note_changes(self.watched, keys)
        if len(self.dirty) > self._most_dirty:
            self._leave_out_repetitions()

    def _forget_problems(self, keys: Collection[PrefixKey], *, ends: bool) -> None:
        if ends:
            self.fights.end(keys)
        for key in keys:
            if key not in self.fights.resting:
                self.problems.pop(key, None)

    def _adopt(self, keys: Collection[PrefixKey]) -> None:
        """What an earlier process left is wanted again, in this form or another."""
        if self.leftovers:
            for key in keys:
                self.leftovers.pop(key, None)

    def _note_changes(self, watched: dict[PrefixKey, None], keys: Collection[PrefixKey]) -> None:
        watched.update(dict.fromkeys(keys))
        if len(watched) > _MOST_WATCHED:
            self.watched = None

    def _leave_out_repetitions(self) -> None:
        """Routes may change faster than the kernel takes them."""
        self.dirty = list(dict.fromkeys(self.dirty))
        self._most_dirty = _FEW_DIRTY + 2 * len(self.dirty)

    def canonical(self, route: KernelRoute) -> KernelRoute:
        """Return the form in which the kernel shows it: one object for all prefixes that are wanted alike."""
        known = self._known.get(route)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[route] = route.canonical(self.family)
        return known

    def keep_out(self, key: PrefixKey, reason: str) -> None:
        """Want nothing for a prefix, and say why."""
        self.set([key], None)
        self.note_problem(key, Failure(0, reason))

    def complete(self) -> None:
        """Remove from now on what an earlier process left behind and nobody wants."""
        self.is_complete = True
        self.remove_strays()

    def remove_strays(self) -> int:
        """Remove what is there and nobody wants now, whether the feed is complete or not; return how many."""
        count = self.unwanted
        self.dirty += [*self.leftovers, *self.strays, *self.twins]
        return count

    def clear(self) -> None:
        """Want nothing any more."""
        there = cast("dict[PrefixKey, KernelRoute | None]", self.wanted)
        if self.actual:
            there = {**there, **self.actual}
        self.actual, self.wanted = there, {}
        self.problems.clear()
        self.fights.resting.clear()
        self.dirty += there
        self.complete()

    def retry(self) -> None:
        """Try again what the kernel refused; something may have changed."""
        self.dirty += self.problems

    def end_rests(self, now: float) -> None:
        """Try again what has been left alone for long enough."""
        for key in self.fights.rested(now):
            self.try_again(key)

    # What to do

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to send."""
        return not self.dirty and not self._queue

    @property
    def backlog(self) -> int:
        """How many prefixes at most wait for the kernel."""
        return len(self.dirty) + len(self._queue)

    @property
    def can_plan_ahead(self) -> bool:
        """Whether what is planned may be taken back: deletions because of doubts, or of twins, may not."""
        return not (self.doubtful or self.twins)

    def take_back(self, operations: Sequence[Operation]) -> None:
        """Forget what was ``pending`` and has not been sent."""
        self.written -= len(operations)
        self.dirty += [operation.key for operation in operations]

    def pending(self, limit: int, in_flight: AbstractSet[PrefixKey] = frozenset()) -> list[Operation]:
        """Take about ``limit`` operations out of the queue; each must be answered by ``done``.

        Prefixes that are ``in_flight`` have to wait, since the outcome there is not known. There may be no
        operation although more is queued: the number of prefixes looked at is bounded, too.
        """
        operations: list[Operation] = []
        waiting: list[PrefixKey] = []
        seen: dict[PrefixKey, None] = {}
        for _ in range(_IDLE_RATIO):
            keys = self._next_keys(limit - len(operations), seen)
            if not keys:
                break
            if not in_flight.isdisjoint(keys):
                waiting += [key for key in keys if key in in_flight]
                keys = [key for key in keys if key not in in_flight]
            operations += plan_alike(self, keys) or self._plan_each(keys)
        self.written += len(operations)
        self.dirty += waiting
        return operations

    def _next_keys(self, most: int, seen: dict[PrefixKey, None]) -> list[PrefixKey]:
        """Take up to ``most`` prefixes out of the queue that have not been ``seen``, each once."""
        if not self._queue:
            self._queue, self.dirty = self.dirty, []
            self._queue.reverse()
        keys = self._queue[: -most - 1 : -1]
        del self._queue[len(self._queue) - len(keys) :]
        if seen or len({*keys}) < len(keys):
            keys = [key for key in dict.fromkeys(keys) if key not in seen]
        seen.update(dict.fromkeys(keys))
        return keys

    def _plan_each(self, keys: Sequence[PrefixKey]) -> Iterator[Operation]:
        for key in keys:
            wanted = self.wanted.get(key)
            yield from plan(self, key, wanted, self.actual.get(key, wanted))

    # What the kernel answered

    def done(self, operations: Sequence[Operation], failures: Mapping[int, Failure]) -> None:
        """Take the answers to one batch; ``failures`` is by position in it."""
        self.refused += len(failures)
        if not failures and settle_alike(self, operations):
            return
        for position, operation in enumerate(operations):
            failure = failures.get(position)
            key, kind, route = operation
            if failure is not None and not (kind >= OperationKind.DELETE and failure.errno in _GONE):
                self._failed(operation, failure)
            elif kind in (OperationKind.DELETE, OperationKind.DELETE_EXACTLY):
                self._deleted(key, route)
            elif kind is not OperationKind.DELETE_TWIN:
                self._is_there(key, route)

    def _is_there(self, key: PrefixKey, route: KernelRoute) -> None:
        if self.wanted.get(key) is not route:
            self.actual[key] = route
            return
        self.actual.pop(key, None)
        self.problems.pop(key, None)
        evicted = self.aliens.evict(key, route.metric)
        if key in self.overwritten:
            self.overwritten.discard(key)
            if evicted is not None:
                self.displaced.append((key, evicted))

    def _deleted(self, key: PrefixKey, route: KernelRoute) -> None:
        strays = self.strays.get(key)
        if strays and strays.pop(route.metric, None):
            if not strays:
                del self.strays[key]
        elif key in self.wanted:
            self.actual[key] = None
            self.mark(key)
        elif self.slot_metric(key, route.metric) == route.metric:
            self.forget(key)
        else:  # another one of ours has come at another metric meanwhile
            self.mark(key)

    def _failed(self, operation: Operation, failure: Failure) -> None:
        key, kind, route = operation
        if kind is OperationKind.ADD and failure.errno == EEXIST:
            if key in self.problems or self.aliens.at(key, route.metric):
                self.reported.append(key)
            else:  # it may be one of ours that we failed to learn of
                self.doubt(operation)
            self.problems[key] = EXISTS
        elif kind is OperationKind.REPLACE and failure.errno == ENOENT:
            self.actual[key] = None
            self.mark(key)
        else:
            self.note_problem(key, failure)
            if kind is OperationKind.REPLACE:
                self.mark(key)
