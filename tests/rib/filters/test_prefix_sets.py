"""Sets of prefixes against what each pattern says, and the tree that BIRD 1.6.8 prints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.families.prefix import make_key
from rib.filters.algebra.prefix_sets import PrefixRange, PrefixSet
from rib.filters.algebra.printing import render
from rib.filters.values import Address, Prefix
from tests.rib.filters.samples import prefix, prefix_set


def accepts(patterns: list[PrefixRange], candidate: Prefix) -> bool:
    """Tell whether one of the patterns has the prefix, one after the other."""
    for (address, length), shortest, longest in patterns:
        if len(address) == len(candidate.address) and shortest <= candidate.length <= longest:
            bits = min(length, candidate.length)
            one, other = (int.from_bytes(octets) for octets in (address, candidate.address))
            if (one ^ other) >> len(address) * 8 - bits == 0:
                return True
    return False


def a_prefix(octets: int, number: int, length: int) -> Prefix:
    bits = octets * 8
    return Prefix(Address((number >> bits - length << bits - length).to_bytes(octets)), length)


@st.composite
def prefixes(draw: st.DrawFn) -> Prefix:
    octets = draw(st.sampled_from((4, 16)))
    start = draw(st.sampled_from((0x0A, 0x0B, 0x20, 0)))
    number = start << octets * 8 - 8 | draw(st.integers(0, 3)) << draw(st.integers(0, octets * 8 - 10))
    return a_prefix(octets, number, draw(st.integers(0, octets * 8)))


@st.composite
def patterns(draw: st.DrawFn) -> PrefixRange:
    written = draw(prefixes())
    bits = len(written.address) * 8
    shortest = draw(st.sampled_from((0, written.length, min(written.length + 3, bits))))
    longest = draw(st.integers(shortest, bits) | st.just(max(shortest, written.length)))
    return PrefixRange(written, shortest, longest)


@given(st.lists(patterns(), max_size=6), st.lists(prefixes(), max_size=8))
def test_a_set_accepts_what_one_of_its_patterns_does(
    written: list[PrefixRange], candidates: list[Prefix]
) -> None:
    made = PrefixSet(written)
    around = [
        a_prefix(len(address), int.from_bytes(address), bits)
        for (address, length), shortest, longest in written
        for bits in {shortest, longest, length, max(shortest - 1, 0)}
    ]
    for candidate in (*candidates, *around):
        address, length = candidate
        assert (candidate in made) == accepts(written, candidate)
        key = make_key(address, length)
        assert made.contains_key(key, len(address)) == accepts(written, candidate)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["10.0.0.0/8"], "[10.0.0.0/8{1.0.0.0}]"),
        (["10.0.0.0/8+"], "[10.0.0.0/8{1.255.255.255}]"),
        (["10.0.0.0/8-"], "[0.0.0.0/0, 10.0.0.0/8{255.0.0.0}]"),
        (["10.0.0.0/8{16,24}"], "[10.0.0.0/8{0.1.255.0}]"),
        (["10.0.0.0/8{4,6}"], "[8.0.0.0/6{28.0.0.0}]"),
        (["10.0.0.0/16{4,24}"], "[10.0.0.0/16{31.255.255.0}]"),
        (["10.0.0.0/8{0,32}"], "[0.0.0.0/0, 10.0.0.0/8{255.255.255.255}]"),
        (["0.0.0.0/0"], "[0.0.0.0/0]"),
        (["0.0.0.0/0-"], "[0.0.0.0/0]"),
        (["0.0.0.0/0+"], "[0.0.0.0/0, 0.0.0.0/0{255.255.255.255}]"),
        (["0.0.0.0/0{8,24}"], "[0.0.0.0/0{1.255.255.0}]"),
        (["0.0.0.0/0", "10.0.0.0/8"], "[0.0.0.0/0, 10.0.0.0/8{1.0.0.0}]"),
        (["1.2.3.4/32", "1.2.3.5/32"], "[1.2.3.4/32{0.0.0.1}, 1.2.3.5/32{0.0.0.1}]"),
        (["10.0.0.0/8", "10.1.0.0/16"], "[10.0.0.0/8{1.0.0.0}, 10.1.0.0/16{0.1.0.0}]"),
        (["10.0.0.0/8+", "10.1.0.0/16{20,24}"], "[10.0.0.0/8{1.255.255.255}, 10.1.0.0/16{0.0.31.0}]"),
        (
            ["10.1.0.0/16-", "10.2.0.0/16"],
            "[0.0.0.0/0, 10.0.0.0/14{255.252.0.0}, 10.1.0.0/16{255.255.0.0}, 10.2.0.0/16{0.1.0.0}]",
        ),
        (["10.1.0.0/16{8,24}", "10.1.0.0/16{4,6}"], "[8.0.0.0/6{28.0.0.0}, 10.1.0.0/16{1.255.255.0}]"),
        (
            ["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12"],
            "[10.0.0.0/8{1.0.0.0}, 172.16.0.0/12{0.16.0.0}, 192.168.0.0/16{0.1.0.0}]",
        ),
        (["2001:db8::/32"], "[2001:db8::/32{0:1::}]"),
        (["2001:db8::/32-"], "[::/0, 2001:db8::/32{ffff:ffff::}]"),
        (["::/0+"], "[::/0, ::/0{ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff}]"),
        (["::/104{100,104}"], "[::/104{::31.0.0.0}]"),
        (["::1/128"], "[::1/128{::1}]"),
        (
            ["2001:db8::/32{48,64}", "2001:db8:1::/48", "fe80::/10"],
            "[2001:db8::/32{0:0:1:ffff::}, 2001:db8:1::/48{0:0:1::}, fe80::/10{40::}]",
        ),
        (["2001:db8::/32", "10.0.0.0/8-"], "[0.0.0.0/0, 10.0.0.0/8{255.0.0.0}, 2001:db8::/32{0:1::}]"),
    ],
)
def test_a_set_prints_as_the_nodes_of_a_tree(patterns: list[str], expected: str) -> None:
    """A node that accepts nothing is not shown; the bits of the mask are the accepted lengths."""
    assert render(prefix_set(*patterns)) == expected


@pytest.mark.parametrize(
    ("one", "other", "is_equal"),
    [
        (["10.0.0.0/8", "11.0.0.0/8"], ["11.0.0.0/8", "10.0.0.0/8"], True),
        (["10.0.0.0/8+"], ["10.0.0.0/8{8,32}"], True),
        (["10.0.0.0/8+"], ["10.0.0.0/8+", "10.0.0.0/8"], True),
        (["10.0.0.0/8+"], ["10.0.0.0/8+", "10.1.0.0/16"], False),
        (["0.0.0.0/0-", "10.0.0.0/8-"], ["10.0.0.0/8-"], True),
        (["10.0.0.0/8-"], ["10.0.0.0/8{1,8}"], False),
        (["10.0.0.0/8"], ["10.0.0.0/9"], False),
    ],
)
def test_sets_are_equal_if_bird_builds_the_same_tree(
    one: list[str], other: list[str], is_equal: bool
) -> None:
    made, second = prefix_set(*one), prefix_set(*other)
    assert (made == second) is is_equal
    if is_equal:
        assert hash(made) == hash(second)


def test_a_set_of_prefixes_is_no_prefix() -> None:
    assert prefix_set("10.0.0.0/8") != prefix("10.0.0.0/8")


def test_keys_of_the_families_look_alike() -> None:
    made = prefix_set("10.0.0.0/8")
    assert made.contains_key(bytes((8, 10)), 4)
    assert not made.contains_key(bytes((8, 10)), 16)
