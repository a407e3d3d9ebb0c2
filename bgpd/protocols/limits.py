"""How many prefixes a neighbor may send, and what happens when it sends more."""

import logging
from collections.abc import Collection, Sequence
from struct import Struct
from typing import Final

from bgpd.config.settings import PrefixLimit
from messages.families import Family
from messages.families.prefix import PrefixKey
from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification
from rib.route import Source, routes_of
from rib.table import Table

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


class LimitReachedError(Exception):
    """The session must end; ``notification`` says why."""

    def __init__(self, limit: PrefixLimit, notification: Notification) -> None:
        super().__init__()
        self.limit = limit
        self.notification = notification


class PrefixLimiter:
    """Watches one family of a neighbor; refused routes do not count."""

    def __init__(self, neighbor: str, limit: PrefixLimit, table: Table, source: Source) -> None:
        self._neighbor = neighbor
        self._limit = limit
        self._table = table
        self._source = source
        self._threshold = limit.imported * limit.warn_at // 100
        self._warned_at = 0
        """The highest number that the operator was told of since there was no reason to."""

    def excess(self, keys: Sequence[PrefixKey]) -> Collection[PrefixKey]:
        """Return which of the prefixes that are announced must not be taken.

        Raises LimitReachedError if that ends the session.
        """
        source = self._source
        imported = source.routes - source.filtered
        if imported + len(keys) <= self._threshold:
            if imported <= self._threshold * _FAR_BELOW:
                self._warned_at = 0
            return ()
        fresh = [key for key in dict.fromkeys(keys) if not self._is_imported(key)]
        expected, most = imported + len(fresh), self._limit.imported
        if expected > most:
            return self._exceeded(fresh[max(0, most - imported) :])
        if expected > self._threshold and self._warned_at < self._threshold:
            self._warned_at = self._threshold
            _log.warning(
                "%s: %d prefixes (%s), and the limit is %d",
                self._neighbor,
                expected,
                self._table.family.name,
                most,
            )
        return ()

    def _is_imported(self, key: PrefixKey) -> bool:
        routes = routes_of(self._table.slots.get(key))
        return any(route.source is self._source and not route.is_filtered for route in routes)

    def _exceeded(self, excess: Sequence[PrefixKey]) -> Collection[PrefixKey]:
        limit, family = self._limit, self._table.family
        if self._warned_at < limit.imported:
            self._warned_at = limit.imported
            consequence = _CONSEQUENCES[limit.action].format(limit.restart_after)
            _log.warning(
                "%s: more than %d prefixes (%s); %s", self._neighbor, limit.imported, family.name, consequence
            )
        if limit.action in _ENDINGS:
            raise LimitReachedError(limit, _notification(family, limit.imported))
        return set(excess) if limit.action == "block" else ()


def _notification(family: Family, most: int) -> Notification:
    data = _DATA.pack(family.afi, family.safi, most)
    return Notification(ErrorCode.CEASE, CeaseSubcode.MAXIMUM_NUMBER_OF_PREFIXES_REACHED, data)
