"""Expressions, as they are written."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from rib.filters.grammar.lexer import Kind, Token
from rib.filters.grammar.names import ATTRIBUTE_NAMES, FUNCTIONS, METHODS
from rib.filters.grammar.set_grammar import SetGrammar
from rib.filters.syntax import (
    AttributeName,
    Binary,
    Builtin,
    Call,
    Empty,
    Expression,
    ExtendedCommunityExpression,
    LargeCommunityExpression,
    Literal,
    Logical,
    Method,
    Name,
    Not,
    PairExpression,
    RoaCheck,
)
from rib.filters.values import Type

_LOGICAL: Final = 1
_COMPARISON: Final = 2
_POWERS: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(("&&", "||"), _LOGICAL)
    | dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "~", "!~"), _COMPARISON)
    | dict.fromkeys(("+", "-"), 3)
    | dict.fromkeys(("*", "/"), 4)
)
"""How closely an operator binds; of equals the left one comes first, but comparisons don't chain."""

_EMPTY_LISTS: Final = (Type.CLIST, Type.ECLIST, Type.LCLIST)
"""``-empty-``, ``--empty--``, ``---empty---``."""

_PLAIN: Final = frozenset({Kind.NUMBER, Kind.STRING, Kind.QUAD, Kind.ENUM})


class _Operand(NamedTuple):
    expression: Expression
    height: int
    """Levels below it: how deep one has to go down in its tree."""


