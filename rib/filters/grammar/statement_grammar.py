"""Statements, as they are written."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rib.filters.attributes import ATTRIBUTES
from rib.filters.errors import FilterError, Place
from rib.filters.grammar.expression_grammar import ExpressionGrammar
from rib.filters.grammar.lexer import Kind, Token
from rib.filters.grammar.names import ATTRIBUTE_NAMES, CHANGING_METHODS, SETS, TYPES
from rib.filters.suggestion import suggestion
from rib.filters.syntax import (
    Arm,
    Assign,
    AttributeName,
    Block,
    Case,
    Declare,
    Empty,
    Evaluate,
    Expression,
    For,
    If,
    Method,
    Name,
    Print,
    Return,
    SetAttribute,
    SetItem,
    Statement,
    Unset,
    Verdict,
)
from rib.filters.values import Type

_MOST_BRANCHES: Final = 1000
"""``else if`` after ``else if``: each is one level further down in the tree."""

_WITH_EMPTY: Final = frozenset({Type.BGPPATH, Type.CLIST, Type.ECLIST, Type.LCLIST})
_ITEMS: Final = frozenset({Kind.NUMBER, Kind.ADDRESS, Kind.QUAD, Kind.ENUM})
"""What can't begin a statement, and so begins another arm of a ``case``."""


_BEGIN_STATEMENTS: Final = ("if", "case", "for", "return", "unset", "print", "printn")
_VERDICTS: Final = ("accept", "reject", "error", "quitbird")
_KEYWORDS: Final = frozenset((*_BEGIN_STATEMENTS, *_VERDICTS, "else", *TYPES))
"""What a name may be meant to be that is no statement."""
_BEHIND_STATEMENTS: Final = frozenset((";", "}", "", "else", *_BEGIN_STATEMENTS, *_VERDICTS))
"""What can't begin an expression; "" is the end. Where it comes too early a semicolon is missing."""


