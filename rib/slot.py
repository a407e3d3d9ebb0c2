"""All routes to one prefix, as a table keeps them (architecture §4).

A slot is the bare entry while there is one, and a tuple from the second on. Then all have degrees
(``rib.ranking``), and those of the lowest come first: the winner before all, once the batch has run. The rest
are in no order. Slots never change; another takes their place.
"""

from typing import Any, NamedTuple, TypeAlias

from rib.route import Facts, Refusal, Route, Source


class Path(NamedTuple):
    """A route that came with a Path Identifier (RFC 7911 §3): one of several of its neighbor.

    The identifiers stand beside the route, because many speakers give every prefix others: the route is
    shared by its prefixes all the same.
    """

    identifier: int
    """The neighbor's."""
    sent: int
    """Ours, for neighbors that we send several paths. No other path of the prefix has it."""
    route: Route

    @property
    def source(self) -> Source:
        """The neighbor."""
        return self.route.source

    @property
    def facts(self) -> Facts:
        """Those of the route."""
        return self.route.facts

    @property
    def degree(self) -> bytes:
        """That of the route."""
        return self.route.degree

    @property
    def refusal(self) -> Refusal | None:
        """That of the route."""
        return self.route.refusal


Entry: TypeAlias = Route | Path
Slot: TypeAlias = Entry | tuple[Entry, ...]


def entries_of(slot: Slot | None) -> tuple[Entry, ...]:
    """Return what is in a slot, the winner first."""
    if slot is None:
        return ()
    return (slot,) if isinstance(slot, (Route, Path)) else slot


def route_of(entry: Entry) -> Route:
    """Return the route of an entry."""
    return entry if isinstance(entry, Route) else entry.route


def winner(slot: Slot | None) -> Route | None:
    """Return the best route of a settled slot, or None if it has none that may be selected."""
    entry: Any = slot[0] if slot.__class__ is tuple else slot
    route: Route | None = None
    if entry is not None and entry.refusal is None:
        route = entry if entry.__class__ is Route else entry.route
    return route


def routes_of(slot: Slot | None) -> tuple[Route, ...]:
    """Return the routes of a slot, the winner first."""
    return tuple([route_of(entry) for entry in entries_of(slot)])


def paths_of(slot: Slot | None) -> tuple[Path, ...]:
    """Return the same as paths; a neighbor that sends no identifiers has one path to a prefix."""
    return tuple(
        [
            entry if isinstance(entry, Path) else Path(0, entry.source.path_id, entry)
            for entry in entries_of(slot)
        ]
    )
