"""The filters of a configuration that is not applied: they print nothing, and report nothing."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from bgpd.policies import Policies
from messages.families import Family
from rib.filters.syntax import Definition, Filter
from rib.policy import Policy

_WRITTEN_BY_NOBODY = frozenset({Policy.ALL, Policy.NONE, Policy.MISSING})


class _NoReport:
    """Takes what filters say, and forgets it."""

    def printed(self, line: str) -> None:
        """Take a line that a filter printed."""

    def failed(self, complaint: str) -> None:
        """Take what went wrong."""


class QuietPolicies(Policies):
    """The successors of the policies in force; each is asked silently (``Judge``)."""

    def __init__(self, definitions: Iterable[Definition], former: Policies) -> None:
        super().__init__(definitions, former.host, _NoReport(), former)
        self._in_force = former
        self._quiet: dict[Policy, Policy] = {}
        self._loud: dict[Policy, Policy] = {}

    def policy(self, name: str, family: Family) -> Policy:
        return self._silenced(super().policy(name, family))

    def change(self, statements: Filter, family: Family) -> Policy:
        return self._silenced(super().change(statements, family))

    def say_the_same(self, old: str, new: str, family: Family) -> bool:
        """Tell whether a filter in force and one of these decide alike, whatever they are called."""
        return self._in_force.policy(old, family) is self.aloud(self.policy(new, family))

    def aloud(self, quiet: Policy) -> Policy:
        """Return the policy that one of these is in silence: the one in force if it says the same."""
        return self._loud.get(quiet, quiet)

    def _silenced(self, policy: Policy) -> Policy:
        if policy in _WRITTEN_BY_NOBODY:
            return policy
        quiet = self._quiet.get(policy)
        if quiet is None:
            quiet = self._quiet[policy] = replace(policy, judge=partial(policy.judge, silent=True))
            self._loud[quiet] = policy
        return quiet
