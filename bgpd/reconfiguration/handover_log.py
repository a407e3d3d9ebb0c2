"""What the log says of a handover: once of each neighbor, and of many only how many they are."""

import logging
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, TypeVar

from bgpd.logs.dialects import NOT_IN_BIRD
from bgpd.reconfiguration.handover import Ended
from bgpd.reconfiguration.held import Held, prefixes

_log: Final = logging.getLogger("bgpd")
_NAMED: Final = 3
"""Neighbors that have a line of their own; of more than these the first stands for all."""
T = TypeVar("T")


class HandoverLog:
    """Knows what has been said."""

    def __init__(self) -> None:
        self._said: set[tuple[str, float]] = set()

    def stay(self, held: Sequence[Held], seconds: Callable[[Held], int]) -> None:
        """Say who is kept, of whom that has not been said; ``seconds`` tells for how long at most."""
        staying = [each for each in held if each.kind != "neighbor" or not each.is_ready]
        fresh = [each for each in staying if (each.name, each.since) not in self._said]
        self._said = self._said & {(each.name, each.since) for each in held}
        self._said |= {(each.name, each.since) for each in staying}
        for first, number in _folded(fresh, lambda each: each.kind):
            _note(logging.INFO, f"{first.name} {first.why}, at most {seconds(first)} s", number)

    def end(self, ended: Iterable[Ended]) -> None:
        """Say who is kept no longer, and why."""
        for (held, ending), number in _folded([*ended], lambda each: (each.held.kind, each.ending)):
            is_lacking = ending == "time" and held.missing
            _note(logging.WARNING if is_lacking else logging.INFO, _ended(held, ending), number)


def _ended(held: Held, ending: str) -> str:
    name = held.name
    if held.kind == "reflected":
        return f"{name} is a client no more: all nodes have had {held.until - held.since:.0f} s to change"
    if ending == "left":
        return f"{name} goes: its session was ended on purpose"
    if ending == "covered":
        return f"{name} goes: others have taken over"
    lost = f", though {prefixes(held.missing, held.example)} not known from others" if held.missing else ""
    remedy = "; does every node have the new configuration?" if held.missing else ""
    return f"{name} goes after {held.until - held.since:.0f} s{lost}{remedy}"


def _folded(each: Sequence[T], key: Callable[[T], Hashable]) -> Iterable[tuple[T, int]]:
    """Yield all, or of many of one kind the first, each with how many others it stands for."""
    groups: dict[Hashable, list[T]] = {}
    for one in each:
        groups.setdefault(key(one), []).append(one)
    for some in groups.values():
        if len(some) > _NAMED:
            yield some[0], len(some) - 1
        else:
            yield from ((one, 0) for one in some)


def _note(level: int, text: str, others: int) -> None:
    more = f" (and {others} others likewise)" if others else ""
    _log.log(level, "%s%s", text, more, extra=NOT_IN_BIRD)
