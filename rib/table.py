"""One routing table: prefix key to its routes, with what the running burst touched (architecture §4)."""

from collections.abc import Iterable

from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.decision import can_matter
from rib.route import Route, Slot, Source, routes_of, winner


class Table:
    """All routes of one family.

    ``slots`` maps a prefix key to its routes. ``dirty`` maps every key whose best route may have
    changed since the last batch to the slot it had before: until ``LocRib.run`` has passed, that
    older slot holds the winner everybody knows.
    """

    def __init__(self, name: str, family: Family) -> None:
        self.name = name
        self.family = family
        self.version = 0
        """Grows with every batch that changed a best route."""
        self.slots: dict[PrefixKey, Slot] = {}
        self.dirty: dict[PrefixKey, Slot | None] = {}

    def __len__(self) -> int:
        return len(self.slots)

    def best(self, key: PrefixKey) -> Route | None:
        """Return the selected route, as the last batch left it."""
        return winner(self._settled(key))

    def routes(self, key: PrefixKey) -> tuple[Route, ...]:
        """Return all routes to a prefix, the selected one first, as the last batch left them."""
        return routes_of(self._settled(key))

    def _settled(self, key: PrefixKey) -> Slot | None:
        return self.dirty[key] if key in self.dirty else self.slots.get(key)

    def announce(self, route: Route, keys: Iterable[PrefixKey]) -> None:
        """Store a route for every key, in place of the one its source had there.

        The same attributes announced again change nothing (not even the time of arrival), but for the epoch.
        """
        slots, source = self.slots, route.source
        get, mark = slots.get, self.dirty.setdefault
        again: dict[Route, Route] = {}
        fresh = replaced = filtered = 0
        for key in keys:
            slot = get(key)
            if slot is None:
                slots[key] = route
                mark(key, None)
                fresh += 1
            elif slot is route:
                continue
            elif slot.__class__ is Route and slot.source is source:
                if slot.epoch == route.epoch and _says_the_same(slot, route):
                    continue
                if _looks_the_same(slot, route):
                    slots[key] = _said_again(slot, route.epoch, again)
                    continue
                slots[key] = route
                replaced += 1
                filtered -= slot.is_filtered
                mark(key, slot)
            else:
                self._announce_beside(key, slot, route, again)
        source.routes += fresh
        source.filtered += filtered + (fresh + replaced) * route.is_filtered

    def _announce_beside(self, key: PrefixKey, slot: Slot, route: Route, again: dict[Route, Route]) -> None:
        """Store a route beside those of other sources."""
        source, old = route.source, _route_from(slot, route.source)
        if old is not None and old.epoch == route.epoch and _says_the_same(old, route):
            return
        if old is not None and _looks_the_same(old, route):
            kept = _said_again(old, route.epoch, again)
            self.slots[key] = tuple(kept if each is old else each for each in routes_of(slot))
            return
        source.routes += old is None
        source.filtered += route.is_filtered - (old is not None and old.is_filtered)
        if self._matters(key, slot, old, route):
            self.dirty.setdefault(key, slot)
        others = [rival for rival in routes_of(slot) if rival is not old]
        others.insert(_position(others, route), route)
        self.slots[key] = tuple(others)

    def _matters(self, key: PrefixKey, slot: Slot, old: Route | None, new: Route | None) -> bool:
        if key in self.dirty:
            return False  # it is marked already
        best = winner(slot)
        return best is None or best is old or can_matter(best, old, new)

    def withdraw(self, source: Source, keys: Iterable[PrefixKey]) -> None:
        """Take the source's route away from every key it has one for (RFC 4271 §9.1.4)."""
        slots, get, mark = self.slots, self.slots.get, self.dirty.setdefault
        gone = filtered = 0
        for key in keys:
            slot = get(key)
            if slot is None:
                continue
            if slot.__class__ is Route:
                if slot.source is source:
                    del slots[key]
                    mark(key, slot)
                    gone += 1
                    filtered += slot.is_filtered
            elif (old := _route_from(slot, source)) is not None:
                self.substitute(key, slot, old, None)
                gone += 1
                filtered += old.is_filtered
        source.routes -= gone
        source.filtered -= filtered

    def substitute(self, key: PrefixKey, slot: Slot, old: Route, new: Route | None) -> None:
        """Put ``new`` in the place of ``old`` in a slot; None takes ``old`` away. Counts nothing."""
        if self._matters(key, slot, old, new):
            self.dirty.setdefault(key, slot)
        rest = [route for route in routes_of(slot) if route is not old]
        if new is not None:
            rest.insert(_position(rest, new), new)
        if not rest:
            del self.slots[key]
        else:
            self.slots[key] = rest[0] if len(rest) == 1 else tuple(rest)


def _says_the_same(old: Route, new: Route) -> bool:
    return old is new or (old.received is new.received and old.destination is new.destination)


def _looks_the_same(old: Route, new: Route) -> bool:
    """Tell whether nobody need be told of a route that was said again, in another epoch."""
    return (
        _says_the_same(old, new) and old.refusal is new.refusal and old.attributes.wire == new.attributes.wire
    )


def _said_again(old: Route, epoch: int, again: dict[Route, Route]) -> Route:
    """Return the one successor of a route that was said again; ``again`` has those made before."""
    known = again.get(old)
    if known is None:
        known = again[old] = old.said_again(epoch)
    return known


def _position(routes: list[Route], new: Route) -> int:
    """Behind the winner, before the refused; the batch moves a new winner to the front."""
    if new.refusal is not None:
        return len(routes)
    return 1 if routes and routes[0].refusal is None else 0


def _route_from(slot: Slot, source: Source) -> Route | None:
    for route in routes_of(slot):
        if route.source is source:
            return route
    return None
