"""From one mode of a cluster to another: what the former one needs stays until the other nodes have changed.

Nodes read a new configuration in any order, minutes apart. Whoever reads it first can't tell who else has.
But it sees the routes:

- A neighbor that is to leave, and is still a node of the cluster, stays until all prefixes that it brings
  have come from somebody who stays as well. Then routes are reflected, and they are both ways: it has ours.
- So does a client of ours. One that brings nothing stays until it goes by itself: whether it needs us only it
  can tell. If another reflector has our cluster ID, it is we who can tell, and it waits for us. So do
  reflectors among each other.
- A client that becomes an ordinary neighbor stays a client: other nodes may have no sessions as yet with each
  other.
- A new cluster ID may make other reflectors' routes look like loops: it is taken on late (``cluster_ids``).

Whoever goes is led around us for a moment before (RFC 8326), so that others show it the ways they have.
Nobody stays for longer than the ``handover`` of the cluster. All of this is pure: times, and what was seen in
the tables, are passed in. ``handover_watch`` looks at the tables.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from bgpd.cluster.facts import ClusterFacts
from bgpd.reconfiguration.cluster_ids import LateIds, cluster_ids, late_ids
from bgpd.reconfiguration.held import Held, Kind
from bgpd.reconfiguration.plan import Plan
from bgpd.reconfiguration.predecessors import Place, place_of
from bgpd.reconfiguration.soft_reload import with_filters_kept
from bgpd.settings import DaemonSettings, NeighborSettings

GRACE_SECONDS: Final = 2.0
"""For which all prefixes have to be known from others: these may have yet to be told of ours."""

_LAST_PART: Final = 0.1
"""Of the time of a handover: then whoever is still there is led around us, whatever is known from others.

A reflector shows the best route only. If that is the one it has from us, it does not show us the others.
"""

Ending = Literal["covered", "left", "time"]
"""Why somebody is kept no longer; ``left``: the other end has ended it, or an operator has."""


class Sight(NamedTuple):
    """What was seen of a neighbor that is kept."""

    brought: int = 0
    missing: int = 0
    example: str = ""
    is_reflected: bool = False
    """Whether somebody who stays reflects some of it: then it is told of ours as well."""
    has_left: bool = False

    @property
    def is_dispensable(self) -> bool:
        """Whether it shows that those who stay reflect routes."""
        return bool(self.brought) and not self.missing and self.is_reflected


_UNSEEN: Final = Sight()


class Stay(NamedTuple):
    """One neighbor that the new configuration has no more, or no longer as a client."""

    settings: NeighborSettings
    """With which it is kept."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Kept:
    """A stay, and what has come of it so far."""

    stay: Stay
    node: str
    since: float
    until: float
    sight: Sight = _UNSEEN
    covered_since: float | None = None
    drains_since: float | None = None
    ending: Ending | None = None

    @property
    def is_draining(self) -> bool:
        """Whether it is about to go, or on its way: what it hears last are no good routes."""
        return self.drains_since is not None and self.stay.kind != "reflected"

    def is_late(self, now: float) -> bool:
        """Whether not much time is left."""
        return now >= self.until - (self.until - self.since) * _LAST_PART

    @property
    def is_waited_for(self) -> bool:
        """Whether it is to go as soon as it is not needed."""
        return self.ending is None and self.stay.kind == "neighbor"

    def held(self, offset: float) -> Held:
        """Return it as others see it; ``offset`` makes Unix times."""
        settings, (brought, missing, example, *_) = self.stay.settings, self.sight
        return Held(
            name=settings.name,
            address=settings.address,
            node=self.node,
            kind=self.stay.kind,
            since=self.since + offset,
            until=self.until + offset,
            brought=brought,
            missing=missing,
            example=example,
            is_ready=self.covered_since is not None,
        )


class Ended(NamedTuple):
    """Somebody who is kept no longer."""

    held: Held
    ending: Ending


