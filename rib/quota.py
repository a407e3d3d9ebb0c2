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
        self._learns = False
        """Whether it has yet to note what was told before there was a limit."""

    def succeed(self, former: "ExportQuota | None") -> None:
        """Take the place of another limit, or of none; the neighbor has to be told everything again."""
        self._learns = True
        if former is not None:
            self._told, self._learns = former._told, former._learns

    def __len__(self) -> int:
        return len(self._told)

    def __contains__(self, key: bytes) -> bool:
        return key in self._told

    @property
    def is_hit(self) -> bool:
        """Whether there was more to tell than may be told."""
        return self._reported >= self.most

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

    def takes_back(self, key: K, *, was_told: bool) -> bool:
        """Tell, while all is told again, whether a prefix was told that is one too many under this limit."""
        if self._learns and was_told:
            self._told.add(key)
        number = len(self._told)
        if number <= self.most or key not in self._told:
            return False
        self._report(number)
        self._refused_some = self._refused_some or self._blocks
        return self._blocks

    def has_learned(self) -> None:
        """All has been told again."""
        self._learns = False

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
