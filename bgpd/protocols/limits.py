"""How many prefixes a neighbor may send, and what happens when it sends more."""

import logging
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from struct import Struct
from typing import Any, Final, Literal, TypeVar

from bgpd.logs.about import LogEvent, about
from bgpd.logs.dialects import NOT_IN_BIRD, in_bird
from bgpd.settings import PrefixLimit
from bgpd.walks import Renewal
from messages.families import Family
from messages.families.prefix import PrefixKey
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
_WHAT: Final = {"import": "prefixes", "receive": "prefixes, refused ones included"}
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
        self._imported = _Bound(neighbor, limit, "import", family)
        self._received = _Bound(neighbor, limit, "receive", family)
        self._held = held
        self._ignored = self._ignored_imports = 0

    def ignore_present(self, source: Source) -> None:
        """Let as many come as if nothing was there.

        After a restart that is what the neighbor said in the session before, and until it has said everything
        again nobody knows how much of it will stay (RFC 4724 §4.2).
        """
        self._ignored, self._ignored_imports = source.routes, source.routes - source.filtered

    def count_all(self) -> None:
        """What has not been said again has gone."""
        self._ignored = self._ignored_imports = 0

    def _counted(self, source: Source) -> tuple[int, int]:
        """Return how many prefixes there are, and how many that are not refused."""
        imported = source.routes - source.filtered
        return max(0, source.routes - self._ignored), max(0, imported - self._ignored_imports)

    @property
    def hits(self) -> Collection[str]:
        """The limits that were exceeded."""
        bounds = {"imported": self._imported, "received": self._received}
        return [name for name, bound in bounds.items() if bound.is_hit]

    def rename(self, neighbor: str) -> None:
        """The neighbor goes on under another name."""
        self._imported.neighbor = self._received.neighbor = neighbor

    def trimmed(self, source: Source, renewal: Renewal) -> Renewal | None:
        """Return what takes out what is too many of what is there; None if nothing has to go.

        Raises LimitReachedError if that ends the session.
        """
        counted, counted_imports = self._counted(source)
        received = self._received.surplus(counted)
        imported = self._imported.surplus(counted_imports - received)
        return Trimming(renewal, received, imported) if received or imported else None

    def excess(self, source: Source, keys: Sequence[K], *, is_filtered: bool) -> Collection[K]:
        """Return which of the prefixes that are announced must not be taken.

        Raises LimitReachedError if that ends the session.
        """
        excess: Collection[K] = ()
        received, imported = self._counted(source)
        if self._received.may_be_exceeded(received, len(keys)):
            excess = self._received.excess(received, keys, lambda key: self._held(key) is not None)
        if not is_filtered and self._imported.may_be_exceeded(imported, len(keys)):
            excess = {*excess, *self._imported.excess(imported, keys, self._is_imported)}
        return excess

    def _is_imported(self, key: bytes) -> bool:
        route = self._held(key)
        return route is not None and not route.is_filtered


class _Bound:
    """One number that is not to be exceeded, if it is given."""

    def __init__(
        self, neighbor: str, limit: PrefixLimit, direction: Literal["import", "receive"], family: Family
    ) -> None:
        """``direction`` is BIRD's name of the limit."""
        self.neighbor = neighbor
        self._limit = limit
        self._direction = direction
        self._most = most = limit.imported if direction == "import" else limit.received
        self._what = f"{_WHAT[direction]} ({family.name})"
        self._family = family
        self._threshold = (most or 0) * limit.warn_at // 100
        self._warned_at = 0
        """The highest number that the operator was told of since there was no reason to."""

    @property
    def is_hit(self) -> bool:
        """Whether it was exceeded, and there have not been far fewer since."""
        return self._most is not None and self._warned_at >= self._most

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
            _log.warning(
                "%s: %d %s, and the limit is %d",
                self.neighbor,
                expected,
                self._what,
                most,
                extra={**NOT_IN_BIRD, **about(LogEvent.LIMIT, protocol=self.neighbor)},
            )
        return ()

    def surplus(self, present: int) -> int:
        """Return how many of what is there have to go."""
        if not self.may_be_exceeded(present, 0):
            return 0
        self.excess(present, (), lambda _key: True)
        return max(0, present - (self._most or 0)) if self._limit.action == "block" else 0

    def _exceeded(self, most: int, excess: Sequence[K]) -> Collection[K]:
        limit = self._limit
        if self._warned_at < most:
            self._warned_at = most
            consequence = _CONSEQUENCES[limit.action].format(limit.restart_after)
            words = _hit(self.neighbor, self._direction, most, limit)
            _log.warning("%s: more than %d %s; %s", self.neighbor, most, self._what, consequence, extra=words)
        if limit.action in _ENDINGS:
            raise LimitReachedError(limit, most, _notification(self._family, most))
        return set(excess) if limit.action == "block" else ()


class Trimming:
    """Renews the routes of a neighbor, and takes so many away."""

    def __init__(self, renewal: Renewal, received: int, imported: int) -> None:
        self._renewal = renewal
        self._received = received
        self._imported = imported

    @property
    def kind_of(self) -> Callable[[PrefixKey], Hashable]:
        """Every prefix is asked about by itself."""
        return bytes

    def renew(self, route: Route, key: PrefixKey) -> Route | None:
        """Return a route's successor while there is room for it."""
        new = self._renewal.renew(route, key)
        if new is not None and self._received:
            self._received -= 1
            return None
        if new is not None and self._imported and not new.is_filtered:
            self._imported -= 1
            return None
        return new


def export_quota(
    neighbor: Callable[[], str],
    limit: PrefixLimit,
    family: Family,
    end: Callable[[LimitReachedError], object],
    on_room: Callable[[], None],
) -> ExportQuota:
    """Return what bounds the prefixes that are sent; ``end`` is called if the session has to end."""
    most = limit.exported or 0

    def report(number: int) -> None:
        named = about(LogEvent.LIMIT, protocol=neighbor())
        prefixes = f"{number} prefixes ({family.name}) to be sent, and the limit is {most}"
        if number <= most:
            _log.warning("%s: %s", neighbor(), prefixes, extra={**NOT_IN_BIRD, **named})
            return
        consequence = _UNSENT[limit.action].format(limit.restart_after)
        words = _hit(neighbor(), "export", most, limit)
        _log.warning("%s: %s; %s", neighbor(), prefixes, consequence, extra=words)
        if limit.action in _ENDINGS:
            end(LimitReachedError(limit, most, _notification(family, most)))

    blocks, threshold = limit.action == "block", most * limit.warn_at // 100
    return ExportQuota(most, blocks=blocks, on_excess=report, on_room=on_room, threshold=threshold)


def _hit(neighbor: str, direction: str, most: int, limit: PrefixLimit) -> Mapping[str, Any]:
    """Return what BIRD says of a limit that was exceeded, and whose it is."""
    words = f"Protocol {neighbor} hits route {direction} limit ({most}), action: {limit.action}"
    return {**in_bird(logging.WARNING, words), **about(LogEvent.LIMIT, protocol=neighbor)}


def _notification(family: Family, most: int) -> Notification:
    """Return the Cease that names the bound (RFC 4486 §4)."""
    data = _DATA.pack(family.afi, family.safi, most)
    return Notification(ErrorCode.CEASE, CeaseSubcode.MAXIMUM_NUMBER_OF_PREFIXES_REACHED, data)
