"""Tables, filters and protocols of a configuration that is not applied, beside those that are in force.

Whatever is done with routes is done prefix by prefix, but for one thing: next hops are looked up among other
prefixes. So a shadow holds some hundred prefixes at a time, and besides for good what our own protocols say
and the prefixes that next hops may be found through.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from bgpd.prediction.entrances import Entrance
from bgpd.prediction.neighbors import expected_neighbors
from bgpd.prediction.present import Present
from bgpd.prediction.quiet_policies import QuietPolicies
from bgpd.prediction.seats import Seats
from bgpd.protocols.direct import DirectProtocol
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.protocols.static import StaticProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.reconfiguration.making import LocalSettings, make_local
from bgpd.reconfiguration.plan import Plan
from bgpd.settings import NeighborSettings
from bgpd.tables import RoutingTables
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.path import make_path, prefix_of
from messages.families.prefix import PrefixKey, make_key, shorten
from rib.next_hops import is_link_local
from rib.route import Route
from rib.slot import Path, entries_of, route_of
from rib.table import Table

_ALIENS_AT_ONCE: Final = 500
_FAMILIES: Final = {family.address_octets: family for family in (IPV4_UNICAST, IPV6_UNICAST)}


class Later:
    """What is to be done soon, for who asks for it: an event loop of its own."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Do it when its turn comes."""
        self._waiting.append(callback)

    def steps(self) -> Iterator[None]:
        """Do all of it, and what comes of it; others have their turn after each step."""
        while self._waiting:
            self._waiting.popleft()()
            yield


class _Saying(NamedTuple):
    """What was said at one entrance."""

    entrance: Entrance
    nlri: Sequence[Any]
    family: Family
    are_paths: bool


