"""All filters of a configuration, read and checked: every mistake at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bgpd.config.faults import Fault, KeyPath, Problem
from bgpd.config.filter_sources import Sources, Text, Written, written_body, written_definitions
from bgpd.config.filters import ALWAYS_THERE
from bgpd.config.problems import located_in_text
from bgpd.config.wording import quoted
from rib.filters.analysis.checker import check
from rib.filters.analysis.comparison import used_names
from rib.filters.analysis.scope import walk
from rib.filters.errors import FilterError, RunError
from rib.filters.program import Program
from rib.filters.running.run import DecidedError
from rib.filters.syntax import (
    Constant,
    Definition,
    Filter,
    Function,
    RoaTable,
    Verdict,
)

_DEFINED: Final = re.compile(
    r"^[ \t]*(filter|function|define|roa[ \t]+table)[ \t]+'?([\w.:-]+)", re.ASCII | re.MULTILINE
)
"""What a text seems to define, when it can't be read."""


@dataclass(slots=True)
class Filters:
    """The filters of a configuration, and what is wrong with them."""

    definitions: list[Definition] = field(default_factory=list)
    changes: dict[KeyPath, Filter] = field(default_factory=dict)
    """What static routes are changed by, by the places of these."""
    names: set[str] = field(default_factory=lambda: {*ALWAYS_THERE})
    """All filters, the wrong ones as well."""
    faults: list[Fault] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_filters(sources: Sources) -> Filters:
    """Read and check everything in the filter language."""
    reader = _Reader(sources.data)
    for text in sources.definitions():
        reader.read_definitions(text)
    for each in sources.files():
        if isinstance(each, Fault):
            reader.filters.faults.append(each)
        else:
            reader.read_definitions(each)
    for text in sources.filters():
        reader.read_filter(text)
    for text in sources.changes():
        reader.read_change(text)
    return reader.filters


class _Reader:
    """Takes texts in their order; what is wrong is noted, and not missed by what follows."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.filters = Filters()
        self._data = data
        self._program = Program()
        self._lost: set[str] = set()
        """Names of what is wrong: those who use it are not to blame."""

    def read_definitions(self, text: Text) -> None:
        """Read a text of definitions, which may be a whole file."""
        found = [*written_definitions(text)]
        understood = {_name(each.result) for each in found}
        for kind, name in _DEFINED.findall(text.text):
            if name not in understood:
                self._lose(name, is_filter=kind == "filter")
        for each in found:
            self._take(each)

    def read_filter(self, text: Text) -> None:
        """Read a filter of ``[filters]``; the models say which names it can't have."""
        name = str(text.key[-1])
        if name not in ALWAYS_THERE:
            self.filters.names.add(name)
            self._take(written_body(text, name))

    def read_change(self, text: Text) -> None:
        """Read the statements of a static route."""
        tree = written_body(text).result
        if isinstance(tree, FilterError):
            self._complain(tree, text)
        elif isinstance(tree, Filter) and self._needs_nothing_lost(tree):
            self.filters.changes[text.key[:-1]] = tree
            try:
                resolved = self._program.resolve(tree)
            except (FilterError, RunError) as error:
                self._complain(_located(error, tree), text)
                return
            for mistake in self._mistakes_of_change(resolved):
                self._complain(mistake, text)

    def _mistakes_of_change(self, tree: Filter) -> Iterator[FilterError]:
        """Find what is wrong with statements that decide about nothing."""
        body = Function("set", (), tree.variables, tree.body, at=tree.at)
        yield from check(body, self._program.symbols.signatures)
        for node in walk(tree.body):
            if isinstance(node, Verdict):
                yield FilterError(node.at, f"{node.kind} has no meaning here: a static route is always there")

    def _take(self, written: Written) -> None:
        """Add a definition, unless something is wrong with it."""
        definition, text = written
        if isinstance(definition, FilterError):
            self._complain(definition, text)
            return
        self.filters.definitions.append(definition)
        name, is_filter = _name(definition), isinstance(definition, Filter)
        if is_filter:
            self.filters.names.add(name)
        if not self._needs_nothing_lost(definition):
            self._lose(name, is_filter=is_filter)
            return
        for mistake in self._mistakes(definition):
            self._complain(mistake, text)

    def _mistakes(self, definition: Definition) -> Iterator[FilterError]:
        """Define it, and find what is wrong with it."""
        symbols = self._program.symbols
        if isinstance(definition, Filter) and definition.name in ALWAYS_THERE:
            yield FilterError(
                definition.at, f"the filter {quoted(definition.name)} is always there; write another name"
            )
            return
        before = dict(symbols.signatures)
        try:
            resolved = self._program.define(definition)
        except (FilterError, RunError, DecidedError) as error:
            self._lose(_name(definition), is_filter=isinstance(definition, Filter))
            yield _located(error, definition)
            return
        yield from check(resolved, before)

    def _needs_nothing_lost(self, definition: Definition) -> bool:
        return not self._lost or self._lost.isdisjoint(used_names(definition))

    def _lose(self, name: str, *, is_filter: bool) -> None:
        self._lost.add(name)
        if is_filter:
            self.filters.names.add(name)

    def _complain(self, error: FilterError, text: Text) -> None:
        self.filters.problems.append(located_in_text(error, text, self._data))


def _located(error: FilterError | RunError | DecidedError, definition: Definition) -> FilterError:
    """Return an error with its place: what is worked out when it is read fails as a whole."""
    if isinstance(error, FilterError):
        return error
    message = str(error)
    if isinstance(error, DecidedError):
        message = f"there is no route here to {error.decision.value}"
    return FilterError(definition.at, message)


def _name(result: Definition | FilterError) -> str:
    """Return what is defined; empty if it has no name."""
    match result:
        case Function(name=name) | Constant(name=name) | RoaTable(name=name):
            return name
        case Filter(name=str() as name):
            return name
    return ""
