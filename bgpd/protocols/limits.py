"""How many prefixes a neighbor may send, and what happens when it sends more."""

import logging
from collections.abc import Callable, Collection, Sequence
from struct import Struct
from typing import Final, TypeVar

from bgpd.config.settings import PrefixLimit
from messages.families import Family
from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification
from rib.quota import ExportQuota
from rib.route import Route, Source

_log = logging.getLogger("bgpd.bgp")
_DATA: Final = Struct("!HBI")
"""AFI, SAFI and upper bound (RFC 4486 §4)."""
_FAR_BELOW: Final = 0.9
"""Part of the threshold at which a warning would be news again."""
_ENDINGS: Final = {"restart", "disable"}
_CONSEQUENCES: Final = {
    "warn": "all are taken",
    "block": "no more are taken until others are withdrawn",
    "restart": "the session ends for {} seconds",
    "disable": "the session ends until the neighbor is enabled",
}
_UNSENT: Final = _CONSEQUENCES | {
    "warn": "all are sent",
    "block": "no more are sent until others are withdrawn",
}

K = TypeVar("K", bound=bytes)


class LimitReachedError(Exception):
    """The session must end; ``notification`` says why."""

    def __init__(self, limit: PrefixLimit, most: int, notification: Notification) -> None:
        super().__init__()
        self.limit = limit
        self.most = most
        """The number that was exceeded."""
        self.notification = notification


class PrefixLimiter:
    """Watches one family of a neighbor: what is accepted, and all that is sent."""

    def __init__(
        self, neighbor: str, limit: PrefixLimit, family: Family, held: Callable[[bytes], Route | None]
    ) -> None:
        """``held`` returns the neighbor's route for a prefix or a path."""
        self._imported = _Bound(neighbor, limit, limit.imported, "prefixes", family)
        self._received = _Bound(neighbor, limit, limit.received, "prefixes, refused ones included", family)
        self._held = held

    def excess(self, source: Source, keys: Sequence[K], *, is_filtered: bool) -> Collection[K]:
        """Return which of the prefixes that are announced must not be taken.

        Raises LimitReachedError if that ends the session.
        """
        excess: Collection[K] = ()
        if self._received.may_be_exceeded(source.routes, len(keys)):
            excess = self._received.excess(source.routes, keys, lambda key: self._held(key) is not None)
        imported = source.routes - source.filtered
        if not is_filtered and self._imported.may_be_exceeded(imported, len(keys)):
            excess = {*excess, *self._imported.excess(imported, keys, self._is_imported)}
        return excess

    def _is_imported(self, key: bytes) -> bool:
        route = self._held(key)
        return route is not None and not route.is_filtered


class _Bound:
    """One number that is not to be exceeded; ``most`` is None if there is none."""

    def __init__(
        self, neighbor: str, limit: PrefixLimit, most: int | None, what: str, family: Family
    ) -> None:
        self._neighbor = neighbor
        self._limit = limit
        self._most = most
        self._what = f"{what} ({family.name})"
        self._family = family
        self._threshold = (most or 0) * limit.warn_at // 100
        self._warned_at = 0
        """The highest number that the operator was told of since there was no reason to."""

    def may_be_exceeded(self, present: int, more: int) -> bool:
        """Tell, without a look at the prefixes, whether the bound may be near."""
        if self._most is None:
            return False
        if present + more > self._threshold:
            return True
        if present <= self._threshold * _FAR_BELOW:
            self._warned_at = 0
        return False

    def excess(self, present: int, keys: Sequence[K], is_present: Callable[[K], bool]) -> Collection[K]:
        """Return which of the prefixes are too many; log what there is to say."""
        assert self._most is not None
        most = self._most
        fresh = [key for key in dict.fromkeys(keys) if not is_present(key)]
        expected = present + len(fresh)
        if expected > most:
            return self._exceeded(most, fresh[max(0, most - present) :])
        if expected > self._threshold and self._warned_at < self._threshold:
            self._warned_at = self._threshold
            _log.warning("%s: %d %s, and the limit is %d", self._neighbor, expected, self._what, most)
        return ()

    def _exceeded(self, most: int, excess: Sequence[K]) -> Collection[K]:
        limit = self._limit
        if self._warned_at < most:
            self._warned_at = most
            consequence = _CONSEQUENCES[limit.action].format(limit.restart_after)
            _log.warning("%s: more than %d %s; %s", self._neighbor, most, self._what, consequence)
        if limit.action in _ENDINGS:
            raise LimitReachedError(limit, most, _notification(self._family, most))
        return set(excess) if limit.action == "block" else ()


def export_quota(
    neighbor: str,
    limit: PrefixLimit,
    family: Family,
    end: Callable[[LimitReachedError], object],
    on_room: Callable[[], None],
) -> ExportQuota:
    """Return what bounds the prefixes that are sent; ``end`` is called if the session has to end."""
    most = limit.exported or 0

    def report(number: int) -> None:
        prefixes = f"{number} prefixes ({family.name}) to be sent, and the limit is {most}"
        if number <= most:
            _log.warning("%s: %s", neighbor, prefixes)
            return
        consequence = _UNSENT[limit.action].format(limit.restart_after)
        _log.warning("%s: %s; %s", neighbor, prefixes, consequence)
        if limit.action in _ENDINGS:
            end(LimitReachedError(limit, most, _notification(family, most)))

    blocks, threshold = limit.action == "block", most * limit.warn_at // 100
    return ExportQuota(most, blocks=blocks, on_excess=report, on_room=on_room, threshold=threshold)


def _notification(family: Family, most: int) -> Notification:
    """Return the Cease that names the bound (RFC 4486 §4)."""
    data = _DATA.pack(family.afi, family.safi, most)
    return Notification(ErrorCode.CEASE, CeaseSubcode.MAXIMUM_NUMBER_OF_PREFIXES_REACHED, data)
