"""Policies that refuse routes or change them, chosen so that the network comes to rest all the same.

BGP with policies need not converge (RFC 4264): only such policies are here as keep a route's rank from
rising while it goes from AS to AS. LOCAL_PREF is raised only for what comes from a stub, which passes on
nothing, and is never lowered (the condition of Gao and Rexford); everything else makes a route worse, or
leaves it as good as it is.
"""

from collections.abc import Callable
from typing import Final

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, COMMUNITIES, LOCAL_PREF, MULTI_EXIT_DISC, ORIGIN, AsPath
from messages.iana import Origin, WellKnownCommunity
from rib.policy import Policy

RED: Final = 0xFDE8_0001
"""The community 65000:1, with which routes are made and refused."""
_BLUE: Final = 0xFDE8_0002
_PREFERRED: Final = 150


def _refuses(is_refused: Callable[[AttributeSet], bool]) -> Callable[[AttributeSet], AttributeSet | None]:
    return lambda attributes: None if is_refused(attributes) else attributes


def _is_red(attributes: AttributeSet) -> bool:
    return RED in attributes.get(COMMUNITIES, ())


def _adds(community: int) -> Callable[[AttributeSet], AttributeSet]:
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


def _med(med: int) -> Callable[[AttributeSet], AttributeSet]:
    return lambda attributes: attributes.replace({MULTI_EXIT_DISC: med})


HARMLESS: Final = (
    Policy.ALL,
    Policy.ALL,
    Policy.NONE,
    Policy("refuses red", _refuses(_is_red)),
    Policy("refuses all but red", _refuses(lambda attributes: not _is_red(attributes))),
    Policy("refuses INCOMPLETE", _refuses(lambda attributes: attributes.get(ORIGIN) == Origin.INCOMPLETE)),
    Policy("paints blue", _adds(_BLUE)),
    Policy("adds NO_EXPORT", _adds(WellKnownCommunity.NO_EXPORT)),
)
"""For all neighbors, in both directions."""
EXTERNAL: Final = (Policy.MISSING, Policy("makes the path longer", _longer))
"""Besides, for external neighbors."""
RAISING: Final = (Policy("prefers", _preferred), Policy("prefers red", _red_preferred))
"""Besides, for the import from stubs."""
WITH_MED: Final = (Policy("MED 1", _med(1)), Policy("MED 7", _med(7)))
"""Besides, for the import from external neighbors where MULTI_EXIT_DISC does no harm."""
