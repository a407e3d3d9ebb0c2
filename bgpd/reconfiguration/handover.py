"""From one mode of a cluster to another: what the former one needs stays until the other nodes have changed.

Nodes read a new configuration in any order, minutes apart. Whoever reads it first can't tell who else has.
But it sees the routes:

- A neighbor that is to leave, and is still a node of the cluster, stays until all prefixes that it brings
  have come from somebody who stays as well. Then routes are reflected, and they are both ways: it has ours.
- A client of ours stays until it goes by itself: others have its routes from us, and it has theirs, and
  whether it has them from other reflectors by now only it can tell.
- A client that becomes an ordinary neighbor stays a client: other nodes may have no sessions as yet with each
  other.

Nobody stays for longer than the ``handover`` of the cluster. All of this is pure: times, and what was seen in
the tables, are passed in. ``handover_watch`` looks at the tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from bgpd.cluster.facts import ClusterFacts
from bgpd.reconfiguration.held import Held, Kind
from bgpd.reconfiguration.plan import Plan
from bgpd.reconfiguration.predecessors import Place, place_of
from bgpd.reconfiguration.soft_reload import with_filters_kept
from bgpd.settings import DaemonSettings, NeighborSettings

GRACE_SECONDS: Final = 2.0
"""For which all prefixes have to be known from others: these may have yet to be told of ours."""

Ending = Literal["covered", "left", "time"]
"""Why somebody is kept no longer; ``left``: the other end has ended it, or an operator has."""


class Sight(NamedTuple):
    """What was seen of a neighbor that is kept."""

    brought: int = 0
    missing: int = 0
    example: str = ""
    has_left: bool = False


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
    ending: Ending | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether it is to go as soon as it is not needed."""
        return self.ending is None and self.stay.kind == "neighbor"

    def held(self, offset: float) -> Held:
        """Return it as others see it; ``offset`` makes Unix times."""
        settings, (brought, missing, example, _) = self.stay.settings, self.sight
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

    @property
    def stays(self) -> Sequence[Stay]:
        """Who is kept now."""
        return [each.stay for each in self._kept.values() if each.ending is None]

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
        return successor

    def _kept_on(self, stay: Stay, aim: DaemonSettings, cluster: ClusterFacts, now: float) -> _Kept:
        before = self._kept.get(place_of(stay.settings))
        if before is None:
            return _Kept(stay, cluster.members[stay.settings.address], now, now + cluster.handover)
        if aim is self._aim:
            return replace(before, stay=stay)
        ending = before.ending if before.ending == "time" else None
        return replace(before, stay=stay, covered_since=None, ending=ending)

    def see(self, sights: Mapping[str, Sight], now: float) -> Sequence[Ended]:
        """Take what is seen of them now, by their names; return who is kept no longer."""
        for place, each in self._kept.items():
            if each.ending is None:
                sight = sights.get(each.stay.settings.name, Sight(has_left=True))
                self._kept[place] = replace(each, sight=sight)
        waited_for = [each.sight for each in self._kept.values() if each.is_waited_for]
        self._has_evidence |= any(sight.brought and not sight.missing for sight in waited_for)
        is_reflected = self._has_evidence and not any(sight.missing for sight in waited_for)
        ended = []
        for place, each in self._kept.items():
            if each.ending is None:
                seen = self._kept[place] = _judged(each, now, is_reflected=is_reflected)
                if seen.ending is not None:
                    ended.append(Ended(seen.held(0.0), seen.ending))
        return ended

    def with_stays(self, aim: DaemonSettings, in_force: DaemonSettings) -> DaemonSettings:
        """Return a configuration that has whoever is kept as well.

        Raises NoSoftReloadError if the filters of those who stay do not go together with its own.
        """
        stays = self.stays
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
        return Handover(self._aim, kept)


def _judged(kept: _Kept, now: float, *, is_reflected: bool) -> _Kept:
    """Return what becomes of one; ``is_reflected``: whoever brings nothing is not needed either."""
    sight, since = kept.sight, kept.covered_since
    if kept.stay.kind != "reflected" and sight.has_left:
        return replace(kept, ending="left")
    is_covered = kept.stay.kind == "neighbor" and (not sight.missing if sight.brought else is_reflected)
    if is_covered and since is not None and now - since >= GRACE_SECONDS:
        return replace(kept, ending="covered")
    if now >= kept.until:
        return replace(kept, ending="time")
    return replace(kept, covered_since=(now if since is None else since) if is_covered else None)


def who_stays(found: Plan, in_force: DaemonSettings) -> Iterator[Stay]:
    """Yield who a change of configurations takes away, wholly or as a client, though it is in the cluster."""
    cluster = found.in_force.cluster
    if cluster is None or not cluster.handover:
        return
    for settings in leaving(found):
        if settings.address in cluster.members:
            is_client = settings.route_reflector_client
            yield Stay(as_client(settings, in_force), "client") if is_client else Stay(settings, "neighbor")
    before = {settings.name: settings for settings in in_force.neighbors}
    for now in found.kept:
        if isinstance(now, NeighborSettings) and now.address in cluster.members:
            was = before[found.renamed.get(now.name, now.name)]
            if was.route_reflector_client and not now.route_reflector_client:
                cluster_id = as_client(was, in_force).cluster_id
                yield Stay(replace(now, route_reflector_client=True, cluster_id=cluster_id), "reflected")


def as_client(settings: NeighborSettings, in_force: DaemonSettings) -> NeighborSettings:
    """Return the same client with the cluster id that is in force for it, whatever the router's will be."""
    own = settings.cluster_id
    return replace(settings, cluster_id=in_force.cluster_id if own is None else own)


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
