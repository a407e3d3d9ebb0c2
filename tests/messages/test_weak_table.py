"""The table of attribute sets forgets what nobody uses."""

import gc
from weakref import ref

from messages.weak_table import WeakTable


class Value:
    """Something that can be referred to weakly."""

    cycle: "Value"


def test_an_entry_lives_as_long_as_its_value() -> None:
    table: WeakTable[int, Value] = WeakTable()
    value, other = Value(), Value()
    table.put(1, value)
    table.put(2, other)
    assert (table.get(1), table.get(2), table.get(3)) == (value, other, None)
    del value
    assert (table.get(1), table.get(2), len(table)) == (None, other, 1)


def test_a_key_can_have_another_value() -> None:
    table: WeakTable[int, Value] = WeakTable()
    first, second = Value(), Value()
    table.put(1, first)
    table.put(1, second)
    del first
    assert table.get(1) is second


def test_the_end_of_a_value_does_not_take_its_successor_along() -> None:
    """The garbage collector announces the end of what is in a cycle to all who asked, one by one."""
    table: WeakTable[int, Value] = WeakTable()
    value, successor = Value(), Value()
    value.cycle = value
    table.put(1, value)
    announcement = ref(value, lambda _: table.put(1, successor))
    del value
    gc.collect()
    assert announcement() is None
    assert table.get(1) is successor


def test_a_table_can_go_before_its_values() -> None:
    table: WeakTable[int, Value] = WeakTable()
    value = Value()
    table.put(1, value)
    del table
    gc.collect()
    del value
