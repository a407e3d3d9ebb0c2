"""What the kernel shows of one table, in dumps and notifications, brought into the ``Fib``; pure."""

from typing import NamedTuple

from kernel_sync.fib import Fib
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.types import Failure, KernelRoute, ObservedRoute, protocol_name
from messages.families import IPV6_UNICAST
from messages.families.prefix import PrefixKey


class Notification(NamedTuple):
    """Somebody else added, removed or ``replaced`` the route of a prefix."""

    key: PrefixKey
    observed: ObservedRoute
    present: bool
    replaced: bool = False
    port: int = 0
    """The netlink port of whoever did it; the kernel itself has 0."""


class Observer:
    """Keeps what a ``Fib`` knows of the kernel true."""

    def __init__(self, fib: Fib) -> None:
        self.dumps = 0
        self.restored = 0
        """How often a route was put back that somebody had taken out or changed."""
        self._fib = fib
        self._dumping = False
        self._unseen: dict[PrefixKey, KernelRoute | None] = {}
        self._notified: set[tuple[PrefixKey, int]] = set()

    # Notifications

    def observe(self, notification: Notification, now: float) -> None:
        """Take a notification; ``now`` is in seconds of a clock that does not jump."""
        key, observed, present, replaced, port = notification
        if self._fib.watched is not None:
            self._fib.watched[key] = None
        if self._dumping:
            self._notified.add((key, observed.route.metric))
            self._expected(key, observed)
        was_right = self._fib.is_written(key)
        self._take(key, observed, present=present, replaced=replaced)
        if was_right and port and not self._fib.is_written(key):
            self._disturbed(notification, now)

    def _disturbed(self, notification: Notification, now: float) -> None:
        """Put back what was taken out or changed, unless that happens all the time."""
        key, (_, protocol), present, _, port = notification
        rest = self._fib.fights.disturbed(key, now)
        if rest is None:
            self.restored += 1
            return
        who = f"netlink port {port}" if protocol == self._fib.protocol else _name(protocol)
        did = "replaced" if present else "removed"
        next_attempt = f"the next attempt is in {rest.seconds:.0f} s"
        text = f"fought over: {who} {did} it {rest.times} times within a minute; {next_attempt}"
        self._fib.note_problem(key, Failure(0, text))

    # Dumps

    def begin_dump(self) -> None:
        """Expect the whole table."""
        fib = self._fib
        self.dumps += 1
        self._dumping = True
        self._unseen = {**fib.wanted, **fib.actual}
        self._notified.clear()
        fib.strays.clear()
        fib.twins.clear()
        fib.aliens.clear()

    def observe_dumped(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Take one route of the dump; what was notified meanwhile is newer and holds."""
        if self._notified and (key, observed.route.metric) in self._notified:
            return
        was_unseen = key in self._unseen
        if was_unseen:
            self._expected(key, observed)
        if observed.protocol == self._fib.protocol:
            self._take_ours(key, observed.route, appended=not was_unseen)
        else:
            self._take_alien(key, observed, present=True, replaced=False)

    def _expected(self, key: PrefixKey, observed: ObservedRoute) -> None:
        metric = observed.route.metric
        if observed.protocol == self._fib.protocol and metric == self._fib.slot_metric(key, metric):
            self._unseen.pop(key, None)

    def end_dump(self, limit: int) -> bool:
        """Conclude for up to ``limit`` prefixes that what was not shown is not there; True at the end."""
        for _ in range(min(limit, len(self._unseen))):
            self._lost(self._unseen.popitem()[0])
        if self._unseen:
            return False
        self._dumping = False
        self._notified.clear()
        self._fib.aliens.forget_former()
        return True

    # One route

    def _take(self, key: PrefixKey, observed: ObservedRoute, *, present: bool, replaced: bool) -> None:
        route, protocol = observed
        if replaced:
            self._fib.aliens.evict(key, route.metric)
        if protocol != self._fib.protocol:
            self._take_alien(key, observed, present=present, replaced=replaced)
        elif present:
            self._take_ours(key, route, appended=not replaced)
        else:
            self._take_removal(key, route)

    def _take_alien(self, key: PrefixKey, observed: ObservedRoute, *, present: bool, replaced: bool) -> None:
        fib, metric = self._fib, observed.route.metric
        if present:
            fib.aliens.add(key, self._without_ours(key, observed))
        else:
            fib.aliens.remove(key, observed)
        if replaced:
            self._lost_at(key, metric)
        elif not present and fib.is_refused(key) and not fib.aliens.at(key, metric):
            fib.try_again(key)

    def _without_ours(self, key: PrefixKey, observed: ObservedRoute) -> ObservedRoute:
        """Return what is alien in a route: IPv6 makes one of the next hops that several put in one place."""
        route, fib = observed.route, self._fib
        ours = fib.actual.get(key, fib.wanted.get(key))
        shared = fib.family is IPV6_UNICAST and len(route.next_hops) > 1
        if not shared or ours is None or ours.metric != route.metric:
            return observed
        known = {hop[:2] for hop in ours.next_hops}
        left = tuple(hop for hop in route.next_hops if hop[:2] not in known)
        return (
            observed._replace(route=route._replace(next_hops=left).canonical(fib.family))
            if left
            else observed
        )

    def _take_ours(self, key: PrefixKey, route: KernelRoute, *, appended: bool) -> None:
        """``appended``: what was in the place is still there."""
        fib = self._fib
        wanted = fib.wanted.get(key)
        if route.metric != fib.slot_metric(key, route.metric):
            fib.strays.setdefault(key, {})[route.metric] = route
        elif appended and self._is_twin(key, route):
            self._take_twin(key, route, wanted)
        elif wanted is not None and wanted.matches(route):
            fib.is_as_wanted(key)
            return
        else:
            fib.actual[key] = route
        if wanted is not None or fib.is_complete:
            fib.mark(key)
        else:
            fib.leftovers[key] = None

    def _is_twin(self, key: PrefixKey, route: KernelRoute) -> bool:
        """Tell whether a route stands beside another of ours; IPv6 tells of all next hops when one comes."""
        there = self._fib.actual.get(key, self._fib.wanted.get(key))
        grows = self._fib.family is IPV6_UNICAST and len(route.next_hops) > 1
        return there is not None and not grows and not there.matches(route) and route != there

    def _take_twin(self, key: PrefixKey, route: KernelRoute, wanted: KernelRoute | None) -> None:
        """Of two in one place, the one that is wanted stays."""
        fib = self._fib
        if wanted is not None and wanted.matches(route):
            there = fib.actual.get(key)
            fib.is_as_wanted(key)
            route = there or route
        fib.twins.setdefault(key, []).append(route)

    def _take_removal(self, key: PrefixKey, route: KernelRoute) -> None:
        fib = self._fib
        twins = fib.twins.get(key, [])
        if route in twins:
            twins.remove(route)
            if not twins:
                del fib.twins[key]
            return
        actual = fib.actual.get(key, fib.wanted.get(key))
        if actual is None or actual.metric != route.metric or actual.matches(route):
            self._lost_at(key, route.metric)
        elif key in fib.wanted or fib.is_complete:  # IPv6 tells of each next hop that somebody removes
            fib.doubt(Operation(key, OperationKind.DELETE, actual))
        else:
            self._lost(key)

    def _lost_at(self, key: PrefixKey, metric: int) -> None:
        fib = self._fib
        strays = fib.strays.get(key)
        if strays and strays.pop(metric, None) and not strays:
            del fib.strays[key]
        if fib.slot_metric(key) == metric:
            self._lost(key)

    def _lost(self, key: PrefixKey) -> None:
        fib = self._fib
        if key in fib.wanted:
            fib.actual[key] = None
            fib.mark(key)
        else:
            fib.forget(key)


def _name(protocol: int) -> str:
    name = protocol_name(protocol)
    return f"proto {name}" if name == str(protocol) else f"proto {name} ({protocol})"
