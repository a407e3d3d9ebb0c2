"""What becomes of a slot when an entry is put into it or taken out, and whether that can matter.

No slot and no entry is changed: these functions return others.
"""

from operator import attrgetter
from typing import Final

from messages.attribute_set import AttributeSet
from rib.decision import Decision
from rib.route import Route, Source
from rib.slot import Entry, Path, Slot, entries_of, route_of

_degree: Final = attrgetter("degree")


def entry_from(slot: Slot | None, source: Source) -> Entry | None:
    """Return what a source that sends no Path Identifiers has in a slot.

    A path is that if there is nothing else: it is stale, of a session that agreed on identifiers.
    """
    stale: Entry | None = None
    for entry in entries_of(slot):
        if entry.source is source:
            if entry.__class__ is Route:
                return entry
            stale = entry
    return stale


def path_from(slot: Slot | None, source: Source, identifier: int) -> Path | None:
    """Return the path of a source that came with a Path Identifier (RFC 7911 §3)."""
    for entry in entries_of(slot):
        if isinstance(entry, Path) and entry.identifier == identifier and entry.route.source is source:
            return entry
    return None


def holding(entry: Entry, route: Route) -> Entry:
    """Return the same entry with another route."""
    return entry._replace(route=route) if isinstance(entry, Path) else route


def joined(entries: tuple[Entry, ...], new: Entry, decision: Decision) -> tuple[Entry, ...]:
    """Add an entry so that those of the lowest degree are the first."""
    if not entries:
        return (new,)
    degree = decision.degree
    ours, lowest = degree(route_of(new)), degree(route_of(entries[0]))
    if ours < lowest:
        return (new, *entries)
    return (entries[0], new, *entries[1:]) if ours == lowest else (*entries, new)


def without(entries: tuple[Entry, ...], old: Entry) -> tuple[Entry, ...]:
    """Take an entry away so that those of the lowest degree are still the first."""
    first = entries[0]
    if len(entries) == 2:
        return (entries[1],) if first is old else (first,)
    rest = tuple([entry for entry in entries if entry is not old])
    if first is old and len(rest) > 1 and rest[0].degree != old.degree:
        return tuple(sorted(rest, key=_degree))
    return rest


def matters(entries: tuple[Entry, ...], old: Entry | None, new: Entry | None, decision: Decision) -> bool:
    """Tell whether another winner is possible; until the batch has run, the first entry may become it."""
    if not entries or entries[0] is old:
        return True
    first = route_of(entries[0])
    before = None if old is None else route_of(old)
    after = None if new is None else route_of(new)
    if decision.can_matter(first, before, after):
        return True
    # Next hops may be found through another route if the best one is itself found so.
    return first.facts.recursive and (_leads(before) or _leads(after))


def _leads(route: Route | None) -> bool:
    """Tell whether next hops may be found through a route."""
    return route is not None and not route.facts.recursive


def says_the_same(old: Route, new: Route) -> bool:
    """Tell whether a source said nothing new."""
    return old is new or (
        (old.said is new.said or old.said == new.said or _reads_the_same(old, new))
        and old.destination is new.destination
        and old.facts is new.facts
        and old.preference == new.preference
    )


def _reads_the_same(old: Route, new: Route) -> bool:
    """Tell whether both say the same, though in another form, or in a session with other capabilities."""
    if isinstance(old.said, AttributeSet) or isinstance(new.said, AttributeSet):
        return old.refusal is new.refusal and old.received.says_the_same_as(new.received)
    return False


def looks_the_same(old: Route, new: Route) -> bool:
    """Tell whether nobody need be told of a route that was said again, in another epoch."""
    return says_the_same(old, new) and old.looks_like(new)


def said_again(old: Route, epoch: int, again: dict[Route, Route]) -> Route:
    """Return the one successor of a route that was said again; ``again`` has those made before."""
    known = again.get(old)
    if known is None:
        known = again[old] = old.said_again(epoch)
    return known
