"""Prefixes in the order of their addresses, without holding anybody up, or holding much (a million of them).

A long answer waits for its reader for as long as the reader likes. So it has only some prefixes in hand at a
time, a window of the table, and takes the next ones from the table as it is by then. Windows grow while the
reader reads.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterator
from itertools import islice
from typing import Final

from bgpd.show.command import Pause
from messages.families.prefix import PrefixKey

_SORTED_AT_ONCE: Final = 4096
_DEALT_AT_ONCE: Final = 1024
"""Keys put aside between two pauses."""
_COMPARED_AT_ONCE: Final = 16_384
_FIRST_WINDOW: Final = 8192
"""Prefixes, more or less."""
_LARGEST_WINDOW: Final = 131_072
"""To find those of a window the whole table is gone through."""
_SAMPLES: Final = 256
"""Addresses that tell where windows begin and end."""
_BEYOND: Final = b"\xff" * 17
"""After the octets of all addresses."""

Keys = Iterator[PrefixKey | Pause | None]
"""Keys by address, a covering prefix before those it covers, and pauses in between."""


def in_order(now: Callable[[], Collection[PrefixKey]]) -> Keys:
    """Yield the keys that there are ``now``, which is asked again for each part of them."""
    number = len(now())
    if number <= _FIRST_WINDOW:
        yield from _sorted(list(now()))
        return
    bounds = sorted(_address(key) for key in islice(now(), 0, None, max(number // _SAMPLES, 1)))
    low, end, window = b"", 0, _FIRST_WINDOW
    while end < len(bounds):
        end += max(window * len(bounds) // number, 1)
        high = bounds[end] if end < len(bounds) else _BEYOND
        yield from _sorted((yield from _between(now, low, high)))
        low, window = high, min(2 * window, _LARGEST_WINDOW)


def _between(
    now: Callable[[], Collection[PrefixKey]], low: bytes, high: bytes
) -> Generator[Pause, None, list[PrefixKey]]:
    """Find the keys whose address is not before ``low``, and before ``high``."""
    yield Pause.ALONE
    found: list[PrefixKey] = []
    everything = list(now())
    for start in range(0, len(everything), _COMPARED_AT_ONCE):
        some = everything[start : start + _COMPARED_AT_ONCE]
        found += [key for key in some if low <= key[1:] < high]
        yield Pause.ALONE
    return found


def _sorted(keys: list[PrefixKey], octets: int = 2) -> Keys:
    """Yield these keys; many are first dealt out by the leading ``octets`` of their address."""
    if len(keys) <= _SORTED_AT_ONCE:
        yield from sorted(keys, key=_address_first)
        return
    heaps: defaultdict[bytes, list[PrefixKey]] = defaultdict(list)
    for number, key in enumerate(keys):
        heaps[key[1 : 1 + octets]].append(key)
        if not number % _DEALT_AT_ONCE:
            yield None
    keys.clear()
    for start in sorted(heaps):
        yield from _sorted(heaps.pop(start), octets + 2)


def _address(key: PrefixKey) -> bytes:
    return key[1:]


def _address_first(key: PrefixKey) -> tuple[bytes, int]:
    return key[1:], key[0]
