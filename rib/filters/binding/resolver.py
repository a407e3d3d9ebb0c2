"""Names become what they stand for: the tree of a definition, bound to those before it.

Constants are put in their places, sets are made, what can be worked out now is worked out. Variables get
names that are unique in their function.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import singledispatchmethod

from rib.filters import syntax
from rib.filters.algebra.prefix_sets import PrefixSet
from rib.filters.algebra.sets import INCOMPATIBLE
from rib.filters.attributes import ATTRIBUTES
from rib.filters.binding.arms import searched
from rib.filters.binding.complaints import OWN, Complaints
from rib.filters.binding.folding import fold
from rib.filters.binding.set_values import SetMaker
from rib.filters.binding.symbols import ALREADY_DEFINED, Symbols
from rib.filters.binding.written_constructors import check_written
from rib.filters.errors import FilterError, Place
from rib.filters.syntax import Block, Expression, Literal, Statement, Variable

Evaluate = Callable[[Expression], object]
"""Works out a resolved expression without a route; raises RunError."""


class Resolver:
    """Resolves one definition."""

    def __init__(
        self, symbols: Symbols, evaluate: Evaluate, own_name: str = "", complaints: Complaints = OWN
    ) -> None:
        self._symbols = symbols
        self._own_name = own_name
        self._complaints = complaints
        self._sets = SetMaker(evaluate)
        self._scopes: list[dict[str, str]] = [{}]
        self._taken: set[str] = set()
        self._is_in_set = False

    # Definitions

    def function(self, tree: syntax.Function) -> syntax.Function:
        """Return the function with its names bound. Raises FilterError."""
        parameters = self._declared(tree.parameters)
        variables = self._declared(tree.variables)
        return replace(tree, parameters=parameters, variables=variables, body=self._body(tree.body))

    def filter(self, tree: syntax.Filter) -> syntax.Filter:
        """Return the filter with its names bound. Raises FilterError."""
        variables = self._declared(tree.variables)
        return replace(tree, variables=variables, body=self._body(tree.body))

    def _declared(self, variables: Sequence[Variable]) -> tuple[Variable, ...]:
        return tuple(
            replace(variable, name=self._declare(variable.name, variable.at)) for variable in variables
        )

    def _declare(self, name: str, place: Place) -> str:
        scope = self._scopes[-1]
        if name in scope:
            raise FilterError(place, ALREADY_DEFINED)
        unique, number = name, 1
        while unique in self._taken:
            number += 1
            unique = f"{name}.{number}"
        self._taken.add(unique)
        scope[name] = unique
        return unique

    def _variable(self, name: str) -> str | None:
        return next((scope[name] for scope in reversed(self._scopes) if name in scope), None)

    def _settable(self, name: str, place: Place) -> str:
        """Return the variable with this name. Raises FilterError."""
        variable = self._variable(name)
        if variable is None:
            raise FilterError(place, self._complaints.not_settable(name, self._variables()))
        return variable

    def _variables(self) -> set[str]:
        return set().union(*self._scopes)

    # Statements

    def _body(self, block: Block) -> Block:
        """The statements of a definition see the variables declared before them."""
        return replace(block, statements=tuple(map(self._statement, block.statements)))

    def _block(self, block: Block) -> Block:
        self._scopes.append({})
        resolved = self._body(block)
        self._scopes.pop()
        return resolved

    @singledispatchmethod
    def _statement(self, statement: Statement) -> Statement:
        """Return the statement with its names bound: one without any as it is."""
        return statement

    @_statement.register(syntax.Verdict)
    @_statement.register(syntax.Print)
    def _printing(self, statement: syntax.Verdict | syntax.Print) -> Statement:
        return replace(statement, printed=tuple(map(self.expression, statement.printed)))

    @_statement.register
    def _assign(self, statement: syntax.Assign) -> Statement:
        variable = self._settable(statement.variable, statement.at)
        return replace(statement, variable=variable, value=self.expression(statement.value))

    @_statement.register
    def _set_attribute(self, statement: syntax.SetAttribute) -> Statement:
        if ATTRIBUTES[statement.attribute].write is None:
            raise FilterError(statement.at, self._complaints.read_only(statement.attribute))
        return replace(statement, value=self.expression(statement.value))

    @_statement.register
    def _evaluate(self, statement: syntax.Evaluate) -> Statement:
        return replace(statement, expression=self.expression(statement.expression))

    @_statement.register
    def _return(self, statement: syntax.Return) -> Statement:
        if statement.value is None:
            return statement
        return replace(statement, value=self.expression(statement.value))

    @_statement.register
    def _if(self, statement: syntax.If) -> Statement:
        chain = [statement]
        while (rest := syntax.else_if(chain[-1])) is not None:
            chain.append(rest)
        branches = [(self.expression(each.condition), self._block(each.then)) for each in chain]
        resolved = None if chain[-1].otherwise is None else self._block(chain[-1].otherwise)
        result = statement
        for each, (condition, then) in zip(reversed(chain), reversed(branches), strict=True):
            result = syntax.If(condition, then, resolved, at=each.at)
            resolved = Block((result,), at=each.at)
        return result

    @_statement.register
    def _case(self, statement: syntax.Case) -> Statement:
        return replace(
            statement,
            subject=self.expression(statement.subject),
            arms=tuple(searched([self._arm(arm) for arm in statement.arms])),
        )

    def _arm(self, arm: syntax.Arm) -> syntax.Arm:
        items = tuple(self._items(arm.items))
        values = self._sets.make(items, arm.at) if items else None
        if isinstance(values, PrefixSet):
            raise FilterError(arm.at, INCOMPATIBLE)
        return replace(arm, items=items, body=self._block(arm.body), values=values)

    @_statement.register
    def _for(self, statement: syntax.For) -> Statement:
        collection = self.expression(statement.collection)
        self._scopes.append({})
        if statement.type is not None:
            variable = self._declare(statement.variable, statement.at)
        else:
            variable = self._settable(statement.variable, statement.at)
        body = self._block(statement.body)
        self._scopes.pop()
        return replace(statement, variable=variable, collection=collection, body=body)

    @_statement.register
    def _declaration(self, statement: syntax.Declare) -> Statement:
        value = None if statement.value is None else self.expression(statement.value)
        return replace(statement, variable=self._declare(statement.variable, statement.at), value=value)

    @_statement.register
    def _inner_block(self, statement: Block) -> Statement:
        return self._block(statement)

    # Expressions

    def expression(self, expression: Expression) -> Expression:
        """Return the expression with its names bound, as its value if that is known. Raises FilterError."""
        check_written(expression)
        return fold(self._bind(expression))

    def _all(self, expressions: Sequence[Expression]) -> tuple[Expression, ...]:
        return tuple(map(self.expression, expressions))

    @singledispatchmethod
    def _bind(self, expression: Expression) -> Expression:
        """Return the expression with its names bound: one without any as it is."""
        return expression

    @_bind.register
    def _name(self, expression: syntax.Name) -> Expression:
        variable = self._variable(expression.name)
        if variable is not None and self._is_in_set:
            return Literal(None, at=expression.at)  # a set is made before any variable has a value
        if variable is not None:
            return replace(expression, name=variable)
        constants = self._symbols.constants
        if expression.name not in constants:
            known = self._variables().union(constants)
            raise FilterError(expression.at, self._complaints.not_readable(expression.name, known))
        return Literal(constants[expression.name], at=expression.at)

    @_bind.register
    def _not(self, expression: syntax.Not) -> Expression:
        return replace(expression, operand=self.expression(expression.operand))

    @_bind.register
    def _binary(self, expression: syntax.Binary) -> Expression:
        """Of ``a + b + c …`` the left side is as deep as there are operators: it is gone down in a loop."""
        chain = [expression]
        while isinstance(chain[-1].left, syntax.Binary):
            chain.append(chain[-1].left)
        left = self.expression(chain[-1].left)
        for each in reversed(chain):
            left = fold(replace(each, left=left, right=self.expression(each.right)))
        return left

    @_bind.register
    def _logical(self, expression: syntax.Logical) -> Expression:
        return replace(expression, operands=self._all(expression.operands))

    @_bind.register
    def _call(self, expression: syntax.Call) -> Expression:
        name = expression.function
        function = self._symbols.functions.get(name)
        if name == self._own_name:
            raise FilterError(expression.at, f"function {name} can't call itself")
        if function is None:
            raise FilterError(expression.at, self._complaints.not_callable(name, self._symbols.functions))
        if len(function.tree.parameters) != len(expression.arguments):
            raise FilterError(expression.at, f"Wrong number of arguments for function {name}.")
        return replace(expression, arguments=self._all(expression.arguments))

    @_bind.register
    def _builtin(self, expression: syntax.Builtin) -> Expression:
        return replace(expression, arguments=self._all(expression.arguments))

    @_bind.register
    def _roa_check(self, expression: syntax.RoaCheck) -> Expression:
        if expression.table not in self._symbols.roa_tables:
            raise FilterError(expression.at, f"{expression.table} is not a ROA table")
        return replace(expression, arguments=self._all(expression.arguments))

    @_bind.register
    def _method(self, expression: syntax.Method) -> Expression:
        return replace(
            expression, subject=self.expression(expression.subject), arguments=self._all(expression.arguments)
        )

    @_bind.register
    def _pair(self, expression: syntax.PairExpression) -> Expression:
        return replace(
            expression, first=self.expression(expression.first), second=self.expression(expression.second)
        )

    @_bind.register
    def _large(self, expression: syntax.LargeCommunityExpression) -> Expression:
        first, second, third = self._all((expression.first, expression.second, expression.third))
        return replace(expression, first=first, second=second, third=third)

    @_bind.register
    def _extended(self, expression: syntax.ExtendedCommunityExpression) -> Expression:
        return replace(
            expression, key=self.expression(expression.key), value=self.expression(expression.value)
        )

    @_bind.register
    def _set(self, expression: syntax.SetLiteral) -> Expression:
        return Literal(self._sets.make(self._items(expression.items), expression.at), at=expression.at)

    @_bind.register
    def _mask(self, expression: syntax.MaskLiteral) -> Expression:
        parts = tuple(
            part if part.bounds is None else replace(part, bounds=self._bounds(part.bounds))
            for part in expression.parts
        )
        return self._sets.mask(replace(expression, parts=parts))

    # The items of sets

    def _items(self, items: Sequence[syntax.SetItem]) -> list[syntax.SetItem]:
        self._is_in_set = True
        resolved = [self._item(item) for item in items]
        self._is_in_set = False
        return resolved

    def _item(self, item: syntax.SetItem) -> syntax.SetItem:
        if isinstance(item, syntax.PrefixPattern):
            return item
        if isinstance(item, syntax.Bounds):
            return self._bounds(item)
        if isinstance(item, syntax.TupleItem):
            return replace(item, places=tuple(map(self._bounds, item.places)))
        return replace(item, first=self.expression(item.first), last=self.expression(item.last))

    def _bounds(self, bounds: syntax.Bounds) -> syntax.Bounds:
        first = None if bounds.first is None else self.expression(bounds.first)
        if bounds.last is bounds.first:
            return replace(bounds, first=first, last=first)
        return replace(
            bounds, first=first, last=None if bounds.last is None else self.expression(bounds.last)
        )
