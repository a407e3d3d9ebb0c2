"""What ``show protocols all`` tells of one kind of protocol beyond what every protocol has."""

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol


class Details(Protocol):
    """A NamedTuple of plain values, which JSON shows as they are; text shows its lines."""

    def lines(self) -> Iterable[str]:
        """Return the text, without the two blanks that all details begin with."""

    def _asdict(self) -> dict[str, object]: ...


class _NoDetails(NamedTuple):
    def lines(self) -> Iterable[str]:
        return ()


NO_DETAILS: Final[Details] = _NoDetails()
