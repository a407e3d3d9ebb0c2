"""A table whose prefixes are gone gives their room back."""

import sys

import pytest

from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, make_key
from rib.loc_rib import LocRib
from rib.table import Table
from tests.rib.building import attributes, neighbor, route

SOURCE = neighbor("tor1")
ONLY = route(SOURCE, attributes(65001))
MANY = 120_000


def keys(first: int, count: int) -> list[PrefixKey]:
    return [make_key((first + number << 8).to_bytes(4), 24) for number in range(count)]


def grown_table(left: int) -> Table:
    """Return a table that had many prefixes and has the first of them."""
    table = Table("master", IPV4_UNICAST)
    loc_rib = LocRib(table)
    table.announce(ONLY, keys(1 << 16, MANY))
    loc_rib.run(MANY)
    table.withdraw(SOURCE, keys((1 << 16) + left, MANY - left))
    loc_rib.run(MANY)
    assert table.unsettled == 0
    return table


@pytest.mark.parametrize("left", [0, 1, 10_000])
def test_what_is_left_stays_and_the_room_goes(left: int) -> None:
    table = grown_table(left)
    kept, before = dict(table.slots), sys.getsizeof(table.slots)
    assert len(kept) == left
    assert table.shrink()
    assert table.slots == kept
    assert list(table.slots) == list(kept), "the order is that of arrival"
    assert sys.getsizeof(table.slots) < before / 4
    assert not table.shrink(), "there is nothing more to give"


@pytest.mark.parametrize("left", [MANY // 2, MANY])
def test_a_table_that_is_still_large_is_left_alone(left: int) -> None:
    table = grown_table(left)
    before = table.slots
    assert not table.shrink()
    assert table.slots is before


def test_a_small_table_is_left_alone() -> None:
    table = Table("master", IPV4_UNICAST)
    table.announce(ONLY, keys(0, 1000))
    table.withdraw(SOURCE, keys(0, 1000))
    assert not table.shrink()


def test_what_was_withdrawn_comes_back() -> None:
    table = grown_table(0)
    table.shrink()
    table.announce(ONLY, keys(1 << 16, 10))
    LocRib(table).run(MANY)
    assert table.best(keys(1 << 16, 1)[0]) is ONLY
