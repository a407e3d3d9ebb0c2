"""The meaning of a filter, spelled out: a literal interpreter of the resolved syntax tree.

It shares the values, operators and methods with the daemon, and nothing of the compiler.
"""

from collections.abc import Iterable
from functools import singledispatchmethod

from rib.filters import syntax
from rib.filters.algebra import operators
from rib.filters.algebra.methods import FUNCTIONS, METHODS
from rib.filters.algebra.path_masks import mask_of
from rib.filters.algebra.sets import ValueSet
from rib.filters.analysis.cost import CHEAP, cost_of, cost_of_round
from rib.filters.attributes import ATTRIBUTES
from rib.filters.binding.symbols import Symbols
from rib.filters.running.iteration import elements
from rib.filters.running.route_origin import roa_check
from rib.filters.running.run import Run
from rib.filters.running.work import charged
from rib.filters.values import Type


class DecidedError(Exception):
    """``accept`` and the like, wherever they stand, end the whole filter."""


class _ReturnedError(Exception):
    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class Interpreter:
    """Interprets what a configuration defines, over one route."""

    def __init__(self, symbols: Symbols, run: Run) -> None:
        self.symbols = symbols
        self.run = run

    def verdict(self, tree: syntax.Filter) -> str | None:
        """Run a filter; return how it ended, None if it fell off its end. Raises RunError."""
        try:
            self._body(tree, _Frame(self))
        except DecidedError as decided:
            return str(decided)
        return None

    def call(self, name: str, arguments: Iterable[object]) -> object:
        """Call a function: it gives the value it returns or else that of its last statement."""
        tree = self.symbols.functions[name].tree
        frame = _Frame(self)
        for parameter, argument in zip(tree.parameters, arguments, strict=True):
            frame.declare(parameter.name, parameter.type, argument)
        return self._body(tree, frame)

    def _body(self, tree: syntax.Function | syntax.Filter, frame: "_Frame") -> object:
        if cost_of(tree.body, self.symbols).calls > CHEAP:
            self.run.spend()
        for variable in tree.variables:
            frame.declare(variable.name, variable.type, None)
        try:
            return frame.execute(tree.body)
        except _ReturnedError as returned:
            return returned.value


