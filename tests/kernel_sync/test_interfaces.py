"""The interface table: what `show interfaces` prints, and what is connected."""

import pytest

from kernel_sync.interfaces import (
    IFA_F_SECONDARY,
    IFA_F_TENTATIVE,
    IFF_BROADCAST,
    IFF_LOOPBACK,
    IFF_LOWER_UP,
    IFF_MULTICAST,
    IFF_POINTOPOINT,
    IFF_UP,
    Interface,
    InterfaceAddress,
    InterfaceTable,
)
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address, parse_prefix

UP = IFF_UP | IFF_LOWER_UP
ETHERNET = UP | IFF_BROADCAST | IFF_MULTICAST


def address(text: str, peer: str = "", flags: int = 0) -> InterfaceAddress:
    own, _, bits = text.partition("/")
    return InterfaceAddress(parse_address(own), int(bits), parse_address(peer) if peer else b"", flags)


def table(*links: Interface) -> InterfaceTable:
    """Return a table that was told of links and addresses as the kernel does."""
    interfaces = InterfaceTable()
    for link in links:
        interfaces.set_link(link)
        for row in link.addresses:
            interfaces.set_address(link.index, row)
    return interfaces


LO = Interface(1, "lo", UP | IFF_LOOPBACK, 65536, 0, (address("10.255.0.1/32"), address("127.0.0.1/8")))
ETH0 = Interface(2, "eth0", ETHERNET, 1500, 0, (address("10.0.0.1/24"), address("fd00::1/64")))


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (UP | IFF_LOOPBACK, "MultiAccess AdminUp LinkUp Loopback Ignored"),
        (ETHERNET, "MultiAccess Broadcast Multicast AdminUp LinkUp"),
        (IFF_BROADCAST, "MultiAccess Broadcast AdminDown LinkDown"),
        (IFF_UP, "MultiAccess AdminUp LinkDown"),
        (UP | IFF_POINTOPOINT, "PtP AdminUp LinkUp"),
    ],
)
def test_flags_are_printed_in_words(flags: int, words: str) -> None:
    assert " ".join(Interface(1, "x", flags, 1500).flag_names) == words


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("127.0.0.1/8", "host"),
        ("10.1.2.3/8", "site"),
        ("172.31.0.1/16", "site"),
        ("172.32.0.1/16", "univ"),
        ("192.168.1.1/24", "site"),
        ("192.0.2.1/24", "univ"),
        ("::1/128", "host"),
        ("fe80::1/64", "link"),
        ("fd00::1/64", "site"),
        ("2001:db8::1/64", "univ"),
    ],
)
def test_scope(text: str, scope: str) -> None:
    assert address(text).scope == scope


def test_the_primary_address_comes_first() -> None:
    """No secondary one, and a link-local one only where there is no other; what becomes it moves there."""
    second, first = address("10.0.0.5/24", flags=IFA_F_SECONDARY), address("10.0.0.1/24")
    local, tentative, unique = (
        address("fe80::1/64"),
        address("fd00::9/64", flags=IFA_F_TENTATIVE),
        address("fd00::1/64"),
    )
    interface = table(Interface(2, "eth0", ETHERNET, 1500, 0, (second, first, local, tentative, unique))).get(
        2
    )
    assert interface is not None
    assert interface.addresses_of(IPV4_UNICAST) == (first, second)
    assert interface.addresses_of(IPV6_UNICAST) == (unique, local, tentative)
    assert Interface(2, "eth0", ETHERNET, 1500, 0, (local,)).primary(IPV6_UNICAST) == local
    assert Interface(2, "eth0", ETHERNET, 1500).primary(IPV4_UNICAST) is None


def test_interfaces_are_listed_by_index_with_their_addresses() -> None:
    interfaces = table(ETH0, LO)
    assert list(interfaces) == [LO, ETH0]
    assert len(interfaces) == 2
    assert interfaces.get(2) == interfaces.named("eth0") == ETH0
    assert interfaces.get(3) is interfaces.named("eth1") is None


