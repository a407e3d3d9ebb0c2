"""Sets: what is in them, and what can be. BIRD 1.6.8 has been asked for every result here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rib.filters.algebra.prefix_sets import PrefixSet
from rib.filters.algebra.printing import render
from rib.filters.algebra.sets import Item, TupleBounds, ValueSet, make_set
from rib.filters.algebra.spans import Numbers, found
from rib.filters.errors import RunError
from rib.filters.values import EnumValue, LargeCommunity, Pair, Quad, Type
from tests.rib.filters.samples import BGP, IGP, VALUES, ip, pattern, prefix

ROUTE_TARGET, GENERIC = 2, 0xFFFF
Bounds = tuple[int, int] | None


def numbers(*items: int | tuple[int, int]) -> ValueSet:
    return ValueSet.of(Type.INT, *items)


def pairs(*items: tuple[Bounds, Bounds]) -> ValueSet:
    made = make_set([TupleBounds(None, item) for item in items])
    assert isinstance(made, ValueSet)
    return made


def pair(first: int, second: int) -> Pair:
    return Pair(first << 16 | second)


# Membership


def test_values_and_ranges() -> None:
    values = numbers(5, (7, 9), 20)
    assert [number for number in range(30) if number in values] == [5, 7, 8, 9, 20]
    assert values.has_any([1, 8])
    assert not values.has_any([1, 6])


def test_a_range_that_ends_before_it_begins_has_nothing() -> None:
    assert not any(number in numbers((5, 3)) for number in range(9))


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([(1, 4), (2, 3)], [1, 2, 3]),
        ([(1, 4), (3, 8)], [1, 2, 3, 4, 5, 6, 7, 8]),
        ([(1, 9), 3, 5], [1, 2, 3, 5]),
        ([(7, 2), (3, 3)], [3]),
        ([(3, 3), (3, 1)], [3]),
        ([(3, 1), (3, 3)], [3]),
        ([5, 5, 5], [5]),
    ],
)
def test_a_search_can_pass_an_item(items: list[int | tuple[int, int]], expected: list[int]) -> None:
    """The tree of BIRD has the middle item at its root; of the others only one side is looked at."""
    values = numbers(*items)
    assert [number for number in range(12) if number in values] == expected


def in_a_tree(spans: list[tuple[int, int]], number: int) -> bool:
    """Look a number up as BIRD does: the middle, then the half before or behind it."""
    while spans:
        middle = len(spans) // 2
        first, last = spans[middle]
        if first <= number <= last:
            return True
        spans = spans[middle + 1 :] if number > first else spans[:middle]
    return False


spans_in_order = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15))).map(
    lambda spans: sorted(spans, key=lambda span: span[0])
)


@given(spans_in_order)
def test_numbers_are_found_as_in_a_tree(spans: list[tuple[int, int]]) -> None:
    values = Numbers(spans)
    assert [number in values for number in range(17)] == [in_a_tree(spans, number) for number in range(17)]


def test_what_is_found_tells_where() -> None:
    assert list(found([(1, 9), (3, 3), (4, 20)])) == [(1, 2, 0), (3, 3, 1), (4, 20, 2)]
    assert list(found([])) == []


# Pairs


def test_the_second_half_in_a_range_of_first_halves() -> None:
    values = pairs(((1, 3), (2, 4)), ((9, 9), None))
    assert pair(2, 3) in values
    assert pair(2, 5) not in values
    assert pair(4, 3) not in values
    assert pair(9, 65535) in values
    assert pair(8, 65535) not in values


def test_a_column_is_not_65536_items_until_they_are_wanted() -> None:
    values = pairs((None, (5, 5)))
    assert pair(65535, 5) in values
    assert pair(65535, 6) not in values
    assert values.single_values is None
    assert values == pairs(((0, 65535), (5, 5)))
    assert values != pairs(((0, 65535), (6, 6)))


@pytest.mark.parametrize(
    ("items", "inside", "outside"),
    [
        ([((1, 3), (2, 4)), ((2, 2), None)], [(2, 3), (3, 2)], [(1, 9), (2, 9)]),
        ([((1, 3), (2, 4)), ((2, 4), (4, 5))], [(2, 5), (4, 4), (1, 2)], [(4, 3)]),
        ([((1, 2), (2, 4)), ((1, 2), (6, 7))], [(2, 6), (1, 3)], [(2, 5)]),
        ([((1, 2), (2, 4)), ((3, 4), (2, 4))], [(2, 2), (3, 4)], [(5, 2)]),
        ([((1, 9), (2, 4)), ((3, 5), None)], [(2, 2), (4, 65535)], [(2, 9)]),
        ([((1, 2), (2, 4)), ((2, 2), (9, 9))], [(2, 9), (2, 3)], [(1, 9)]),
        ([(None, (2, 4)), ((2, 2), None)], [(1, 3), (2, 3), (60000, 4)], [(1, 9)]),
        ([(None, (5, 5)), (None, (6, 7))], [(1, 5), (9, 7), (0, 6)], [(1, 8)]),
        ([(None, (2, 4)), (None, (4, 5))], [(1, 3), (3, 5), (9, 4)], [(3, 6)]),
        ([(None, (5, 5)), ((3, 3), (7, 9))], [(3, 5), (3, 8), (4, 5)], [(4, 8)]),
        ([(None, (5, 5)), ((3, 3), (5, 9))], [(4, 5), (3, 5), (3, 8)], [(4, 8)]),
        ([(None, (5, 5)), ((3, 4), None)], [(9, 5)], [(3, 6), (4, 6), (9, 6)]),
        ([(None, (5, 5)), ((3, 3), None), ((3, 3), (7, 8))], [(9, 5), (3, 5), (3, 8)], [(9, 6), (3, 6)]),
        ([((4, 7), None), ((0, 0), (0, 0)), ((1, 2), (2, 2)), ((4, 4), (0, 2))], [(1, 2), (4, 1)], [(5, 0)]),
    ],
)
def test_pairs_that_overlap(
    items: list[tuple[Bounds, Bounds]], inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    values = pairs(*items)
    assert all(pair(*halves) in values for halves in inside)
    assert not any(pair(*halves) in values for halves in outside)


# Types


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([(5, 5)], Type.INT),
        ([(Pair(5), Pair(6))], Type.PAIR),
        ([(ip("1.2.3.4"), ip("1.2.3.9"))], Type.IP),
        ([(Quad(5), Quad(5))], Type.QUAD),
        ([(VALUES["ec"], VALUES["ec"])], Type.EC),
        ([(VALUES["lc"], VALUES["lc"])], Type.LC),
        ([(BGP, BGP), (BGP, EnumValue(Type.RTS, 12))], Type.RTS),
        ([TupleBounds(None, (None, None))], Type.PAIR),
        ([TupleBounds(None, ((1, 2), (1, 2)))], Type.PAIR),
        ([TupleBounds(None, ((1, 1), None, None))], Type.LC),
        ([TupleBounds(2, ((1, 1), None))], Type.EC),
        ([], Type.VOID),
    ],
)
def test_a_set_has_the_type_of_its_items(items: list[Item], kind: Type) -> None:
    made = make_set(items)
    assert isinstance(made, ValueSet)
    assert made.item_type is kind
    assert made.is_empty == (kind is Type.VOID)


def test_prefixes_are_in_sets_of_their_own() -> None:
    made = make_set([pattern("10.0.0.0/8+"), (prefix("1.2.3.0/24"), prefix("1.2.3.0/24"))])
    assert isinstance(made, PrefixSet)
    assert prefix("1.2.3.0/24") in made
    assert prefix("1.2.3.0/25") not in made


INCOMPATIBLE = "Set-incompatible type"
OUT_OF_RANGE = "Value 70000 out of range (0-65535)"
NO_NUMBER = "Integer expression expected"
WRONG_ORDER = "From value cannot be higher that To value in pair sets"


@pytest.mark.parametrize(
    ("items", "error"),
    [
        ([(1, 1), (BGP, BGP)], INCOMPATIBLE),
        ([(BGP, IGP)], INCOMPATIBLE),
        ([(1, ip("1.2.3.4"))], INCOMPATIBLE),
        ([(1, 1), pattern("10.0.0.0/8")], INCOMPATIBLE),
        ([(1, 1), TupleBounds(None, ((1, 2), (1, 2)))], INCOMPATIBLE),
        ([("a", "a")], INCOMPATIBLE),
        ([(True, True)], INCOMPATIBLE),
        ([(None, None)], INCOMPATIBLE),
        ([(prefix("10.0.0.0/8"), prefix("11.0.0.0/8"))], INCOMPATIBLE),
        ([TupleBounds(None, ((70000, 70000), (1, 1)))], OUT_OF_RANGE),
        ([TupleBounds(None, ((1, 1), (1, 70000)))], OUT_OF_RANGE),
        ([TupleBounds(None, ((5, 3), (2, 2)))], WRONG_ORDER),
        ([TupleBounds(None, ((1, 1), (5, 3)))], WRONG_ORDER),
        ([(Pair(5), Pair(3))], WRONG_ORDER),
        ([TupleBounds(None, (("a", "a"), (1, 1)))], NO_NUMBER),
        ([TupleBounds(2, ((1, 1), (1, "a")))], NO_NUMBER),
        ([TupleBounds(2, ((VALUES["pair"],) * 2, (1, 1)))], NO_NUMBER),
        ([TupleBounds(2, ((70000, 70000), (1, 70000)))], OUT_OF_RANGE),
        ([TupleBounds(2, ((ip("1.2.3.4"),) * 2, (70000, 1)))], OUT_OF_RANGE),
        ([TupleBounds(None, ((1, 2), (1, 1), None))], "Only * can follow a range in a large community"),
    ],
)
def test_what_can_be_no_set(items: list[Item], error: str) -> None:
    with pytest.raises(RunError) as caught:
        make_set(items)
    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (TupleBounds(2, ((1, 1), None)), "[(rt, 1, 0)..(rt, 1, 4294967295)]"),
        (TupleBounds(2, ((1, 1), (2, 70000))), "[(rt, 1, 2)..(rt, 1, 70000)]"),
        (TupleBounds(2, ((70000, 70000), None)), "[(rt, 70000, 0)..(rt, 70000, 65535)]"),
        (TupleBounds(2, ((ip("1.2.3.4"),) * 2, (5, 5))), "[(rt, 1.2.3.4, 5)]"),
        (TupleBounds(2, ((Quad(0x01020304),) * 2, None)), "[(rt, 1.2.3.4, 0)..(rt, 1.2.3.4, 65535)]"),
        (
            TupleBounds(GENERIC, ((70000, 70000), None)),
            "[(unknown 0x1, 4464, 0)..(unknown 0x1, 4464, 4294967295)]",
        ),
        (TupleBounds(None, ((1, 1), (2, 2), (3, 5))), "[(1, 2, 3)..(1, 2, 5)]"),
        (TupleBounds(None, ((1, 1), (2, 3), None)), "[(1, 2, 0)..(1, 3, 4294967295)]"),
        (TupleBounds(None, ((1, 2), None, None)), "[(1, 0, 0)..(2, 4294967295, 4294967295)]"),
    ],
)
def test_tuples_with_more_than_one_value_are_ranges(item: TupleBounds, expected: str) -> None:
    assert render(make_set([item])) == expected


def test_large_communities_are_in_order() -> None:
    values = make_set([TupleBounds(None, ((1, 1), (2, 3), None))])
    assert isinstance(values, ValueSet)
    assert LargeCommunity(1, 3, 77) in values
    assert LargeCommunity(1, 4, 0) not in values


def test_the_families_are_apart() -> None:
    """The octets of 32.1.13.184 are those that 2001:db8:: begins with."""
    values = ValueSet.of(Type.IP, (ip("32.0.0.0"), ip("33.0.0.0")), ip("2001:db8::1"))
    assert ip("32.1.13.184") in values
    assert ip("2001:db8::") not in values
    assert ip("2001:db8::1") in values
    assert values.takes_quads
    assert not ValueSet.of(Type.IP, ip("2001:db8::1")).takes_quads


# Equality


@pytest.mark.parametrize(
    ("one", "other", "is_equal"),
    [
        (numbers(1, 2), numbers(2, 1), True),
        (numbers(1, 1), numbers(1), False),
        (numbers((1, 3)), numbers((1, 3)), True),
        (numbers((1, 3)), numbers(1, 2, 3), False),
        (numbers(1), ValueSet.of(Type.PAIR, Pair(1)), False),
        (ValueSet.of(Type.IP, ip("1.2.3.4")), ValueSet.of(Type.QUAD, Quad(0x01020304)), True),
        (ValueSet.of(Type.IP, ip("::1.2.3.4")), ValueSet.of(Type.QUAD, Quad(0x01020304)), False),
        (ValueSet(Type.VOID), ValueSet(Type.VOID), True),
        (ValueSet(Type.VOID), numbers(1), False),
        (pairs(((1, 2), (3, 3))), pairs(((2, 2), (3, 3)), ((1, 1), (3, 3))), True),
    ],
)
def test_sets_are_equal_if_their_items_are(one: ValueSet, other: ValueSet, is_equal: bool) -> None:
    assert (one == other) is is_equal
    if is_equal:
        assert hash(one) == hash(other)


def test_a_set_is_nothing_but_a_set() -> None:
    assert numbers(1) != 1


def test_single_values_are_known_as_such() -> None:
    assert numbers(1, 2).single_values == frozenset({1, 2})
    assert numbers(1, (2, 3)).single_values is None


def test_a_set_that_stands_for_millions_of_items_is_asked_as_it_is_written() -> None:
    """BIRD's search in a tree of all items is left to sets of a size that somebody writes."""
    anything = (0, 0xFFFF)
    rows = [TupleBounds(None, (None, (number, number))) for number in range(100)]
    made = make_set([TupleBounds(None, ((1, 1), anything)), *rows])
    assert isinstance(made, ValueSet)
    found = [Pair(5 << 16 | 99), Pair(1 << 16 | 100), Pair(65535 << 16)]
    assert [pair in made for pair in (*found, Pair(5 << 16 | 100))] == [True, True, True, False]
