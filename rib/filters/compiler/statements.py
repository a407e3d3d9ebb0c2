"""From the statements of a filter or a function to those of Python."""

import ast
from collections.abc import Mapping, Sequence
from functools import singledispatchmethod
from typing import Final, NamedTuple

from rib.filters import syntax
from rib.filters.algebra import operators
from rib.filters.analysis.cost import cost_of_round
from rib.filters.analysis.scope import Scope, scope_of_loop
from rib.filters.attributes import ATTRIBUTES
from rib.filters.compiler.code import RUN, assign, at, attribute, call, call_on, compare, load, store
from rib.filters.compiler.expressions import Expressions
from rib.filters.errors import Place
from rib.filters.running.iteration import elements
from rib.filters.running.run import Decision
from rib.filters.syntax import Block, Expression, Filter, Function, Statement
from rib.filters.values import Type

_MOST_NESTED: Final = 50
"""Branches of one ``if`` that are inside of each other in Python."""
_DECISIONS: Final[Mapping[str, Decision]] = {decision.value: decision for decision in Decision}


class Statements:
    """Compiles the statements of one definition; each becomes a list of Python's."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions
        self._names = expressions.names

    def opening(self, definition: Filter | Function, *, is_counted: bool) -> list[ast.stmt]:
        """Return what comes before the body: variables are undefined at first."""
        body: list[ast.stmt] = [ast.Expr(call_on(RUN, "spend"))] if is_counted else []
        undefined = [
            assign(self._names.variable(each.name), ast.Constant(None)) for each in definition.variables
        ]
        return [*body, *undefined]

    def body(self, block: Block, scope: Scope, *, is_function: bool) -> list[ast.stmt]:
        """Return a whole body. A function that falls off its end has the value of its last statement."""
        return self._block(block, scope, is_last=is_function)

    def _block(self, block: Block, scope: Scope, *, is_last: bool = False) -> list[ast.stmt]:
        """``is_last``: nothing follows in the function."""
        outer = self._expressions.scope
        self._expressions.scope = scope
        body: list[ast.stmt] = []
        for number, statement in enumerate(block.statements, 1):
            body += self._located(statement, is_last=is_last and number == len(block.statements))
        self._expressions.scope = outer
        return body

    def _located(self, statement: Statement, *, is_last: bool) -> list[ast.stmt]:
        return [at(statement.at, each) for each in self._statement(statement, is_last)]

    def _nested(self, block: Block, *, is_last: bool = False) -> list[ast.stmt]:
        return self._block(block, self._expressions.scope, is_last=is_last)

    @singledispatchmethod
    def _statement(self, block: Block, is_last: bool) -> list[ast.stmt]:
        """Return a block inside of another; below are the other statements."""
        return self._nested(block, is_last=is_last)

    @_statement.register
    def _verdict(self, statement: syntax.Verdict, _is_last: bool) -> list[ast.stmt]:
        decision = ast.Return(load(self._names.of(_DECISIONS[statement.kind])))
        return [*self._printed(statement.printed, ends_line=bool(statement.printed)), decision]

    @_statement.register
    def _print(self, statement: syntax.Print, _is_last: bool) -> list[ast.stmt]:
        return self._printed(statement.printed, ends_line=statement.ends_line)

    def _printed(self, printed: Sequence[Expression], *, ends_line: bool) -> list[ast.stmt]:
        """One after the other: what an expression prints itself comes where it stands."""
        body: list[ast.stmt] = [
            ast.Expr(call_on(RUN, "print", self._expressions.compile(each))) for each in printed
        ]
        return [*body, ast.Expr(call_on(RUN, "end_line"))] if ends_line else body

    @_statement.register
    def _assign(self, statement: syntax.Assign, _is_last: bool) -> list[ast.stmt]:
        declared = self._expressions.scope.variables[statement.variable] - {Type.VOID}
        value = self._expressions.of_type(statement.value, *declared)
        return [assign(self._names.variable(statement.variable), value)]

    @_statement.register
    def _set_attribute(self, statement: syntax.SetAttribute, _is_last: bool) -> list[ast.stmt]:
        write = self._names.of(ATTRIBUTES[statement.attribute].write)
        return [ast.Expr(call(write, load(RUN), self._expressions.compile(statement.value)))]

    @_statement.register
    def _unset(self, statement: syntax.Unset, _is_last: bool) -> list[ast.stmt]:
        return [ast.Expr(call(self._names.of(ATTRIBUTES[statement.attribute].remove), load(RUN)))]

    @_statement.register
    def _evaluate(self, statement: syntax.Evaluate, is_last: bool) -> list[ast.stmt]:
        expression = statement.expression
        if not isinstance(expression, syntax.Call):
            return [ast.Expr(self._expressions.compile(expression))]
        value = self._expressions.call(expression)
        if is_last:
            return [ast.Return(value)]
        if not self._expressions.symbols.signatures[expression.function].decides:
            return [ast.Expr(value)]
        result = self._names.temporary()
        decided = compare(attribute(result, "__class__"), ast.Is(), load(self._names.of(Decision)))
        return [assign(result, value), ast.If(decided, [ast.Return(load(result))], [])]

    @_statement.register
    def _return(self, statement: syntax.Return, _is_last: bool) -> list[ast.stmt]:
        value = statement.value
        if isinstance(value, syntax.Call):
            return [ast.Return(self._expressions.call(value))]
        return [ast.Return(ast.Constant(None) if value is None else self._expressions.compile(value))]

    @_statement.register
    def _if(self, statement: syntax.If, is_last: bool) -> list[ast.stmt]:
        """As in BIRD, an ``if`` at the end of a function tells whether it has done nothing more."""
        chain = [statement]
        while (following := syntax.else_if(chain[-1])) is not None:
            chain.append(following)
        last = chain[-1]
        branches: list[_Branch] = []
        for each in chain:
            condition = self._expressions.truth(each.condition, operators.condition)
            then = self._nested(each.then)
            if is_last:
                then.append(ast.Return(ast.Constant(each is not last or last.otherwise is not None)))
            branches.append(_Branch(each.at, condition, then))
        otherwise = [] if last.otherwise is None else self._nested(last.otherwise)
        if is_last:
            otherwise.append(ast.Return(ast.Constant(last.otherwise is None)))
        return _first_that_holds(branches, otherwise)

    @_statement.register
    def _case(self, statement: syntax.Case, is_last: bool) -> list[ast.stmt]:
        subject = self._names.temporary()
        otherwise: list[ast.stmt] = []
        branches: list[_Branch] = []
        for arm in statement.arms:
            body = self._nested(arm.body, is_last=is_last)
            if arm.values is None:
                otherwise = otherwise or body
            else:
                values = load(self._names.of(arm.values))
                test = call(self._names.of(operators.is_case), load(subject), values)
                branches.append(_Branch(arm.at, test, body))
        value = self._expressions.compile(statement.subject)
        return [assign(subject, value), *_first_that_holds(branches, otherwise)]

    @_statement.register
    def _for(self, statement: syntax.For, _is_last: bool) -> list[ast.stmt]:
        """Every round is counted (``elements``): loops over loops over long lists are stopped."""
        scope = scope_of_loop(statement, self._expressions.scope)
        declared = scope.variables[statement.variable] - {Type.VOID}
        collection = self._expressions.compile(statement.collection)
        cost = cost_of_round(statement, self._expressions.symbols)
        found = call(
            self._names.of(elements),
            load(RUN),
            collection,
            *(load(self._names.of(each)) for each in declared),
            ast.Constant(cost),
        )
        body = self._block(statement.body, scope) or [ast.Pass()]
        return [ast.For(store(self._names.variable(statement.variable)), found, body, [])]

    @_statement.register
    def _declare(self, statement: syntax.Declare, _is_last: bool) -> list[ast.stmt]:
        value: ast.expr = ast.Constant(None)
        if statement.value is not None:
            value = self._expressions.of_type(statement.value, statement.type)
        types = frozenset((statement.type, Type.VOID))
        self._expressions.scope = self._expressions.scope.declare(statement.variable, types)
        return [assign(self._names.variable(statement.variable), value)]


class _Branch(NamedTuple):
    """What is done if a condition holds, and none before it."""

    place: Place
    condition: ast.expr
    body: list[ast.stmt]


def _first_that_holds(branches: Sequence[_Branch], otherwise: list[ast.stmt]) -> list[ast.stmt]:
    """Return ``if … elif … else``; many branches are in a loop of one round: Python nests no further."""
    if len(branches) > _MOST_NESTED:
        tests = [
            at(place, ast.If(condition, [*body, at(place, ast.Break())], []))
            for place, condition, body in branches
        ]
        once = ast.For(store("_"), ast.Tuple([ast.Constant(None)], ast.Load()), [*tests, *otherwise], [])
        return [once]
    for place, condition, body in reversed(branches):
        otherwise = [at(place, ast.If(condition, body or [ast.Pass()], otherwise))]
    return otherwise
