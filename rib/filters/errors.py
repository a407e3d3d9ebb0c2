"""What can be wrong with a filter: found when it is read, or when it runs."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands, as users count: both numbers begin with 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class FilterError(Exception):
    """A filter that can't be used; the text is ``file:line:column message``."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place} {message}")
        self.place = place
        self.message = message


class RunError(Exception):
    """What stops a running filter; the text is BIRD's."""
