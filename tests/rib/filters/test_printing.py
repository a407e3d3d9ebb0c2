"""How values are printed; BIRD 1.6.8 has been asked for every text here, over a session for AS_SETs."""

import pytest

from messages.attributes.as_path import AsPath, Segment
from messages.attributes.large_communities import LargeCommunity
from messages.iana import SegmentType
from rib.filters.algebra.path_masks import PathMask, Wildcard
from rib.filters.algebra.printing import PrintedLine, render
from rib.filters.algebra.sets import Item, TupleBounds, ValueSet, make_set
from rib.filters.values import (
    CommunityList,
    EnumValue,
    ExtendedCommunity,
    ExtendedCommunityList,
    LargeCommunityList,
    Pair,
    Quad,
    Type,
)
from tests.rib.filters.samples import VALUES, ip

RENDERED = {
    "void": "(void)",
    "int": "5",
    "bool": "TRUE",
    "ip": "1.2.3.4",
    "ip6": "2001:db8::1",
    "prefix": "1.2.3.0/24",
    "pair": "(1,2)",
    "quad": "1.2.3.4",
    "ec": "(rt, 1, 2)",
    "lc": "(1, 2, 3)",
    "string": "abc",
    "mask": "[= 5 * =]",
    "path": "(path 5)",
    "clist": "(clist (1,2))",
    "eclist": "(eclist (rt, 1, 2))",
    "lclist": "(lclist (1, 2, 3))",
    "[]": "[]",
    "[int]": "[5, 7..9]",
    "[pair]": "[(1,2)]",
    "[ip]": "[1.2.3.4]",
    "[ip6]": "[2001:db8::1]",
    "[quad]": "[1.2.3.4]",
    "[ec]": "[(rt, 1, 2)]",
    "[lc]": "[(1, 2, 3)]",
    "[rts]": "[(enum 30)11]",
    "[prefix]": "[1.2.3.0/24{0.0.1.255}]",
    "rts": "(enum 30)11",
    "origin": "(enum 31)0",
    "opaque": "(enum 3f)0",
}


@pytest.mark.parametrize("name", VALUES)
def test_values_of_every_type(name: str) -> None:
    assert render(VALUES[name]) == RENDERED[name]


@pytest.mark.parametrize(
    ("kind", "number"),
    [(Type.SCOPE, "32"), (Type.RTC, "33"), (Type.RTD, "34"), (Type.ROA, "35")],
)
def test_enumerations_have_numbers(kind: Type, number: str) -> None:
    assert render(EnumValue(kind, 2)) == f"(enum {number})2"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0.0.0.0", "0.0.0.0"),
        ("::", "::"),
        ("::5", "::5"),
        ("::1:2", "::0.1.0.2"),
        ("::1.2.3.4", "::1.2.3.4"),
        ("::ffff:0:0", "::ffff:0.0.0.0"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("::1:2:3", "::1:2:3"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ],
)
def test_addresses(written: str, expected: str) -> None:
    """RFC 5952, and RFC 4291 §2.5.5 for IPv4 addresses in them."""
    assert render(ip(written)) == expected


