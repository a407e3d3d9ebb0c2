"""Path masks; BIRD 1.6.8 has been asked for every result, over a session for those with AS_SETs."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attributes.as_path import AsPath, Segment
from messages.iana import SegmentType
from rib.filters.algebra.path_masks import PathMask, Place, Wildcard, mask_of
from rib.filters.algebra.sets import ValueSet
from rib.filters.errors import RunError
from rib.filters.values import Type

ONE, ANY, AGAIN = Wildcard.ONE, Wildcard.ANY, Wildcard.AGAIN
Part = int | set[int]


def path(*parts: Part) -> AsPath:
    """Return a path: ints are ASes of sequences, sets are AS_SETs."""
    segments = [
        Segment(SegmentType.AS_SET, tuple(sorted(part)))
        if isinstance(part, set)
        else Segment(SegmentType.AS_SEQUENCE, (part,))
        for part in parts
    ]
    return AsPath.from_segments(*segments)


@pytest.mark.parametrize(
    ("parts", "places", "expected"),
    [
        ([2, 3], [2, 3], True),
        ([2, 3], [2], False),
        ([2, 3], [2, 3, 4], False),
        ([2, 3], [ANY], True),
        ([2, 3], [], False),
        ([], [], True),
        ([], [ANY], True),
        ([], [ONE], False),
        ([2, 3], [ONE, ONE], True),
        ([2, 3], [ONE, ONE, ONE], False),
        ([2, 3], [(1, 2), 3], True),
        ([2, 3], [(3, 4), 3], False),
        ([2, 3], [ANY, 3, ANY], True),
        ([2, 3], [ANY, 2, 3], True),
        ([2, 3, 2, 4], [ANY, 2, 4], True),
        ([2, 3, 2, 4], [2, ANY, 2, ANY, 4], True),
        ([2, 3, 2, 4], [2, ANY, 2, ANY, 4, 4], False),
        ([2, 3], [ValueSet.of(Type.INT, 2, 5), 3], True),
        ([2, 3], [ValueSet.of(Type.INT, 3, 5), 3], False),
    ],
)
def test_sequences(parts: list[Part], places: list[Place], expected: bool) -> None:
    assert PathMask(places).matches(path(*parts)) is expected


@pytest.mark.parametrize(
    ("parts", "places", "expected"),
    [
        ([65001, {2, 3}], [65001, 3], True),
        ([65001, {2, 3}], [65001, ONE], True),
        ([65001, {2, 3}], [65001, (2, 3), ANY], True),
        ([65001, {2, 3}], [65001, 2, 3, ANY], True),
        ([65001, {2, 3}], [65001], True),
        ([65001, {2, 3}], [ANY, 9], False),
        ([65001, {2, 3}, 9], [65001, 3], False),
        ([65001, {2, 3}, 9], [65001, ONE], True),
        ([65001, {2, 9}, 3], [65001, 3], True),
        ([65001, {3}, {4}], [65001], True),
        ([{65001, 3}, 5], [5], False),
        ([{65001, 3}, 5], [ANY, 5], True),
        ([{65001, 3}, 5], [3, 3, 65001, 5], True),
        ([{65001, 3}, 5], [ONE, ONE, ONE, 5], True),
        ([{65001, 3}, 5], [65001], False),
        ([{65001, 3}, {4, 6}, 5], [3, 5], True),
        ([{65001, 3}, {4, 6}, 5], [5], False),
        ([{65001, 3}, {4, 6}], [65001], True),
        ([{65001, 3}, {4, 6}], [], False),
        ([{65001, 3}, {4, 6}], [ValueSet.of(Type.INT, 3), 4], True),
        ([{1}, {2}, {3}, {4}, 5], [ANY, (2, 3), 5], True),
        ([{1}, {2}, {3}, {4}, 5], [ANY, (2, 3), AGAIN, 1], False),
        ([{1}, {2}, {3}, {4}, 5], [ONE, AGAIN, 5], True),
    ],
)
def test_a_set_is_any_sequence_of_its_ases(parts: list[Part], places: list[Place], expected: bool) -> None:
    """Of one that does not begin the path there may be none."""
    assert PathMask(places).matches(path(*parts)) is expected


@pytest.mark.parametrize(
    ("parts", "places", "expected"),
    [
        ([1, 2, 3], [1, 2, AGAIN, 3], True),
        ([1, 2, 2, 2, 3], [1, 2, AGAIN, 3], True),
        ([1, 3], [1, 2, AGAIN, 3], False),
        ([1, 2, 4, 3], [1, 2, AGAIN, 3], False),
        ([1, 2, 3], [ONE, AGAIN], True),
        ([], [ONE, AGAIN], False),
        ([1, 2, 3], [1, ANY, AGAIN, 3], True),
        ([1, 1, 2], [1, AGAIN, AGAIN, 2], True),
    ],
)
def test_a_place_can_be_repeated(parts: list[Part], places: list[Place], expected: bool) -> None:
    """``[= 1 2+ 3 =]``, of BIRD 2."""
    assert PathMask(places).matches(path(*parts)) is expected


def test_there_must_be_something_to_repeat() -> None:
    with pytest.raises(RunError, match=r"^Path mask iterator '\+' cannot be first$"):
        PathMask([AGAIN])


def as_words(places: Sequence[Place], asns: Sequence[int]) -> bool:
    """Match as one would by hand: try every number of ASes for a ``*``."""
    if not places:
        return not asns
    first, *rest = places
    if first is ANY:
        return any(as_words(rest, asns[count:]) for count in range(len(asns) + 1))
    return bool(asns) and first in (ONE, asns[0]) and as_words(rest, asns[1:])


@given(
    st.lists(st.sampled_from((1, 2, ONE, ANY)), max_size=6),
    st.lists(st.integers(1, 3), max_size=6),
)
def test_every_way_to_match_is_found(places: list[Place], asns: list[int]) -> None:
    assert PathMask(places).matches(AsPath.of(*asns)) is as_words(places, asns)


def test_masks_are_equal_if_they_are_written_alike() -> None:
    assert PathMask([1, ANY]) == PathMask([1, ANY])
    assert hash(PathMask([1, ANY])) == hash(PathMask([1, ANY]))
    assert PathMask([1]) != PathMask([(1, 1)])
    assert PathMask([1]) != 1


def test_masks_of_parts() -> None:
    values = ValueSet.of(Type.INT, 3)
    made = mask_of(("asn", 1, 1), ("asn", 2, 5), ("asn", 9), ("set", values), ("?",), ("*",), ("+",))
    assert made == PathMask([1, (2, 5), 9, values, ONE, ANY, AGAIN])


@pytest.mark.parametrize(
    ("part", "error"),
    [
        (("asn", "a", "a"), "value not an integer"),
        (("asn", 1, None), "value not an integer"),
        (("set", 1), "value not a set of integers"),
        (("set", ValueSet.of(Type.RTS)), "value not a set of integers"),
    ],
)
def test_parts_are_numbers(part: tuple[object, ...], error: str) -> None:
    with pytest.raises(RunError) as caught:
        mask_of(part)
    assert str(caught.value) == f"Error resolving path mask template: {error}"
