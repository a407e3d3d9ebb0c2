"""What the owner of a kernel table wants of it, after the guard has had its say; pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from kernel_sync.fib import Fib
from kernel_sync.guard import Guard
from kernel_sync.standing import RouteState, Standing, states
from kernel_sync.types import KernelRoute, RouteKind
from messages.families.prefix import PrefixKey

_PASSES: Final = 8
_KEPT_OUT: Final = "kept out by the guard: "


class Wants:
    """Passes on to a ``Fib`` what may be written, and keeps in mind what may not."""

    def __init__(self, fib: Fib, *, guards: bool, refuses: bool) -> None:
        """``guards``: whether the table decides about this host's own packets, so that there is a guard.

        ``refuses`` says whether the guard keeps routes out; otherwise it only warns of them.
        """
        self.kept_out: dict[PrefixKey, KernelRoute] = {}
        self.warnings: list[tuple[PrefixKey, str]] = []
        """Dangerous routes that are written all the same; the owner takes them out."""
        self.is_due = False
        """Whether something has changed that the guard wants to ``review``."""
        self._fib = fib
        self._guards = guards
        self._refuses = refuses
        self._guard = Guard(fib)
        self._last_asked: KernelRoute | None = None
        self._last = KernelRoute(RouteKind.UNICAST)
        """The form in which the kernel shows it."""
        self._warned: dict[PrefixKey, str] = {}

    def set(self, keys: Collection[PrefixKey], route: KernelRoute | None) -> None:
        """Make ``route`` what is wanted for every key; None is no route."""
        if not self._guards:
            self._fib.set(keys, route)
            return
        suspects = self._guard.suspects
        if suspects:
            self.is_due = True
            for key in suspects.keys() & keys:
                self._clear(key)
        if route is None:
            self._fib.set(keys, None)
            return
        if route is not self._last_asked:  # mostly the one object for many prefixes
            self._take_note(route)
        route = self._last
        doubtful = self._guard.suspicious(keys, route)
        self._fib.set(set(keys).difference(doubtful) if doubtful else keys, route)
        for key in doubtful:
            suspects[key] = route
            self._decide(key, route)

    def _take_note(self, route: KernelRoute) -> None:
        self._last_asked, self._last = route, self._fib.canonical(route)
        self._look_around(self._guard.learn_gateways(self._last))

    def _clear(self, key: PrefixKey) -> None:
        """A prefix is a suspect no more."""
        self._guard.suspects.pop(key, None)
        self.kept_out.pop(key, None)
        self._warned.pop(key, None)

    def _decide(self, key: PrefixKey, route: KernelRoute) -> None:
        reason = self._guard.verdict(key, route)
        if reason and self._refuses:
            self.kept_out[key] = route
            self._fib.keep_out(key, _KEPT_OUT + reason)
            return
        if reason and key not in self._warned:
            self._warned[key] = reason
            self.warnings.append((key, reason))
        if not reason:
            self._warned.pop(key, None)
        self.kept_out.pop(key, None)
        self._fib.set([key], route)

    def _look_around(self, addresses: Collection[bytes]) -> None:
        """There are more addresses to guard: what is written already may cut them off."""
        if not addresses:
            return
        self._guard.suspects.update(self._guard.suspects_around(addresses))
        self.is_due = self.is_due or bool(self._guard.suspects)

    def guard_addresses(self, addresses: Mapping[bytes, str]) -> None:
        """Keep these reachable; the text says what each is."""
        if self._guards:
            self._look_around(self._guard.set_addresses(addresses))
            self.is_due = bool(self._guard.suspects)

    def aliens_changed(self) -> None:
        """Routes of other programs came or went."""
        new, self._fib.aliens.new_gateways = self._fib.aliens.new_gateways, []
        if new and self._guards:
            self._look_around([each for each in new if len(each) == self._fib.family.address_octets])
        self.is_due = self.is_due or bool(self._guard.suspects)

    def problems_changed(self) -> None:
        """Routes were refused, or are tried again: what seemed to lead somewhere may not, or may."""
        self.is_due = self.is_due or bool(self._guard.suspects)

    def review(self) -> None:
        """Decide again about all suspects: longer routes may have come or gone.

        What is decided about one may matter to others, the shorter ones above all.
        """
        for _ in range(_PASSES):
            if not self._review_once():
                break
        self.is_due = False

    def _review_once(self) -> bool:
        """Return whether anything is decided otherwise than before."""
        changed = False
        for key in sorted(self._guard.suspects, key=lambda key: -key[0]):
            route = self._guard.suspects[key]
            known = self.kept_out if self._refuses else self._warned
            if bool(self._guard.verdict(key, route)) != (key in known):
                self._decide(key, route)
                changed = True
        return changed

    def clear(self) -> None:
        """Want nothing any more."""
        self._guard.suspects.clear()
        self.kept_out.clear()
        self._warned.clear()
        self._fib.clear()

    def states(self) -> Iterator[RouteState]:
        """Yield how each of our routes stands; the table may change meanwhile."""
        yield from states(self._fib)
        for key, route in [*self.kept_out.items()]:
            yield RouteState(key, Standing.GUARDED, route, None, self._fib.problem(key) or "")