class StatementGrammar(ExpressionGrammar):
    """Reads statements."""

    def parse_block(self) -> Block:
        """Read ``{ statements }``."""
        begin = self.expect("{")
        self.go_deeper()
        statements = []
        while self.peek().text != "}":
            statements.append(self.parse_statement())
        self.expect("}")
        self.go_back()
        return Block(tuple(statements), at=begin.at)

    def parse_statement(self) -> Statement:
        """Read one statement."""
        begin = self.peek()
        if begin.kind is Kind.SYMBOL:
            return self._named(begin)
        rule = _RULES.get(begin.text)
        if rule is None:
            raise self.syntax_error("a statement")
        return rule(self, begin)

    def _branch(self) -> Block:
        """A statement or a block."""
        self.go_deeper()
        begin = self.peek()
        branch = self.parse_block() if begin.text == "{" else Block((self.parse_statement(),), at=begin.at)
        self.go_back()
        return branch

    def parse_type(self) -> Type:
        """Read ``int`` or ``int set``."""
        if self.peek().text not in TYPES:
            raise self.syntax_error("a type")
        kind = TYPES[self.next().text]
        while self.peek().text == "set":
            end = self.next()
            if kind not in SETS:
                raise FilterError(end.at, "You can't create sets of this type.")
            kind = SETS[kind]
        return kind

    # Statements that begin with a keyword

    def _block(self, _begin: Token) -> Block:
        return self.parse_block()

    def _if(self, _begin: Token) -> If:
        """A chain of ``else if`` is read in a loop, since some filters consist of hundreds."""
        branches: list[tuple[Token, Expression, Block]] = []
        otherwise: Block | None = None
        while otherwise is None:
            begin = self.expect("if")
            condition = self.parse_expression()
            self.expect("then")
            branches.append((begin, condition, self._branch()))
            if not self.accept("else"):
                break
            if self.peek().text != "if":
                otherwise = self._branch()
            elif len(branches) == _MOST_BRANCHES:
                raise FilterError(self.peek().at, "too many branches")
        return self._chain(branches, otherwise)

    def _chain(self, branches: list[tuple[Token, Expression, Block]], otherwise: Block | None) -> If:
        begin, condition, then = branches.pop()
        result = If(condition, then, otherwise, at=self.at(begin))
        while branches:
            rest = Block((result,), at=result.at)
            begin, condition, then = branches.pop()
            result = If(condition, then, rest, at=self.at(begin))
        return result

    def _case(self, begin: Token) -> Case:
        self.expect("case")
        subject = self.parse_expression()
        self.expect("{")
        self.go_deeper()
        arms = []
        while not self.accept("}"):
            arms.append(self._arm())
        self.go_back()
        return Case(subject, tuple(arms), at=self.at(begin))

    def _arm(self) -> Arm:
        begin = self.peek()
        items = () if self.accept("else:") else self._labels()
        body_begin = self.peek()
        statements = []
        while not self._ends_arm():
            statements.append(self.parse_statement())
        return Arm(items, Block(tuple(statements), at=body_begin.at), at=begin.at)

    def _labels(self) -> tuple[SetItem, ...]:
        items = self.parse_items()
        self.expect(":")
        return items

    def _ends_arm(self) -> bool:
        token = self.peek()
        if token.kind is Kind.SYMBOL:
            return self.peek_second().text in (":", ",", "..")
        return token.kind in _ITEMS or token.text in ("}", "(", "else:")

    def _for(self, begin: Token) -> For:
        """BIRD 2's loop over the members of a path or of a list."""
        self.expect("for")
        kind = None if self.peek().kind is Kind.SYMBOL else self.parse_type()
        variable = self.expect_kind(Kind.SYMBOL)
        self.expect("in")
        collection = self.parse_expression()
        self.expect("do")
        return For(kind, variable.value, collection, self._branch(), at=self.at(begin))

    def _return(self, begin: Token) -> Return:
        self.expect("return")
        value = None if self.peek().text == ";" else self.parse_expression()
        self.expect(";")
        return Return(value, at=self.at(begin))

    def _verdict(self, begin: Token) -> Verdict:
        return Verdict(self.next().text, self._printed(), at=self.at(begin))

    def _print(self, begin: Token) -> Print:
        ends_line = self.next().text == "print"
        return Print(self._printed(), ends_line, at=self.at(begin))

    def _printed(self) -> tuple[Expression, ...]:
        """What is printed, and the semicolon; there may be one more comma before that."""
        printed = []
        while self.peek().text not in _BEHIND_STATEMENTS:
            printed.append(self.parse_expression())
            if not self.accept(","):
                break
        self.expect(";")
        return tuple(printed)

    def _unset(self, begin: Token) -> Unset:
        self.expect("unset")
        self.expect("(")
        attribute = self.peek()
        if attribute.text not in ATTRIBUTES or not ATTRIBUTES[attribute.text].is_dynamic:
            raise self.syntax_error("an attribute that a route may be without")
        self.next()
        self.expect(")")
        self.expect(";")
        return Unset(attribute.text, at=self.at(begin))

    def _declaration(self, _begin: Token) -> Declare:
        kind = self.parse_type()
        variable = self.expect_kind(Kind.SYMBOL)
        value = self.parse_expression() if self.accept("=") else None
        self.expect(";")
        return Declare(kind, variable.value, value, at=variable.at)

    # Statements that begin with a name

    def _named(self, begin: Token) -> Assign | Evaluate:
        variable: str = self.next().value
        if self.accept("="):
            value = self.parse_expression()
        elif self.accept("."):
            value = self._change(begin, Name(variable, at=begin.at))
        elif self.peek().text == "(":
            call = self.parse_call(begin)
            self.expect(";")
            return Evaluate(call, at=call.at)
        else:
            raise self._no_statement(begin)
        self.expect(";")
        return Assign(variable, value, at=self.at(begin))

    def _no_statement(self, begin: Token) -> FilterError:
        """A name that nothing is done with: often a misspelled keyword."""
        keyword = suggestion(begin.value, _KEYWORDS)
        if keyword is None:
            return self.syntax_error("'=' or '('")
        return self.mistake(begin, f"{begin.value} begins no statement; did you mean {keyword}?")

    def _attribute_statement(self, begin: Token) -> SetAttribute:
        name = self.next().text
        if ATTRIBUTES[name].is_dynamic and self.accept("."):
            return self._changed_attribute(begin, name)
        self.expect("=")
        value = self.parse_expression()
        self.expect(";")
        return SetAttribute(name, value, at=self.at(begin))

    def _changed_attribute(self, begin: Token, name: str) -> SetAttribute:
        change = self._change(begin, AttributeName(name, at=begin.at))
        self.expect(";")
        place = self.at(begin)
        if change.method == "empty":
            return SetAttribute(name, self._empty(name, place), at=place)
        subject = AttributeName(name, at=place)
        return SetAttribute(name, Method(subject, change.method, change.arguments, at=place), at=place)

    def _empty(self, name: str, place: Place) -> Empty:
        kind = ATTRIBUTES[name].assigned
        if kind is None or kind not in _WITH_EMPTY:
            raise FilterError(place, "Can't empty that attribute")
        return Empty(kind, at=place)

    def _change(self, begin: Token, subject: Name | AttributeName) -> Method:
        if self.peek().text not in CHANGING_METHODS:
            raise self.syntax_error("a method that changes something")
        return self.parse_method(begin, subject)


_RULES: Final[Mapping[str, Callable[[StatementGrammar, Token], Statement]]] = MappingProxyType(
    dict.fromkeys(ATTRIBUTE_NAMES, StatementGrammar._attribute_statement)
    | dict.fromkeys(TYPES, StatementGrammar._declaration)
    | dict.fromkeys(_VERDICTS, StatementGrammar._verdict)
    | dict.fromkeys(("print", "printn"), StatementGrammar._print)
    | {
        "if": StatementGrammar._if,
        "case": StatementGrammar._case,
        "for": StatementGrammar._for,
        "return": StatementGrammar._return,
        "unset": StatementGrammar._unset,
        "{": StatementGrammar._block,
    }
)
"""What a statement may begin with, but for names."""