class _Frame:
    """The variables of one call, and what statements and expressions mean there."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._run = interpreter.run
        self._types: dict[str, Type] = {}
        self._values: dict[str, object] = {}

    def declare(self, name: str, type_: Type, value: object) -> None:
        self._types[name] = type_
        self._values[name] = operators.assigned(type_, value)

    # Statements: the value of one is that of a function which ends with it

    @singledispatchmethod
    def execute(self, statement: syntax.Node) -> object:
        raise TypeError(statement)

    @execute.register
    def _block(self, block: syntax.Block) -> object:
        value = None
        for statement in block.statements:
            value = self.execute(statement)
        return value

    @execute.register
    def _verdict(self, verdict: syntax.Verdict) -> object:
        self._print(verdict.printed)
        if verdict.printed:
            self._run.end_line()
        raise DecidedError(verdict.kind)

    @execute.register
    def _print_statement(self, statement: syntax.Print) -> None:
        self._print(statement.printed)
        if statement.ends_line:
            self._run.end_line()

    def _print(self, expressions: Iterable[syntax.Expression]) -> None:
        """What functions print while they are called comes before their value, in the same line."""
        for expression in expressions:
            self._run.print(self.evaluate(expression))

    @execute.register
    def _assign(self, statement: syntax.Assign) -> None:
        value = self.evaluate(statement.value)
        self._values[statement.variable] = operators.assigned(self._types[statement.variable], value)

    @execute.register
    def _set_attribute(self, statement: syntax.SetAttribute) -> None:
        write = ATTRIBUTES[statement.attribute].write
        assert write is not None
        write(self._run, self.evaluate(statement.value))

    @execute.register
    def _unset(self, statement: syntax.Unset) -> None:
        remove = ATTRIBUTES[statement.attribute].remove
        assert remove is not None
        remove(self._run)

    @execute.register
    def _evaluate_statement(self, statement: syntax.Evaluate) -> object:
        return self.evaluate(statement.expression)

    @execute.register
    def _return(self, statement: syntax.Return) -> object:
        raise _ReturnedError(None if statement.value is None else self.evaluate(statement.value))

    @execute.register
    def _if(self, statement: syntax.If) -> bool:
        holds = operators.condition(self.evaluate(statement.condition))
        if holds:
            self.execute(statement.then)
        elif statement.otherwise is not None:
            self.execute(statement.otherwise)
        return holds if statement.otherwise is not None else not holds

    @execute.register
    def _case(self, statement: syntax.Case) -> object:
        subject = self.evaluate(statement.subject)
        for arm in statement.arms:
            if isinstance(arm.values, ValueSet) and operators.is_case(subject, arm.values):
                return self.execute(arm.body)
        default = next((arm.body for arm in statement.arms if arm.values is None), None)
        return None if default is None else self.execute(default)

    @execute.register
    def _for(self, statement: syntax.For) -> None:
        if statement.type is not None:
            self.declare(statement.variable, statement.type, None)
        collection, kind = self.evaluate(statement.collection), self._types[statement.variable]
        cost = cost_of_round(statement, self._interpreter.symbols)
        for value in elements(self._run, collection, kind, cost):
            self._values[statement.variable] = value
            self.execute(statement.body)

    @execute.register
    def _declare(self, statement: syntax.Declare) -> None:
        value = None if statement.value is None else self.evaluate(statement.value)
        self.declare(statement.variable, statement.type, value)

    # Expressions

    @singledispatchmethod
    def evaluate(self, expression: syntax.Node) -> object:
        raise TypeError(expression)

    def _all(self, *expressions: syntax.Expression) -> list[object]:
        return [self.evaluate(expression) for expression in expressions]

    @evaluate.register
    def _literal(self, expression: syntax.Literal) -> object:
        return expression.value

    @evaluate.register
    def _name(self, expression: syntax.Name) -> object:
        return self._values[expression.name]

    @evaluate.register
    def _attribute(self, expression: syntax.AttributeName) -> object:
        return ATTRIBUTES[expression.name].read(self._run)

    @evaluate.register
    def _not(self, expression: syntax.Not) -> object:
        return operators.negate(self.evaluate(expression.operand))

    @evaluate.register
    def _binary(self, expression: syntax.Binary) -> object:
        """Of ``>`` and ``>=`` BIRD works out the right side first."""
        sides = [expression.left, expression.right]
        if expression.operator in (">", ">="):
            right, left = self._all(*reversed(sides))
        else:
            left, right = self._all(*sides)
        return charged(self._run, operators.OPERATORS[expression.operator], left, right)

    @evaluate.register
    def _logical(self, expression: syntax.Logical) -> object:
        value: object = None
        for operand in expression.operands:
            value = operators.truth(self.evaluate(operand))
            if value == (expression.operator == "||"):
                break
        return value

    @evaluate.register
    def _call(self, expression: syntax.Call) -> object:
        """One argument is given to its parameter before the next is worked out."""
        return self._interpreter.call(expression.function, map(self.evaluate, expression.arguments))

    @evaluate.register
    def _builtin(self, expression: syntax.Builtin) -> object:
        values = self._all(*expression.arguments)
        if expression.function == "defined":
            return values[0] is not None
        return charged(self._run, FUNCTIONS[expression.function], *values)

    @evaluate.register
    def _roa_check(self, expression: syntax.RoaCheck) -> object:
        table = self._interpreter.symbols.roa_tables[expression.table]
        return roa_check(self._run, table, *self._all(*expression.arguments))

    @evaluate.register
    def _method(self, expression: syntax.Method) -> object:
        return charged(
            self._run, METHODS[expression.method], *self._all(expression.subject, *expression.arguments)
        )

    @evaluate.register
    def _pair(self, expression: syntax.PairExpression) -> object:
        return operators.pair(*self._all(expression.first, expression.second))

    @evaluate.register
    def _large_community(self, expression: syntax.LargeCommunityExpression) -> object:
        return operators.large_community(*self._all(expression.first, expression.second, expression.third))

    @evaluate.register
    def _extended_community(self, expression: syntax.ExtendedCommunityExpression) -> object:
        return operators.extended_community(expression.kind, *self._all(expression.key, expression.value))

    @evaluate.register
    def _mask(self, expression: syntax.MaskLiteral) -> object:
        return mask_of(*((part.kind, *self._ends(part.bounds)) for part in expression.parts))

    def _ends(self, bounds: syntax.Bounds | None) -> list[object]:
        ends = () if bounds is None else (bounds.first, bounds.last)
        return [self.evaluate(end) for end in ends if end is not None]
