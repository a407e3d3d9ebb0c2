"""What a kernel table tells of itself: counts, times, and what went wrong last."""

from collections.abc import Sequence
from typing import NamedTuple

from messages.families.prefix import PrefixKey


class Trouble(NamedTuple):
    """A route that could not be written, or was written with a warning."""

    at: float
    """Unix time."""
    key: PrefixKey
    text: str


class KernelReport(NamedTuple):
    """How a table is, and what happened since the start; times are Unix times, None before the first one."""

    table: int
    protocol: int
    wanted: int
    installed: int
    waiting: int
    """About to be written, replaced or removed."""
    problems: int
    strays: int
    aliens: int
    written: int
    refused: int
    restored: int
    """Put back after somebody had taken them out."""
    displaced: int
    """Alien routes whose place we took without knowing of them."""
    dumps: int
    lost_notifications: int
    checks: int
    last_dump: float | None
    last_check: float | None
    last_change: float | None
    """When anything was written last."""
    adopting: bool
    """Whether the routes of an earlier process are still kept."""
    last_errors: Sequence[Trouble]
    """The newest last."""
