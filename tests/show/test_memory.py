"""``show memory``: BIRD's lines, and a total that is the process's."""

import re

import pytest

from bgpd.show.memory import scaled
from tests.show.node import node
from tests.show.transcript import converse


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (0, "   0  B"),
        (192, " 192  B"),
        (9999, "9999  B"),
        (10000, "   9 kB"),
        (113 * 1024 + 7, " 113 kB"),
        (10 << 20, "  10 MB"),
        (3 << 40, "3072 GB"),
    ],
)
def test_sizes_are_in_the_unit_that_leaves_four_digits(octets: int, expected: str) -> None:
    assert scaled(octets) == expected


def test_the_lines_are_those_of_bird() -> None:
    lines = converse(node(), ["show memory"]).splitlines()
    shapes = [re.sub(r"[ \d]{4} [ kMG]B$", "SIZE", line) for line in lines]
    assert shapes == [
        "C: show memory",
        "S: 1018-BIRD memory usage",
        "S:  Routing tables:   SIZE",
        "S:  Route attributes: SIZE",
        "S:  ROA tables:       SIZE",
        "S:  Protocols:        SIZE",
        "S:  Total:            SIZE",
        "S: 0000 ",
    ]
