"""Attribute lines stay within what BIRD's clients read, and lose nothing, or as much as BIRD's."""

import pytest

from bgpd.show.attributes import attribute_lines, attribute_lines_of_bird
from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    ONLY_TO_CUSTOMER,
    AsPath,
    LargeCommunity,
)


def test_long_lists_go_on_in_further_lines() -> None:
    large = tuple(LargeCommunity(4200000000, number, 65535) for number in range(100))
    communities = tuple(65001 << 16 | number for number in range(200))
    path = AsPath.of(*range(4200000000, 4200000120))
    attributes = AttributeSet.of({AS_PATH: path, COMMUNITIES: communities, LARGE_COMMUNITIES: large})
    lines = list(attribute_lines(attributes))
    assert max(map(len, lines)) <= 500
    text = " ".join(line.strip() for line in lines)
    assert text == " ".join(
        (
            f"BGP.as_path: {AS_PATH.render(path)}",
            f"BGP.community: {COMMUNITIES.render(communities)}",
            f"BGP.large_community: {LARGE_COMMUNITIES.render(large)}",
        )
    )


def test_further_lines_are_indented_twice() -> None:
    attributes = AttributeSet.of({COMMUNITIES: tuple(range(200))})
    first, *further = attribute_lines(attributes)
    assert first.startswith("\tBGP.community: (0,0) ")
    assert further
    assert all(line.startswith("\t\t(0,") and not line.endswith(" ") for line in further)


def _extended(number: int) -> bytes:
    return bytes((0, 2)) + (64512 + number).to_bytes(2) + number.to_bytes(4)


@pytest.mark.parametrize(
    ("attributes", "lengths", "ends"),
    [
        (
            {COMMUNITIES: tuple(64512 << 16 | number for number in range(150))},
            [478, 485, 480, 265],
            ["(64512,42)", "(64512,86)", "(64512,127)", "(64512,149)"],
        ),
        (
            {EXTENDED_COMMUNITIES: tuple(map(_extended, range(60)))},
            [441, 449, 81],
            ["(rt, 64538, 26)", "(rt, 64566, 54)", "(rt, 64571, 59)"],
        ),
        (
            {LARGE_COMMUNITIES: tuple(LargeCommunity(64512 + number, 1, number) for number in range(60))},
            [446, 451, 16],
            ["(64540, 1, 28)", "(64570, 1, 58)", "(64571, 1, 59)"],
        ),
        ({AS_PATH: AsPath.of(*range(4200000119, 4199999999, -1))}, [490], ["4200000077 ..."]),
        ({CLUSTER_LIST: tuple(0x0A0A0A64 + number for number in range(60))}, [490], ["10.10.10.135 ..."]),
    ],
    ids=["community", "ext_community", "large_community", "as_path", "cluster_list"],
)
def test_what_is_long_is_cut_where_bird_cuts_it(
    attributes: dict[object, object], lengths: list[int], ends: list[str]
) -> None:
    """The numbers are those of BIRD 1.6.8 for the same attributes."""
    lines = list(attribute_lines_of_bird(AttributeSet.of(attributes)))  # type: ignore[arg-type]  # any row
    assert [len(line) for line in lines] == lengths
    assert [line[-len(end) :] for line, end in zip(lines, ends, strict=True)] == ends


def test_what_bird_does_not_know_is_in_octets() -> None:
    attributes = AttributeSet.of({ONLY_TO_CUSTOMER: 64512})
    assert list(attribute_lines_of_bird(attributes)) == ["\tBGP.23 [t]: 00 00 fc 00"]
