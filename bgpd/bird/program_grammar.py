"""Definitions of the filter language inside of a configuration file; they hold as soon as they are read.

BIRD reports one error, the first that it comes across. Names are looked up while a definition is read, so one
that is unknown comes before a misplaced word behind it. Our trees are resolved when they are complete. If
one can't be completed, what has been read of it is resolved.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bgpd.bird.tree import BirdConfiguration
from bgpd.bird.written import body_of, text_of
from rib.filters import syntax
from rib.filters.errors import FilterError, Place, RunError
from rib.filters.grammar.lexer import Dialect, Kind, Token
from rib.filters.grammar.parser import Parser
from rib.filters.running.judging import line_of
from rib.filters.running.run import DecidedError, Decision
from rib.filters.syntax import (
    Block,
    Definition,
    Evaluate,
    Expression,
    Filter,
    Function,
    Name,
    Statement,
)

_T = TypeVar("_T", bound=Function | Filter | Expression)

_NO_INTEGER = "Integer expression expected"


class QuitError(Exception):
    """A filter said ``quitbird``."""


class ProgramGrammar(Parser):
    """Reads definitions and adds them to the program of a configuration."""

    def __init__(self, tokens: Iterator[Token], dialect: Dialect, configuration: BirdConfiguration) -> None:
        super().__init__(tokens, dialect)
        self.configuration = configuration
        self.program = configuration.program
        self._known: list[Statement] = []
        """What is complete of the definition that is being read."""
        self._words: list[Token] = []
        """All that was taken of the statement that is being read."""

    @property
    def place(self) -> Place:
        """How far the text has been read: the place of BIRD's messages."""
        return self._newest.at

    def next(self) -> Token:
        """Take the next token, and keep it: filters are wanted as text, too."""
        token = super().next()
        self._words.append(token)
        return token

    def forget_words(self) -> None:
        """Begin another statement."""
        self._words.clear()

    # Definitions

    def define_function(self) -> None:
        """Read and define a function."""
        name = self._free_name()
        tree = self._complete(self.parse_function, name)
        with self._running(_NO_INTEGER):
            self.program.define(tree)
        self._defined(tree, tree.name, "function")

    def define_filter(self) -> None:
        """Read and define a filter."""
        self._free_name()
        tree = self._complete(self.parse_filter_definition)
        with self._running(_NO_INTEGER):
            self.program.define(tree)
        self._defined(tree, str(tree.name), "filter")

    def define_roa_table(self) -> None:
        """Read and define a table of ROAs."""
        tree = self.parse_roa_table()
        self.program.define(tree)
        self._defined(tree, tree.name, "ROA table")

    def define_constant(self) -> None:
        """Read and define a constant; it is worked out before its name is looked at."""
        self.expect("define")
        name = self.expect_kind(Kind.SYMBOL)
        self.expect("=")
        expression = self._complete(self._expression_before(";"))
        with self._running("Runtime error"):
            value = self.program.evaluate(expression)
        self.program.symbols.check_free(name.value, self.place)
        self.program.symbols.constants[name.value] = value
        self._defined(syntax.Constant(name.value, expression, at=name.at), name.value, "constant")

    def _defined(self, tree: Definition, name: str, symbol_class: str) -> None:
        """Keep a definition as it was written."""
        self.configuration.definitions.append(tree)
        self.configuration.texts[tree.at] = text_of(self._words)
        self.configuration.symbols[name] = symbol_class

    def evaluate(self) -> None:
        """Read ``eval expression`` and work it out; its value must be a number."""
        self.expect("eval")
        self._integer(self.parse_expression)

    def _free_name(self) -> str:
        """Return the name of the definition that comes next; nothing else may have it."""
        token = self.peek_second()
        if token.kind is Kind.SYMBOL:
            self.program.symbols.check_free(token.value, token.at)
        return token.text

    # Filters and expressions in other statements

    def inline_filter(self) -> Filter:
        """Read a filter that is written where it is used."""
        begin = len(self._words)
        tree = self._resolved(self._complete(self.parse_filter_body))
        self.configuration.texts[tree.at] = text_of(body_of(self._words[begin:]))
        return tree

    def condition(self) -> Filter:
        """Read ``where expression``."""
        begin = len(self._words) + 1
        tree = self._resolved(self._complete(self.parse_where))
        self.configuration.texts[tree.at] = f"if {text_of(self._words[begin:])} then accept; reject;"
        return tree

    def statements(self, parse: Callable[[], Filter]) -> Filter:
        """Read statements that change the attributes of a route."""
        return self._resolved(self._complete(parse))

    def statement_with_text(self) -> tuple[Statement, str]:
        """Read a statement, and return how it is written, too."""
        begin = len(self._words)
        statement = self.parse_statement()
        return statement, text_of(self._words[begin:])

    def integer(self) -> int:
        """Read an expression in parentheses and return its value, which must be a number."""
        self.expect("(")
        return self._integer(self._expression_before(")"))

    def _integer(self, parse: Callable[[], Expression]) -> int:
        expression = self._complete(parse)
        with self._running(_NO_INTEGER):
            value = self.program.evaluate(expression)
        if not isinstance(value, int) or value.__class__ is not int:
            raise FilterError(self.place, _NO_INTEGER)
        return value

    def _expression_before(self, end: str) -> Callable[[], Expression]:
        def parse() -> Expression:
            expression = self.parse_expression()
            self.expect(end)
            return expression

        return parse

    def _resolved(self, tree: Filter) -> Filter:
        """Look up the names in a tree; the tree stays as it is written."""
        with self._running(_NO_INTEGER):
            self.program.resolve(tree)
        return tree

    @contextmanager
    def _running(self, complaint: str) -> Iterator[None]:
        """What stops a filter that is run while the file is read is told before the error of the file."""
        try:
            yield
        except DecidedError as error:
            if error.decision is Decision.QUIT:
                raise QuitError from None
            raise FilterError(self.place, complaint) from None
        except RunError as error:
            self.program.printed.append(f"filters, line {line_of(error.__traceback__)}: {error}")
            raise FilterError(self.place, complaint) from None

    # What has been read so far

    def _complete(self, parse: Callable[[], _T], name: str = "") -> _T:
        self._known.clear()
        try:
            return parse()
        except FilterError as error:
            block = Block(tuple(self._known), at=error.place)
            with self._running(_NO_INTEGER):
                self.program.define(Function(name, (), (), block, at=error.place))
            raise

    def parse_variable(self) -> syntax.Variable:
        """Read a parameter or a variable, and keep it in mind."""
        variable = super().parse_variable()
        self._known.append(syntax.Declare(variable.type, variable.name, at=variable.at))
        return variable

    def parse_statement(self) -> Statement:
        """Read a statement, and keep it in mind instead of its parts."""
        before = len(self._known)
        statement = super().parse_statement()
        self._known[before:] = [statement]
        return statement

    def parse_expression(self) -> Expression:
        """Read an expression, and keep it in mind instead of its parts."""
        before = len(self._known)
        expression = super().parse_expression()
        self._known[before:] = [Evaluate(expression, at=expression.at)]
        return expression

    def parse_call(self, function: Token) -> syntax.Call:
        """Read a call, and keep it in mind."""
        before = len(self._known)
        call = super().parse_call(function)
        self._known[before:] = [Evaluate(call, at=call.at)]
        return call

    def parse_name(self) -> Name | syntax.Call:
        """Read a variable or a call, and keep it in mind: in front of an operator it is looked up at once."""
        before = len(self._known)
        named = super().parse_name()
        self._known[before:] = [Evaluate(named, at=named.at)]
        return named
