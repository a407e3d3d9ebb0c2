"""The interface table after any news is what a table would be that was told the outcome only."""

import pickle
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel_sync.interfaces import (
    IFA_F_SECONDARY,
    IFA_F_TENTATIVE,
    IFF_LOWER_UP,
    IFF_UP,
    Interface,
    InterfaceAddress,
    InterfaceTable,
)
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, parse_address, parse_prefix

UP = IFF_UP | IFF_LOWER_UP
LINKS = [
    Interface(index, f"{name}{index}", flags, 1500)
    for index in (2, 3, 4)
    for name in ("eth", "lan")
    for flags in (0, IFF_UP, UP)
]
ADDRESSES = [
    InterfaceAddress(parse_address(text), bits, b"", flags)
    for text, bits in (("10.0.0.1", 24), ("10.0.0.2", 24), ("10.0.0.1", 32), ("fd00::1", 64), ("fe80::1", 64))
    for flags in (0, IFA_F_SECONDARY, IFA_F_TENTATIVE)
]
INDEXES = st.sampled_from([2, 3, 4])


class News(NamedTuple):
    """What the kernel tells."""

    call: Callable[..., bool]
    arguments: tuple[object, ...]


NEWS = st.one_of(
    st.builds(News, st.just(InterfaceTable.set_link), st.tuples(st.sampled_from(LINKS))),
    st.builds(News, st.just(InterfaceTable.remove_link), st.tuples(INDEXES)),
    *(
        st.builds(News, st.just(call), st.tuples(INDEXES, st.sampled_from(ADDRESSES)))
        for call in (InterfaceTable.set_address, InterfaceTable.remove_address)
    ),
)


def networks(table: InterfaceTable, family: Family) -> dict[PrefixKey, int]:
    """Return the connected networks, found by looking at everything."""
    found: dict[PrefixKey, int] = {}
    for interface in table:
        for row in interface.addresses if interface.up else ():
            if row.family is family and row.usable and row.scope in {"site", "univ"}:
                found.setdefault(row.prefix, interface.index)
    return found


def own(table: InterfaceTable) -> set[bytes]:
    return {row.address for interface in table for row in interface.addresses if row.scope != "link"}


@given(st.lists(NEWS, max_size=30))
def test_what_is_kept_is_what_all_interfaces_say(news: list[News]) -> None:
    table = InterfaceTable()
    for each in news:
        before = {row.index: row for row in table}
        connected = {family: networks(table, family) for family in FAMILIES.values()}
        addresses = own(table)
        changed = each.call(table, *each.arguments)
        after = {row.index: row for row in table}
        changes = table.take_changes()
        assert bool(changes) is changed is (before != after)
        assert changes.interfaces == {
            index for index in before.keys() | after.keys() if before.get(index) != after.get(index)
        }
        for family in FAMILIES.values():
            now = networks(table, family)
            assert dict(table.connected_prefixes(family)) == now
            differ = {
                key
                for key in now.keys() | connected[family].keys()
                if now.get(key) != connected[family].get(key)
            }
            assert changes.networks[family] >= differ
        assert changes.addresses >= addresses ^ own(table)
        assert {*table.up} == {row.index for row in table if row.up}
        assert {*table.addresses()} == {row.address for link in table for row in link.addresses}
        for row in table:
            assert table.named(row.name) is row


@given(st.lists(NEWS, max_size=30))
def test_the_primary_address_is_the_best_of_those_there(news: list[News]) -> None:
    table = InterfaceTable()
    for each in news:
        each.call(table, *each.arguments)
    for interface in table:
        for family in FAMILIES.values():
            fit = [row for row in interface.addresses if row.family is family and row.may_be_primary]
            best = min(fit, key=lambda row: (row.scope == "link", row.address), default=None)
            primary = interface.primary(family)
            assert (primary and primary.address) == (best and best.address)
            assert primary in {None, *interface.addresses_of(family)[:1]}


@given(st.lists(NEWS, max_size=30))
def test_nothing_stays_of_interfaces_that_are_gone(news: list[News]) -> None:
    table = InterfaceTable()
    for each in news:
        each.call(table, *each.arguments)
    for index in (2, 3, 4):
        table.remove_link(index)
    table.take_changes()
    assert len(table) == len(table.up) == len([*table.addresses()]) == 0
    for family in FAMILIES.values():
        assert not table.connected_prefixes(family)
    assert not [link for link in LINKS if table.named(link.name)]


def test_two_thousand_interfaces_that_came_and_went_leave_nothing_behind() -> None:
    table = InterfaceTable()
    sizes = set()
    for index in range(2, 2002):
        octets = index.to_bytes(4)
        table.set_link(Interface(index, f"cali{index:06}", UP, 1500))
        table.set_address(index, InterfaceAddress(b"\x0a" + octets[1:], 32))
        table.set_address(index, InterfaceAddress(b"\xfe\x80" + bytes(10) + octets, 64))
        table.remove_link(index)
        assert table.take_changes()
        sizes.add(len(pickle.dumps(table)))  # all that it holds
    assert len(sizes) == 1


@pytest.mark.parametrize("gone_first", [2, 3])
def test_of_two_interfaces_with_one_network_the_other_takes_over(gone_first: int) -> None:
    table = InterfaceTable()
    key = parse_prefix("10.0.0.0/24")[1]
    for index in (3, 2):
        table.set_link(Interface(index, f"eth{index}", UP, 1500))
        table.set_address(index, ADDRESSES[0])
    assert table.connected_prefixes(IPV4_UNICAST) == {key: 2}
    table.take_changes()
    table.remove_link(gone_first)
    assert table.connected_prefixes(IPV4_UNICAST) == {key: 5 - gone_first}
    assert (key in table.take_changes().networks[IPV4_UNICAST]) is (gone_first == 2)
    table.remove_link(5 - gone_first)
    assert table.connected_prefixes(IPV4_UNICAST) == {}


def test_a_carrier_that_goes_is_told_of_with_the_networks_behind_it() -> None:
    table = InterfaceTable()
    table.set_link(Interface(2, "eth0", UP, 1500))
    table.set_address(2, ADDRESSES[0])
    table.take_changes()
    table.set_link(Interface(2, "eth0", IFF_UP, 1500))
    changes = table.take_changes()
    assert (changes.switched, changes.names) == ({2}, {"eth0"})
    assert changes.networks == {IPV4_UNICAST: {parse_prefix("10.0.0.0/24")[1]}, IPV6_UNICAST: set()}
    assert not changes.addresses


def test_another_name_is_told_of_with_the_old_one() -> None:
    table = InterfaceTable()
    table.set_link(Interface(2, "eth0", UP, 1500))
    table.take_changes()
    table.set_link(Interface(2, "lan0", UP, 1500))
    changes = table.take_changes()
    assert (changes.names, changes.switched) == ({"eth0", "lan0"}, set())
    assert table.named("eth0") is None


def test_the_name_may_decide_which_address_is_the_primary_one() -> None:
    wanted = parse_address("10.0.0.2")
    table = InterfaceTable(lambda name, row: int((name, row.address) != ("lan0", wanted)))
    table.set_link(Interface(2, "eth0", UP, 1500))
    for number in (0, 3):
        table.set_address(2, ADDRESSES[number])
    interfaces = []
    for name in ("eth0", "lan0"):
        table.set_link(Interface(2, name, UP, 1500))
        interfaces.append(table.get(2))
    assert [each and each.addresses_of(IPV4_UNICAST) for each in interfaces] == [
        (ADDRESSES[0], ADDRESSES[3]),
        (ADDRESSES[3], ADDRESSES[0]),
    ]
