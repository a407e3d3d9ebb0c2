"""Communities made of numbers; what is wrong with them is said in BIRD's words."""

from itertools import product

import pytest

from rib.filters.algebra.constructors import GENERIC, extended_community, large_community, pair
from rib.filters.algebra.printing import render
from rib.filters.errors import RunError
from rib.filters.values import Quad
from tests.rib.filters.samples import VALUES, ip

ROUTE_TARGET, ROUTE_ORIGIN = 2, 3
NO_INT = sorted(VALUES.keys() - {"int"})
NO_KEY = sorted(VALUES.keys() - {"int", "ip", "quad"})


def test_a_pair_has_two_halves() -> None:
    """RFC 1997."""
    assert pair(65535, 1) == 0xFFFF_0001


@pytest.mark.parametrize(("first", "second"), [(65536, 1), (1, 65536)])
def test_a_half_has_two_octets(first: int, second: int) -> None:
    with pytest.raises(RunError, match=r"^Can't operate with value out of bounds in pair constructor$"):
        pair(first, second)


@pytest.mark.parametrize("name", NO_INT)
def test_pairs_are_made_of_ints(name: str) -> None:
    for halves in ((5, VALUES[name]), (VALUES[name], 5)):
        with pytest.raises(
            RunError, match=r"^Can't operate with value of non-integer type in pair constructor$"
        ):
            pair(*halves)


@pytest.mark.parametrize(("name", "place"), list(product(NO_INT, range(3))))
def test_large_communities_are_made_of_ints(name: str, place: int) -> None:
    """RFC 8092."""
    parts = [5, 5, 5]
    parts[place] = VALUES[name]
    with pytest.raises(RunError, match=r"^Can't operate with value of non-integer type in LC constructor$"):
        large_community(*parts)


def test_a_large_community() -> None:
    assert large_community(1, 2, 4_294_967_295) == (1, 2, 4_294_967_295)


@pytest.mark.parametrize(
    ("kind", "key", "value", "expected"),
    [
        (ROUTE_TARGET, 5, 70000, 0x0002_0005_0001_1170),
        (ROUTE_TARGET, 70000, 5, 0x0202_0001_1170_0005),
        (ROUTE_TARGET, ip("1.2.3.4"), 5, 0x0102_0102_0304_0005),
        (ROUTE_ORIGIN, Quad(0x01020304), 5, 0x0103_0102_0304_0005),
        (GENERIC, 70000, 70000, 0x0001_1170_0001_1170),
        (GENERIC, ip("1.2.3.4"), 5, 0x0102_0304_0000_0005),
        (0x1034, 70000, 5, 0x1234_0001_1170_0005),
        (0x0102, 1, 2, 0x0102_0001_0000_0002),
        (0x12345, 1, 5, 0x2345_0001_0000_0005),
    ],
)
def test_the_key_decides_the_form(kind: int, key: object, value: int, expected: int) -> None:
    """An AS of two octets, an address or an AS of four (RFC 4360 §3.1, §3.2; RFC 5668 §2)."""
    assert extended_community(kind, key, value) == expected


@pytest.mark.parametrize("key", [65536, ip("1.2.3.4")])
def test_a_wide_key_leaves_two_octets(key: object) -> None:
    assert render(extended_community(ROUTE_TARGET, key, 65535)).endswith(", 65535)")
    with pytest.raises(RunError, match=r"^Can't operate with value out of bounds in EC constructor$"):
        extended_community(ROUTE_TARGET, key, 65536)


@pytest.mark.parametrize("name", NO_KEY)
def test_a_key_is_an_as_or_an_ipv4_address(name: str) -> None:
    error = r"^Can't operate with key of non-integer/IPv4 type in EC constructor$"
    with pytest.raises(RunError, match=error):
        extended_community(ROUTE_TARGET, VALUES[name], 5)


@pytest.mark.parametrize("name", NO_INT)
def test_a_value_is_an_int(name: str) -> None:
    with pytest.raises(RunError, match=r"^Can't operate with value of non-integer type in EC constructor$"):
        extended_community(ROUTE_TARGET, 5, VALUES[name])