def test_only_what_changes_something_counts_as_a_change() -> None:
    interfaces = table(ETH0)
    assert not interfaces.set_link(Interface(2, "eth0", ETHERNET, 1500))
    assert interfaces.set_link(Interface(2, "eth0", ETHERNET, 9000))
    assert not interfaces.set_address(2, address("10.0.0.1/24"))
    assert interfaces.set_address(2, address("10.0.0.1/24", flags=IFA_F_SECONDARY))
    assert interfaces.remove_address(2, address("10.0.0.1/24"))
    assert not interfaces.remove_address(2, address("10.0.0.1/24"))
    assert interfaces.remove_link(2)
    assert not interfaces.remove_link(2)


def test_an_address_of_an_unknown_interface_is_ignored() -> None:
    interfaces = InterfaceTable()
    assert not interfaces.set_address(9, address("10.0.0.1/24"))
    assert not interfaces.remove_address(9, address("10.0.0.1/24"))


def test_connected_is_the_longest_match_on_an_interface_that_is_up() -> None:
    wide = Interface(3, "wide", ETHERNET, 1500, 0, (address("10.0.0.1/8"),))
    down = Interface(4, "down", IFF_BROADCAST, 1500, 0, (address("10.0.0.129/25"),))
    interfaces = table(wide, ETH0, down)
    assert interfaces.connected(parse_address("10.0.0.200")) == ETH0
    assert interfaces.connected(parse_address("10.9.0.1")) == wide
    assert interfaces.connected(parse_address("fd00::99")) == ETH0
    assert interfaces.connected(parse_address("11.0.0.1")) is None
    interfaces.remove_link(2)
    assert interfaces.connected(parse_address("10.0.0.200")) == wide


def test_a_point_to_point_link_connects_the_other_end() -> None:
    tunnel = Interface(5, "tun0", UP | IFF_POINTOPOINT, 1480, 0, (address("10.9.0.1/32", peer="10.9.0.2"),))
    interfaces = table(tunnel)
    assert interfaces.connected(parse_address("10.9.0.2")) == tunnel
    assert interfaces.connected(parse_address("10.9.0.1")) is None


def test_connected_prefixes_leave_out_host_and_link_scope() -> None:
    local = Interface(3, "eth1", ETHERNET, 1500, 0, (address("fe80::1/64"),))
    interfaces = table(LO, ETH0, local)
    assert dict(interfaces.connected_prefixes(IPV4_UNICAST)) == {
        parse_prefix("10.255.0.1/32")[1]: LO.index,
        parse_prefix("10.0.0.0/24")[1]: ETH0.index,
    }
    assert list(interfaces.connected_prefixes(IPV6_UNICAST)) == [parse_prefix("fd00::/64")[1]]
    assert interfaces.connected(parse_address("fe80::2")) is None


def test_the_router_id_is_the_lowest_ipv4_address_without_loopback_and_down() -> None:
    lower = Interface(3, "eth1", IFF_BROADCAST, 1500, 0, (address("1.0.0.1/24"),))
    assert table(LO, ETH0, lower).lowest_ipv4() == parse_address("10.0.0.1")
    assert table(LO).lowest_ipv4() is None


def test_a_dump_forgets_what_it_does_not_mention() -> None:
    interfaces = table(LO, ETH0)
    interfaces.begin_dump()
    interfaces.set_link(ETH0)
    interfaces.set_address(2, address("fd00::1/64"))
    assert interfaces.end_dump()
    assert [(row.name, row.addresses) for row in interfaces] == [("eth0", (address("fd00::1/64"),))]
    interfaces.begin_dump()
    interfaces.set_link(ETH0)
    interfaces.set_address(2, address("fd00::1/64"))
    assert not interfaces.end_dump()