class Handover:
    """Who is kept at present, and how long."""

    def __init__(self, aim: DaemonSettings | None = None, kept: Mapping[Place, _Kept] | None = None) -> None:
        """``aim`` is the configuration that all this leads to."""
        self._aim = aim
        self._kept: dict[Place, _Kept] = dict(kept or {})
        self._has_evidence = False
        """Whether somebody who is to leave was seen to be dispensable."""
        self.ended: Sequence[Ended] = ()
        """Who is kept no longer since the last look."""
        self._late_ids: LateIds | None = None

    @property
    def stays(self) -> Sequence[Stay]:
        """Who is kept now."""
        return [each.stay for each in self._kept.values() if each.ending is None]

    @property
    def draining(self) -> Collection[str]:
        """The names of those who are about to go, or on their way."""
        return {each.stay.settings.name for each in self._kept.values() if each.is_draining}

    @property
    def is_under_way(self) -> bool:
        """Whether there is something to wait for."""
        return bool(self.stays) or (self._late_ids is not None and not self._late_ids.is_over)

    def held(self, offset: float = 0.0) -> Sequence[Held]:
        """Return who is kept now, as others see it; ``offset`` makes Unix times of ours."""
        return [each.held(offset) for each in self._kept.values() if each.ending is None]

    def towards(self, aim: DaemonSettings, found: Plan, in_force: DaemonSettings, now: float) -> "Handover":
        """Return the one that leads to a configuration, perhaps a newer one; ``found`` is what that means.

        Whoever was kept before, and is not wanted by this one either, keeps its deadline.
        """
        if aim.cluster is None or not aim.cluster.handover:
            return Handover(aim)
        kept = {
            place_of(stay.settings): self._kept_on(stay, aim, aim.cluster, now)
            for stay in who_stays(found, in_force)
        }
        successor = Handover(aim, kept)
        successor._has_evidence = self._has_evidence and aim is self._aim
        successor._late_ids = late_ids(aim, in_force, self._late_ids, now)
        return successor

    def _kept_on(self, stay: Stay, aim: DaemonSettings, cluster: ClusterFacts, now: float) -> _Kept:
        before = self._kept.get(place_of(stay.settings))
        if before is None:
            return _Kept(stay, cluster.members[stay.settings.address], now, now + cluster.handover)
        if aim is self._aim:
            return replace(before, stay=stay)
        ending = before.ending if before.ending == "time" else None
        return replace(before, stay=stay, covered_since=None, drains_since=None, ending=ending)

    def see(self, sights: Mapping[str, Sight], now: float, *, have_spoken: bool = False) -> bool:
        """Take what is seen of them now, by their names; return whether anything is to change.

        ``have_spoken``: all other neighbors have said what they have.
        """
        is_late = self._late_ids is not None and not self._late_ids.is_over
        if self._late_ids is not None:
            self._late_ids = self._late_ids.seen(now, GRACE_SECONDS, have_spoken=have_spoken)
        self.ended = self._judge(sights, now)
        return bool(self.ended) or (is_late and self._late_ids is not None and self._late_ids.is_over)

    def _judge(self, sights: Mapping[str, Sight], now: float) -> Sequence[Ended]:
        for place, each in self._kept.items():
            if each.ending is None:
                sight = sights.get(each.stay.settings.name, Sight(has_left=True))
                self._kept[place] = replace(each, sight=sight)
        waited_for = [each.sight for each in self._kept.values() if each.is_waited_for]
        self._has_evidence |= any(sight.is_dispensable for sight in waited_for)
        is_reflected = self._has_evidence and not any(sight.missing for sight in waited_for)
        is_reflected = is_reflected and self._is_flat
        ended = []
        for place, each in self._kept.items():
            if each.ending is None:
                seen = self._kept[place] = _judged(each, now, is_reflected=is_reflected)
                if seen.ending is not None:
                    ended.append(Ended(seen.held(0.0), seen.ending))
        return ended

    @property
    def _is_flat(self) -> bool:
        """Whether what shows of one node that reflectors have changed shows it of all nodes."""
        cluster = None if self._aim is None else self._aim.cluster
        model = None if cluster is None else cluster.model
        return model is not None and not any(node.reflects for node in model.nodes)

    def with_stays(self, aim: DaemonSettings, in_force: DaemonSettings) -> DaemonSettings:
        """Return a configuration that has whoever is kept as well.

        Raises NoSoftReloadError if the filters of those who stay do not go together with its own.
        """
        stays = self.stays
        if self._late_ids is not None and not self._late_ids.is_over:
            aim = self._late_ids.instead(aim)
        if not stays:
            return aim
        others = {stay.settings.name: stay.settings for stay in stays if stay.kind == "reflected"}
        leaving = [stay.settings for stay in stays if stay.kind != "reflected"]
        neighbors = (*(others.get(each.name, each) for each in aim.neighbors), *leaving)
        filters = [name for each in leaving for name in (each.import_filter, each.export_filter)]
        return with_filters_kept(in_force, replace(aim, neighbors=neighbors), filters)

    def without_leaving(self) -> "Handover":
        """Return the same for a configuration that those who are to leave can't be kept in."""
        kept = {place: each for place, each in self._kept.items() if each.stay.kind == "reflected"}
        reduced = Handover(self._aim, kept)
        reduced._late_ids = self._late_ids
        return reduced


