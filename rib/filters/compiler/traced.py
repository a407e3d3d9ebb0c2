"""Code that tells what it does: which statements are reached, what is compared, what is changed."""

import ast
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from rib.filters import syntax
from rib.filters.algebra import operators
from rib.filters.attributes import ATTRIBUTES
from rib.filters.binding.symbols import Symbols
from rib.filters.compiler.code import RUN, at, attribute, call, load
from rib.filters.compiler.expressions import MIRRORED, Expressions
from rib.filters.compiler.namespace import Namespace
from rib.filters.compiler.statements import Statements
from rib.filters.running.work import charged, uncounted
from rib.filters.syntax import Binary, Expression, Filter, Function, If, Statement

_COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">=", "~", "!~"})


class TracedExpressions(Expressions):
    """Reports every comparison with the values on both sides, every call with its result."""

    def __init__(
        self, symbols: Symbols, names: Namespace, functions: Callable[[str], Callable[..., Any]]
    ) -> None:
        super().__init__(symbols, names, functions)
        self.conditions: Final[dict[int, If]] = {}
        """By the identity of an expression, whose condition it is."""
        self.noted: Final[set[int]] = set()
        """Identities of expressions whose values something depends on."""

    def compile(self, expression: Expression) -> ast.expr:
        """Return the Python expression of the same value."""
        code = self._comparison(expression) or super().compile(expression)
        if id(expression) in self.noted:
            code = told("value", self.reference(expression), code)
        condition = self.conditions.get(id(expression))
        if condition is not None:
            code = told("decide", told("reach", self.reference(condition)), code)
        return self.located(expression, code)

    def _comparison(self, expression: Expression) -> ast.expr | None:
        if not isinstance(expression, Binary) or expression.operator not in _COMPARISONS:
            return None
        function, operands = operators.OPERATORS[expression.operator], (expression.left, expression.right)
        if expression.operator in MIRRORED:
            function, operands = MIRRORED[expression.operator], operands[::-1]
        values = map(self.compile, operands)
        compared = self.reference(function)
        if self.is_long(*operands):
            compared = call(self.names.of(partial), self.reference(charged), load(RUN), compared)
        return told("compare", self.reference(expression), compared, *values)

    def call(self, expression: syntax.Call) -> ast.expr:
        """Return the call as it is: its value may be a Decision."""
        return told("leave", super().call(expression))

    def reference(self, value: object) -> ast.expr:
        """Return what stands for an object that is there already."""
        return load(self.names.of(value))


class TracedStatements(Statements):
    """Reports every statement that is reached, and what it changes."""

    def __init__(self, expressions: TracedExpressions) -> None:
        super().__init__(expressions)
        self._traced = expressions

    def opening(self, definition: Filter | Function, *, is_counted: bool) -> list[ast.stmt]:
        """Return what comes before the body: who is called, and with what."""
        parameters = definition.parameters if isinstance(definition, Function) else ()
        taken = [load(self._names.variable(parameter.name)) for parameter in parameters]
        entered = ast.Expr(told("enter", self._traced.reference(definition), *taken))
        return [entered, *super().opening(definition, is_counted=is_counted)]

    def _located(self, statement: Statement, *, is_last: bool) -> list[ast.stmt]:
        self._prepare(statement)
        code = super()._located(statement, is_last=is_last)
        if isinstance(statement, syntax.Block | If):
            return code  # a block is nothing by itself, an if is told with its condition
        before: list[ast.expr] = [told("reach", self._traced.reference(statement))]
        after: list[ast.expr] = []
        changed = self._changed(statement)
        if changed is not None:
            name, value = changed
            before.append(told("remember", value))
            after.append(told("change", ast.Constant(name), value))
        return [
            *(at(statement.at, ast.Expr(each)) for each in before),
            *code,
            *(at(statement.at, ast.Expr(each)) for each in after),
        ]

    def _prepare(self, statement: Statement) -> None:
        """Remember what is to be told of the expressions of a statement."""
        match statement:
            case If():
                following: If | None = statement
                while following is not None:
                    self._traced.conditions[id(following.condition)] = following
                    following = syntax.else_if(following)
            case (
                syntax.Return(value=expression)
                | syntax.Case(subject=expression)
                | syntax.For(collection=expression)
            ):
                if expression is not None and not _is_told_anyway(expression):
                    self._traced.noted.add(id(expression))

    def _changed(self, statement: Statement) -> tuple[str, ast.expr] | None:
        """Return what a statement changes, and how to read that."""
        match statement:
            case syntax.SetAttribute(attribute=name) | syntax.Unset(attribute=name):
                read = self._traced.reference(ATTRIBUTES[name].read)
                return name, call(self._traced.names.of(uncounted), load(RUN), read)
            case syntax.Assign(variable=name):
                return name, load(self._names.variable(name))
        return None


def _is_told_anyway(expression: Expression) -> bool:
    if isinstance(expression, Binary):
        return expression.operator in _COMPARISONS
    return isinstance(expression, syntax.Literal | syntax.Call)


def told(method: str, *arguments: ast.expr) -> ast.expr:
    """``run.trace.method(arguments)``."""
    return call(ast.Attribute(attribute(RUN, "trace"), method, ast.Load()), *arguments)
