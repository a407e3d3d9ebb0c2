"""What a next hop resolves to must not depend on the routes that hang on it, or they come and go for ever."""

from messages.attribute_set import AttributeSet
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address
from rib.admission import Admission
from rib.ingress import Ingress
from rib.loc_rib import LocRib
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import DestinationKind, Source
from rib.table import Table
from rib.walk import Walk
from tests.rib.building import attributes, key, neighbor

PREFIX = key("10.9.0.0/16")
CONNECTED = {key("192.0.2.0/24"): 2}


class Router:
    """One table whose next hops follow it, settled until nothing is left to do."""

    def __init__(self) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.next_hops = NextHops(self.table)
        self.next_hops.set_connected(CONNECTED, {2})
        self._loc_rib = LocRib(self.table)
        self._admission = Admission(64512, 1, Policy.ALL, frozenset())

    def announce(self, source: Source, received: AttributeSet) -> None:
        self.table.announce(Ingress(source, self._admission, self.next_hops).route(received, 0), [PREFIX])

    def settle(self) -> int:
        """Return how many rounds it took; fail if there is no end to it."""
        for rounds in range(20):
            if not (self.table.unsettled or self.next_hops.is_in_doubt):
                return rounds
            self.next_hops.hang_on(self.table, self._loc_rib.run(limit=100))
            if self.next_hops.recheck(limit=100):
                while not Walk(self.table, lambda route, _key: self.next_hops.successor(route)).step(
                    limit=100
                ):
                    pass
        raise AssertionError("it never ends")


def internal(name: str) -> Source:
    source = neighbor(name, external=False, router_id=2, address="198.51.100.2")
    source.recursive = True
    return source


def test_a_better_route_to_the_prefix_of_its_own_next_hop_stays() -> None:
    """It wins over the route that its next hop is found through, which is still there."""
    router = Router()
    direct, far = neighbor("direct"), internal("far")
    router.announce(direct, attributes(65001))
    router.settle()
    router.announce(far, attributes(local_pref=200, next_hop="10.9.0.1"))
    router.settle()
    best = router.table.best(PREFIX)
    assert best is not None
    assert best.source is far
    assert best.destination.kind is DestinationKind.UNICAST
    assert [hop.gateway for hop in best.destination.next_hops] == [parse_address("192.0.2.254")]


def test_when_the_route_underneath_goes_so_does_the_one_above() -> None:
    """Though the one that goes was not the best, and could not become it."""
    router = Router()
    direct, far = neighbor("direct"), internal("far")
    router.announce(direct, attributes(65001))
    router.settle()
    router.announce(far, attributes(local_pref=200, next_hop="10.9.0.1"))
    router.settle()
    router.table.withdraw(direct, [PREFIX])
    router.settle()
    assert router.table.best(PREFIX) is None
    router.announce(direct, attributes(65001))
    router.settle()
    best = router.table.best(PREFIX)
    assert best is not None
    assert best.source is far