def _judged(kept: _Kept, now: float, *, is_reflected: bool) -> _Kept:
    """Return what becomes of one; ``is_reflected``: who brings nothing of its own is not needed either."""
    if kept.stay.kind != "reflected" and kept.sight.has_left:
        return replace(kept, ending="left")
    if now >= kept.until:
        return replace(kept, ending="time")
    drains_since = now if kept.drains_since is None else kept.drains_since
    if not _is_covered(kept, is_reflected=is_reflected):
        return replace(kept, covered_since=None, drains_since=drains_since if kept.is_late(now) else None)
    if kept.covered_since is None:
        return replace(kept, covered_since=now)
    if now - kept.covered_since < GRACE_SECONDS:
        return kept
    is_over = now - drains_since >= GRACE_SECONDS
    return replace(kept, drains_since=drains_since, ending="covered" if is_over else None)


def _is_covered(kept: _Kept, *, is_reflected: bool) -> bool:
    kind, sight = kept.stay.kind, kept.sight
    if kind == "client":
        return sight.is_dispensable
    return kind == "neighbor" and (sight.is_dispensable or is_reflected)


def who_stays(found: Plan, in_force: DaemonSettings) -> Iterator[Stay]:
    """Yield who a change of configurations takes away, wholly or as a client, though it is in the cluster."""
    cluster = found.in_force.cluster
    if cluster is None or not cluster.handover:
        return
    ids, blind = cluster_ids(found.in_force), _blind(in_force, found.in_force)
    for settings in leaving(found):
        if settings.address in cluster.members:
            if settings.route_reflector_client:
                yield Stay(_as_client(settings, ids), "client")
            else:
                yield Stay(settings, "reflector" if settings.address in blind else "neighbor")
    before = {settings.name: settings for settings in in_force.neighbors}
    for now in found.kept:
        if isinstance(now, NeighborSettings) and now.address in cluster.members:
            was = before[found.renamed.get(now.name, now.name)]
            if was.route_reflector_client and not now.route_reflector_client:
                yield Stay(_as_client(now, ids), "reflected")


def _blind(old: DaemonSettings, new: DaemonSettings) -> Collection[str]:
    """Return the addresses of reflectors that may lack what they have from us, whatever we have from others.

    They take what other reflectors tell them for loops if these have their cluster ID; and if we are a
    reflector as well, they may have the routes of our clients from us alone.
    """
    if old.cluster is None or new.cluster is None or not old.cluster.mode == new.cluster.mode != "mesh":
        return ()
    models = [each.model for each in (old.cluster, new.cluster) if each.model is not None]
    if not models or any(each.route_reflector_client for each in old.neighbors):
        return new.cluster.members.keys()
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for node in (node for model in models for node in model.nodes):
        if node.cluster_id is not None:
            owners[node.cluster_id].add(node.name)
    names = {name for some in owners.values() if len(some) > 1 for name in some}
    return {address for address, name in old.cluster.members.items() if name in names}


def _as_client(settings: NeighborSettings, ids: Collection[int]) -> NeighborSettings:
    """Return a neighbor as a client; its cluster ID is one of these, which are ours, or the router id.

    The former one may be that of other reflectors, whose routes we need from now on.
    """
    cluster_id = settings.cluster_id if settings.cluster_id in ids else None
    return replace(settings, route_reflector_client=True, cluster_id=cluster_id)


def leaving(found: Plan) -> Iterator[NeighborSettings]:
    """Yield neighbors that go, and that might as well stay: nobody takes their names, places or tables.

    Who is in a range can't be told from another before it connects.
    """
    new = found.in_force
    places = {(each.address, each.port) for each in new.neighbors}
    names = {each.name for each in new.protocols}
    for each in found.removed:
        if isinstance(each, NeighborSettings) and each.range_bits is None and each.table in new.tables:
            is_replaced = each.name in names or (each.address, each.port) in places
            if not (each.disabled or is_replaced):
                yield each
