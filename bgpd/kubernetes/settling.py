"""When to read what has changed: once for changes that come in a row, and not too late."""

from bgpd.kubernetes.rest import Pace


class Settling:
    """Knows when changes are to be read; times are seconds of a clock that does not jump."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._first: float | None = None
        self._last = 0.0

    def changed(self, now: float) -> None:
        """Something has changed."""
        if self._first is None:
            self._first = now
        self._last = now

    @property
    def due(self) -> float | None:
        """When to read; None: nothing has changed."""
        if self._first is None:
            return None
        return min(self._last + self._pace.quiet, self._first + self._pace.patience)

    def read(self) -> None:
        """What has changed is going to be read."""
        self._first = None
