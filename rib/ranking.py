"""What the decision process compares of a route, in a form that takes one comparison (RFC 4271 §9.1.2.2).

The keys of steps are packed to octets, which compare like the keys one after the other. For plain attributes
the keys are read where they stand in the octets: that is many times quicker than to decode attributes that
nobody asks for again, and comes to the same.
"""

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Any, Final, NamedTuple

from messages import plain_attributes as plain
from messages.iana import WellKnownCommunity
from messages.plain_attributes import PlainAttributes
from rib.decision_steps import (
    BEFORE_MED,
    MERITS,
    MOST_LOCAL_PREF,
    MOST_PREFERENCE,
    TIE_BREAKS,
    Rules,
    Step,
    med_of,
    path_of,
)
from rib.route import Facts, Route

REFUSED: Final = b"\xff\xff\xff"
"""The degree of what may not be selected: behind all others, of which the third octet is 0 or 1."""

_LLGR_STALE: Final = WellKnownCommunity.LLGR_STALE.to_bytes(4)


class Ranking(NamedTuple):
    """What is compared between routes of the same degree, derived once however many prefixes share them.

    The lowest is the best, but for MULTI_EXIT_DISC, which comes before all else between routes through one
    neighboring AS.
    """

    packed: bytes
    """The keys that can be packed: first the merits, up to which routes may share traffic."""
    address: bytes
    name: str
    next_hop: bytes
    wire: bytes
    med: int
    neighbor_as: int


class Ranker:
    """Ranks routes under one set of rules, as far as their rivals make it necessary."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._degree_keys = _keys(rules, BEFORE_MED)
        self._rank_keys = _keys(rules, _PACKED)

    def degree(self, route: Route) -> bytes:
        """Return what is compared before MULTI_EXIT_DISC; the lowest is the best."""
        if not route.degree:
            if route.refusal is not None:
                route.degree = REFUSED
            else:
                route.degree = self._degree_of_plain(route) or self._degree_by_steps(route)
        return route.degree

    def ranking(self, route: Route) -> Ranking:
        """Return what is compared of a route among others of the same degree."""
        known = route.ranking
        if known is None:
            known = route.ranking = self._ranking_of_plain(route) or self._ranking_by_steps(route)
        return known  # type: ignore[return-value]  # Route keeps it as a plain tuple: it can't import Ranking

    # By the steps

    def _degree_by_steps(self, route: Route) -> bytes:
        degree = _pack_degree(*[key(route) for key in self._degree_keys])
        route.attributes.forget()
        return degree

    def _ranking_by_steps(self, route: Route) -> Ranking:
        packed = _pack_rank(*[key(route) for key in self._rank_keys])
        others = [step.key(route) for step in _UNPACKED]
        med = 0 if self._rules.med_metric else med_of(route)
        ranking = Ranking._make((packed, *others, med, path_of(route).neighbor_as))
        route.attributes.forget()
        return ranking

    # The same, from the octets

    def _degree_of_plain(self, route: Route) -> bytes | None:
        wire = route.plain
        if wire is None:  # what import filters have changed is not plain, but most often it begins so
            wire = route.attributes.wire
            if _LLGR_STALE in wire or not plain.begins_plainly(wire):
                return None
        facts, rules = route.facts, self._rules
        local_pref = plain.local_pref(wire)
        return _pack_degree(
            MOST_PREFERENCE - route.preference,
            rules.unresolvable_last and route.is_unresolvable,
            False,
            MOST_LOCAL_PREF - (facts.default_local_pref if local_pref is None else local_pref),
            plain.path_length(wire) if rules.path_metric else 0,
            wire[plain.ORIGIN_AT],
            _med_of_plain(wire, facts) if rules.med_metric else 0,
        )

    def _ranking_of_plain(self, route: Route) -> Ranking | None:
        wire, facts, rules = route.plain, route.facts, self._rules
        if wire is None or plain.may_be_reflected(wire):
            return None
        packed = _pack_rank(
            not facts.external,
            route.igp_metric if rules.igp_metric else 0,
            route.since if rules.prefer_older else 0,
            facts.router_id,
            0,
        )
        med = 0 if rules.med_metric else _med_of_plain(wire, facts)
        next_hop, neighbor_as = plain.next_hop(wire), plain.neighbor_as(wire)
        return Ranking(packed, facts.address, facts.name, next_hop, wire, med, neighbor_as)


def _med_of_plain(wire: PlainAttributes, facts: Facts) -> int:
    med = plain.med(wire)
    return facts.default_med if med is None else med


def _keys(rules: Rules, steps: Iterable[Step]) -> tuple[Callable[[Route], Any], ...]:
    return tuple(step.key if rules.takes(step) else _no_key for step in steps)


def _no_key(_route: Route) -> int:
    """Stands for a step that is switched off: all routes are equal to it."""
    return 0


def _packing(steps: Iterable[Step]) -> Struct:
    return Struct("!" + "".join(step.packed for step in steps))


_PACKED: Final = (*MERITS, *(step for step in TIE_BREAKS if step.packed))
_UNPACKED: Final = tuple(step for step in TIE_BREAKS if not step.packed)
_pack_degree: Final = _packing(BEFORE_MED).pack
_pack_rank: Final = _packing(_PACKED).pack
MERIT_OCTETS: Final = _packing(MERITS).size
"""How much of ``packed`` must be equal for routes to share traffic."""