class Shadow:
    """The world that would be."""

    def __init__(self, present: Present, found: Plan, policies: QuietPolicies) -> None:
        self._present = present
        self._found = found
        self._later = Later()
        settings = found.in_force
        self.tables = RoutingTables(settings.tables, settings.decision, self._later)
        self.tables.follow(present.interfaces)
        now = present.surroundings.now
        router_id = settings.router_id or present.surroundings.router_id
        cluster_ids = [each.cluster_id for each in settings.neighbors if each.cluster_id is not None]
        self._surroundings = Surroundings(
            router_id, present.interfaces, now, settings.cluster_id, cluster_ids
        )
        self._surroundings.policies = policies
        self.seats = Seats(self.tables, self._surroundings, policies)
        self.kernels: Final[list[KernelProtocol]] = []
        """Those that would write."""
        self.unread_kernels: Final[list[KernelProtocol]] = []
        """Those that would learn from tables that nobody has read."""
        self._passing: list[_Saying] = []
        """What was said, and is taken back before the next prefixes have their turn."""
        self._kept: dict[Family, set[PrefixKey]] = {family: set() for family in _FAMILIES.values()}
        """Prefixes that stay, since next hops are found through them."""
        self._asked: set[bytes] = set()
        """Next hops whose ways are among those."""
        self._present_tables: Final[dict[Family, list[Table]]] = {
            family: [each.table for each in present.tables if each.table.family is family]
            for family in _FAMILIES.values()
        }

    # How it begins

    def begin(self) -> Iterator[None]:
        """Make the protocols, and let them say what they say by themselves."""
        restarted = {each.name for each in (*self._found.restarted, *self._found.added)}
        switched = {each.name for each in self._found.switched}
        for settings in self._found.in_force.protocols:
            if isinstance(settings, NeighborSettings):
                continue
            live = self._present.protocols.get(settings.name)
            goes_on = live is not None and settings.name not in restarted | switched
            is_off = live.is_disabled if live is not None and goes_on else settings.disabled
            if not is_off and not (goes_on and isinstance(live, KernelProtocol) and not live.is_up):
                yield from self._start(settings)
        for neighbor in expected_neighbors(self._present, self._found, self._surroundings.router_id):
            self.seats.take(neighbor)
            yield
        yield from self._later.steps()

    def _start(self, settings: LocalSettings) -> Iterator[None]:
        protocol = make_local(settings, self.tables, self._surroundings, self._later)
        protocol.state = ProtocolState.UP  # it has nothing to log
        match protocol:
            case StaticProtocol() | DirectProtocol():
                protocol.refresh()
            case PipeProtocol():
                protocol.begin()
            case KernelProtocol():
                self.kernels.append(protocol)
                yield from self._learn(protocol)
        yield

    def _learn(self, kernel: KernelProtocol) -> Iterator[None]:
        """Import what others have written, as far as it is known who has written what."""
        tables = [live.kernel for live in _kernels(self._present.protocols) if _is_same(live, kernel)]
        if kernel.learned is not None and not tables:
            self.unread_kernels.append(kernel)
        elif kernel.learned is not None:
            keys = iter(tables[0].fib.aliens.keys())
            while some := list(islice(keys, _ALIENS_AT_ONCE)):
                kernel.learned.learn(tables[0], some)
                yield

    # What passes through it

    def present(self, family: Family) -> Sequence[Table]:
        """Return the tables that are in force."""
        return self._present_tables[family]

    def most_prefixes(self, family: Family) -> int:
        """Return a number of prefixes of which nobody could be told more."""
        mine = (each.table for each in self.tables if each.table.family is family)
        return sum(len(table.slots) for table in (*self._present_tables[family], *mine))

    def own_prefixes(self, family: Family) -> Sequence[PrefixKey]:
        """Return the prefixes that are here and in no table in force: it is all own routes."""
        tables = self._present_tables[family]
        mine = [each.table for each in self.tables if each.table.family is family]
        keys = dict.fromkeys(key for table in mine for key in table.slots)
        return [key for key in keys if not any(key in table.slots for table in tables)]

    def show(self, family: Family, keys: Iterable[PrefixKey]) -> Iterator[None]:
        """Have these prefixes, in the place of those before, as they would be."""
        self._forget_what_passed()
        kept = self._kept[family]
        self._passing += self._say(family, [key for key in keys if key not in kept])
        yield from self._later.steps()
        while ways := self._ways_to_next_hops():
            for other, prefixes in ways.items():
                self._kept[other] |= prefixes
                deque(self._say(other, prefixes), 0)
            yield from self._later.steps()

    def _forget_what_passed(self) -> None:
        for entrance, nlri, family, are_paths in self._passing:
            kept = self._kept[family]
            prefix = prefix_of if are_paths else PrefixKey
            entrance.take_back([each for each in nlri if prefix(each) not in kept], are_paths=are_paths)
        self._passing.clear()
        self.seats.forget_views()

    def _say(self, family: Family, keys: Iterable[PrefixKey]) -> Iterator["_Saying"]:
        """Say again all that is in force to some prefixes; yields what was said."""
        batches: dict[tuple[Entrance, Route, bool], list[Any]] = {}
        for table in self._present_tables[family]:
            for key in keys:
                for entry in entries_of(table.slots.get(key)):
                    entrance = self.seats.entrances.get(entry.source)
                    if entrance is None:
                        continue
                    if isinstance(entry, Path) and entrance.takes_paths:
                        path = make_path(entry.identifier, key)
                        batches.setdefault((entrance, entry.route, True), []).append(path)
                    else:
                        batches.setdefault((entrance, route_of(entry), False), []).append(key)
        for (entrance, route, are_paths), nlri in batches.items():
            entrance.say(route, nlri, are_paths=are_paths)
            yield _Saying(entrance, nlri, family, are_paths)

    def _ways_to_next_hops(self) -> Mapping[Family, set[PrefixKey]]:
        """Return the prefixes that next hops may be found through, and that are not here for good."""
        ways: dict[Family, set[PrefixKey]] = {}
        for pipeline in self.tables:
            for next_hop, _ in pipeline.next_hops.remembered():
                address = next_hop[:16]
                family = _FAMILIES.get(len(address))
                if family is not None and address not in self._asked and not is_link_local(address):
                    self._asked.add(address)
                    found = {*self._covering(family, address)} - self._kept[family]
                    if found:
                        ways.setdefault(family, set()).update(found)
        return ways

    def _covering(self, family: Family, address: bytes) -> Iterator[PrefixKey]:
        host = make_key(address, 8 * len(address))
        for bits in range(host[0] + 1):
            prefix = shorten(host, bits)
            if any(prefix in table.slots for table in self._present_tables[family]):
                yield prefix


def _kernels(protocols: Mapping[str, Protocol]) -> Iterator[KernelProtocol]:
    yield from (each for each in protocols.values() if isinstance(each, KernelProtocol) and each.is_up)


def _is_same(one: KernelProtocol, other: KernelProtocol) -> bool:
    """Tell whether both are about the same table of the kernel."""
    return one.place[:2] == other.place[:2]
