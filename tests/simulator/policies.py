"""Policies that refuse routes or change them, chosen so that the network comes to rest all the same.

BGP with policies need not converge (RFC 4264): only such policies are here as keep a route's rank from
rising while it goes from AS to AS. LOCAL_PREF is raised only for what comes from a stub, which passes on
nothing, and is never lowered (the condition of Gao and Rexford); everything else makes a route worse, or
leaves it as good as it is. Prefixes have nothing to do with each other, so each may be treated in another
way.
"""

from collections.abc import Callable
from typing import Final

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, COMMUNITIES, LOCAL_PREF, MULTI_EXIT_DISC, ORIGIN, AsPath
from messages.families.prefix import PrefixKey
from messages.iana import Origin, WellKnownCommunity
from rib.policy import Accepted, Policy, Reading
from rib.route import Destination, DestinationKind, Route
from tests.rib.judging import Change, Outcome, by_attributes, by_prefix, itself, judge_by, refused

RED: Final = 0xFDE8_0001
"""The community 65000:1, with which routes are made and refused."""
_BLUE: Final = 0xFDE8_0002
_PREFERRED: Final = 150


_HOLE: Final = Destination(DestinationKind.BLACKHOLE)


def is_long(key: PrefixKey) -> bool:
    """Tell the two kinds apart into which the prefixes of the scenarios fall."""
    return key[0] > 20


def is_odd(key: PrefixKey) -> bool:
    """Tell every other prefix of a kind from the rest."""
    return bool(sum(key[1:]) & 1)


def _to_long(name: str, change: Change) -> Policy:
    """Return a policy for which there are two kinds of prefixes."""
    judge = judge_by(lambda attributes, key: change(attributes) if is_long(key) else attributes)
    return Policy(name, judge, Reading.KINDS, is_long)


def _to_odd(name: str, change: Change) -> Policy:
    """Return a policy that looks at each prefix."""
    return by_prefix(name, lambda attributes, key: change(attributes) if is_odd(key) else attributes)


def _refuses(is_refused: Callable[[AttributeSet], bool]) -> Change:
    return lambda attributes: None if is_refused(attributes) else attributes


def _is_red(attributes: AttributeSet) -> bool:
    return RED in attributes.get(COMMUNITIES, ())


def _adds(community: int) -> Change:
    def judge(attributes: AttributeSet) -> AttributeSet:
        communities = attributes.get(COMMUNITIES, ())
        if community in communities:
            return attributes
        return attributes.replace({COMMUNITIES: (*communities, community)})

    return judge


def _longer(attributes: AttributeSet) -> AttributeSet:
    """Repeat the first AS of the path, as if its owner had prepended once more."""
    path = attributes.get(AS_PATH, AsPath.EMPTY)
    return attributes.replace({AS_PATH: path.prepend(path.neighbor_as)}) if path.neighbor_as else attributes


def _preferred(attributes: AttributeSet) -> AttributeSet:
    return attributes.replace({LOCAL_PREF: _PREFERRED})


def _red_preferred(attributes: AttributeSet) -> AttributeSet:
    return _preferred(attributes) if _is_red(attributes) else attributes


def _med(med: int) -> Change:
    return lambda attributes: attributes.replace({MULTI_EXIT_DISC: med})


def _painted(attributes: AttributeSet, key: PrefixKey) -> AttributeSet | None:
    """Mark a route with the prefix that it is to: no two have the same attributes then."""
    return _adds(_BLUE + sum(key))(attributes)


def _trusted(route: Route, attributes: AttributeSet, key: PrefixKey) -> Accepted:
    """Prefer a route here and nowhere else."""
    return Accepted(attributes, route.preference + is_odd(key), route.destination)


def _discarded(route: Route, attributes: AttributeSet, key: PrefixKey) -> Accepted:
    return Accepted(attributes, route.preference, _HOLE if is_odd(key) else route.destination)


def _by_outcome(name: str, outcome: Outcome) -> Policy:
    def judge(
        route: Route,
        attributes: AttributeSet,
        key: PrefixKey,
        /,
        *,
        silent: bool = False,
    ) -> Accepted | None:
        return outcome(route, attributes, key)

    return Policy(name, judge, Reading.PREFIX, itself)


HARMLESS: Final = (
    Policy.ALL,
    Policy.ALL,
    Policy.NONE,
    by_attributes("refuses red", _refuses(_is_red)),
    by_attributes("refuses all but red", _refuses(lambda attributes: not _is_red(attributes))),
    by_attributes(
        "refuses INCOMPLETE", _refuses(lambda attributes: attributes.get(ORIGIN) == Origin.INCOMPLETE)
    ),
    by_attributes("paints blue", _adds(_BLUE)),
    by_attributes("adds NO_EXPORT", _adds(WellKnownCommunity.NO_EXPORT)),
    _to_long("refuses long ones", refused),
    _to_long("refuses long red ones", _refuses(_is_red)),
    _to_long("paints long ones blue", _adds(_BLUE)),
    _to_odd("refuses odd ones", refused),
    _to_odd("adds NO_EXPORT to odd ones", _adds(WellKnownCommunity.NO_EXPORT)),
    by_prefix("paints each in its color", _painted),
)
"""For all neighbors, in both directions."""
EXTERNAL: Final = (
    Policy.MISSING,
    by_attributes("makes the path longer", _longer),
    _to_long("makes the path to long ones longer", _longer),
    _to_odd("makes the path to odd ones longer", _longer),
)
"""Besides, for external neighbors."""
RAISING: Final = (
    by_attributes("prefers", _preferred),
    by_attributes("prefers red", _red_preferred),
    _to_long("prefers long ones", _preferred),
    _by_outcome("trusts odd ones", _trusted),
    _by_outcome("discards odd ones", _discarded),
)
"""Besides, for the import from stubs."""
WITH_MED: Final = (
    by_attributes("MED 1", _med(1)),
    by_attributes("MED 7", _med(7)),
    by_prefix("MED by prefix", lambda attributes, key: _med(sum(key) % 5)(attributes)),
)
"""Besides, for the import from external neighbors where MULTI_EXIT_DISC does no harm."""
FOR_PIPES: Final = (*HARMLESS, _by_outcome("trusts odd ones in the other table", _trusted))
"""For what goes into another table: nobody is told of that."""
