"""Long-lived graceful restart, as our OPEN offers it and two OPENs agree on it (RFC 9494 §3, §4.2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from fsm.settings import Settings
from messages.capabilities import (
    GRACEFUL_RESTART,
    LONG_LIVED_GRACEFUL_RESTART,
    Capabilities,
    LongLivedFamily,
)
from messages.families import Family


class LongLived(NamedTuple):
    """What two speakers do for each other when one of them is away for longer than a restart takes."""

    stale_times: Mapping[Family, int] = MappingProxyType({})
    """For how many seconds more we keep the peer's routes, of each family of which it wants that."""
    preserved: frozenset[Family] = frozenset()
    """The families along whose routes the peer went on forwarding (Forwarding State)."""
    is_helped: bool = False
    """Whether the peer keeps our routes when it is us who are away."""


NOT_AGREED: Final = LongLived()


def offered_stale_times(settings: Settings) -> tuple[LongLivedFamily, ...] | None:
    """Return for how long our OPEN asks the peer to keep our routes; without families we keep the peer's.

    None without graceful restart: a peer would have to disregard it (RFC 9494 §4.1).
    """
    if settings.graceful_restart == "off" or settings.long_lived_graceful_restart == "off":
        return None
    if settings.long_lived_graceful_restart == "helper":
        return ()
    time, lost = settings.long_lived_stale_time, settings.restart_state.lost
    return tuple(LongLivedFamily(family, family not in lost, time) for family in settings.families)


def takes_stale_routes(theirs: Capabilities) -> bool:
    """Tell whether the peer knows what LLGR_STALE means (RFC 9494 §4.1, §4.3)."""
    return GRACEFUL_RESTART in theirs and LONG_LIVED_GRACEFUL_RESTART in theirs


def agreed_stale_times(
    families: tuple[Family, ...], announced: Capabilities, theirs: Capabilities
) -> LongLived:
    """Return what a session of these families has agreed on, if both have graceful restart anyway."""
    ours, its = announced.get(LONG_LIVED_GRACEFUL_RESTART), theirs.get(LONG_LIVED_GRACEFUL_RESTART)
    if ours is None or its is None:
        return NOT_AGREED
    times = {row.family: row.stale_time for row in its}
    preserved = {row.family for row in its if row.forwarding_preserved}
    return LongLived(
        {family: times[family] for family in families if times.get(family)},
        frozenset(families) & preserved,
        is_helped=bool(ours),
    )
