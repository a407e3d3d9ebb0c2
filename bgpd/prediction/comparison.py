"""What neighbors are told and what the kernel has, now and then: compared prefix by prefix."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from bgpd.prediction.forecast import Effect, Impact, Sample, Told
from bgpd.prediction.seats import Ear
from bgpd.protocols.kernel import KernelProtocol
from kernel_sync.types import KernelRoute
from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.egress import egress
from rib.outgoing import may_hear, own_gateway
from rib.route import Route, Source
from rib.slot import Path
from rib.table import Table
from rib.update_group import UpdateGroup
from rib.views import View

_AT_ONCE: Final = 500
"""Looks at what somebody is told, between two turns of others."""
Shown: TypeAlias = Sequence[tuple[Path, View]]
"""What the members of a group are sent of a prefix, each but its own."""
_Followed: TypeAlias = tuple[Table, UpdateGroup]
"""What a neighbor follows."""


class Tally:
    """Counts what becomes of prefixes, and keeps some of them."""

    def __init__(self, about: Impact, most: int) -> None:
        """``about`` says whose prefixes they are, and ``most`` how many to keep of each effect."""
        self._about = about
        self._most = most
        self._samples: dict[Effect, list[Sample]] = {effect: [] for effect in Effect}
        self._counts = dict.fromkeys(Effect, 0)

    def count(self, effect: Effect) -> bool:
        """Count a prefix; return whether it is wanted as a sample."""
        self._counts[effect] += 1
        return len(self._samples[effect]) < self._most

    def keep(self, sample: Sample) -> None:
        """Show it for the others."""
        self._samples[sample.effect].append(sample)

    @property
    def impact(self) -> Impact:
        """What came of it."""
        samples = [sample for kept in self._samples.values() for sample in kept]
        counts = self._counts
        return self._about._replace(
            added=counts[Effect.ADDED],
            withdrawn=counts[Effect.WITHDRAWN],
            changed=counts[Effect.CHANGED],
            samples=samples,
        )


class _Audience:
    """Neighbors that are told the same now, and would be told the same."""

    def __init__(self, before: _Followed | None, after: _Followed | None) -> None:
        self.before = before
        self.after = after
        self.listeners: list[tuple[Source | None, Source | None, Tally]] = []
        """Each now and then, with what is counted for it."""


class NeighborComparison:
    """All neighbors, in one family."""

    def __init__(self) -> None:
        self._audiences: dict[tuple[_Followed | None, _Followed | None], _Audience] = {}
        self._twins: dict[Source, Source] = {}
        """The sources of sessions in force, and what they would be."""
        self._listeners: set[Source] = set()
        """The sources of all sessions that would be."""
        self._known: dict[Hashable, Shown] = {}

    def add(self, before: Ear | None, after: Ear | None, tally: Tally) -> None:
        """Compare what one neighbor hears."""
        places = before and before[:2], after and after[:2]
        audience = self._audiences.get(places)
        if audience is None:
            audience = self._audiences[places] = _Audience(*places)
        audience.listeners.append((before and before.source, after and after.source, tally))
        if after is not None:
            self._listeners.add(after.source)
            if before is not None:
                self._twins[before.source] = after.source

    def compare(self, keys: Iterable[PrefixKey]) -> Iterator[None]:
        """Look at some prefixes, as they are and would be; yields where others may have their turn."""
        self._known.clear()
        work = 0
        for key in keys:
            for audience in self._audiences.values():
                before, after = self._shown(audience.before, key), self._shown(audience.after, key)
                work += 1
                if not self._are_alike(before, after):
                    _tell_apart(audience, key, before, after)
                    work += len(audience.listeners)
                if work >= _AT_ONCE:
                    work = 0
                    yield

    def _shown(self, place: _Followed | None, key: PrefixKey) -> Shown:
        if place is None:
            return ()
        table, group = place
        slot = table.settled(key)
        if slot is None:
            return ()
        kind_of = group.key.policy.kind_of
        asked = (group, slot) if kind_of is None else (group, slot, kind_of(key))
        known = self._known.get(asked)
        if known is None:
            paths = group.shown(slot, key, silent=True)
            known = [(path, group.view(path.route, key, silent=True)) for path in paths]
            self._known[asked] = known
        return known

    def _are_alike(self, before: Shown, after: Shown) -> bool:
        """Tell whether nobody can tell the two apart: the same is said, from the same."""
        if len(before) != len(after):
            return False
        return all(
            was == now and self._have_same_origin(old.route, new.route)
            for (old, was), (new, now) in zip(before, after, strict=True)
        )

    def _have_same_origin(self, old: Route, new: Route) -> bool:
        twin, source = self._twins.get(old.source), new.source
        is_same = twin is source if twin is not None else source not in self._listeners
        return is_same and own_gateway(old) == own_gateway(new)


def _tell_apart(audience: _Audience, key: PrefixKey, before: Shown, after: Shown) -> None:
    for here, there, tally in audience.listeners:
        heard, hears = _heard(here, before), _heard(there, after)
        effect = _effect(sorted(view for _, view in heard), sorted(view for _, view in hears))
        if effect is not None and tally.count(effect):
            was = _told(audience.before, key, heard)
            tally.keep(Sample(key, effect, was, _told(audience.after, key, hears)))


def _heard(listener: Source | None, shown: Shown) -> Sequence[tuple[Path, Any]]:
    if listener is None:
        return ()
    return [(path, view) for path, view in shown if may_hear(listener, path.route)]


def _effect(before: Any, after: Any) -> Effect | None:  # noqa: ANN401 - any two of a kind
    if before == after:
        return None
    if not before:
        return Effect.ADDED
    return Effect.CHANGED if after else Effect.WITHDRAWN


def _told(place: _Followed | None, key: PrefixKey, heard: Sequence[tuple[Path, View]]) -> Sequence[Told]:
    if place is None:
        return ()
    outcomes = ((path.route, egress(place[1].key, path.route, key, silent=True)) for path, _ in heard)
    return [
        Told(route.source.name, attributes)
        for route, attributes in outcomes
        if isinstance(attributes, AttributeSet)
    ]


class KernelComparison:
    """One table of the kernel, and the protocols that write to it, now and then."""

    def __init__(
        self,
        before: tuple[Table, KernelProtocol] | None,
        after: tuple[Table, KernelProtocol] | None,
        tally: Tally,
    ) -> None:
        self._before = before
        self._after = after
        self._tally: Final = tally

    def compare(self, keys: Iterable[PrefixKey]) -> None:
        """Look at some prefixes, as they are and as they would be at this moment."""
        for key in keys:
            before, after = _written(self._before, key), _written(self._after, key)
            effect = _effect(before, after)
            if effect is not None and self._tally.count(effect):
                self._tally.keep(Sample(key, effect, had=before, has=after))


def _written(place: tuple[Table, KernelProtocol] | None, key: PrefixKey) -> KernelRoute | None:
    if place is None:
        return None
    table, kernel = place
    route = kernel.view.route(table.settled(key), key, silent=True)
    return route and route.canonical(table.family)
