"""Policies for tests, from plain functions: of the attributes alone, of kinds of prefixes, of each prefix."""

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple, TypeAlias

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.families.prefix import PrefixKey
from rib.policy import Accepted, Judge, Policy, Reading
from rib.route import Route

Change: TypeAlias = Callable[[AttributeSet], AttributeSet | None]
"""Returns other attributes or the same, or None to refuse."""
ChangeOfPrefix: TypeAlias = Callable[[AttributeSet, PrefixKey], AttributeSet | None]
Outcome: TypeAlias = Callable[[Route, AttributeSet, PrefixKey], Accepted | None]


class Asked(NamedTuple):
    """One question to a policy."""

    route: Route
    attributes: AttributeSet
    key: PrefixKey
    silent: bool


def is_long(key: PrefixKey) -> bool:
    """Tell prefixes of two kinds apart: those of 16 bits and more from the others."""
    return key[0] >= 16


def itself(key: PrefixKey) -> PrefixKey:
    """Have as many kinds as there are prefixes."""
    return key


KIND_OF: Final[dict[Reading, Callable[[PrefixKey], Hashable] | None]] = {
    Reading.ROUTE: None,
    Reading.KINDS: is_long,
    Reading.PREFIX: itself,
}


class Watched:
    """A policy that notes what it is asked."""

    def __init__(self, reading: Reading = Reading.ROUTE, outcome: Outcome | None = None) -> None:
        """Without ``outcome`` it lets everything in as it is."""
        self.asked: list[Asked] = []
        self._outcome = outcome or unchanged
        self.policy = Policy(f"watched, {reading.value}", self._judge, reading, KIND_OF[reading])

    def _judge(
        self, route: Route, attributes: AttributeSet, key: PrefixKey, /, *, silent: bool = False
    ) -> Accepted | None:
        self.asked.append(Asked(route, attributes, key, silent))
        return self._outcome(route, attributes, key)

    @property
    def aloud(self) -> list[tuple[Route, PrefixKey]]:
        """What it was asked aloud: a filter would have printed so often."""
        return [(asked.route, asked.key) for asked in self.asked if not asked.silent]


def unchanged(route: Route, attributes: AttributeSet, _key: PrefixKey) -> Accepted:
    """Let a route in as it is."""
    return Accepted(attributes, route.preference, route.destination)


def if_long(outcome: Outcome) -> Outcome:
    """Let this become of routes to long prefixes; others stay what they are."""
    return lambda route, attributes, key: (outcome if is_long(key) else unchanged)(route, attributes, key)


def judge_by(change: ChangeOfPrefix) -> Judge:
    """Return what a change of attributes is to a policy."""

    def judge(
        route: Route,
        attributes: AttributeSet,
        key: PrefixKey,
        /,
        *,
        silent: bool = False,
    ) -> Accepted | None:
        changed = change(attributes, key)
        return None if changed is None else Accepted(changed, route.preference, route.destination)

    return judge


def by_attributes(name: str, change: Change) -> Policy:
    """Return a policy that does not look at the prefix."""
    return Policy(name, judge_by(lambda attributes, _key: change(attributes)))


def by_length(name: str, change: Change) -> Policy:
    """Return a policy that changes or refuses routes to long prefixes only."""
    judge = judge_by(lambda attributes, key: change(attributes) if is_long(key) else attributes)
    return Policy(name, judge, Reading.KINDS, is_long)


def by_prefix(name: str, change: ChangeOfPrefix) -> Policy:
    """Return a policy that looks at each prefix."""
    return Policy(name, judge_by(change), Reading.PREFIX, itself)


def refused(_attributes: AttributeSet) -> None:
    """Let nothing in."""


def stamped(attributes: AttributeSet, key: PrefixKey) -> AttributeSet:
    """Put a community on a route that says which prefix it is to: 0.0.0.0/0 goes without."""
    number = sum(key[1:])
    return attributes.replace({COMMUNITIES: (number,)}) if number else attributes


def of_all_readings(change: Change) -> list[Policy]:
    """Return policies that do this to all routes, to those to long prefixes, and to those to /16."""
    return [
        by_attributes("all", change),
        by_length("long ones", change),
        by_prefix("/16", lambda said, key: change(said) if key[0] == 16 else said),
    ]
