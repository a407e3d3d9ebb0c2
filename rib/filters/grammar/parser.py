"""Text of the filter language to its syntax tree (``syntax.py``)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import OWN, Dialect, Kind, Token, tokens
from rib.filters.grammar.names import TYPES
from rib.filters.grammar.set_grammar import has_host_bits
from rib.filters.grammar.statement_grammar import StatementGrammar
from rib.filters.syntax import (
    Block,
    Constant,
    Definition,
    EvaluateNow,
    Expression,
    Filter,
    Function,
    If,
    Roa,
    RoaTable,
    Variable,
    Verdict,
)
from rib.filters.values import Prefix


class Parser(StatementGrammar):
    """Reads definitions; a grammar of whole configuration files extends it, or calls it."""

    def parse_definition(self) -> Definition:
        """Read one definition, with the semicolon if it needs one."""
        rule = _RULES.get(self.peek().text)
        if rule is None:
            raise self.syntax_error("a definition")
        return rule(self)

    def parse_function(self) -> Function:
        """Read ``function name(parameters) variables { statements }``."""
        self.expect("function")
        name = self.expect_kind(Kind.SYMBOL)
        self.expect("(")
        parameters: list[Variable] = []
        if self.peek().text != ")":
            parameters.append(self.parse_variable())
            while self.accept(";") or self.accept(","):
                parameters.append(self.parse_variable())
        self.expect(")")
        variables = self._variables()
        return Function(name.value, tuple(parameters), variables, self.parse_block(), at=name.at)

    def parse_filter_definition(self) -> Filter:
        """Read ``filter name variables { statements }``."""
        self.expect("filter")
        name = self.expect_kind(Kind.SYMBOL)
        return self.parse_filter_body(name)

    def parse_filter_body(self, name: Token | None = None) -> Filter:
        """Read ``variables { statements }``; what is written where it is used has no name."""
        begin = name or self.peek()
        variables = self._variables()
        return Filter(name and name.value, variables, self.parse_block(), at=begin.at)

    def parse_statements(self) -> Filter:
        """Read statements, declarations of variables among them, up to the end of the text."""
        begin = self.peek()
        statements = []
        while self.peek().kind is not Kind.END:
            statements.append(self.parse_statement())
        return Filter(None, (), Block(tuple(statements), at=begin.at), at=begin.at)

    def parse_where(self) -> Filter:
        """Read ``where expression``, which accepts what the expression is true for."""
        begin = self.expect("where")
        condition = self.parse_expression()
        place = self.at(begin)
        accept = Block((Verdict("accept", at=place),), at=place)
        statements = (If(condition, accept, at=place), Verdict("reject", at=place))
        return Filter(None, (), Block(statements, at=place), at=begin.at)

    def _variables(self) -> tuple[Variable, ...]:
        variables = []
        while self.peek().text in TYPES:
            variables.append(self.parse_variable())
            self.expect(";")
        return tuple(variables)

    def parse_variable(self) -> Variable:
        """Read ``type name``."""
        kind = self.parse_type()
        name = self.expect_kind(Kind.SYMBOL)
        return Variable(kind, name.value, at=name.at)

    def parse_constant(self) -> Constant:
        """Read ``define name = value;``."""
        self.expect("define")
        name = self.expect_kind(Kind.SYMBOL)
        self.expect("=")
        value = self.parse_expression()
        self.expect(";")
        return Constant(name.value, value, at=self.at(name))

    def parse_evaluation(self) -> EvaluateNow:
        """Read ``eval expression``."""
        begin = self.expect("eval")
        expression = self.parse_expression()
        return EvaluateNow(expression, at=self.at(begin))

    def parse_roa_table(self) -> RoaTable:
        """Read ``roa table name { roa prefix max length as asn; … }``."""
        self.expect("roa")
        self.expect("table")
        name = self.expect_kind(Kind.SYMBOL)
        roas: list[Roa] = []
        if self.accept("{"):
            while not self.accept("}"):
                roas.append(self._roa())
        return RoaTable(name.value, tuple(roas), at=name.at)

    def _roa(self) -> Roa:
        begin = self.expect("roa")
        address, length = self.parse_prefix()
        self.expect("max")
        longest: int = self.expect_kind(Kind.NUMBER).value
        self.expect("as")
        asn: int = self.expect_kind(Kind.NUMBER).value
        self.expect(";")
        return Roa(address, length, longest, asn, at=begin.at)

    def parse_prefix(self) -> Prefix:
        """Read ``10.0.0.0/8`` or ``10.0.0.0:255.0.0.0``, as outside of filters."""
        address = self.expect_kind(Kind.ADDRESS)
        if self.accept(":"):
            end = self.expect_kind(Kind.ADDRESS)
            length = self._length_of_mask(end)
        else:
            self.expect("/")
            end = self.expect_kind(Kind.NUMBER)
            length = end.value
        if length > len(address.value) * 8:
            raise FilterError(end.at, f"Invalid prefix length {length}")
        if has_host_bits(address.value, length):
            raise FilterError(end.at, "Invalid prefix")
        return Prefix(address.value, length)

    def _length_of_mask(self, mask: Token) -> int:
        bits = len(mask.value) * 8
        number = int.from_bytes(mask.value)
        length = number.bit_count()
        if number != (1 << bits) - (1 << bits - length):
            raise FilterError(mask.at, f"Invalid netmask {mask.text}")
        return length

    def definitions(self) -> Iterator[Definition | FilterError]:
        """Yield what a text defines; where something is wrong the error, and what comes after it."""
        while True:
            try:
                while self.accept(";"):
                    pass
                if self.peek().kind is Kind.END:
                    return
                yield self.parse_definition()
            except FilterError as error:
                yield error
                self._skip_definition()

    def _skip_definition(self) -> None:
        """Skip what is wrong up to what looks like the next definition; what is no token is no news here."""
        self.start_over()
        while not self._is_at_definition():
            with suppress(FilterError):
                self.next()

    def _is_at_definition(self) -> bool:
        with suppress(FilterError):
            token = self.peek()
            if token.text in _RULES:
                second = self.peek_second()
                return second.kind is Kind.SYMBOL or second.text == "table" or token.text == "eval"
            return token.kind is Kind.END
        return False


_RULES: Final[Mapping[str, Callable[[Parser], Definition]]] = MappingProxyType(
    {
        "function": Parser.parse_function,
        "filter": Parser.parse_filter_definition,
        "define": Parser.parse_constant,
        "roa": Parser.parse_roa_table,
        "eval": Parser.parse_evaluation,
    }
)
"""What each definition begins with."""


def definitions(
    text: str, file: str, dialect: Dialect = OWN, line: int = 1
) -> Iterator[Definition | FilterError]:
    """Yield the definitions of a text that begins in that line of a file, and an error for each wrong one."""
    return Parser(tokens(text, dialect, file, line), dialect).definitions()


def filter_body(text: str, file: str, line: int = 1, dialect: Dialect = OWN) -> Filter:
    """Return the filter that a text without braces is; it begins in that line. Raises FilterError."""
    return Parser(tokens(text, dialect, file, line), dialect).parse_statements()


def expression(text: str, file: str, dialect: Dialect = OWN) -> Expression:
    """Return the expression that a text is. Raises FilterError."""
    parser = Parser(tokens(text, dialect, file), dialect)
    result = parser.parse_expression()
    parser.accept(";")
    if parser.peek().kind is not Kind.END:
        raise parser.syntax_error("the end")
    return result
