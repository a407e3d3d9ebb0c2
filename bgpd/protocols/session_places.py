"""Which neighbors have their sessions on which interface."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class Follower(Protocol):
    """Whoever has a session."""

    def interfaces_changed(self) -> None:
        """Look at the addresses of the session's interface, and at those of the host, again."""


class SessionPlaces:
    """Finds the neighbors that news about an interface concerns, without asking all."""

    def __init__(self) -> None:
        self._places: dict[Follower, int] = {}
        self._followers: dict[int, dict[Follower, None]] = {}

    def put(self, follower: Follower, index: int) -> None:
        """The follower's session is on this interface, wherever it was before; 0 is nowhere."""
        if self._places.get(follower) != index:
            self.remove(follower)
            self._places[follower] = index
            self._followers.setdefault(index, {})[follower] = None

    def remove(self, follower: Follower) -> None:
        """It has no session, or none any more."""
        index = self._places.pop(follower, None)
        if index is not None:
            del self._followers[index][follower]
            if not self._followers[index]:
                del self._followers[index]

    def everybody(self) -> Iterable[Follower]:
        """Return all that have a session."""
        return [*self._places]

    def on(self, indexes: Iterable[int]) -> Iterator[Follower]:
        """Yield those with a session on one of these interfaces."""
        for index in indexes:
            yield from [*self._followers.get(index, ())]
