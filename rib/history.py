"""What became of prefixes lately: a bounded ring of the changes that a table has settled."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from messages.families.prefix import PrefixKey
from rib.loc_rib import Batch, Change
from rib.route import Route

MOST_KEYS: Final = 65_536
"""Changes of single prefixes that are remembered by default."""
MOST_ROUTES: Final = 8192
"""Changes, of any number of prefixes each, that are remembered.

Each keeps two routes from being forgotten: where prefixes change one by one, as those of containers do, it
takes half a kilobyte, and more if the routes have many attributes.
"""
_SLICE: Final = 1024
"""Keys compared between two pauses."""


class Event(NamedTuple):
    """The best route to a prefix changed; ``old`` and ``new`` are never both None."""

    at: float
    """Unix time."""
    key: PrefixKey
    old: Route | None
    new: Route | None


class _Round(NamedTuple):
    """What one batch has changed."""

    at: float
    changes: Sequence[Change]
    keys: int


class History:
    """Follows one table. It keeps the lists that a batch is made of: nothing is done per prefix."""

    follows_all: Final = False

    def __init__(
        self, now: Callable[[], float], most_keys: int = MOST_KEYS, most_routes: int = MOST_ROUTES
    ) -> None:
        self._now = now
        self._most_keys = most_keys
        self._most_routes = most_routes
        self._rounds: deque[_Round] = deque()
        self._keys = 0
        self._routes = 0
        self._complete_since: float | None = None
        self.settled = 0
        """How many changes of single prefixes there were; those that are forgotten included."""

    def __len__(self) -> int:
        """Return how many changes of single prefixes are remembered."""
        return self._keys

    @property
    def complete_since(self) -> float | None:
        """Since when every change is remembered (Unix time); None if nothing has been forgotten yet."""
        return self._complete_since

    def follow(self, batch: Batch) -> None:
        """Remember the changes of a batch, and forget the oldest ones if they are too many."""
        if not batch.changes:
            return
        keys = sum([len(change.keys) for change in batch.changes])
        self._rounds.append(_Round(self._now(), batch.changes, keys))
        self._keys += keys
        self.settled += keys
        self._routes += len(batch.changes)
        while self._keys > self._most_keys or self._routes > self._most_routes:
            oldest = self._rounds.popleft()
            self._keys -= oldest.keys
            self._routes -= len(oldest.changes)
            self._complete_since = self._rounds[0].at if self._rounds else self._now()

    @property
    def first(self) -> int:
        """How many changes came before the oldest one that is remembered."""
        return self.settled - self._keys

    def after(self, number: int) -> Iterator[Event | None]:
        """Yield what came after so many changes, the oldest first; None wherever others may have a turn."""
        to_skip = max(0, number - self.first)
        passed = 0
        for at, changes, size in tuple(self._rounds):
            if to_skip >= size:
                to_skip -= size
                continue
            for old, new, keys in changes:
                for key in keys[to_skip:]:
                    yield Event(at, key, old, new)
                to_skip = max(0, to_skip - len(keys))
            passed += size
            if passed >= _SLICE:
                passed = 0
                yield None

    def of(self, keys: frozenset[PrefixKey]) -> Iterator[Event | None]:
        """Yield what became of some prefixes, the newest first; None wherever others may have a turn."""
        compared = 0
        for at, changes, size in reversed(tuple(self._rounds)):
            for change in changes:
                for key in keys.intersection(change.keys):
                    yield Event(at, key, change.old, change.new)
            compared += size
            if compared >= _SLICE:
                compared = 0
                yield None
