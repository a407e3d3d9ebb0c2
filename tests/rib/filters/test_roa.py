"""What a table of ROAs says of routes (RFC 6483 §2); BIRD 1.6.8 has been asked for every result."""

import pytest

from rib.filters.algebra.roa import INVALID, UNKNOWN, VALID, RoaTable
from rib.filters.errors import Place, RunError
from rib.filters.syntax import Roa
from rib.filters.values import EnumValue
from tests.rib.filters.samples import VALUES, prefix

ROAS = [
    ("10.0.0.0/8", 16, 5),
    ("10.1.0.0/16", 24, 6),
    ("20.0.0.0/8", 8, 0),
    ("30.0.0.0/8", 32, 7),
    ("30.0.0.0/8", 16, 8),
    ("a00::/8", 16, 5),
]
TABLE = RoaTable(
    Roa(*prefix(text), longest, asn, at=Place("roas", number, 1))
    for number, (text, longest, asn) in enumerate(ROAS, 1)
)


@pytest.mark.parametrize(
    ("text", "asn", "expected"),
    [
        ("10.0.0.0/8", 5, VALID),
        ("10.0.0.0/8", 6, INVALID),
        ("10.1.0.0/16", 5, VALID),
        ("10.1.0.0/16", 6, VALID),
        ("10.1.0.0/17", 5, INVALID),
        ("10.1.1.0/24", 6, VALID),
        ("10.1.1.1/32", 6, INVALID),
        ("11.0.0.0/8", 5, UNKNOWN),
        ("0.0.0.0/0", 5, UNKNOWN),
        ("20.0.0.0/8", 0, INVALID),
        ("20.0.0.0/8", 5, INVALID),
        ("10.0.0.0/8", 0, INVALID),
        ("30.0.0.0/24", 7, VALID),
        ("30.0.0.0/24", 8, INVALID),
        ("a00::/8", 5, VALID),
        ("1e00::/8", 7, UNKNOWN),
    ],
)
def test_routes_are_valid_if_a_roa_allows_them(text: str, asn: int, expected: EnumValue) -> None:
    """RFC 6483 §4: of AS 0 none is valid."""
    assert TABLE.check(prefix(text), asn) == expected


@pytest.mark.parametrize("name", sorted(VALUES.keys() - {"int", "prefix"}))
def test_a_check_takes_a_prefix_and_an_as(name: str) -> None:
    for arguments in ((VALUES[name], 5), (VALUES["prefix"], VALUES[name])):
        with pytest.raises(RunError, match=r"^Invalid argument to roa_check\(\)$"):
            TABLE.check(*arguments)


def roa(text: str, longest: int, asn: int) -> Roa:
    """Return one that somebody typed."""
    return Roa(*prefix(text), longest, asn, at=Place("command", 1, 1))


def test_what_is_added_counts_until_it_is_removed() -> None:
    table = RoaTable([roa("10.0.0.0/8", 8, 5)])
    added = roa("11.0.0.0/8", 16, 6)
    table.add(added)
    table.add(added)
    assert table.check(prefix("11.0.0.0/16"), 6) == VALID
    table.remove(roa("11.0.0.0/8", 17, 6))
    assert table.check(prefix("11.0.0.0/16"), 6) == VALID
    table.remove(added)
    assert table.check(prefix("11.0.0.0/16"), 6) == UNKNOWN


def test_what_is_configured_cannot_be_removed() -> None:
    configured = roa("10.0.0.0/8", 8, 5)
    table = RoaTable([configured])
    table.add(configured)
    table.add(roa("10.0.0.0/8", 16, 5))
    table.remove(configured)
    assert table.check(prefix("10.0.0.0/8"), 5) == VALID
    table.clear()
    assert table.roas == (configured,)
    assert table.check(prefix("10.0.0.0/16"), 5) == INVALID


def test_those_of_a_prefix_are_listed_together_the_newest_first() -> None:
    old, other = roa("10.0.0.0/8", 8, 5), roa("11.0.0.0/8", 8, 5)
    table = RoaTable([old, other])
    new = roa("10.0.0.0/8", 16, 5)
    table.add(new)
    assert table.roas == (new, old, other)


def test_what_was_added_outlives_a_reload_in_both_tables() -> None:
    """A filter that has not changed goes on with the table that it was compiled with."""
    before, after = RoaTable([]), RoaTable([])
    before.add(roa("10.0.0.0/8", 8, 5))
    after.follow(before)
    after.add(roa("11.0.0.0/8", 8, 5))
    for table in (before, after):
        assert table.check(prefix("10.0.0.0/8"), 5) == VALID
        assert table.check(prefix("11.0.0.0/8"), 5) == VALID
