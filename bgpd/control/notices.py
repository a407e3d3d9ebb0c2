"""What a client is told besides its answers: log lines, for instance. They wait until there is a gap."""

from collections import deque
from collections.abc import Iterator
from typing import Final

DEFAULT_OCTETS: Final = 4096


class Notices:
    """A queue with an end: what does not fit is lost, but counted."""

    def __init__(self) -> None:
        self.capacity = DEFAULT_OCTETS
        """One octet more than what fits; each notice takes one more than it has."""
        self._waiting: deque[str] = deque()
        self._octets = 0
        self._lost = 0

    def __bool__(self) -> bool:
        return bool(self._waiting or self._lost)

    def add(self, text: str) -> None:
        """Put a notice at the end, if there is room for it."""
        octets = len(text.encode(errors="replace")) + 1
        if self._octets + octets < self.capacity:
            self._waiting.append(text)
            self._octets += octets
        else:
            self._lost += 1

    def take(self) -> Iterator[str]:
        """Yield all that waits, as lines; first how many were lost since the last time, as in BIRD."""
        if self._lost:
            yield f"<{self._lost} messages lost>"
        while self._waiting:
            yield f"+{self._waiting.popleft()}"
        self._octets = self._lost = 0
