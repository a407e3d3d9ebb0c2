"""What ``show protocols all`` tells of one kind of protocol beyond what every protocol has."""

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol


class Details(Protocol):
    """A NamedTuple of plain values, which JSON shows as they are; text shows its lines."""

    def lines(self) -> Iterable[str]:
        """Return the text, without the two blanks that all details begin with."""

    def lines_of_bird(self) -> Iterable[str]:
        """Return those that BIRD has, too."""

    def limit_lines(self) -> Iterable[str]:
        """Return what BIRD says of limits, which comes before the counters."""

    def _asdict(self) -> dict[str, object]: ...


class _NoDetails(NamedTuple):
    def lines(self) -> Iterable[str]:
        return ()

    def lines_of_bird(self) -> Iterable[str]:
        return ()

    def limit_lines(self) -> Iterable[str]:
        return ()


NO_DETAILS: Final[Details] = _NoDetails()
