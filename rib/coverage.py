"""What would be lost with some sources: their prefixes that nobody else has, found in slices."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from messages.attributes import CLUSTER_LIST
from messages.families.prefix import PrefixKey
from rib.route import Route, Source, SourceKind
from rib.slot import Entry, route_of
from rib.table import Table

SLICE: Final = 3_000
"""Prefixes looked at between two pauses."""
_OWN: Final = frozenset({SourceKind.STATIC, SourceKind.DIRECT})


@dataclass(slots=True)
class Share:
    """What one source brings."""

    brought: int = 0
    """Prefixes for which it has a route that was accepted, and that are not our own."""
    missing: int = 0
    """Those of them that nobody else who stays has a usable route for."""
    example: PrefixKey | None = None
    """One that is missing."""
    is_reflected: bool = False
    """Whether somebody who stays has reflected a route to one of them, which so is not its own (RFC 4456)."""


def shares(
    table: Table, leaving: Collection[Source], staying: Collection[Source]
) -> Iterator[Mapping[Source, Share] | None]:
    """Find out what some sources bring, and whether those that stay bring it as well; one may be of both.

    Stale routes of those that stay do not count: they are not said to be there. Yields None after every
    slice, so that others can have their turn, and at last the shares.
    """
    found = {source: Share() for source in leaving}
    stays = frozenset(staying)
    keys = iter(list(table.slots))
    while some := list(islice(keys, SLICE)):
        slots = table.slots  # another dictionary when the table has shrunk meanwhile
        for key in some:
            slot = slots.get(key)
            if slot.__class__ is tuple:
                _look_at(slot, key, found, stays)  # type: ignore[arg-type]  # which the class tells
            elif slot is not None and slot.source in found:  # type: ignore[union-attr]  # not a tuple
                _look_at((slot,), key, found, stays)  # type: ignore[arg-type]  # not a tuple
        yield None
    yield found


def _look_at(
    entries: tuple[Entry, ...], key: PrefixKey, found: Mapping[Source, Share], stays: Collection[Source]
) -> None:
    concerned = {entry.source for entry in entries if entry.source in found}
    if not concerned:
        return
    routes = [route_of(entry) for entry in entries]
    if any(route.source.kind in _OWN and _is_usable(route) for route in routes):
        return
    others = {
        route.source: route
        for route in routes
        if route.source in stays and route.epoch == route.source.epoch and _is_usable(route)
    }
    for source in concerned:
        if any(route.source is source and not route.is_filtered for route in routes):
            share = found[source]
            share.brought += 1
            known = [route for other, route in others.items() if other is not source]
            if not known:
                share.missing += 1
                share.example = share.example or key
            elif not share.is_reflected:
                share.is_reflected = any(CLUSTER_LIST in route.attributes for route in known)


def _is_usable(route: Route) -> bool:
    return route.refusal is None and not route.is_unresolvable
