"""What can be asked of the kernel for one prefix."""

from enum import IntEnum
from typing import NamedTuple

from kernel_sync.types import KernelRoute
from messages.families.prefix import PrefixKey


class OperationKind(IntEnum):
    """The kinds from DELETE on take a route out."""

    ADD = 1
    REPLACE = 2
    DELETE = 3
    DELETE_EXACTLY = 4
    """Our next hops only: others have theirs in the same place."""
    DELETE_TWIN = 5
    """One of several routes of ours in the same place, by its next hops."""


class Operation(NamedTuple):
    """One message to the kernel; ``route`` is what to write, or what to remove."""

    key: PrefixKey
    kind: OperationKind
    route: KernelRoute
