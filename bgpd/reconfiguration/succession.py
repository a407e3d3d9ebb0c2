"""A reload that brings neighbors in the place of others: those who leave stay until the new ones have spoken.

When a full mesh becomes the clients of a reflector, no route must be missing in between. So the new
configuration is applied in two steps: first with those who are to leave still in it, then as it is.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.reconfiguration.handover import leaving
from bgpd.reconfiguration.plan import Plan
from bgpd.reconfiguration.soft_reload import NoSoftReloadError, with_filters_kept
from bgpd.settings import DaemonSettings, NeighborSettings

_TO_CONNECT: Final = 3.0
"""Seconds after ``connect_delay`` in which a new neighbor has spoken, or is not waited for."""
_LONGEST: Final = 10.0
_FOR_OTHERS: Final = 1.0
"""Seconds more: the other end of a session that goes reads a new file as well, at about the same time."""
_LOOK_SECONDS: Final = 0.05


class Succession(NamedTuple):
    """What comes before a new configuration."""

    settings: DaemonSettings
    """The new one with those who are to leave."""
    successors: Sequence[NeighborSettings]
    """Whom they wait for."""


def succession(old: DaemonSettings, new: DaemonSettings, found: Plan) -> Succession | None:
    """Return the first of two steps to a new configuration, or None if one is enough, or has to be."""
    successors = [each for each in _neighbors(found.added) if not each.disabled]
    going = [*leaving(found)]
    if not successors or not going:
        return None
    both = replace(new, neighbors=(*new.neighbors, *going))
    filters = [name for each in going for name in (each.import_filter, each.export_filter)]
    try:
        return Succession(with_filters_kept(old, both, filters), successors)
    except NoSoftReloadError:
        return None


async def have_spoken(protocols: Mapping[str, Protocol], successors: Sequence[NeighborSettings]) -> None:
    """Wait until these neighbors have said what they have, or there is no hope that they do soon."""
    delay = max(each.connect_delay + each.delay_open for each in successors)
    names = {each.name for each in successors}
    for _ in range(int(min(delay + _TO_CONNECT, _LONGEST) / _LOOK_SECONDS)):
        if _has_spoken(protocols, names):
            break
        await asyncio.sleep(_LOOK_SECONDS)
    await asyncio.sleep(_FOR_OTHERS)


def _has_spoken(protocols: Mapping[str, Protocol], names: Collection[str]) -> bool:
    found = [protocols.get(name) for name in names]
    return all(isinstance(each, BgpProtocol) and each.has_spoken for each in found)


def _neighbors(settings: Sequence[object]) -> Iterator[NeighborSettings]:
    """Yield those with an address: who is in a range can't be told from another before it connects."""
    for each in settings:
        if isinstance(each, NeighborSettings) and each.range_bits is None:
            yield each
