"""The row type of the table of attributes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rib.filters.running.run import Run
from rib.filters.values import Type


@dataclass(frozen=True, slots=True, eq=False)
class FilterAttribute:
    """One name that filters know."""

    name: str
    types: frozenset[Type]
    """What reading it can give; VOID if the route may be without it."""
    read: Callable[[Run], Any]
    assigned: Type | None = None
    """What it may be set to; None if it can only be read."""
    write: Callable[[Run, Any], None] | None = None
    """Raises RunError if the value is of another type, or impossible."""
    remove: Callable[[Run], None] | None = None
    """What ``unset`` does; None if it is always there."""
    about: str = ""
    """What it is, for the documentation."""

    @property
    def is_dynamic(self) -> bool:
        """Whether ``unset`` may remove it."""
        return self.remove is not None
