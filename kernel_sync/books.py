"""What is wanted of a table, and what is known of it: the books that everybody here reads and writes; pure.

A prefix about which nothing is noted but what is wanted is in the kernel exactly so. A table of a million
prefixes that is as it shall be costs one dict entry each. What differs is listed in ``actual`` until an
answer of the kernel, or a notification, shows that it no longer does.

The key of a route in the kernel is (prefix, metric). The *slot* of a prefix is what we have at the metric
that is wanted; routes of ours at other metrics are *strays*, a second one in the same place is a *twin*.
"""

from errno import EEXIST
from os import strerror
from typing import Final

from kernel_sync.aliens import Aliens
from kernel_sync.fights import Fights
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.types import Failure, KernelRoute, ObservedRoute, protocol_name
from messages.families import Family
from messages.families.prefix import PrefixKey

EXISTS: Final = Failure(EEXIST, strerror(EEXIST))


class Books:
    """One table of one family."""

    def __init__(self, family: Family, protocol: int, restore_limit: int) -> None:
        self.family = family
        self.protocol = protocol
        self.wanted: dict[PrefixKey, KernelRoute] = {}
        self.actual: dict[PrefixKey, KernelRoute | None] = {}
        """What is there where it may not be what is wanted; None: nothing of ours."""
        self.strays: dict[PrefixKey, dict[int, KernelRoute]] = {}
        """Routes of ours at other metrics than the one that is wanted."""
        self.twins: dict[PrefixKey, list[KernelRoute]] = {}
        """Routes of ours in a place that has one already: somebody appended them."""
        self.leftovers: dict[PrefixKey, None] = {}
        """Prefixes at which the kernel shows a route of ours that nobody wants."""
        self.aliens = Aliens()
        self.fights = Fights(restore_limit)
        self.doubtful: dict[PrefixKey, KernelRoute] = {}
        """What may be there: others wrote at the same time as we."""
        self.overwritten: set[PrefixKey] = set()
        """Of those in doubt: where a replacement may have hit an alien route."""
        self.problems: dict[PrefixKey, Failure] = {}
        self.reported: list[PrefixKey] = []
        """Prefixes whose problem is new; the owner takes them out."""
        self.displaced: list[tuple[PrefixKey, ObservedRoute]] = []
        """Alien routes whose place we took without knowing of them; the owner takes them out."""
        self.dirty: list[PrefixKey] = []
        """What is to be looked at."""
        self.watched: dict[PrefixKey, None] | None = None
        """What has changed while somebody compares the table with the books; None if nobody does."""
        self.is_complete = False
        """Whether what nobody wants may go."""

    # Notes

    def mark(self, key: PrefixKey) -> None:
        """Look at a prefix again: what is there has changed."""
        self.dirty.append(key)

    def doubt(self, operation: Operation) -> None:
        """Note that the outcome of an operation cannot be known, since others wrote at the same time."""
        self.doubtful[operation.key] = operation.route
        if operation.kind is OperationKind.REPLACE:
            self.overwritten.add(operation.key)
        self.mark(operation.key)

    def note_problem(self, key: PrefixKey, failure: Failure) -> None:
        """Note why what is wanted is not there."""
        if self.problems.get(key) != failure:
            self.problems[key] = failure
            self.reported.append(key)

    def try_again(self, key: PrefixKey) -> None:
        """What stood in the way has gone."""
        self.problems.pop(key, None)
        self.mark(key)

    def is_as_wanted(self, key: PrefixKey) -> None:
        """The kernel shows that a prefix is as it shall be, whoever saw to it."""
        self.forget(key)
        self.problems.pop(key, None)
        self.fights.end([key])

    def forget(self, key: PrefixKey) -> None:
        """What is there is what is wanted, or nothing is either."""
        self.actual.pop(key, None)
        self.leftovers.pop(key, None)

    # Questions

    def is_written(self, key: PrefixKey) -> bool:
        """Tell whether the kernel has what is wanted for a prefix."""
        return key in self.wanted and key not in self.actual and key not in self.doubtful

    def is_refused(self, key: PrefixKey) -> bool:
        """Tell whether the kernel refused what is wanted for a prefix."""
        return key in self.problems and key in self.wanted and key not in self.fights.resting

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

    def slot_metric(self, key: PrefixKey, default: int = -1) -> int:
        """Return the metric of what we have, or want, for this prefix."""
        route = self.wanted.get(key) or self.actual.get(key)
        return default if route is None else route.metric

    def installed(self) -> dict[PrefixKey, KernelRoute]:
        """Return what we have in the kernel at the metric that is wanted."""
        there = {**self.wanted, **self.actual}
        return {key: route for key, route in there.items() if route is not None}

    # Counts

    @property
    def deviations(self) -> int:
        """For how many prefixes the kernel may not have what is wanted."""
        return len(self.actual)

    @property
    def unwanted(self) -> int:
        """How many routes of ours are in the kernel that nobody wants, at any metric."""
        others = sum(map(len, self.strays.values())) + sum(map(len, self.twins.values()))
        return len(self.leftovers) + others

    def __len__(self) -> int:
        """Return how many routes of ours are in the kernel."""
        both = sum(map(self.wanted.__contains__, self.actual))
        return len(self.wanted) + len(self.actual) - both - [*self.actual.values()].count(None)
