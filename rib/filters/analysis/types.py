"""Static types: what an expression can give, found without running it.

An answer is never too small: whatever a run can give is in it. The checker takes it to find mistakes, the
compiler to leave out tests that can't fail.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Any, Final

from rib.filters import syntax
from rib.filters.algebra.operators import type_of
from rib.filters.algebra.sets import ValueSet
from rib.filters.algebra.signatures import method_result, result_of
from rib.filters.analysis.flow import Flow, Outcome, decides
from rib.filters.analysis.scope import Functions, Scope, Signature, Types, all_blocks, in_order
from rib.filters.attributes import ATTRIBUTES
from rib.filters.syntax import Block, Case, Evaluate, Expression, Function, If, Return
from rib.filters.values import Type

NOTHING: Final[Types] = frozenset()
"""Of an expression that fails whenever it is worked out."""
BOOL: Final[Types] = frozenset({Type.BOOL})
INT: Final[Types] = frozenset({Type.INT})
UNDEFINED: Final[Types] = frozenset({Type.VOID})
KEY_OF_EXTENDED_COMMUNITY: Final[Types] = frozenset({Type.INT, Type.QUAD, Type.IP})

ELEMENTS: Final[Mapping[Type, Type]] = MappingProxyType(
    {
        Type.BGPPATH: Type.INT,
        Type.CLIST: Type.PAIR,
        Type.ECLIST: Type.EC,
        Type.LCLIST: Type.LC,
    }
)
"""What ``for`` finds in a collection."""
_ANY_SET: Final[Types] = frozenset({Type.SET, Type.PREFIX_SET})
"""Of ``[]``, which a variable for prefix sets can have too."""


def types_of(expression: Expression, scope: Scope) -> Types:
    """Return every type that a resolved expression can give; none at all if it always fails."""
    return _INFERENCES[type(expression)](expression, scope)


def signature_of(function: Function, functions: Functions) -> Signature:
    """Return what callers know of a function; it can call only the ``functions`` before it."""
    scope = Scope.of(function, functions)
    outcomes = Flow(functions).of_block(function.body)
    returns = [
        (statement.value, inner)
        for block, start in all_blocks(function.body, scope)
        for statement, inner in in_order(block, start)
        if isinstance(statement, Return)
    ]
    results = [UNDEFINED if value is None else types_of(value, inner) for value, inner in returns]
    if Outcome.COMPLETES in outcomes:
        results.append(_of_last_statement(function.body, scope))
    return Signature(
        parameters=tuple(parameter.type for parameter in function.parameters),
        result=NOTHING.union(*results),
        returns_value=any(value is not None for value, _ in returns),
        decides=decides(function, functions),
        always_decides=outcomes == {Outcome.DECIDES},
    )


def _of_last_statement(block: Block, scope: Scope) -> Types:
    """Return what a function gives that falls off its end: the value of its last statement.

    Of an ``if`` that is whether its condition held (with ``else``), or FALSE if it held (without); of a
    ``case`` that of the last statement of the arm; of a call the called function's.
    """
    if not block.statements:
        return UNDEFINED
    *_, (statement, inner) = in_order(block, scope)
    match statement:
        case If():
            return BOOL
        case Case(arms=arms):
            return UNDEFINED.union(*(_of_last_statement(arm.body, inner) for arm in arms))
        case Evaluate(expression=expression):
            return types_of(expression, inner)
        case Block():
            return UNDEFINED | _of_last_statement(statement, inner)
    return UNDEFINED


# How each kind of expression is judged


def _of_literal(literal: syntax.Literal, _scope: Scope) -> Types:
    value = literal.value
    return _ANY_SET if isinstance(value, ValueSet) and value.is_empty else frozenset({type_of(value)})


def _of_name(name: syntax.Name, scope: Scope) -> Types:
    types = scope.variables[name.name]
    return types | _ANY_SET if Type.PREFIX_SET in types else types


def _of_attribute(attribute: syntax.AttributeName, _scope: Scope) -> Types:
    return ATTRIBUTES[attribute.name].types


def _of_not(expression: syntax.Not, scope: Scope) -> Types:
    return BOOL & types_of(expression.operand, scope)


def _of_binary(expression: syntax.Binary, scope: Scope) -> Types:
    operands = product(types_of(expression.left, scope), types_of(expression.right, scope))
    return _possible(result_of(expression.operator, left, right) for left, right in operands)


def _of_logical(expression: syntax.Logical, scope: Scope) -> Types:
    """The first operand is always needed, the others may be left out."""
    return BOOL & types_of(expression.operands[0], scope)


def _of_call(call: syntax.Call, scope: Scope) -> Types:
    return scope.functions[call.function].result


def _of_builtin(call: syntax.Builtin, scope: Scope) -> Types:
    if call.function == "defined":
        return BOOL
    return _of_methods(call.function, call.arguments, scope)


def _of_method(call: syntax.Method, scope: Scope) -> Types:
    return _of_methods(call.method, (call.subject, *call.arguments), scope)


def _of_methods(method: str, operands: Sequence[Expression], scope: Scope) -> Types:
    combinations = product(*(types_of(operand, scope) for operand in operands))
    return _possible(method_result(method, subject, tuple(rest)) for subject, *rest in combinations)


def _of_pair(expression: syntax.PairExpression, scope: Scope) -> Types:
    return _of_numbers(Type.PAIR, (expression.first, expression.second), scope)


def _of_large_community(expression: syntax.LargeCommunityExpression, scope: Scope) -> Types:
    return _of_numbers(Type.LC, (expression.first, expression.second, expression.third), scope)


def _of_numbers(result: Type, places: Sequence[Expression], scope: Scope) -> Types:
    every = all(Type.INT in types_of(place, scope) for place in places)
    return frozenset({result}) if every else NOTHING


def _of_extended_community(expression: syntax.ExtendedCommunityExpression, scope: Scope) -> Types:
    key, value = types_of(expression.key, scope), types_of(expression.value, scope)
    return frozenset({Type.EC}) if key & KEY_OF_EXTENDED_COMMUNITY and value & INT else NOTHING


def _always(result: Type) -> Callable[[Any, Scope], Types]:
    types = frozenset({result})
    return lambda _expression, _scope: types


def _possible(results: Iterable[Type | None]) -> Types:
    return frozenset(result for result in results if result is not None)


_INFERENCES: Final[Mapping[type, Callable[[Any, Scope], Types]]] = MappingProxyType(
    {
        syntax.Literal: _of_literal,
        syntax.Name: _of_name,
        syntax.AttributeName: _of_attribute,
        syntax.Not: _of_not,
        syntax.Binary: _of_binary,
        syntax.Logical: _of_logical,
        syntax.Call: _of_call,
        syntax.Builtin: _of_builtin,
        syntax.RoaCheck: _always(Type.ROA),
        syntax.Method: _of_method,
        syntax.PairExpression: _of_pair,
        syntax.LargeCommunityExpression: _of_large_community,
        syntax.ExtendedCommunityExpression: _of_extended_community,
        syntax.MaskLiteral: _always(Type.BGPMASK),
    }
)
