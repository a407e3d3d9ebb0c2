"""Compiles definitions: from a resolved tree to a Python function."""

import ast
from collections.abc import Callable
from enum import Enum
from typing import Any

from rib.filters.analysis.cost import CHEAP, cost_of
from rib.filters.analysis.scope import Scope
from rib.filters.binding.symbols import Symbols
from rib.filters.compiler.code import COMPILED, module
from rib.filters.compiler.expressions import Expressions
from rib.filters.compiler.fast import FastExpressions
from rib.filters.compiler.namespace import Namespace
from rib.filters.compiler.statements import Statements
from rib.filters.compiler.traced import TracedExpressions, TracedStatements
from rib.filters.errors import FilterError, Place
from rib.filters.syntax import Block, Expression, Filter, Function, Return, Variable

Compiled = Callable[..., Any]
"""Takes a Run, and a function its arguments; returns a Decision, or the value."""
Functions = Callable[[str], Compiled]
"""Returns what runs when a function of the user is called."""


class Style(Enum):
    """What the code is for."""

    FAST = "for routes"
    PLAIN = "without shortcuts: for constants, and as a witness in tests"
    TRACED = "tells of every statement and comparison"


def _compiler(style: Style, symbols: Symbols, names: Namespace, functions: Functions) -> Statements:
    """Return what compiles one definition in a style."""
    if style is Style.TRACED:
        return TracedStatements(TracedExpressions(symbols, names, functions))
    expressions = FastExpressions if style is Style.FAST else Expressions
    return Statements(expressions(symbols, names, functions))


class Unit:
    """All functions of one configuration in one style, compiled when they are needed."""

    def __init__(self, symbols: Symbols, style: Style) -> None:
        self._symbols = symbols
        self._style = style
        self._functions: dict[str, Compiled] = {}

    def function(self, name: str) -> Compiled:
        """Return a function of the user."""
        known = self._functions.get(name)
        if known is None:
            tree = self._symbols.functions[name].tree
            known = self._functions[name] = self._compile(tree, tree.body, tree.parameters)
        return known

    def filter(self, tree: Filter) -> Compiled:
        """Return a filter; it takes the run alone."""
        return self._compile(tree, tree.body)

    def expression(self, expression: Expression) -> Compiled:
        """Return what works an expression out."""
        place = expression.at
        body = Block((Return(expression, at=place),), at=place)
        return self._compile(Function("", (), (), body, at=place), body)

    def _compile(
        self, definition: Function | Filter, body: Block, parameters: tuple[Variable, ...] = ()
    ) -> Compiled:
        names = Namespace()
        statements = _compiler(self._style, self._symbols, names, self.function)
        scope = Scope.of(definition, self._symbols.signatures)
        try:
            code = [
                *statements.opening(definition, is_counted=cost_of(body, self._symbols).calls > CHEAP),
                *statements.body(body, scope, is_function=isinstance(definition, Function)),
            ]
            taken = [names.variable(parameter.name) for parameter in parameters]
            return _run(module(taken, code, definition.at), names, definition.at)
        except (RecursionError, SyntaxError):  # Python's bound for loops inside of each other is 20
            raise FilterError(definition.at, "nested too deeply") from None


def _run(tree: ast.Module, names: Namespace, place: Place) -> Compiled:
    space = {**names.objects, "__builtins__": {}}
    exec(compile(tree, place.file, "exec"), space)
    compiled: Compiled = space[COMPILED]
    return compiled
