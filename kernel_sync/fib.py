"""The difference between the routes that are wanted and those the kernel has; pure.

A prefix that ``Fib`` keeps nothing else about is in the kernel exactly as wanted, so a synchronized
table of a million prefixes costs one dict entry each. What differs is listed in ``_actual`` until an
answer of the kernel, or a notification, shows that it no longer does.

The key of a route in the kernel is (prefix, metric). The *slot* of a prefix is what we have at the
metric that is wanted; routes of ours at other metrics are *strays* and removed.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from errno import EEXIST, ENOENT, ESRCH
from os import strerror
from typing import Final, NamedTuple

from kernel_sync.aliens import Aliens
from kernel_sync.types import (
    PROTOCOL_BIRD,
    Failure,
    KernelRoute,
    ObservedRoute,
    protocol_name,
)
from messages.families import Family
from messages.families.prefix import PrefixKey

_MOST_KNOWN: Final = 4096
"""Routes that are remembered in both forms."""
_IDLE_RATIO: Final = 8
"""How many prefixes that turn out to need nothing cost as much as one message."""
_GONE: Final = frozenset({ESRCH, ENOENT})
_EXISTS: Final = Failure(EEXIST, strerror(EEXIST))


class OperationKind(IntEnum):
    """What is asked of the kernel for one prefix."""

    ADD = 1
    REPLACE = 2
    DELETE = 3


class Operation(NamedTuple):
    """One message to the kernel; ``route`` is what to write, or what to remove."""

    key: PrefixKey
    kind: OperationKind
    route: KernelRoute


class Fib:
    """Wanted routes, where the kernel deviates from them, and what is to be done about it."""

    def __init__(self, family: Family, protocol: int = PROTOCOL_BIRD) -> None:
        self.family = family
        self.wanted: dict[PrefixKey, KernelRoute] = {}
        self.aliens = Aliens()
        self.problems: dict[PrefixKey, Failure] = {}
        self.reported: list[PrefixKey] = []
        """Prefixes whose problem is new; the owner takes them out."""
        self.written = 0
        self.refused = 0
        self.dumps = 0
        self.protocol = protocol
        self._known: dict[KernelRoute, KernelRoute] = {}
        self._actual: dict[PrefixKey, KernelRoute | None] = {}
        self._strays: dict[PrefixKey, dict[int, KernelRoute]] = {}
        self._doubtful: dict[PrefixKey, KernelRoute] = {}
        self._dirty: dict[PrefixKey, None] = {}
        self._queue: list[PrefixKey] = []
        self._complete = False
        self._dumping = False
        self._unseen: dict[PrefixKey, KernelRoute | None] = {}
        self._notified: set[tuple[PrefixKey, int]] = set()

    # What is wanted

    def set(self, keys: Iterable[PrefixKey], route: KernelRoute | None) -> None:
        """Make ``route`` what is wanted for every key; None is no route."""
        wanted, actual, dirty, problems = self.wanted, self._actual, self._dirty, self.problems
        if route is not None:
            route = self._canonical(route)
        for key in keys:
            if key not in actual:
                actual[key] = wanted.get(key)
            if problems:
                problems.pop(key, None)
            if route is None:
                wanted.pop(key, None)
            else:
                wanted[key] = route
            dirty[key] = None

    def _canonical(self, route: KernelRoute) -> KernelRoute:
        """Return the form in which the kernel shows it: one object for all prefixes that are wanted alike."""
        known = self._known.get(route)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[route] = route.canonical(self.family)
        return known

    def complete(self) -> None:
        """Remove from now on what an earlier process left behind and nobody wants."""
        self._complete = True
        self._dirty.update(dict.fromkeys(self._actual))
        self._dirty.update(dict.fromkeys(self._strays))

    def clear(self) -> None:
        """Want nothing any more."""
        self._actual = {**self.wanted, **self._actual}
        self.wanted.clear()
        self.problems.clear()
        self.complete()

    def retry(self) -> None:
        """Try again what the kernel refused; something may have changed."""
        self._dirty.update(dict.fromkeys(self.problems))

    # What to do

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to send."""
        return not self._dirty and not self._queue

    @property
    def deviations(self) -> int:
        """For how many prefixes the kernel may not have what is wanted."""
        return len(self._actual)

    def pending(self, limit: int) -> list[Operation]:
        """Take about ``limit`` operations out of the queue; each must be answered by ``done``.

        There may be none although more is queued: the number of prefixes looked at is bounded, too.
        """
        operations: list[Operation] = []
        for _ in range(limit * _IDLE_RATIO):
            if not self._queue:
                if not self._dirty:
                    break
                self._queue, self._dirty = list(self._dirty), {}
                self._queue.reverse()
            operations += self._plan(self._queue.pop())
            if len(operations) >= limit:
                break
        self.written += len(operations)
        return operations

    def _plan(self, key: PrefixKey) -> Sequence[Operation]:
        wanted = self.wanted.get(key)
        actual = self._actual.get(key, wanted)
        if self._strays or (wanted and actual and wanted.metric != actual.metric):
            return self._plan_with_strays(key, wanted, actual)
        if self._doubtful and key in self._doubtful:
            return self._plan_doubtful(key, wanted)
        return self._plan_slot(key, wanted, actual)

    def _plan_slot(
        self, key: PrefixKey, wanted: KernelRoute | None, actual: KernelRoute | None
    ) -> Sequence[Operation]:
        if wanted is None:
            if actual is None:
                self._actual.pop(key, None)
                return ()
            return (Operation(key, OperationKind.DELETE, actual),)
        if actual is not None and wanted.matches(actual):
            self._actual.pop(key, None)
            return ()
        if self.aliens and self.aliens.at(key, wanted.metric):
            self._problem(key, _EXISTS)
        elif actual is None:
            return (Operation(key, OperationKind.ADD, wanted),)
        elif key not in self.problems:
            return (Operation(key, OperationKind.REPLACE, wanted),)
        # A stale route must not stay only because its successor is refused.
        return () if actual is None else (Operation(key, OperationKind.DELETE, actual),)

    def _plan_doubtful(self, key: PrefixKey, wanted: KernelRoute | None) -> Sequence[Operation]:
        """Remove what may be ours, then add: neither can harm an alien route."""
        removal = Operation(key, OperationKind.DELETE, self._doubtful.pop(key))
        if wanted is None:
            return (removal,)
        self._actual[key] = None
        return (removal, Operation(key, OperationKind.ADD, wanted))

    def _plan_with_strays(
        self, key: PrefixKey, wanted: KernelRoute | None, actual: KernelRoute | None
    ) -> Sequence[Operation]:
        """Settle the slot first, so that a change of metric leaves no moment without a route."""
        if wanted and actual and wanted.metric != actual.metric:
            strays = self._strays.setdefault(key, {})
            strays[actual.metric] = actual
            actual = self._actual[key] = strays.pop(wanted.metric, None)
        strays = self._strays.get(key, {})
        if self._doubtful and key in self._doubtful:
            slot = self._plan_doubtful(key, wanted)
        else:
            slot = self._plan_slot(key, wanted, actual)
        return (*slot, *(Operation(key, OperationKind.DELETE, stray) for stray in strays.values()))

    # What the kernel answered

    def done(self, operations: Sequence[Operation], failures: Mapping[int, Failure]) -> None:
        """Take the answers to one batch; ``failures`` is by position in it."""
        actual, wanted = self._actual, self.wanted
        self.refused += len(failures)
        for position, operation in enumerate(operations):
            failure = failures.get(position) if failures else None
            key, kind, route = operation
            if failure is not None and not (kind is OperationKind.DELETE and failure.errno in _GONE):
                self._failed(operation, failure)
            elif kind is OperationKind.DELETE:
                self._deleted(key, route)
            elif wanted.get(key) is route:
                actual.pop(key, None)
                self._no_problem(key, route.metric)
            else:
                actual[key] = route

    def _deleted(self, key: PrefixKey, route: KernelRoute) -> None:
        strays = self._strays.get(key)
        if strays and strays.pop(route.metric, None):
            if not strays:
                del self._strays[key]
        elif key in self.wanted:
            self._actual[key] = None
            self._dirty[key] = None
        elif self._slot_metric(key, route.metric) == route.metric:
            self._actual.pop(key, None)
        else:  # another one of ours has come at another metric meanwhile
            self._dirty[key] = None

    def _failed(self, operation: Operation, failure: Failure) -> None:
        key, kind, route = operation
        if kind is OperationKind.ADD and failure.errno == EEXIST:
            if key in self.problems or self.aliens.at(key, route.metric):
                self.reported.append(key)
            else:  # it may be one of ours that we failed to learn of
                self.doubt(operation)
            self.problems[key] = _EXISTS
        elif kind is OperationKind.REPLACE and failure.errno == ENOENT:
            self._actual[key] = None
            self._dirty[key] = None
        else:
            self._problem(key, failure)
            if kind is OperationKind.REPLACE:
                self._dirty[key] = None

    def doubt(self, operation: Operation) -> None:
        """Note that the outcome of an operation cannot be known, since others wrote at the same time."""
        self._doubtful[operation.key] = operation.route
        self._dirty[operation.key] = None

    def _problem(self, key: PrefixKey, failure: Failure) -> None:
        if self.problems.get(key) != failure:
            self.problems[key] = failure
            self.reported.append(key)

    def _no_problem(self, key: PrefixKey, metric: int) -> None:
        if self.problems:
            self.problems.pop(key, None)
        if self.aliens:
            self.aliens.evict(key, metric)

    def is_written(self, key: PrefixKey) -> bool:
        """Tell whether the kernel has what is wanted for a prefix."""
        return key in self.wanted and key not in self._actual

    def problem(self, key: PrefixKey) -> str | None:
        """Return why a wanted route is not in the kernel, or None."""
        failure = self.problems.get(key)
        if failure is None:
            return None
        wanted = self.wanted.get(key)
        alien = self.aliens.at(key, wanted.metric) if wanted else None
        if failure.errno != EEXIST or alien is None:
            return failure.text
        return f"{failure.text}: an alien route, proto {protocol_name(alien.protocol)}"

    # What the kernel shows

    def observe(
        self, key: PrefixKey, observed: ObservedRoute, *, present: bool, replaced: bool = False
    ) -> None:
        """Take a notification: somebody else added, removed or ``replaced`` the route of a prefix."""
        if self._dumping:
            self._notified.add((key, observed.route.metric))
            self._expected(key, observed)
        self._observe(key, observed, present, replaced)

    def begin_dump(self) -> None:
        """Expect the whole table."""
        self.dumps += 1
        self._dumping = True
        self._unseen = {**self.wanted, **self._actual}
        self._notified.clear()
        self._strays.clear()
        self.aliens.clear()

    def observe_dumped(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Take one route of the dump; what was notified meanwhile is newer and holds."""
        if self._notified and (key, observed.route.metric) in self._notified:
            return
        if self._unseen:
            self._expected(key, observed)
        self._observe(key, observed, present=True, replaced=False)

    def _expected(self, key: PrefixKey, observed: ObservedRoute) -> None:
        metric = observed.route.metric
        if observed.protocol == self.protocol and metric == self._slot_metric(key, metric):
            self._unseen.pop(key, None)

    def end_dump(self, limit: int) -> bool:
        """Conclude for up to ``limit`` prefixes that what was not shown is not there; True at the end."""
        for _ in range(min(limit, len(self._unseen))):
            self._lost(self._unseen.popitem()[0])
        if self._unseen:
            return False
        self._dumping = False
        self._notified.clear()
        return True

    def _observe(self, key: PrefixKey, observed: ObservedRoute, present: bool, replaced: bool) -> None:
        route, protocol = observed
        if replaced:
            self.aliens.evict(key, route.metric)
        if protocol != self.protocol:
            self._observe_alien(key, observed, present, replaced)
        elif present:
            self._observe_ours(key, route)
        else:
            self._observe_removal(key, route)

    def _observe_alien(self, key: PrefixKey, observed: ObservedRoute, present: bool, replaced: bool) -> None:
        metric = observed.route.metric
        if present:
            self.aliens.add(key, observed)
        else:
            self.aliens.remove(key, observed)
        if replaced:
            self._lost_at(key, metric)
        elif not present and key in self.problems and not self.aliens.at(key, metric):
            del self.problems[key]
            self._dirty[key] = None

    def _observe_ours(self, key: PrefixKey, route: KernelRoute) -> None:
        wanted = self.wanted.get(key)
        if route.metric != self._slot_metric(key, route.metric):
            self._strays.setdefault(key, {})[route.metric] = route
        elif wanted is not None and wanted.matches(route):
            self._actual.pop(key, None)
            self.problems.pop(key, None)
            return
        else:
            self._actual[key] = route
        if wanted is not None or self._complete:
            self._dirty[key] = None

    def _observe_removal(self, key: PrefixKey, route: KernelRoute) -> None:
        actual = self._actual.get(key, self.wanted.get(key))
        if actual is None or actual.metric != route.metric or actual.matches(route):
            self._lost_at(key, route.metric)
        elif key in self.wanted or self._complete:  # IPv6 tells of each next hop that somebody removes
            self.doubt(Operation(key, OperationKind.DELETE, actual))
        else:
            self._lost(key)

    def _lost_at(self, key: PrefixKey, metric: int) -> None:
        strays = self._strays.get(key)
        if strays and strays.pop(metric, None) and not strays:
            del self._strays[key]
        if self._slot_metric(key) == metric:
            self._lost(key)

    def _lost(self, key: PrefixKey) -> None:
        if key in self.wanted:
            self._actual[key] = None
            self._dirty[key] = None
        else:
            self._actual.pop(key, None)

    def _slot_metric(self, key: PrefixKey, default: int = -1) -> int:
        """Return the metric of what we have, or want, for this prefix."""
        route = self.wanted.get(key) or self._actual.get(key)
        return default if route is None else route.metric

    def installed(self) -> dict[PrefixKey, KernelRoute]:
        """Return what we have in the kernel at the metric that is wanted."""
        there = {**self.wanted, **self._actual}
        return {key: route for key, route in there.items() if route is not None}

    def __len__(self) -> int:
        """Return how many routes of ours are in the kernel."""
        absent = sum(1 for key, route in self._actual.items() if route is None and key in self.wanted)
        foreign = sum(
            1 for key, route in self._actual.items() if route is not None and key not in self.wanted
        )
        return len(self.wanted) - absent + foreign
