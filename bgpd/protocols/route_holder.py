"""Whose routes a protocol's counters are about."""

from typing import Protocol


class RouteHolder(Protocol):
    """A source of routes, or several of a pipe together; all but ``preference`` are numbers of prefixes."""

    @property
    def preference(self) -> int: ...
    @property
    def routes(self) -> int: ...
    @property
    def filtered(self) -> int: ...
    @property
    def preferred(self) -> int: ...
