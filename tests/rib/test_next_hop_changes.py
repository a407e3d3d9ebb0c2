"""Next hops are looked up again when, and only when, what they resolve through may have changed."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from rib.loc_rib import LocRib
from rib.next_hops import NextHops, Resolution
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from rib.table import Table
from tests.rib.building import SOMEWHERE, attributes, key, neighbor

RECURSIVE = neighbor("recursive")
RECURSIVE.recursive = True
DIRECT = neighbor("direct", router_id=2)
STATIC = Source("static1", SourceKind.STATIC)
FAR = [parse_address(f"198.51.{number}.9") for number in range(4)]


class Watched(dict[PrefixKey, int]):
    """Connected networks that note which addresses are looked up: it begins with the host itself."""

    def __init__(self, networks: dict[PrefixKey, int]) -> None:
        super().__init__(networks)
        self.asked: list[bytes] = []

    def get(self, wanted: PrefixKey, default: int | None = None) -> int | None:  # type: ignore[override]
        if wanted[0] == 32:
            self.asked.append(wanted[1:])
        return super().get(wanted, default)


class House:
    """A table, the next hops of its routes, and a pass after every change."""

    def __init__(self) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.next_hops = NextHops(self.table)
        self.connected = Watched({key("192.0.2.0/24"): 2, key("203.0.113.255/32"): 2})
        self.next_hops.set_connected(self.connected, {2})
        self._loc_rib = LocRib(self.table)

    def know(self, addresses: Sequence[bytes] = FAR, source: Source = RECURSIVE) -> None:
        for address in addresses:
            self.next_hops.resolve(address, source)
        self.connected.asked.clear()

    def settle(self) -> list[bytes]:
        """Run a batch; return what was looked up for it."""
        self.connected.asked.clear()
        self.next_hops.hang_on(self.table, self._loc_rib.run(100))
        while self.next_hops.is_in_doubt:
            self.next_hops.recheck(2)
        return sorted(self.connected.asked)

    def announce(self, prefix: str, destination: Destination = SOMEWHERE, metric: int = 0) -> None:
        made = Route(STATIC, AttributeSet.of({}), destination, 0, igp_metric=metric)
        self.table.announce(made, [key(prefix)])


@pytest.mark.parametrize(
    ("prefix", "concerned"),
    [
        ("0.0.0.0/0", FAR),
        ("198.51.0.0/16", FAR),
        ("198.51.0.0/23", FAR[:2]),
        ("198.51.2.0/24", FAR[2:3]),
        ("198.51.3.9/32", FAR[3:]),
        ("198.51.3.8/32", []),
        ("203.0.113.0/24", []),
    ],
)
def test_only_the_next_hops_inside_of_a_changed_prefix_are_looked_up(
    prefix: str, concerned: list[bytes]
) -> None:
    house = House()
    house.know()
    house.announce(prefix)
    assert house.settle() == concerned
    house.know([parse_address("198.51.1.200")])  # what comes later is found as well
    house.table.withdraw(STATIC, [key(prefix)])
    assert len(house.settle()) == len(concerned) + (prefix in {"0.0.0.0/0", "198.51.0.0/16", "198.51.0.0/23"})


def test_neighbors_on_several_links_may_name_one_next_hop() -> None:
    """Each has an answer of its own."""
    house = House()
    other = neighbor("other")
    other.recursive, other.interface = True, 7
    for source in (RECURSIVE, other):
        house.know(FAR[:1], source)
    house.announce("198.51.0.0/16")
    assert house.settle() == FAR[:1] * 2
    for source in (RECURSIVE, other):
        assert house.next_hops.resolve(FAR[0], source).refusal is None


def test_a_route_that_begins_or_ceases_to_cover_is_followed() -> None:
    house = House()
    house.know(FAR[:1])
    house.announce("0.0.0.0/0", metric=7)
    house.settle()
    assert house.next_hops.resolve(FAR[0], RECURSIVE) == Resolution(SOMEWHERE, None, 7)
    house.announce("198.51.0.0/24", Destination(DestinationKind.PROHIBIT))
    house.settle()
    assert house.next_hops.resolve(FAR[0], RECURSIVE).refusal is Refusal.UNRESOLVABLE
    house.table.withdraw(STATIC, [key("198.51.0.0/24")])
    house.settle()
    assert house.next_hops.resolve(FAR[0], RECURSIVE).refusal is None


def test_what_is_not_found_through_routes_does_not_follow_them() -> None:
    house = House()
    house.know(FAR, source=DIRECT)
    house.announce("0.0.0.0/0")
    assert house.settle() == []


def test_the_generation_grows_only_if_something_resolves_differently() -> None:
    house = House()
    house.know()
    before = house.next_hops.generation
    house.announce("198.51.100.0/24")
    house.settle()
    assert house.next_hops.generation == before
    house.announce("198.51.0.0/16")
    house.settle()
    assert house.next_hops.generation > before


def test_a_look_again_is_done_in_slices() -> None:
    house = House()
    house.know()
    while house.next_hops.is_in_doubt:
        house.next_hops.recheck(100)
    house.next_hops.set_connected(Watched({key("198.51.0.0/16"): 3}), {3})
    assert [house.next_hops.recheck(3), house.next_hops.recheck(3)] == [True, True]
    assert not house.next_hops.is_in_doubt


def test_next_hops_that_nobody_uses_any_more_are_forgotten() -> None:
    house = House()
    house.know()
    house.announce("0.0.0.0/0")
    house.settle()
    generation = house.next_hops.generation
    house.next_hops.begin_count()
    assert house.next_hops.generation > generation  # routes made before are not given to more prefixes
    house.next_hops.resolve(FAR[1], RECURSIVE)
    house.next_hops.resolve(parse_address("192.0.2.7"), DIRECT)
    house.next_hops.end_count()
    house.connected.asked.clear()
    house.next_hops.set_connected(house.connected, {2})
    house.next_hops.recheck(100)
    assert sorted(house.connected.asked) == [parse_address("192.0.2.7"), FAR[1]]
    house.table.withdraw(STATIC, [key("0.0.0.0/0")])
    assert house.settle() == [FAR[1]]


def test_what_is_in_doubt_while_it_is_forgotten_is_not_looked_up() -> None:
    house = House()
    house.know()
    house.next_hops.begin_count()
    house.next_hops.resolve(FAR[0], RECURSIVE)
    house.next_hops.set_connected(house.connected, {2})
    house.next_hops.end_count()
    house.connected.asked.clear()
    house.next_hops.recheck(100)
    assert house.connected.asked == FAR[:1]


def test_where_all_are_in_use_none_is_forgotten() -> None:
    house = House()
    house.know()
    house.next_hops.begin_count()
    house.know()
    house.next_hops.end_count()
    house.next_hops.end_count()
    house.know()
    assert house.connected.asked == []


def test_many_are_a_reason_to_count_which_are_in_use() -> None:
    house = House()
    addresses = [number.to_bytes(4) for number in range(2000)]

    def has_too_many(known: int) -> bool:
        house.know(addresses[:known])
        return house.next_hops.has_too_many

    assert [has_too_many(known) for known in (1000, 1001)] == [False, True]
    house.next_hops.begin_count()
    house.know(addresses[:900])
    house.next_hops.end_count()
    assert [has_too_many(known) for known in (900, 1800, 1801)] == [False, False, True]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.1/32", "0.0.0.0/0"]),
            st.sampled_from([None, 1, 2]),
        ),
        min_size=5,
        max_size=20,
    ),
    st.lists(st.integers(0, 1), min_size=20, max_size=20),
)
def test_what_is_remembered_is_what_a_fresh_look_finds(
    changes: list[tuple[str, int | None]], learned: list[int]
) -> None:
    """Through static routes and direct BGP routes, of which some are the best and some are hidden."""
    house = House()
    addresses = [parse_address(text) for text in ("10.0.0.1", "10.1.0.1", "10.1.1.1", "10.1.1.2", "11.0.0.0")]
    own = neighbor("own", router_id=9)
    own.recursive = True
    for (prefix, last), is_learned in zip(changes, learned, strict=False):
        source = (own if last == 1 else DIRECT) if is_learned else STATIC
        if last is None:
            house.table.withdraw(source, [key(prefix)])
        else:
            hops = (NextHop(bytes((192, 0, 2, last)), 2),)
            said = attributes(65001, next_hop=f"192.0.2.{last}") if is_learned else AttributeSet.of({})
            made = Route(source, said, Destination(DestinationKind.UNICAST, hops), 0)
            house.table.announce(made, [key(prefix)])
        house.settle()
        house.know(addresses)
        fresh = NextHops(house.table)
        fresh.set_connected(house.connected, {2})
        for address in addresses:
            assert house.next_hops.resolve(address, RECURSIVE) == fresh.resolve(address, RECURSIVE)
