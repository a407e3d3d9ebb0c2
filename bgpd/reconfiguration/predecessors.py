"""Who in a new configuration is who in the former one: neighbors by where they are, all others by names.

A session is that of two addresses, a port and a device. What people call it is no part of it, so a neighbor
that is called otherwise goes on with its session, as long as nothing else of it takes a new one.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias

from bgpd.settings import NeighborSettings, ProtocolSettings

Place: TypeAlias = tuple[object, ...]
GoesOn: TypeAlias = Callable[[NeighborSettings, NeighborSettings], bool]
"""Tells whether a neighbor can become another one without a new session."""


def predecessors(
    old: Iterable[ProtocolSettings], new: Iterable[ProtocolSettings], goes_on: GoesOn
) -> Mapping[str, ProtocolSettings]:
    """Return who protocols were, by their names in the new configuration; who is new is not in it."""
    before = {settings.name: settings for settings in old}
    after = {settings.name: settings for settings in new}
    renamed = _renamed(before, after, goes_on)
    gone = {settings.name for settings in renamed.values()}
    return {
        name: renamed[name] if name in renamed else before[name]
        for name in after
        if name in renamed or (name in before and name not in gone)
    }


def _renamed(
    before: Mapping[str, ProtocolSettings], after: Mapping[str, ProtocolSettings], goes_on: GoesOn
) -> Mapping[str, NeighborSettings]:
    """Return the former settings of neighbors that are called otherwise now, by their new names."""
    there, here = _by_place(before.values()), _by_place(after.values())
    found = {
        now.name: there[place]
        for place, now in here.items()
        if place in there and there[place].name != now.name and goes_on(there[place], now)
    }
    while taken := _taken(found, before):
        found = {name: was for name, was in found.items() if name not in taken}
    return found


def _taken(found: Mapping[str, NeighborSettings], before: Collection[str]) -> Collection[str]:
    """Return the new names that somebody has who keeps it, or gives it up only when it has gone."""
    given_up = {was.name for was in found.values()}
    return [name for name in found if name in before and name not in given_up]


def _by_place(protocols: Iterable[ProtocolSettings]) -> Mapping[Place, NeighborSettings]:
    """Return the neighbors by their places, as far as each has one of its own."""
    neighbors = [settings for settings in protocols if isinstance(settings, NeighborSettings)]
    counted = Counter(map(place_of, neighbors))
    return {place: each for each in neighbors if counted[place := place_of(each)] == 1}


def place_of(neighbor: NeighborSettings) -> Place:
    """Return where a neighbor is, which is what makes it the same one under another name."""
    return (
        neighbor.source_address,
        neighbor.address,
        neighbor.interface,
        neighbor.range_bits,
        neighbor.port,
        neighbor.device,
    )