@pytest.mark.parametrize(
    ("community", "expected"),
    [
        (0x0002_0002_0000_0005, "(rt, 2, 5)"),
        (0x0003_0002_0000_0005, "(ro, 2, 5)"),
        (0x0102_0002_1234_5678, "(rt, 0.2.18.52, 22136)"),
        (0x0202_0002_1234_5678, "(rt, 135732, 22136)"),
        (0x0203_0002_0000_0005, "(ro, 131072, 5)"),
        (0x0000_0001_0000_0002, "(unknown 0x0, 1, 2)"),
        (0x0004_0002_0000_0005, "(unknown 0x4, 2, 5)"),
        (0x4002_0002_0000_0005, "(unknown 0x4002, 2, 5)"),
        (0x4104_0002_0000_0005, "(unknown 0x4104, 0.2.0.0, 5)"),
        (0x8002_0002_0000_0005, "(generic, 0x80020002, 0x5)"),
        (0x0302_0002_0000_0005, "(generic, 0x3020002, 0x5)"),
        (0x4300_0000_0000_0005, "(generic, 0x43000000, 0x5)"),
        (0xFFFF_FFFF_0000_0005, "(generic, 0xffffffff, 0x5)"),
    ],
)
def test_extended_communities(community: int, expected: str) -> None:
    """RFC 4360 §3 to §5, RFC 5668."""
    assert render(ExtendedCommunity(community)) == expected


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([], "(path )"),
        ([(SegmentType.AS_SEQUENCE, (2, 1))], "(path 2 1)"),
        ([(SegmentType.AS_SEQUENCE, (2,)), (SegmentType.AS_SET, (3, 4))], "(path 2 { 3 4 })"),
        (
            [(SegmentType.AS_SET, (3, 4)), (SegmentType.AS_SET, (5,)), (SegmentType.AS_SEQUENCE, (9,))],
            "(path { 3 4 } { 5 } 9)",
        ),
        (
            [(SegmentType.AS_CONFED_SEQUENCE, (1, 2)), (SegmentType.AS_CONFED_SET, (3, 4))],
            "(path ( 1 2 ) [ 3 4 ])",
        ),
    ],
)
def test_paths(segments: list[tuple[int, tuple[int, ...]]], expected: str) -> None:
    """RFC 4271 §4.3; those of RFC 5065 are unknown to BIRD 1.6."""
    assert render(AsPath.from_segments(*(Segment(*segment) for segment in segments))) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([(3, 3), (1, 1), (2, 2)], "[1, 2, 3]"),
        ([(1, 1), (1, 1)], "[1, 1]"),
        ([(1, 4), (1, 2)], "[1..4, 1..2]"),
        ([(5, 3), (1, 1)], "[1, 5..3]"),
        ([(ip("1.2.3.5"), ip("1.2.3.9")), (ip("1.2.3.4"),) * 2], "[1.2.3.4, 1.2.3.5..1.2.3.9]"),
        ([(EnumValue(Type.RTS, 11), EnumValue(Type.RTS, 12))], "[(enum 30)11..(enum 30)12]"),
        ([(Pair(0x0001_0002), Pair(0x0003_0004))], "[(1,2)..(3,4)]"),
        ([TupleBounds(None, ((1, 3), (2, 2)))], "[(1,2), (2,2), (3,2)]"),
        ([TupleBounds(None, (None, None))], "[(0,0)..(65535,65535)]"),
        ([TupleBounds(None, ((1, 1), None))], "[(1,0)..(1,65535)]"),
        (
            [TupleBounds(None, ((1, 2), (3, 4))), TupleBounds(None, ((1, 2), (5, 5)))],
            "[(1,3)..(1,4), (1,5), (2,3)..(2,4), (2,5)]",
        ),
        (
            [TupleBounds(None, ((1, 3), (2, 4))), TupleBounds(None, ((2, 2), None))],
            "[(1,2)..(1,4), (2,0)..(2,65535), (2,2)..(2,4), (3,2)..(3,4)]",
        ),
        (
            [TupleBounds(None, ((4, 5), (4, 4))), TupleBounds(None, ((3, 3), (0, 3))), (Pair(0x30000),) * 2],
            "[(3,0)..(3,3), (3,0), (4,4), (5,4)]",
        ),
    ],
)
def test_sets_are_sorted_but_not_merged(items: list[Item], expected: str) -> None:
    assert render(make_set(items)) == expected


def test_masks() -> None:
    values = ValueSet.of(Type.INT, 2, 3)
    written = PathMask([1, Wildcard.ANY, (2, 5), Wildcard.ONE, (2, 2), values, Wildcard.AGAIN])
    assert render(written) == "[= 1 * 2..5 ? 2..2 [2, 3] + =]"
    assert render(PathMask()) == "[= =]"


# Long ones


def long_path(ones: int) -> AsPath:
    """Return a path of ASes with five digits, behind some with six."""
    return AsPath.of(*[100000] * ones, *range(10249, 9999, -1))


