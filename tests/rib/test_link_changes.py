"""News about links puts those next hops in doubt that it can concern, and no others."""

import pytest

from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from rib.next_hops import NextHops
from rib.route import NextHop, Refusal
from rib.table import Table
from tests.rib.building import key, neighbor

DIRECT, RECURSIVE, ON_LINK = (
    neighbor("direct"),
    neighbor("recursive", router_id=2),
    neighbor("six", router_id=3),
)
RECURSIVE.recursive = True
ON_LINK.interface = 5
NEAR, FAR = parse_address("192.0.2.9"), parse_address("198.51.100.9")
LINK_LOCAL = parse_address("2001:db8::9") + parse_address("fe80::9")


class Links(dict[PrefixKey, int]):
    """Connected networks that count how often next hops are looked up in them."""

    asked = 0

    def get(self, wanted: PrefixKey, default: int | None = None) -> int | None:  # type: ignore[override]
        self.asked += 1
        return super().get(wanted, default)


class House:
    """Next hops that are known, and links the test owns."""

    def __init__(self, bystanders: int = 0) -> None:
        self.connected = Links({key("192.0.2.0/24"): 2})
        self.others: dict[PrefixKey, int] = {}
        self.up = {2, 5}
        for number in range(bystanders):
            self.connected[key(f"10.{number >> 8}.{number & 255}.0/24")] = 10 + number
            self.up.add(10 + number)
        self.next_hops = NextHops(Table("master", IPV4_UNICAST))
        self.next_hops.set_connected(self.connected, self.up, self.others)
        for source in (DIRECT, RECURSIVE):
            for address in (NEAR, FAR):
                self.next_hops.resolve(address, source)
            for number in range(bystanders):
                self.next_hops.resolve(bytes((10, number >> 8, number & 255, 9)), source)
        self.next_hops.resolve(LINK_LOCAL, ON_LINK)
        self.settle()

    def settle(self) -> int:
        """Look again at what is in doubt; return how many lookups that took."""
        self.connected.asked = 0
        while self.next_hops.is_in_doubt:
            self.next_hops.recheck(1)
        return self.connected.asked


def test_a_network_that_comes_concerns_the_next_hops_in_it() -> None:
    """RFC 4271 §9.1.2.1: of whoever may use links, which is everybody."""
    house = House()
    house.connected[key("198.51.100.0/24")] = 3
    house.next_hops.links_changed([key("198.51.100.0/24")], [3])
    house.settle()
    for source in (DIRECT, RECURSIVE):
        assert house.next_hops.resolve(FAR, source).destination.next_hops == (NextHop(FAR, 3),)


def test_a_longer_network_takes_over_and_gives_back() -> None:
    house = House()
    host = key("192.0.2.9/32")
    for index in (7, 2):
        if index == 7:
            house.connected[host] = 7
        else:
            del house.connected[host]
        house.next_hops.links_changed([host], [7])
        house.settle()
        assert house.next_hops.resolve(NEAR, DIRECT).destination.next_hops == (NextHop(NEAR, index),)


def test_an_interface_that_goes_down_takes_link_local_next_hops_along() -> None:
    """RFC 2545 §3."""
    house = House()
    assert house.next_hops.resolve(LINK_LOCAL, ON_LINK).refusal is None
    house.up.remove(5)
    house.next_hops.links_changed([], [5])
    house.settle()
    assert house.next_hops.resolve(LINK_LOCAL, ON_LINK).refusal is Refusal.UNRESOLVABLE
    house.up.add(5)
    house.next_hops.links_changed([], [5])
    house.settle()
    assert house.next_hops.resolve(LINK_LOCAL, ON_LINK).refusal is None


def test_next_hops_of_the_other_family_follow_its_networks() -> None:
    """RFC 8950."""
    house = House()
    six = parse_address("2001:db8:5::9")
    assert house.next_hops.resolve(six, DIRECT).refusal is Refusal.UNRESOLVABLE
    house.others[key("2001:db8:5::/64")] = 5
    house.next_hops.links_changed([], [], [key("2001:db8:5::/64")])
    house.settle()
    assert house.next_hops.resolve(six, DIRECT).refusal is None


@pytest.mark.parametrize(
    ("networks", "switched"),
    [([], [9]), (["203.0.113.0/24"], []), (["203.0.113.0/24"], [9, 2]), (["192.0.3.0/25"], [])],
)
def test_what_concerns_no_next_hop_puts_none_in_doubt(networks: list[str], switched: list[int]) -> None:
    house = House()
    house.next_hops.links_changed([*map(key, networks)], switched)
    assert not house.next_hops.is_in_doubt


def test_the_work_does_not_grow_with_what_else_there_is() -> None:
    lookups = set()
    for bystanders in (1, 2000):
        house = House(bystanders)
        house.connected[key("192.0.2.0/25")] = 3
        house.next_hops.links_changed([key("192.0.2.0/25")], [3])
        lookups.add(house.settle())
    assert len(lookups) == 1


def test_what_is_forgotten_is_in_doubt_no_more() -> None:
    house = House()
    house.next_hops.begin_count()
    house.next_hops.end_count()
    house.next_hops.links_changed([key("192.0.2.0/24"), key("198.51.100.0/24")], [5])
    assert not house.next_hops.is_in_doubt


def test_ipv6_next_hops_are_followed_in_their_own_table() -> None:
    next_hops = NextHops(Table("master", IPV6_UNICAST))
    connected: dict[PrefixKey, int] = {}
    next_hops.set_connected(connected, {5})
    address = parse_address("2001:db8::9")
    assert next_hops.resolve(address, DIRECT).refusal is Refusal.UNRESOLVABLE
    connected[key("2001:db8::/64")] = 5
    next_hops.links_changed([key("2001:db8::/64")], [5])
    assert next_hops.recheck(10)
    assert next_hops.resolve(address, DIRECT).refusal is None
