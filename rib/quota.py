"""How many prefixes one neighbor may be told of: BIRD's ``export limit``."""

from collections.abc import Callable, Sequence
from typing import TypeVar

K = TypeVar("K", bound=bytes)


class ExportQuota:
    """Keeps the set of what one neighbor was told of, prefixes or paths, which nothing else does."""

    def __init__(
        self,
        most: int,
        *,
        blocks: bool,
        on_excess: Callable[[int], None],
        on_room: Callable[[], None] = lambda: None,
        threshold: int | None = None,
    ) -> None:
        self.most = most
        self._threshold = most if threshold is None else threshold
        self._blocks = blocks
        self._on_excess = on_excess
        """Called with the number that was reached: once above the threshold, once above the most."""
        self._on_room = on_room
        """Called once when there is room again for what was refused."""
        self._told: set[bytes] = set()
        self._reported = -1
        """The highest bound that was told of since there was no reason to."""
        self._refused_some = False

    def __len__(self) -> int:
        return len(self._told)

    def __contains__(self, key: bytes) -> bool:
        return key in self._told

    def admit(self, keys: Sequence[K]) -> Sequence[K]:
        """Return which of these may be announced, and note them."""
        fresh = [key for key in keys if key not in self._told]
        room = max(0, self.most - len(self._told))
        self._report(len(self._told) + len(fresh))
        if len(fresh) > room and self._blocks:
            self._refused_some = True
            refused = set(fresh[room:])
            keys = [key for key in keys if key not in refused]
        self._told.update(keys)
        return keys

    def release(self, keys: Sequence[K]) -> Sequence[K]:
        """Return which of these must be withdrawn, and forget them."""
        known = [key for key in keys if key in self._told]
        self._told.difference_update(known)
        if len(self._told) < self.most:
            self._reported = min(self._reported, self._threshold)
            if self._refused_some:
                self._refused_some = False
                self._on_room()
        if len(self._told) < self._threshold:
            self._reported = -1
        return known

    def _report(self, number: int) -> None:
        for bound in (self.most, self._threshold):
            if number > bound > self._reported:
                self._reported = bound
                self._on_excess(number)
                return
