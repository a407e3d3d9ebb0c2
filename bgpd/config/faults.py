"""What is wrong with a configuration, and where."""

from collections.abc import Iterator
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
"""The keys and list positions that lead to a value, as in ``("neighbors", 0, "address")``."""
Complaints = Iterator[tuple[str, str]]
"""What is wrong with one table: the key to blame, and the message."""


class Fault(NamedTuple):
    """Something wrong, before it is known in which line of which file."""

    path: KeyPath
    message: str


def at(path: KeyPath, complaints: Complaints) -> Iterator[Fault]:
    """Say where the table is that the complaints are about."""
    yield from (Fault((*path, key), message) for key, message in complaints)


class Problem(NamedTuple):
    """Something wrong, as a user is told: file, line, key, what was found and what is allowed."""

    file: str
    line: int | None
    key: str
    message: str
    column: int | None = None
    """Where it is in the line, if it is in the text of a filter."""

    def __str__(self) -> str:
        if self.column is not None:
            return f"{self.file}:{self.line}:{self.column} {self.message}"
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.message) if part)


class ConfigurationError(Exception):
    """A configuration cannot be used; all its problems at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class NotYetError(ConfigurationError):
    """What a configuration refers to is not there or not right; the same one may do a moment later."""
