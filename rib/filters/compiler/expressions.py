"""From an expression of the filter language to one of Python, without any assumption about types."""

import ast
from collections.abc import Callable, Mapping
from functools import singledispatchmethod
from typing import Any, Final

from rib.filters import syntax
from rib.filters.algebra import operators
from rib.filters.algebra.methods import FUNCTIONS, METHODS
from rib.filters.algebra.path_masks import mask_of
from rib.filters.analysis.scope import Scope, Types
from rib.filters.analysis.types import types_of
from rib.filters.attributes import ATTRIBUTES
from rib.filters.binding.symbols import Symbols
from rib.filters.compiler.code import RUN, at, both, call, either, is_not_none, load
from rib.filters.compiler.namespace import Namespace
from rib.filters.running.route_origin import roa_check
from rib.filters.running.run import settled
from rib.filters.running.work import LONG, charged
from rib.filters.syntax import Expression
from rib.filters.values import Type

BOOL: Final = frozenset({Type.BOOL})
_PLAIN: Final = (int, bool, str)


class Expressions:
    """Compiles the expressions of one definition."""

    def __init__(
        self, symbols: Symbols, names: Namespace, functions: Callable[[str], Callable[..., Any]]
    ) -> None:
        """``functions`` returns what runs when a function of the user is called."""
        self.symbols = symbols
        self.names = names
        self._functions = functions
        self.scope = Scope({}, {})
        """What the statement at hand can name; the statements' compiler keeps it."""

    def types(self, expression: Expression) -> Types:
        """Return the types that an expression may have."""
        return types_of(expression, self.scope)

    def compile(self, expression: Expression) -> ast.expr:
        """Return the Python expression of the same value."""
        return at(expression.at, self._compile(expression))

    def located(self, expression: Expression, code: ast.expr) -> ast.expr:
        """Return code with the line of what it stands for."""
        return at(expression.at, code)

    def truth(self, expression: Expression, check: Callable[[Any], bool]) -> ast.expr:
        """Return an expression of which Python may ask whether it is true; ``check`` if it may be no bool."""
        value = self.compile(expression)
        return value if self.types(expression) <= BOOL else call(self.names.of(check), value)

    def _apply(self, function: Callable[..., Any], *operands: Expression) -> ast.expr:
        values = map(self.compile, operands)
        if self.is_long(*operands):
            return call(self.names.of(charged), load(RUN), load(self.names.of(function)), *values)
        return call(self.names.of(function), *values)

    def is_long(self, *operands: Expression) -> bool:
        """Tell whether one of these can be as long as a neighbor likes."""
        return any(self.types(operand) & LONG for operand in operands)

    @singledispatchmethod
    def _compile(self, literal: syntax.Literal) -> ast.expr:
        """Return a value that is written there; below are the other expressions."""
        value: Any = literal.value
        if value is None or type(value) in _PLAIN:
            return ast.Constant(value)
        return load(self.names.of(value))

    @_compile.register
    def _name(self, expression: syntax.Name) -> ast.expr:
        return load(self.names.variable(expression.name))

    @_compile.register
    def _attribute(self, expression: syntax.AttributeName) -> ast.expr:
        return call(self.names.of(ATTRIBUTES[expression.name].read), load(RUN))

    @_compile.register
    def _not(self, expression: syntax.Not) -> ast.expr:
        return self._apply(operators.negate, expression.operand)

    @_compile.register
    def _binary(self, expression: syntax.Binary) -> ast.expr:
        """Of ``>`` and ``>=`` BIRD works out the right side first."""
        mirrored = MIRRORED.get(expression.operator)
        if mirrored is not None:
            return self._apply(mirrored, expression.right, expression.left)
        return self._apply(operators.OPERATORS[expression.operator], expression.left, expression.right)

    @_compile.register
    def _logical(self, expression: syntax.Logical) -> ast.expr:
        join = both if expression.operator == "&&" else either
        return join(*(self.truth(operand, operators.truth) for operand in expression.operands))

    @_compile.register
    def _call(self, expression: syntax.Call) -> ast.expr:
        """A function that accepts or rejects ends the filter, also in the middle of an expression."""
        value = self.call(expression)
        decides = self.symbols.signatures[expression.function].decides
        return call(self.names.of(settled), value) if decides else value

    def call(self, expression: syntax.Call) -> ast.expr:
        """Return the call as it is: its value may be a Decision."""
        defined = self.symbols.functions[expression.function]
        arguments = [
            self.of_type(argument, parameter.type)
            for argument, parameter in zip(expression.arguments, defined.tree.parameters, strict=True)
        ]
        return call(self.names.of(self._functions(expression.function)), load(RUN), *arguments)

    def of_type(self, expression: Expression, kind: Type) -> ast.expr:
        """Return the value for a variable of a type, checked unless it can't be another."""
        value = self.compile(expression)
        if self.types(expression) <= {kind, Type.VOID}:
            return value
        return call(self.names.of(operators.assigned), load(self.names.of(kind)), value)

    @_compile.register
    def _builtin(self, expression: syntax.Builtin) -> ast.expr:
        if expression.function == "defined":
            return is_not_none(self.compile(expression.arguments[0]))
        return self._apply(FUNCTIONS[expression.function], *expression.arguments)

    @_compile.register
    def _roa_check(self, expression: syntax.RoaCheck) -> ast.expr:
        table = load(self.names.of(self.symbols.roa_tables[expression.table]))
        arguments = map(self.compile, expression.arguments)
        return call(self.names.of(roa_check), load(RUN), table, *arguments)

    @_compile.register
    def _method(self, expression: syntax.Method) -> ast.expr:
        return self._apply(METHODS[expression.method], expression.subject, *expression.arguments)

    @_compile.register
    def _pair(self, expression: syntax.PairExpression) -> ast.expr:
        return self._apply(operators.pair, expression.first, expression.second)

    @_compile.register
    def _large(self, expression: syntax.LargeCommunityExpression) -> ast.expr:
        return self._apply(operators.large_community, expression.first, expression.second, expression.third)

    @_compile.register
    def _extended(self, expression: syntax.ExtendedCommunityExpression) -> ast.expr:
        key, value = self.compile(expression.key), self.compile(expression.value)
        return call(self.names.of(operators.extended_community), ast.Constant(expression.kind), key, value)

    @_compile.register
    def _mask(self, expression: syntax.MaskLiteral) -> ast.expr:
        """Some of its numbers are only known at run time."""
        parts = [
            ast.Tuple([ast.Constant(part.kind), *self._bounds(part.bounds)], ast.Load())
            for part in expression.parts
        ]
        return call(self.names.of(mask_of), *parts)

    def _bounds(self, bounds: syntax.Bounds | None) -> list[ast.expr]:
        ends = () if bounds is None else (bounds.first, bounds.last)
        return [self.compile(end) for end in ends if end is not None]


MIRRORED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">": operators.less,
    ">=": operators.less_or_equal,
}
"""What is asked instead, with the sides exchanged."""
