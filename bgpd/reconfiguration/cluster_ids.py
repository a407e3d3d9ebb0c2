"""A new cluster ID, which a reflector takes on when it needs the routes of other reflectors no more.

Reflectors may share a cluster ID, and then take each other's reflected routes for loops (RFC 4456 §8). A node
that becomes such a reflector has all routes from those that are it already, until it has sessions with all
its clients. Until then it reflects under its router id, which nobody else has.
"""

from dataclasses import dataclass, replace
from typing import Final, Self

from bgpd.settings import DaemonSettings, NeighborSettings

_REFLECTED: Final = "route-reflector"


@dataclass(frozen=True, slots=True)
class LateIds:
    """Cluster IDs that are not taken on as yet."""

    ids: frozenset[int]
    until: float
    """At most."""
    is_patient: bool = False
    """Whether they wait until then in any case."""
    spoken_since: float | None = None
    """When all neighbors had said what they have, as they still have."""
    is_over: bool = False

    def seen(self, now: float, grace: float, *, have_spoken: bool) -> Self:
        """Return what becomes of it; ``have_spoken``: all neighbors have said what they have."""
        since = (now if self.spoken_since is None else self.spoken_since) if have_spoken else None
        is_settled = not self.is_patient and since is not None and now - since >= grace
        is_over = now >= self.until or is_settled
        return replace(self, spoken_since=since, is_over=self.is_over or is_over)

    def instead(self, aim: DaemonSettings) -> DaemonSettings:
        """Return a configuration with the router id in their place."""
        own = None if aim.cluster_id in self.ids else aim.cluster_id
        return replace(aim, cluster_id=own, neighbors=tuple(map(self._instead, aim.neighbors)))

    def _instead(self, neighbor: NeighborSettings) -> NeighborSettings:
        return replace(neighbor, cluster_id=None) if neighbor.cluster_id in self.ids else neighbor


def late_ids(
    aim: DaemonSettings, in_force: DaemonSettings, before: LateIds | None, now: float
) -> LateIds | None:
    """Return what a node of a cluster does not take on at once, if anything."""
    if aim.cluster is None or in_force.cluster is None:
        return None
    had, ids = cluster_ids(in_force), cluster_ids(aim)
    fresh = ids - had
    if not fresh or not aim.cluster.mode == in_force.cluster.mode == _REFLECTED:
        return None
    if before is not None and before.ids == fresh:
        return before
    return LateIds(fresh, now + aim.cluster.handover, _has_new_client(aim, in_force))


def _has_new_client(aim: DaemonSettings, in_force: DaemonSettings) -> bool:
    """Tell whether a neighbor becomes our client that was none: it may have the ID until it has changed."""
    others = {each.address for each in in_force.neighbors if not each.route_reflector_client}
    return any(each.route_reflector_client and each.address in others for each in aim.neighbors)


def cluster_ids(settings: DaemonSettings) -> frozenset[int]:
    """Return all that are written in a configuration."""
    known = (settings.cluster_id, *(each.cluster_id for each in settings.neighbors))
    return frozenset(each for each in known if each is not None)
