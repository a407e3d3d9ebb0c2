"""One prediction: the plan, then all routes, in slices between which the daemon works on."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from bgpd.kernel.places import Place
from bgpd.prediction.comparison import KernelComparison, NeighborComparison, Tally
from bgpd.prediction.doubts import assumptions, doubts, of_handover
from bgpd.prediction.forecast import Forecast, Impact, OutdatedError, Progress, ProtocolChange
from bgpd.prediction.present import Present
from bgpd.prediction.protocol_changes import protocol_changes
from bgpd.prediction.quiet_policies import QuietPolicies
from bgpd.prediction.seats import Ear
from bgpd.prediction.shadow import Shadow
from bgpd.prediction.stillness import changes_no_route
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.kernel import KernelProtocol
from bgpd.reconfiguration.plan import Plan
from bgpd.tables import RoutingTables
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey
from rib.slot import entries_of
from rib.table import Table

_FAMILIES: Final = (IPV4_UNICAST, IPV6_UNICAST)
_PREFIXES_AT_ONCE: Final = 256
_ROUTES_AT_ONCE: Final = 512
_COMPARED_AT_ONCE: Final = 64
_SAMPLES: Final = 5
"""Prefixes that are shown of each effect on each neighbor and kernel table."""


async def predict(present: Present, found: Plan, samples: int = _SAMPLES) -> "Prediction":
    """Prepare a prediction; the filters are worked out beside everything else."""
    policies = await asyncio.to_thread(QuietPolicies, found.in_force.filters, present.policies)
    return Prediction(present, found, policies, samples)


class Prediction:
    """What would come of a plan."""

    def __init__(
        self, present: Present, found: Plan, policies: QuietPolicies, samples: int = _SAMPLES
    ) -> None:
        """``samples`` is how many prefixes to keep of each effect, for each neighbor and kernel table."""
        self._present = present
        self._settings = present.settings
        self._found = found
        self._policies = policies
        self._samples = samples
        self._changes: list[ProtocolChange] = []
        self._tallies: list[Tally] = []
        self._shadow: Shadow | None = None

    def steps(self) -> Iterator[Progress | None]:
        """Find it out; yields wherever others may have their turn, and tells how far it is.

        Raises OutdatedError if another configuration is applied meanwhile.
        """
        yield from self._look_at_protocols()
        for is_still in changes_no_route(self._settings, self._found, self._policies):
            yield None
            if not is_still:
                yield from self._look_at_routes()
                return

    def _look_at_protocols(self) -> Iterator[None]:
        with_sessions = _with_sessions(self._present)
        for change in protocol_changes(self._settings, self._found, self._policies, with_sessions):
            if change is not None:
                self._changes.append(change)
            yield None

    def _look_at_routes(self) -> Iterator[Progress | None]:
        shadow = self._shadow = Shadow(self._present, self._found, self._policies)
        yield from shadow.begin()
        done, total = 0, sum(len(table.slots) for family in _FAMILIES for table in shadow.present(family))
        for family in _FAMILIES:
            neighbors, kernels = self._neighbors(shadow, family), self._kernels(shadow, family)
            for keys in _portions(shadow, family):
                yield from shadow.show(family, keys)
                for some in _sliced(keys, _COMPARED_AT_ONCE):
                    yield from neighbors.compare(some)
                    for kernel in kernels:
                        kernel.compare(some)
                    yield None
                done += len(keys)
                yield Progress(min(done, total), total)
                if self._present.settings is not self._settings:
                    raise OutdatedError

    @property
    def forecast(self) -> Forecast:
        """What came of it, after all steps."""
        found, shadow = self._found, self._shadow
        impacts = [tally.impact for tally in self._tallies]
        return Forecast(
            waiting=found.waiting,
            of_daemon=found.of_daemon,
            protocols=self._changes,
            new_tables=found.new_tables,
            old_tables=found.old_tables,
            listens_elsewhere=found.listens_elsewhere,
            impacts=[impact for impact in impacts if impact.total],
            doubts=[*of_handover(self._settings, found), *(doubts(found, shadow) if shadow else ())],
            assumptions=[] if shadow is None else [*assumptions(shadow)],
        )

    def _tally(self, about: Impact) -> Tally:
        tally = Tally(about, self._samples)
        self._tallies.append(tally)
        return tally

    def _neighbors(self, shadow: Shadow, family: Family) -> NeighborComparison:
        comparison = NeighborComparison()
        for neighbor in shadow.seats.neighbors:
            live = neighbor.live
            attached = live.attachment(family)
            before = None
            if attached is not None:
                table = self._present.tables[live.table][family].table
                before = Ear(table, attached[0], attached[1].source)
            after = shadow.seats.ears.get((live.name, family))
            if before is not None or after is not None:
                about = Impact(neighbor.name, family, is_gone=neighbor.settings is None)
                comparison.add(before, after, self._tally(about))
        return comparison

    def _kernels(self, shadow: Shadow, family: Family) -> Sequence[KernelComparison]:
        protocols = self._present.protocols.values()
        writing = [each for each in protocols if isinstance(each, KernelProtocol) and each.is_up]
        before = _by_place(writing, self._present.tables, family)
        after = _by_place(shadow.kernels, shadow.tables, family)
        left = [place for place, (_, kernel) in before.items() if place not in after and kernel.persists]
        found: list[KernelComparison] = []
        for place in before | after:
            if place not in left:
                was, now = before.get(place), after.get(place)
                name = next(kernel.name for _, kernel in filter(None, (now, was)))
                about = Impact(name, family, place=place, is_gone=now is None)
                found.append(KernelComparison(was, now, self._tally(about)))
        return found


def _with_sessions(present: Present) -> frozenset[str]:
    """Return the names of neighbors and ranges that have sessions."""
    protocols = present.protocols
    up = {name for name, each in protocols.items() if isinstance(each, BgpProtocol) and each.peer.session}
    ranges = [each for each in protocols.values() if isinstance(each, NeighborRange)]
    return frozenset(up | {each.name for each in ranges if not up.isdisjoint(each.names)})


def _by_place(
    kernels: Iterable[KernelProtocol], tables: RoutingTables, family: Family
) -> dict[Place, tuple[Table, KernelProtocol]]:
    """Return who writes where, with the table of ours that is written."""
    return {each.place: (tables[each.table][family].table, each) for each in kernels if each.family is family}


def _portions(shadow: Shadow, family: Family) -> Iterator[Sequence[PrefixKey]]:
    """Yield all prefixes that are there, or would be, each once, and so many that they make little work."""
    tables = shadow.present(family)
    for number, table in enumerate(tables):
        for some in _sliced(list(table.slots), _PREFIXES_AT_ONCE):
            fresh = [key for key in some if not any(key in other.slots for other in tables[:number])]
            routes = sum(len(entries_of(other.slots.get(key))) for key in fresh for other in tables)
            parts = max(1, routes // _ROUTES_AT_ONCE)
            yield from _sliced(fresh, max(1, len(fresh) // parts))
    yield from _sliced(shadow.own_prefixes(family), _PREFIXES_AT_ONCE)


def _sliced(keys: Iterable[PrefixKey], size: int) -> Iterator[list[PrefixKey]]:
    rest = iter(keys)
    while some := list(islice(rest, size)):
        yield some
