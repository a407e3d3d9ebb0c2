"""Prefixes come in the order of their addresses, however many there are."""

import random
from collections.abc import Collection, Iterable
from ipaddress import ip_network
from itertools import pairwise

import pytest

from bgpd.show import order
from bgpd.show.command import Pause
from bgpd.show.order import in_order
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, make_key, render_prefix

SEED = 4271


def some_keys(family: Family, number: int) -> list[PrefixKey]:
    """Return different keys in no order, many of them close to one another."""
    source = random.Random(SEED)
    octets = family.address_octets
    addresses = [bytes((10, source.randrange(4))) + source.randbytes(octets - 2) for _ in range(number)]
    return list({make_key(address, source.randrange(family.max_bits + 1)) for address in addresses})


def found(keys: Iterable[PrefixKey | Pause | None]) -> list[PrefixKey]:
    """Leave out the pauses."""
    return [key for key in keys if key is not None and not isinstance(key, Pause)]


@pytest.mark.parametrize("window", [100, 1_000_000])
@pytest.mark.parametrize("at_once", [150, 1_000_000])
@pytest.mark.parametrize("family", [IPV4_UNICAST, IPV6_UNICAST])
def test_keys_are_sorted_by_address_then_length(
    family: Family, at_once: int, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "_SORTED_AT_ONCE", at_once)
    monkeypatch.setattr(order, "_FIRST_WINDOW", window)
    keys = some_keys(family, 3000)
    in_text = [render_prefix(key, family) for key in found(in_order(lambda: keys))]
    assert in_text == sorted((render_prefix(key, family) for key in keys), key=ip_network)


def test_sorting_many_keys_makes_pauses() -> None:
    keys = [make_key(number.to_bytes(4), 32) for number in range(20_000)]
    steps = list(in_order(lambda: keys))
    assert sum(step is None or isinstance(step, Pause) for step in steps) >= 20_000 // 1024
    assert len(found(steps)) == len(keys)


def test_what_stays_is_found_once_whatever_comes_and_goes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "_FIRST_WINDOW", 100)
    source = random.Random(SEED)
    keys = some_keys(IPV4_UNICAST, 4000)
    half = len(keys) // 2
    stays, others = set(keys[:half]), keys[half:]
    table = dict.fromkeys(keys)
    seen = []
    for key in in_order(lambda: table):
        seen += found((key,))
        for changed in source.sample(others, 5):
            if changed in table:
                del table[changed]
            else:
                table[changed] = None
    assert len(seen) == len(set(seen))
    assert stays <= set(seen)
    assert seen == sorted(seen, key=lambda key: (key[1:], key[0]))


def test_only_while_others_wait_there_is_a_copy_of_the_table() -> None:
    """What is in hand otherwise is a window, which grows while it is read."""
    number = 200_000
    table = dict.fromkeys(make_key(each.to_bytes(4), 32) for each in range(number))
    asked: list[tuple[int, bool]] = []
    read, is_alone = 0, False

    def now() -> Collection[PrefixKey]:
        asked.append((read, is_alone))
        return table

    for key in in_order(now):
        is_alone = isinstance(key, Pause)
        read += len(found((key,)))
    assert read == number
    counted, sampled, *copied = asked
    assert counted == sampled == (0, False)
    assert all(alone for _, alone in copied)
    windows = [after - before for before, after in pairwise([*(had for had, _ in copied), number])]
    assert windows[0] < 10_000
    assert max(windows) < 140_000
