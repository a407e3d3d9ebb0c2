"""The filters of the configuration as policies, one for each filter and family, shared by all who name it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bgpd.filter_log import FilterLog
from bgpd.remembered_host import RememberedHost
from messages.families import Family
from rib.filters.analysis.comparison import named, same
from rib.filters.analysis.prefix_reading import uses
from rib.filters.program import Program
from rib.filters.running.judging import Reporter, make_policy
from rib.filters.running.run import NOWHERE, Surroundings
from rib.filters.syntax import Block, Definition, Filter, Verdict
from rib.policy import Policy

_OF_THE_HOST: Final = frozenset({"ifname", "gw"})
"""Attributes that filters can't read, or set, without asking about the host."""
ALWAYS_THERE: Final = {"all": Policy.ALL, "none": Policy.NONE}
"""The filters that nobody has to write."""


class Policies:
    """Neighbors with one filter, or with several that say the same, have one Policy: groups depend on that.

    A filter that says what it said before keeps its Policy over reloads, so nothing is looked at again.
    """

    def __init__(
        self,
        definitions: Iterable[Definition] = (),
        surroundings: Surroundings = NOWHERE,
        reporter: Reporter | None = None,
        former: "Policies | None" = None,
    ) -> None:
        """``former`` are the policies before a reload. The definitions have been checked."""
        self.definitions = tuple(definitions)
        self.program: Final = Program()
        self.host: Final = (
            surroundings if isinstance(surroundings, RememberedHost) else RememberedHost(surroundings)
        )
        self._reporter = reporter or FilterLog()
        self._by_name = named(self.definitions)
        self._policies: dict[tuple[str, Family], Policy] = {}
        self._by_meaning: dict[tuple[Filter, Family], Policy] = {}
        for definition in self.definitions:
            self.program.define(definition)
        for line in self.program.printed:
            self._reporter.printed(line)
        if former is not None:
            self._keep(former)

    @property
    def surroundings(self) -> Surroundings:
        """What the filters ask about the host."""
        return self.host

    def successor(self, definitions: Iterable[Definition]) -> "Policies":
        """Return the policies after a reload, which has checked the definitions: these if nothing changed."""
        read = tuple(definitions)
        now, before = named(read), self._by_name
        if now.keys() == before.keys() and all(same(before[name], now[name], before, now) for name in now):
            return self
        return Policies(read, self.host, self._reporter, self)

    def of_changed_host(self) -> "Policies":
        """Return the policies after interfaces changed: those of filters that ask about them are others."""
        return Policies(self.definitions, self.host.anew(), self._reporter, self)

    def _keep(self, former: "Policies") -> None:
        """Take over what has not changed; and what is gone by now, for neighbors that outlive the reload."""
        roa_tables = former.program.symbols.roa_tables
        for name, table in self.program.symbols.roa_tables.items():
            if name in roa_tables:
                table.follow(roa_tables[name])
        policies = dict(former._policies)  # it may be in use while we look
        changed = {name for name, _ in policies if not self._means_the_same(name, former)}
        if self.host is not former.host:
            filters = self.program.symbols.filters
            changed |= {name for name in filters if uses(filters[name], self.program.symbols, _OF_THE_HOST)}
        written = self._by_name.keys() | former._by_name.keys()
        for (name, family), policy in policies.items():
            if name in written and name not in changed:
                self._policies[name, family] = policy
                tree = self.program.symbols.filters.get(name)
                if tree is not None:
                    self._by_meaning[replace(tree, name=None), family] = policy

    def _means_the_same(self, name: str, former: "Policies") -> bool:
        """A filter that is gone stays what it was, until there is one of its name again."""
        old, new = former._by_name.get(name), self._by_name.get(name)
        if old is None or new is None:
            return new is None
        return same(old, new, former._by_name, self._by_name)

    def policy(self, name: str, family: Family) -> Policy:
        """Return what the filter with this name makes of routes of a family."""
        if name in ALWAYS_THERE:
            return ALWAYS_THERE[name]
        known = self._policies.get((name, family))
        if known is None:
            known = self._policies[name, family] = self._alike(name, family)
        return known

    def _alike(self, name: str, family: Family) -> Policy:
        """Return the policy of all filters that say the same: a mesh has hundreds with names of their own."""
        tree = self.program.symbols.filters[name]
        meaning = (replace(tree, name=None), family)
        known = self._by_meaning.get(meaning)
        if known is None:
            known = self._by_meaning[meaning] = self._make(tree, family)
        return known

    def change(self, statements: Filter, family: Family) -> Policy:
        """Return statements that decide nothing as a policy that accepts what they have changed."""
        accept = Verdict("accept", at=statements.at)
        body = Block((*statements.body.statements, accept), at=statements.body.at)
        return self._make(self.program.resolve(replace(statements, body=body)), family)

    def _make(self, tree: Filter, family: Family) -> Policy:
        return make_policy(self.program, tree, family.address_octets, self._reporter, self.surroundings)


NO_FILTERS: Final = Policies()
"""Those of a configuration that writes none."""