class ExpressionGrammar(SetGrammar):
    """Reads expressions."""

    _height = 0
    """The greatest height of the expressions read since the last operand began."""

    # Operators

    def parse_expression(self) -> Expression:
        """Read an expression: operands and operators, kept until it is clear which belong together."""
        self.go_deeper()
        outer = self._height
        operands = [self._operand()]
        operators: list[Token] = []
        while (power := _POWERS.get(self.peek().text)) is not None:
            self._apply(operands, operators, power)
            operators.append(self.next())
            operands.append(self._operand())
        self._apply(operands, operators, 0)
        (result,) = operands
        self._height = max(outer, result.height + 1)
        self.go_back()
        return result.expression

    def _apply(self, operands: list[_Operand], operators: list[Token], power: int) -> None:
        """Apply the operators that bind as closely as the one that comes next, or closer."""
        while operators and (last := _POWERS[operators[-1].text]) >= power:
            if last == power == _COMPARISON:
                raise self.syntax_error("parentheses around one of two comparisons")
            if last == _LOGICAL and self.peek().text == operators[-1].text:
                return
            count = len(operands) if last == _LOGICAL else 2
            first, operator = operands[-count:], operators[1 - count]
            del operands[-count:], operators[1 - count :]
            height = 1 + max(operand.height for operand in first)
            self.check_depth(height)
            operands.append(_Operand(self._operation(operator, [each.expression for each in first]), height))

    def _operation(self, operator: Token, operands: Sequence[Expression]) -> Expression:
        """A row of one logical operator is one node: filters have hundreds of conditions in a row."""
        if _POWERS[operator.text] == _LOGICAL:
            return Logical(operator.text, tuple(operands), at=self.at(operator))
        return Binary(operator.text, *operands, at=self.at(operator))

    def _operand(self) -> _Operand:
        self._height = 0
        negations = []
        while self.peek().text == "!":
            negations.append(self.next())
        begin = self.peek()
        expression = self._primary(begin)
        while self.accept("."):
            expression = self.parse_method(begin, expression)
            self._height += 1
        self._height += len(negations)
        self.check_depth(self._height)
        for negation in reversed(negations):
            expression = Not(expression, at=self.at(negation))
        return _Operand(expression, self._height)

    def parse_method(self, begin: Token, subject: Expression) -> Method:
        """Read what follows the dot."""
        method = self.peek().text
        if method not in METHODS:
            raise self.syntax_error("a method")
        self.next()
        arguments = self._arguments(METHODS[method]) if METHODS[method] else ()
        return Method(subject, method, arguments, at=self.at(begin))

    def _arguments(self, count: int) -> tuple[Expression, ...]:
        """Read that many expressions in parentheses."""
        self.expect("(")
        arguments = [self.parse_expression()]
        for _ in range(1, count):
            self.expect(",")
            arguments.append(self.parse_expression())
        self.expect(")")
        return tuple(arguments)

    # Operands

    def _primary(self, begin: Token) -> Expression:
        if begin.kind in _PLAIN:
            self.next()
            return Literal(begin.value, at=self.at(begin))
        if begin.kind is Kind.ADDRESS:
            return self._address()
        if begin.kind is Kind.SYMBOL:
            return self.parse_name()
        rule = _RULES.get(begin.text)
        if rule is None and begin.text == "=":
            raise self.mistake(begin, "one '=' is enough, to compare as well as to set")
        if rule is None:
            raise self.syntax_error("an expression")
        return rule(self, begin)

    def _address(self) -> Literal:
        begin = self.next()
        value = self.parse_prefix_behind(begin) if self.peek().text == "/" else begin.value
        return Literal(value, at=self.at(begin))

    def parse_name(self) -> Name | Call:
        """Read what begins with a name."""
        symbol = self.next()
        if self.peek().text == "(":
            return self.parse_call(symbol)
        return Name(symbol.value, at=self.at(symbol))

    def parse_call(self, function: Token) -> Call:
        """Read the arguments behind the name of a function."""
        self.expect("(")
        arguments: tuple[Expression, ...] = ()
        if self.peek().text != ")":
            arguments = self.separated(self.parse_expression)
        self.expect(")")
        return Call(function.value, arguments, at=self.at(function))

    def _attribute(self, begin: Token) -> AttributeName:
        return AttributeName(self.next().text, at=self.at(begin))

    def _truth(self, begin: Token) -> Literal:
        return Literal(self.next().text == "true", at=self.at(begin))

    def _builtin(self, begin: Token) -> Builtin:
        function = self.next().text
        return Builtin(function, self._arguments(FUNCTIONS[function]), at=self.at(begin))

    def _roa_check(self, begin: Token) -> RoaCheck:
        """``roa_check(table)`` is about the route, ``roa_check(table, prefix, asn)`` about any other."""
        self.expect("roa_check")
        self.expect("(")
        table = self.expect_kind(Kind.SYMBOL).value
        arguments: tuple[Expression, ...] = ()
        if self.accept(","):
            prefix = self.parse_expression()
            self.expect(",")
            arguments = (prefix, self.parse_expression())
        self.expect(")")
        return RoaCheck(table, arguments, at=self.at(begin))

    def _parenthesized_expression(self, begin: Token) -> Expression:
        """``(e)``, or the constructor of a pair or of a community."""
        self.expect("(")
        kind = self.parse_extended_community_kind()
        first = self.parse_expression()
        if kind is None and self.accept(")"):
            return first
        self.expect(",")
        second = self.parse_expression()
        if kind is None and self.accept(","):
            third = self.parse_expression()
            self.expect(")")
            return LargeCommunityExpression(first, second, third, at=self.at(begin))
        self.expect(")")
        if kind is None:
            return PairExpression(first, second, at=self.at(begin))
        return ExtendedCommunityExpression(kind, first, second, at=self.at(begin))

    def _empty_path(self, begin: Token) -> Empty:
        for text in ("+", "empty", "+"):
            self.expect(text)
        return Empty(Type.BGPPATH, at=self.at(begin))

    def _empty_list(self, begin: Token) -> Empty:
        """The number of dashes tells the type."""
        self.expect("-")
        dashes = 1
        while dashes < len(_EMPTY_LISTS) and self.accept("-"):
            dashes += 1
        self.expect("empty")
        for _ in range(dashes):
            self.expect("-")
        return Empty(_EMPTY_LISTS[dashes - 1], at=self.at(begin))

    def _set(self, _begin: Token) -> Expression:
        return self.parse_set()

    def _mask(self, _begin: Token) -> Expression:
        return self.parse_mask()

    def _old_mask(self, _begin: Token) -> Expression:
        return self.parse_old_mask()


_RULES: Final[Mapping[str, Callable[[ExpressionGrammar, Token], Expression]]] = MappingProxyType(
    dict.fromkeys(ATTRIBUTE_NAMES, ExpressionGrammar._attribute)
    | dict.fromkeys(FUNCTIONS, ExpressionGrammar._builtin)
    | {
        "true": ExpressionGrammar._truth,
        "false": ExpressionGrammar._truth,
        "roa_check": ExpressionGrammar._roa_check,
        "(": ExpressionGrammar._parenthesized_expression,
        "[": ExpressionGrammar._set,
        "[=": ExpressionGrammar._mask,
        "/": ExpressionGrammar._old_mask,
        "+": ExpressionGrammar._empty_path,
        "-": ExpressionGrammar._empty_list,
    }
)
"""What an operand may begin with, but for constants and names."""
