"""IPv6 next hops of IPv4 routes are found through routes of the table of IPv6 (RFC 8950 §4)."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address
from rib.loc_rib import LocRib
from rib.next_hops import UNRESOLVED, NextHops, Resolution
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from rib.table import Table
from tests.rib.building import SOMEWHERE, attributes, key, neighbor

FAR = parse_address("2001:db8::2")
OVER_LINK = Destination(DestinationKind.UNICAST, (NextHop(parse_address("fe80::9"), 3),))
ELSEWHERE = Destination(DestinationKind.UNICAST, (NextHop(parse_address("fe80::7"), 4),))
STATIC = Source("static1", SourceKind.STATIC)
FAR_AWAY = neighbor("far", external=False)
FAR_AWAY.recursive = True


class House:
    """Tables of both families, and the next hops of the routes of IPv4."""

    def __init__(self) -> None:
        self.ipv4, self.ipv6 = (Table("master", family) for family in (IPV4_UNICAST, IPV6_UNICAST))
        self._loc_ribs = [LocRib(table) for table in (self.ipv4, self.ipv6)]
        self.next_hops = NextHops(self.ipv4, self.ipv6)
        self.next_hops.set_connected({}, {3, 4}, {})
        self.next_hops.recheck(10)

    def lead(self, prefix: str, destination: Destination, table: Table | None = None) -> None:
        """Add a route of our own, of IPv6 if it is not said otherwise."""
        table = self.ipv6 if table is None else table
        table.announce(Route(STATIC, AttributeSet.of({}), destination, 0), [key(prefix)])

    def settle(self) -> bool:
        """Look at all changes; return whether any next hop resolves differently now."""
        for loc_rib in self._loc_ribs:
            self.next_hops.hang_on(loc_rib.table, loc_rib.run(10))
        return self.next_hops.is_in_doubt and self.next_hops.recheck(10)

    def resolve(self) -> Resolution:
        return self.next_hops.resolve(FAR, FAR_AWAY)


def test_a_route_of_the_other_family_leads_on_and_its_changes_are_followed() -> None:
    house = House()
    assert house.resolve() is UNRESOLVED
    house.lead("2001:db8::/64", OVER_LINK)
    assert house.settle()
    assert house.resolve() == Resolution(OVER_LINK, None, 0)
    house.lead("2001:db8::2/128", ELSEWHERE)
    assert house.settle()
    assert house.resolve() == Resolution(ELSEWHERE, None, 0)
    for prefix in ("2001:db8::/64", "2001:db8::2/128"):
        house.ipv6.withdraw(STATIC, [key(prefix)])
    assert house.settle()
    assert house.resolve() is UNRESOLVED


@pytest.mark.parametrize("prefix", ["0.0.0.0/0", "32.1.13.0/24"])
def test_prefixes_of_the_own_family_cover_no_address_of_the_other(prefix: str) -> None:
    """The key of 32.1.13.0/24 has the octets that 2001:db8::/24 has."""
    house = House()
    house.resolve()
    house.lead(prefix, SOMEWHERE, house.ipv4)
    assert not house.settle()
    assert house.resolve() is UNRESOLVED


def test_next_hops_of_the_own_family_are_still_found_in_the_own_table() -> None:
    house = House()
    address = parse_address("198.51.100.9")
    house.lead("::/0", OVER_LINK)
    house.settle()
    assert house.next_hops.resolve(address, FAR_AWAY) is UNRESOLVED
    house.lead("198.51.100.0/24", SOMEWHERE, house.ipv4)
    assert house.settle()
    assert house.next_hops.resolve(address, FAR_AWAY).destination == SOMEWHERE


def test_an_ipv4_route_has_successors_when_the_way_to_its_ipv6_next_hop_changes() -> None:
    house = House()
    lost = Route(FAR_AWAY, attributes(rows={NEXT_HOP: FAR}), UNRESOLVED.destination, 0, Refusal.UNRESOLVABLE)
    assert house.next_hops.successor(lost).refusal is Refusal.UNRESOLVABLE
    house.lead("2001:db8::/64", OVER_LINK)
    house.settle()
    assert house.next_hops.successor(lost).destination == OVER_LINK


def test_next_hops_nobody_asks_for_are_forgotten_one_by_one() -> None:
    """Of either family; the others keep following changes."""
    house = House()
    texts = ["2001:db8::2", "2001:db8::3", "198.51.100.2", "198.51.100.3"]
    kept, gone, kept4, gone4 = map(parse_address, texts)
    for address in (kept, gone, kept4, gone4, b"", b"odd"):
        house.next_hops.resolve(address, FAR_AWAY)
    on_link = neighbor("on a link", external=False)
    on_link.recursive, on_link.interface = True, 3
    house.next_hops.resolve(kept, on_link)  # the same next hop, but another question
    house.next_hops.begin_count()
    for address in (kept, kept4):
        house.next_hops.resolve(address, FAR_AWAY)
    house.next_hops.end_count()
    house.lead("2001:db8::3/128", OVER_LINK)
    house.lead("198.51.100.3/32", SOMEWHERE, house.ipv4)
    assert not house.settle()
    assert not house.next_hops.is_in_doubt
    house.lead("2001:db8::/64", OVER_LINK)
    house.lead("198.51.100.0/24", SOMEWHERE, house.ipv4)
    assert house.settle()
    assert house.next_hops.resolve(kept, FAR_AWAY).destination == OVER_LINK
    assert house.next_hops.resolve(kept4, FAR_AWAY).destination == SOMEWHERE
    assert house.next_hops.resolve(gone, FAR_AWAY).destination == OVER_LINK


def test_next_hops_beside_each_other_are_forgotten_with_their_block_alone() -> None:
    """All of one block may go, and come again."""
    house = House()
    house.resolve()
    house.next_hops.begin_count()
    house.next_hops.end_count()
    house.lead("2001:db8::2/128", OVER_LINK)
    assert not house.settle()
    house.ipv6.withdraw(STATIC, [key("2001:db8::2/128")])
    house.settle()
    assert house.resolve() is UNRESOLVED
    house.lead("2001:db8::2/128", OVER_LINK)
    assert house.settle()
