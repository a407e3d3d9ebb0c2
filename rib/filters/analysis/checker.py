"""The checker: everything about a filter that can only be a mistake, found before a route comes.

What it reports fails or makes no sense whatever the route is like. Whether an undefined value turns up is
known only then, so that is never reported. It is for our own format: BIRD finds much less.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from rib.filters import syntax
from rib.filters.algebra.sets import ValueSet
from rib.filters.analysis.expression_checks import (
    assignable,
    defined_types,
    expression_errors,
    needs,
    same_kind,
    spell,
)
from rib.filters.analysis.flow import Flow, Outcome
from rib.filters.analysis.scope import Functions, Scope, Types, all_blocks, expressions, in_order, walk
from rib.filters.analysis.types import BOOL, ELEMENTS, UNDEFINED
from rib.filters.attributes import ATTRIBUTES
from rib.filters.errors import FilterError
from rib.filters.syntax import Definition, Expression, Filter, Function, Node, Statement
from rib.filters.values import Type

Mistakes: TypeAlias = Iterable[tuple[Node, str]]


def check(definition: Definition, functions: Functions) -> list[FilterError]:
    """Return the mistakes in a definition, in the order of the text; ``functions`` are those before it."""
    return sorted(_errors(definition, functions), key=lambda error: error.place)


def _errors(definition: Definition, functions: Functions) -> Iterator[FilterError]:
    match definition:
        case Function():
            yield from _body_errors(definition, functions)
        case Filter():
            yield from _body_errors(definition, functions)
            yield from _verdict_errors(definition, functions)
        case syntax.Constant(value=expression):
            yield from expression_errors(expression, Scope({}, functions))
        case syntax.EvaluateNow(expression=expression):
            yield from expression_errors(expression, Scope({}, functions), unused=expression)


def _body_errors(definition: Function | Filter, functions: Functions) -> Iterator[FilterError]:
    for block, start in all_blocks(definition.body, Scope.of(definition, functions)):
        yield from _unreachable(block, functions)
        for statement, scope in in_order(block, start):
            yield from _statement_errors(statement, scope)


def _unreachable(block: syntax.Block, functions: Functions) -> Iterator[FilterError]:
    """Report the first statement of a block that nothing leads to.

    Constants as conditions and what other functions do don't count: that changes, and the filter need not.
    """
    flow = Flow(functions, is_thorough=False)
    for statement, following in pairwise(block.statements):
        if Outcome.COMPLETES not in flow.of(statement):
            yield FilterError(following.at, "this is never reached: what is before it never goes on")
            return


def _verdict_errors(definition: Filter, functions: Functions) -> Iterator[FilterError]:
    """A filter that falls off its end refuses the route, which is never what is meant."""
    for node in walk(definition.body):
        if isinstance(node, syntax.Return):
            yield FilterError(node.at, "return is for functions: a filter ends with accept or reject")
    if Outcome.COMPLETES in Flow(functions).of_block(definition.body):
        name = "this filter" if definition.name is None else f"filter {definition.name}"
        message = f"{name} can end without accept or reject; a route is then refused"
        yield FilterError(definition.at, message)


def _statement_errors(statement: Statement, scope: Scope) -> Iterator[FilterError]:
    unused = statement.expression if isinstance(statement, syntax.Evaluate) else None
    for expression in expressions(statement):
        yield from expression_errors(expression, scope, unused)
    find = _CHECKS.get(type(statement))
    if find is not None:
        for node, message in find(statement, scope):
            yield FilterError(node.at, message)


# What each kind of statement needs; a mistake is where the wrong part is


def _check_assign(statement: syntax.Assign, scope: Scope) -> Mistakes:
    declared = scope.variables[statement.variable] - UNDEFINED
    return _check_value(declared, statement.value, scope)


def _check_declare(statement: syntax.Declare, scope: Scope) -> Mistakes:
    return _check_value({statement.type}, statement.value, scope) if statement.value is not None else ()


def _check_value(declared: Collection[Type], value: Expression, scope: Scope) -> Mistakes:
    found = defined_types(value, scope)
    if found and not found & assignable(declared):
        yield value, f"a variable of type {spell(declared)} can't be set to {spell(found)}"


def _check_attribute(statement: syntax.SetAttribute, scope: Scope) -> Mistakes:
    assigned = ATTRIBUTES[statement.attribute].assigned
    if assigned is None:
        yield statement, f"{statement.attribute} can only be read"
        return
    found = defined_types(statement.value, scope)
    if found and not found & _ACCEPTED.get(assigned, frozenset({assigned})):
        yield statement.value, f"{statement.attribute} is {assigned.value}, it can't be set to {spell(found)}"


def _check_if(statement: syntax.If, scope: Scope) -> Mistakes:
    message = needs(defined_types(statement.condition, scope), BOOL, "the condition of if")
    if message is not None:
        yield statement.condition, message


def _check_case(statement: syntax.Case, scope: Scope) -> Mistakes:
    subject = defined_types(statement.subject, scope)
    for arm in statement.arms:
        if isinstance(arm.values, ValueSet) and subject:
            kind = arm.values.item_type
            if not same_kind(subject, frozenset({kind})):
                yield arm, f"the subject of case is {spell(subject)}, it can't be {kind.value}"


def _check_for(statement: syntax.For, scope: Scope) -> Mistakes:
    found = defined_types(statement.collection, scope)
    message = needs(found, ELEMENTS.keys(), "the collection of for")
    if message is not None:
        yield statement.collection, message
        return
    declared = {statement.type} if statement.type else scope.variables[statement.variable] - UNDEFINED
    elements = frozenset(ELEMENTS[kind] for kind in found & ELEMENTS.keys())
    if elements and not elements & assignable(declared):
        yield statement, f"{spell(found)} holds {spell(elements)}, not {spell(declared)}"


_ACCEPTED: Final[Mapping[Type, Types]] = MappingProxyType(
    {Type.QUAD: frozenset({Type.QUAD, Type.INT, Type.IP})}
)
"""What attributes of a type can be set to, where that is not only values of the type."""
_CHECKS: Final[Mapping[type[Statement], Callable[[Any, Scope], Mistakes]]] = MappingProxyType(
    {
        syntax.Assign: _check_assign,
        syntax.Declare: _check_declare,
        syntax.SetAttribute: _check_attribute,
        syntax.If: _check_if,
        syntax.Case: _check_case,
        syntax.For: _check_for,
    }
)
