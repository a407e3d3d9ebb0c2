"""What may change by itself while the daemon runs, and then has the configuration read again."""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeAlias

Changed: TypeAlias = Callable[[str], None]
"""Called in the event loop with what is new in words, such as ``/etc/bgpd/nodes.json changed``."""


class SourceStatus(NamedTuple):
    """What there is to say about one; ``show status`` and the figures for Prometheus are made of these."""

    kind: str
    """``file``, ``folder``, ``kubernetes``."""
    name: str
    """What tells it apart from others of its kind: a path, the address of a server."""
    state: str
    """A word or two: ``watched``, ``missing``, ``connecting``."""
    since: float
    """Unix time at which this state began."""
    problem: str = ""
    """What is wrong with it, and what to do; empty: nothing is."""
    objects: int | None = None
    """How many nodes, files or resources it has; ``None``: nobody counts them."""


class Source(Protocol):
    """One of them. Making one does nothing yet; what it has is read by whoever reads the configuration."""

    @property
    def name(self) -> str:
        """A source of the same name is the same one: it goes on when the configuration changes."""

    def start(self, changed: Changed) -> None:
        """Begin to look for changes; the event loop runs."""

    async def stop(self) -> None:
        """End; ``changed`` is not called any more."""

    def status(self) -> SourceStatus:
        """Return how things are now."""
