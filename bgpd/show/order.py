"""Prefixes in the order of their addresses, without holding anybody up (a million of them take seconds)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final

from messages.families.prefix import PrefixKey

_SORTED_AT_ONCE: Final = 4096
_SLICE: Final = 1024
"""Keys put aside between two pauses."""


def in_order(keys: Collection[PrefixKey], octets: int = 2) -> Iterator[PrefixKey | None]:
    """Yield keys by address, a covering prefix before those it covers; None wherever others may have a turn.

    Many are first dealt out by the leading ``octets`` of their address.
    """
    if len(keys) <= _SORTED_AT_ONCE:
        yield from sorted(keys, key=_address_first)
        return
    heaps: defaultdict[bytes, list[PrefixKey]] = defaultdict(list)
    for number, key in enumerate(keys):
        heaps[key[1 : 1 + octets]].append(key)
        if not number % _SLICE:
            yield None
    for start in sorted(heaps):
        yield from in_order(heaps.pop(start), octets + 2)


def _address_first(key: PrefixKey) -> tuple[bytes, int]:
    return key[1:], key[0]