@pytest.mark.parametrize(
    ("ones", "length", "end"),
    [(0, 989, "10085"), (1, 990, "10086"), (2, 985, "10088"), (3, 986, "10089")],
)
def test_long_paths_are_cut(ones: int, length: int, end: str) -> None:
    text = render(long_path(ones))
    assert text.endswith(f" {end} ...)")
    assert len(text) == len("(path  ...)") + length


def test_a_set_in_a_long_path_is_closed() -> None:
    start = Segment(SegmentType.AS_SEQUENCE, (7, 65001))
    among = render(AsPath.from_segments(start, Segment(SegmentType.AS_SET, tuple(range(10000, 10200)))))
    assert among.endswith(" 10161 10162 } ...)")
    sequence = Segment(SegmentType.AS_SEQUENCE, (7, 65001, *range(10000, 10162)))
    behind = render(AsPath.from_segments(sequence, Segment(SegmentType.AS_SET, tuple(range(10000, 10100)))))
    assert behind.endswith(" 10161 { 10000 } ...)")


def test_a_segment_behind_a_long_path_is_not_shown() -> None:
    full = Segment(SegmentType.AS_SEQUENCE, tuple(range(10000, 10165)))
    assert render(AsPath.from_segments(full)).endswith(" 10164)")
    behind = Segment(SegmentType.AS_SET, (1,))
    assert render(AsPath.from_segments(full, behind)).endswith(" 10164 ...)")


@pytest.mark.parametrize(
    ("wide", "clist", "eclist", "lclist"),
    [(0, 979, 944, 937), (7, 986, 951, 944), (8, 977, 937, 945), (12, 981, 941, 949), (13, 982, 942, 936)],
)
def test_long_lists_are_cut(wide: int, clist: int, eclist: int, lclist: int) -> None:
    """The first communities have a digit more, so that the cuts move."""
    numbers = [(100, number) for number in range(1000, 1000 + wide)]
    numbers += [(10, number) for number in range(1000, 1260)]
    communities = CommunityList(first << 16 | second for first, second in numbers)
    extended = ExtendedCommunityList(2 << 48 | first << 32 | second for first, second in numbers)
    large = LargeCommunityList(LargeCommunity(first, 1, second) for first, second in numbers)
    for values, length in ((communities, clist), (extended, eclist), (large, lclist)):
        _, _, text = render(values).partition(" ")
        assert text.endswith(") ...)")
        assert len(text) == length + len(" ...)")


def line(*values: object) -> str:
    printed = PrintedLine()
    for value in values:
        printed.add(value)
    return printed.text


def test_a_line_is_put_together() -> None:
    assert line("net ", VALUES["prefix"], 5, None) == "net 1.2.3.0/245(void)"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["b" * 1022, 5], "b" * 1022 + "5"),
        (["b" * 1023, 5], "b" * 924 + " ... <too long>"),
        (["b" * 600, "c" * 600], "b" * 600),
        (["b" * 600, "c" * 600, "d"], "b" * 600),
        (["b" * 2000], ""),
        (["b" * 100] * 40, "b" * 924 + " ... <too long>"),
        (["b" * 923, "c" * 101], "b" * 923),
        (["b" * 924, "c" * 101], "b" * 924 + " ... <too long>"),
    ],
)
def test_what_does_not_fit_in_a_line_is_lost(values: list[object], expected: str) -> None:
    assert line(*values) == expected


@pytest.mark.parametrize(
    "value",
    [
        ValueSet.of(Type.INT, *range(10000, 10300)),
        make_set([TupleBounds(None, (None, (5, 5)))]),
        PathMask(range(10000, 10300)),
        ValueSet.of(Type.QUAD, *map(Quad, range(1 << 24, (1 << 24) + 300))),
    ],
)
def test_long_sets_are_cut_with_the_line(value: object) -> None:
    assert line(value) == render(value)[:924] + " ... <too long>"
    assert line("a", "abc", value) == "aabc" + render(value)[:920] + " ... <too long>"


def test_of_huge_sets_only_the_beginning_is_written() -> None:
    text = render(ValueSet.of(Type.INT, *range(100_000)))
    assert text.startswith("[0, 1, 2, 3, ")
    assert text.endswith(", ...]")
    assert len(text) < 2100
