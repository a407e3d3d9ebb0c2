"""What is wrong with resources, and what the user should know about them."""

from collections.abc import Sequence
from typing import Final

_LONGEST: Final = 600
"""Characters of what is said about one thing; names and keys are as long as whoever wrote them likes."""


class CalicoError(ValueError):
    """Resources can't be used; all that is wrong with them, each in a line."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Report:
    """Takes note of everything, so that all of it can be told at once."""

    def __init__(self) -> None:
        self._faults: dict[str, None] = {}
        self._remarks: dict[str, None] = {}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not followed, in the order in which it was found."""
        return tuple(self._remarks)

    def fault(self, place: str, message: str) -> None:
        """Note something wrong."""
        self._faults[_line(place, message)] = None

    def remark(self, place: str, message: str) -> None:
        """Note something that harms nobody."""
        self._remarks[_line(place, message)] = None

    def settle(self, more: Sequence[str] = ()) -> None:
        """Raise CalicoError if anything was wrong."""
        if self._faults or more:
            raise CalicoError(*self._faults, *more)


def _line(place: str, message: str) -> str:
    """Return a line that can be printed, whatever characters there are in names and keys."""
    text = f"{place}: {message}"
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return (
        text
        if text.isprintable()
        else "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    )
