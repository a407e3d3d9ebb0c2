"""Patterns of interfaces and their addresses: BIRD's, as text."""

import pytest

from bgpd.interface_patterns import is_chosen, parse_pattern, primary_rank
from kernel_sync.interfaces import InterfaceAddress
from messages.families.prefix import parse_address


def address(text: str, peer: str = "") -> InterfaceAddress:
    own, _, bits = text.partition("/")
    return InterfaceAddress(parse_address(own), int(bits), parse_address(peer) if peer else b"")


@pytest.mark.parametrize(
    ("patterns", "name", "row", "chosen"),
    [
        (["*"], "eth0", address("10.0.0.1/24"), True),
        ([], "eth0", address("10.0.0.1/24"), False),
        (["eth*"], "wlan0", address("10.0.0.1/24"), False),
        (["eth?"], "eth10", address("10.0.0.1/24"), False),
        (["-cali*", "*"], "cali12", address("10.0.0.1/24"), False),
        (["-cali*", "*"], "eth0", address("10.0.0.1/24"), True),
        (["*", "-cali*"], "cali12", address("10.0.0.1/24"), True),  # the first match decides
        (["eth* 192.168.0.0/16"], "eth0", address("192.168.7.1/24"), True),
        (["eth* 192.168.0.0/16"], "eth0", address("10.0.0.1/24"), False),
        (["eth* 192.168.0.0/16"], "wlan0", address("192.168.7.1/24"), False),
        (["10.0.0.0/8"], "wlan0", address("10.0.0.1/24"), True),
        (["-192.0.2.0/24", "*"], "eth0", address("192.0.2.1/25"), False),
        (["-192.0.2.0/24", "*"], "eth0", address("192.0.3.1/25"), True),
        (["-eth* 10.0.0.0/8", "*"], "eth0", address("10.0.0.1/24"), False),
        (["-eth* 10.0.0.0/8", "*"], "lo", address("10.0.0.1/32"), True),
        (["10.0.0.1"], "eth0", address("10.0.0.1/24"), True),  # an address is a prefix of full length
        (["10.0.0.1"], "eth0", address("10.0.0.2/24"), False),
        (["2001:db8::/32"], "eth0", address("2001:db8::1/64"), True),
        (["0.0.0.0/0"], "eth0", address("2001:db8::1/64"), False),  # the other family
        (["172.16.0.2"], "tun0", address("172.16.0.1/32", peer="172.16.0.2"), True),  # the opposite end
        (["172.16.0.2"], "tun0", address("172.16.0.1/24", peer="172.16.0.2"), False),  # more is on this link
        ([r"\*eth"], "*eth", address("10.0.0.1/24"), True),
    ],
)
def test_the_first_pattern_that_matches_decides(
    patterns: list[str], name: str, row: InterfaceAddress, chosen: bool
) -> None:
    assert is_chosen([*map(parse_pattern, patterns)], name, row) is chosen


@pytest.mark.parametrize(
    "text",
    ["", "-", " ", "eth/0", "10.0.0.1/8", "10.0.0.0/33", "eth0 eth1", "eth0 10.0.0.0/8 x", "e/ 10.0.0.1"],
)
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(ValueError, match="no pattern"):
        parse_pattern(text)


def test_the_first_pattern_has_the_best_primary_addresses() -> None:
    rank = primary_rank([*map(parse_pattern, ["192.168.0.0/16", "eth* 10.0.0.1"])])
    rows = ["192.168.1.1/24", "10.0.0.1/24", "10.0.0.2/24"]
    assert [rank("eth0", address(row)) for row in rows] == [0, 1, 2]
    assert [rank("wlan0", address(row)) for row in rows] == [0, 2, 2]
    assert rank("tun0", address("172.16.0.1/32", peer="192.168.1.1")) == 2  # not the other end's


def test_without_patterns_all_addresses_are_alike() -> None:
    assert primary_rank([])("eth0", address("10.0.0.1/24")) == 0
