"""The steps of the decision process (RFC 4271 §9.1.2.2, RFC 4456 §9, RFC 5065 §5.3, RFC 9494 §4.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.iana import Origin
from rib.long_lived_stale import is_long_lived_stale
from rib.route import Route

MOST_PREFERENCE: Final = 0xFFFF
MOST_LOCAL_PREF: Final = 0xFFFF_FFFF


class Step(NamedTuple):
    """One line of the tie-breaking list. The smaller key wins."""

    name: str
    reference: str
    key: Callable[[Route], Any]
    shown: Callable[[Route], object] = lambda _route: ""
    """What the step looked at, for people; empty if that says nothing."""
    packed: str = ""
    """The form, as in ``struct``, in which octets of the key compare like the key; empty if it has none."""


def path_of(route: Route) -> AsPath:
    """Return the AS_PATH, an empty one for routes of our own."""
    return route.attributes.get(AS_PATH, AsPath.EMPTY)


def med_of(route: Route) -> int:
    """Return what MULTI_EXIT_DISC says, or what a route without one counts as."""
    return route.attributes.get(MULTI_EXIT_DISC, route.facts.default_med)


def _local_pref(route: Route) -> int:
    return route.attributes.get(LOCAL_PREF, route.facts.default_local_pref)


def _origin(route: Route) -> int:
    return route.attributes.get(ORIGIN, Origin.IGP)


def _is_stale(route: Route) -> bool:
    return is_long_lived_stale(route.attributes)


def _router_id(route: Route) -> int:
    return route.attributes.get(ORIGINATOR_ID, route.facts.router_id)


def _clusters(route: Route) -> int:
    return len(route.attributes.get(CLUSTER_LIST, ()))


def _dotted(number: int) -> str:
    return ".".join(map(str, number.to_bytes(4)))


PREFERENCE: Final = Step(
    "higher preference",
    "protocol preference, as in BIRD",
    lambda r: MOST_PREFERENCE - r.preference,
    lambda r: r.preference,
    packed="H",
)
RESOLVABLE: Final = Step(
    "next hop that can be reached", "RFC 4271 §9.1.2.1", lambda r: r.is_unresolvable, packed="?"
)
NOT_STALE: Final = Step(
    "no LLGR_STALE",
    "RFC 9494 §4.3",
    _is_stale,
    lambda r: "long-lived stale" if _is_stale(r) else "fresh",
    packed="?",
)
HIGHER_LOCAL_PREF: Final = Step(
    "higher LOCAL_PREF",
    "RFC 4271 §9.1.1",
    lambda r: MOST_LOCAL_PREF - _local_pref(r),
    _local_pref,
    packed="I",
)
SHORTER_PATH: Final = Step(
    "shorter AS_PATH",
    "RFC 4271 §9.1.2.2 a",
    lambda r: path_of(r).length,
    lambda r: path_of(r).length,
    packed="H",
)
LOWER_ORIGIN: Final = Step(
    "lower ORIGIN", "RFC 4271 §9.1.2.2 b", _origin, lambda r: Origin(_origin(r)).name, packed="B"
)
LOWER_MED: Final = Step("lower MULTI_EXIT_DISC", "RFC 4271 §9.1.2.2 c", med_of, med_of, packed="I")
EXTERNAL: Final = Step(
    "external over internal",
    "RFC 4271 §9.1.2.2 d",
    lambda r: not r.facts.external,
    lambda r: "external" if r.facts.external else "internal",
    packed="?",
)
LOWER_IGP_METRIC: Final = Step(
    "lower IGP metric", "RFC 4271 §9.1.2.2 e", lambda r: r.igp_metric, lambda r: r.igp_metric, packed="I"
)
OLDER: Final = Step("older route", "RFC 5004 §3", lambda r: r.since, packed="Q")
LOWER_ROUTER_ID: Final = Step(
    "lower router ID", "RFC 4456 §9", _router_id, lambda r: _dotted(_router_id(r)), packed="I"
)
SHORTER_CLUSTER_LIST: Final = Step("shorter CLUSTER_LIST", "RFC 4456 §9", _clusters, _clusters, packed="H")

BEFORE_MED: Final = (
    PREFERENCE,
    RESOLVABLE,
    NOT_STALE,
    HIGHER_LOCAL_PREF,
    SHORTER_PATH,
    LOWER_ORIGIN,
    LOWER_MED,
)
"""The last only if it compares all routes."""
MERITS: Final = (EXTERNAL, LOWER_IGP_METRIC)
"""Routes that are equal up to here may share traffic."""
TIE_BREAKS: Final = (
    OLDER,
    LOWER_ROUTER_ID,
    SHORTER_CLUSTER_LIST,
    Step("lower peer address", "RFC 4271 §9.1.2.2 g", lambda r: r.facts.address),
    Step("protocol name", "for routes of our own that are alike", lambda r: r.facts.name),
    Step("lower next hop", "for paths of one neighbor (RFC 7911)", lambda r: r.attributes.get(NEXT_HOP, b"")),
    Step("lower octets", "for paths of one neighbor that are alike", lambda r: r.attributes.wire),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The switches of the decision process, by BIRD's names."""

    path_metric: bool = True
    """Compare the lengths of AS_PATHs."""
    med_metric: bool = False
    """Compare MULTI_EXIT_DISC between all routes, not only those through one neighboring AS."""
    igp_metric: bool = True
    """Compare the metrics of the ways to the next hops."""
    prefer_older: bool = False
    """Let what was there first win a tie (RFC 5004), which is stable but depends on history."""
    relaxed_paths: bool = True
    """Traffic may be shared by routes whose AS_PATHs have one length; otherwise only by equal AS_PATHs."""
    unresolvable_last: bool = False
    """A route without a way to its next hop may win if there is no other, as in BIRD."""
    next_hops_as_bird: bool = False
    """What BIRD 1.6 makes of next hops: the longest match leads to one or nothing does, and of two addresses
    on the link the one that is no link-local one goes first."""

    def takes(self, step: Step) -> bool:
        """Tell whether a step is compared between all routes."""
        switches = {
            RESOLVABLE: self.unresolvable_last,
            SHORTER_PATH: self.path_metric,
            LOWER_MED: self.med_metric,
            LOWER_IGP_METRIC: self.igp_metric,
            OLDER: self.prefer_older,
        }
        return switches.get(step, True)
