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
    """One of several routes at one place: its next hops are named as well."""


class Operation(NamedTuple):
    """One message to the kernel; ``route`` is what to write, or what to remove."""

    key: PrefixKey
    kind: OperationKind
    route: KernelRoute
