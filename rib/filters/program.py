"""The filters, functions and constants of one configuration, ready to run."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from rib.filters import syntax
from rib.filters.algebra.roa import RoaTable
from rib.filters.analysis.cost import cost_of
from rib.filters.analysis.types import signature_of
from rib.filters.binding.complaints import OWN, Complaints
from rib.filters.binding.resolver import Resolver
from rib.filters.binding.symbols import DefinedFunction, Symbols
from rib.filters.compiler.unit import Compiled, Style, Unit
from rib.filters.running.run import DecidedError, Decision, Run
from rib.filters.syntax import Definition, Expression, Filter


class Program:
    """Takes definitions in order; each may use those before it."""

    def __init__(self, complaints: Complaints = OWN) -> None:
        self._complaints: Final = complaints
        self.symbols: Final = Symbols()
        self.printed: list[str] = []
        """What constants and ``eval`` printed when they were worked out."""
        self._units: dict[Style, Unit] = {style: Unit(self.symbols, style) for style in Style}

    def define(self, definition: Definition) -> Definition:
        """Add a definition, and return it with its names bound.

        Raises FilterError, and RunError or DecidedError where working something out failed.
        """
        return _DEFINE[definition.__class__](self, definition)

    def _function(self, tree: syntax.Function) -> syntax.Function:
        self.symbols.check_free(tree.name, tree.at)
        resolved = self._resolver(tree.name).function(tree)
        cost = cost_of(resolved.body, self.symbols)
        self.symbols.signatures[tree.name] = signature_of(resolved, self.symbols.signatures)
        self.symbols.functions[tree.name] = DefinedFunction(resolved, cost)
        self._units[Style.FAST].function(tree.name)
        return resolved

    def _filter(self, tree: Filter) -> Filter:
        assert tree.name is not None
        self.symbols.check_free(tree.name, tree.at)
        self.symbols.filters[tree.name] = resolved = self.resolve(tree)
        self.compile(resolved)
        return resolved

    def _constant(self, tree: syntax.Constant) -> syntax.Constant:
        self.symbols.check_free(tree.name, tree.at)
        value = self.resolve_expression(tree.value)
        self.symbols.constants[tree.name] = self._value_of(value)
        return replace(tree, value=value)

    def _roa_table(self, tree: syntax.RoaTable) -> syntax.RoaTable:
        self.symbols.check_free(tree.name, tree.at)
        self.symbols.roa_tables[tree.name] = RoaTable(tree.roas)
        return tree

    def _evaluate_now(self, tree: syntax.EvaluateNow) -> syntax.EvaluateNow:
        expression = self.resolve_expression(tree.expression)
        self._value_of(expression)
        return replace(tree, expression=expression)

    def resolve(self, tree: Filter, complaints: Complaints | None = None) -> Filter:
        """Return a filter with its names bound. Raises FilterError, in other words if they are given."""
        return self._resolver(complaints=complaints).filter(tree)

    def resolve_expression(self, expression: Expression, complaints: Complaints | None = None) -> Expression:
        """Return an expression with its names bound. Raises FilterError, in other words if they are given."""
        return self._resolver(complaints=complaints).expression(expression)

    def _resolver(self, own_name: str = "", complaints: Complaints | None = None) -> Resolver:
        return Resolver(self.symbols, self._value_of, own_name, complaints or self._complaints)

    def evaluate(self, expression: Expression) -> object:
        """Work out an expression without a route; what it prints is added to ``printed``.

        Raises FilterError, RunError, and DecidedError if it accepts, rejects or quits.
        """
        return self._value_of(self.resolve_expression(expression))

    def _value_of(self, expression: Expression) -> Any:  # noqa: ANN401 - whatever it is
        if isinstance(expression, syntax.Literal):
            return expression.value
        run = Run()
        try:
            value = self._units[Style.PLAIN].expression(expression)(run)
        finally:
            self.printed += run.printed
        if value.__class__ is Decision:
            raise DecidedError(value)
        return value

    def compile(self, tree: Filter, style: Style = Style.FAST) -> Compiled:
        """Return what runs a resolved filter; it takes the run."""
        return self._units[style].filter(tree)

    def compile_expression(self, expression: Expression, style: Style = Style.PLAIN) -> Compiled:
        """Return what works out a resolved expression; it takes the run."""
        return self._units[style].expression(expression)


_DEFINE: Final[Mapping[type, Callable[[Program, Any], Definition]]] = {
    syntax.Function: Program._function,
    syntax.Filter: Program._filter,
    syntax.Constant: Program._constant,
    syntax.RoaTable: Program._roa_table,
    syntax.EvaluateNow: Program._evaluate_now,
}
