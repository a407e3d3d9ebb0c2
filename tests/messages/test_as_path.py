"""AS_PATH (RFC 4271 §4.3, §5.1.2, §9.1.2.2; RFC 5065)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attributes import AS_PATH, AsPath, Segment
from messages.attributes.as_path import read_segments
from messages.context import Context
from messages.errors import MalformedValueError
from messages.iana import SegmentType

SET, SEQUENCE, CONFED_SEQUENCE, CONFED_SET = SegmentType


def path(*segments: tuple[int, tuple[int, ...]]) -> AsPath:
    return AsPath.from_segments(*(Segment(kind, asns) for kind, asns in segments))


PATHS = [
    # path, text, length, neighbor AS, origin AS
    (AsPath.EMPTY, "", 0, 0, 0),
    (AsPath.of(), "", 0, 0, 0),
    (AsPath.of(65001), "65001", 1, 65001, 65001),
    (AsPath.of(65001, 65002, 65002), "65001 65002 65002", 3, 65001, 65002),
    (path((SEQUENCE, (1, 2)), (SET, (3, 4))), "1 2 {3 4}", 3, 1, 3),
    (path((SET, (3, 4))), "{3 4}", 1, 0, 3),
    (path((SEQUENCE, (1,)), (SEQUENCE, (2, 3))), "1 2 3", 3, 1, 3),
    (path((CONFED_SEQUENCE, (7, 8)), (SEQUENCE, (1, 2))), "(7 8) 1 2", 2, 1, 2),
    (path((CONFED_SET, (7, 8)), (SET, (1, 2))), "({7 8}) {1 2}", 1, 0, 1),
    (path((CONFED_SEQUENCE, (7, 8))), "(7 8)", 0, 0, 8),
]


@pytest.mark.parametrize(("value", "text", "length", "neighbor_as", "origin_as"), PATHS)
def test_what_a_path_says(value: AsPath, text: str, length: int, neighbor_as: int, origin_as: int) -> None:
    """RFC 4271 §9.1.2.2 a: a set counts as one; RFC 5065 §5.3: confederation segments as nothing."""
    assert str(value) == text
    assert text in repr(value)
    assert (value.length, value.neighbor_as, value.origin_as) == (length, neighbor_as, origin_as)
    assert AsPath.from_segments(*value.segments) == value


@pytest.mark.parametrize(
    ("value", "asn", "count"),
    [
        (AsPath.of(1, 2, 1), 1, 2),
        (AsPath.of(1, 2, 1), 3, 0),
        (path((SEQUENCE, (1,)), (SET, (2, 1)), (CONFED_SET, (1,))), 1, 3),
        (AsPath.of(0x00010000, 0x00020000), 0x00000002, 0),  # the octets are there, across two numbers
        (AsPath.EMPTY, 1, 0),
    ],
)
def test_an_as_is_counted_wherever_it_is(value: AsPath, asn: int, count: int) -> None:
    """RFC 4271 §9.1.2: loop detection scans the whole path."""
    assert value.count(asn) == count


@pytest.mark.parametrize(
    ("before", "times", "after"),
    [
        (AsPath.EMPTY, 1, AsPath.of(9)),
        (AsPath.EMPTY, 3, AsPath.of(9, 9, 9)),
        (AsPath.of(1, 2), 0, AsPath.of(1, 2)),
        (AsPath.of(1, 2), 1, AsPath.of(9, 1, 2)),
        (AsPath.of(1, 2), 2, AsPath.of(9, 9, 1, 2)),
        (AsPath.of(*[1] * 254), 1, AsPath.of(9, *[1] * 254)),
        (AsPath.of(*[1] * 255), 1, path((SEQUENCE, (9,)), (SEQUENCE, (1,) * 255))),
        (AsPath.of(*[1] * 254), 3, path((SEQUENCE, (9, 9)), (SEQUENCE, (9, *[1] * 254)))),
        (path((SET, (1, 2))), 1, path((SEQUENCE, (9,)), (SET, (1, 2)))),
        (path((CONFED_SEQUENCE, (1,))), 2, path((SEQUENCE, (9, 9)), (CONFED_SEQUENCE, (1,)))),
    ],
)
def test_an_as_is_prepended_to_the_leading_sequence_or_before_it(
    before: AsPath, times: int, after: AsPath
) -> None:
    """RFC 4271 §5.1.2 b."""
    assert before.prepend(9, times) == after
    assert after.length == before.length + times


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (AsPath.EMPTY, path((CONFED_SEQUENCE, (9,)))),
        (AsPath.of(1), path((CONFED_SEQUENCE, (9,)), (SEQUENCE, (1,)))),
        (path((CONFED_SET, (7, 8))), path((CONFED_SEQUENCE, (9,)), (CONFED_SET, (7, 8)))),
        (
            path((CONFED_SEQUENCE, (7,)), (SEQUENCE, (1,))),
            path((CONFED_SEQUENCE, (9, 7)), (SEQUENCE, (1,))),
        ),
        (
            path((CONFED_SEQUENCE, (7,) * 255)),
            path((CONFED_SEQUENCE, (9,)), (CONFED_SEQUENCE, (7,) * 255)),
        ),
    ],
)
def test_a_member_as_is_prepended_to_the_leading_sequence_of_members(before: AsPath, after: AsPath) -> None:
    """RFC 5065 §4.1 b."""
    assert before.prepend(9, kind=CONFED_SEQUENCE) == after
    assert after.begins_in_confederation
    assert after.length == before.length


@pytest.mark.parametrize(
    ("inside", "outside", "members"),
    [
        # path, what those outside see of it (RFC 5065 §4.1 c), how often AS 7 is a member AS in it
        (AsPath.EMPTY, AsPath.EMPTY, 0),
        (AsPath.of(7, 2), AsPath.of(7, 2), 0),
        (AsPath.of(3, 4), AsPath.of(3, 4), 0),  # the octets of the segment types are there
        (path((CONFED_SEQUENCE, (7, 8))), AsPath.EMPTY, 1),
        (path((CONFED_SEQUENCE, (7, 8)), (SEQUENCE, (7, 1))), AsPath.of(7, 1), 1),
        (path((CONFED_SEQUENCE, (7,)), (CONFED_SET, (7, 8)), (SET, (7, 1))), path((SET, (7, 1))), 2),
    ],
)
def test_a_confederation_is_in_segments_of_its_own(inside: AsPath, outside: AsPath, members: int) -> None:
    assert inside.without_confederation() == outside
    assert inside.count_in_confederation(7) == members
    assert not outside.begins_in_confederation


def test_ases_are_changed_or_left_out() -> None:
    """What is empty then is no segment (RFC 7606 §7.2), and a set has no AS twice."""
    value = path((SEQUENCE, (1, 2, 3)), (SEQUENCE, (2,)), (SET, (3, 4, 5)), (CONFED_SET, (2,)))
    changed = value.translate({1: 1, 3: 9, 4: 9, 5: 6}.get)
    assert changed == path((SEQUENCE, (1, 9)), (SET, (9, 6)))
    assert AsPath.of(2, 2).translate(lambda _asn: None) == AsPath.EMPTY
    assert AsPath.of(3, 3).translate(lambda _asn: 9) == AsPath.of(9, 9)


@given(st.lists(st.integers(1, 2**32 - 1), max_size=255), st.integers(0, 600))
def test_prepending_often_is_prepending_once_and_again(asns: list[int], times: int) -> None:
    value = AsPath.of(*asns)
    assert [asn for segment in value.prepend(7, times).segments for asn in segment.asns] == [7] * times + asns


def test_paths_are_values() -> None:
    assert len({AsPath.of(1), AsPath.of(1), AsPath.of(2)}) == 2
    assert AsPath.of(1) != "1"


@pytest.mark.parametrize("count", [255, 256, 510, 600])
def test_a_path_of_any_length_can_be_written(count: int) -> None:
    """RFC 4271 §4.3: the length of a segment has one octet."""
    asns = tuple(range(1, count + 1))
    path = AsPath.of(*asns)
    assert [len(segment.asns) for segment in path.segments] == [255] * (count // 255) + [count % 255] * (
        count % 255 > 0
    )
    assert sum((segment.asns for segment in path.segments), ()) == asns
    assert path.length == count
    narrow = b"".join(segment.encode(2) for segment in path.segments)
    assert tuple(read_segments(narrow, 2)) == path.segments
    assert Segment(2, asns).encode(2) == narrow


def test_a_path_that_leaves_no_room_for_more_is_malformed() -> None:
    """Only a long message (RFC 8654) can hold it."""
    context = Context(message_octets=65535)
    AS_PATH.check(AsPath.of(*(1,) * 15_000).wire, context)
    with pytest.raises(MalformedValueError, match="longer than"):
        AS_PATH.check(AsPath.of(*(1,) * 15_400).wire, context)
