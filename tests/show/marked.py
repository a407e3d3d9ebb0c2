"""Routes that are in the kernel and that no kernel protocol writes, for commands to find and remove."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from kernel_sync.flush import MarkedRoute, Removal
from kernel_sync.netlink import KernelPermissionError
from kernel_sync.types import ALL_TABLES, Failure
from messages.families import Family
from messages.families.prefix import PrefixKey


@dataclass(slots=True)
class StillMarked:
    """What there is, with its number; what a command has removed is gone."""

    routes: dict[MarkedRoute, int] = field(default_factory=dict)
    refused: dict[PrefixKey, Failure] = field(default_factory=dict)
    may_write: bool = True


class StillMarkedRoutes:
    """Some of them, as the kernel would give them."""

    def __init__(
        self, there: StillMarked, family: Family, table_id: int, protocol: int, spared: Collection[int]
    ) -> None:
        self._there = there
        self._family = family
        self._table_id = table_id
        self._protocol = protocol
        self._spared = spared

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        pass

    def find(self) -> Iterator[Sequence[MarkedRoute]]:
        for marked, protocol in list(self._there.routes.items()):
            fits = marked.table_id not in self._spared and self._table_id in (ALL_TABLES, marked.table_id)
            if fits and marked.family is self._family and protocol == self._protocol:
                yield [marked]

    def flush(self) -> Iterator[Sequence[Removal]]:
        for (marked,) in self.find():
            if not self._there.may_write:
                raise KernelPermissionError
            failure = self._there.refused.get(marked.key)
            if failure is None:
                del self._there.routes[marked]
            yield [Removal(marked, failure)]
