"""The filter of ``show route``: a name, statements, or the condition after ``where``."""

from collections.abc import Callable, Mapping
from typing import Final

from bgpd.show.command import SYNTAX_ERROR, Arguments, CommandError
from bgpd.show.view import Daemon
from messages.families import FAMILIES, Family
from rib.filters.binding.complaints import BIRD, OWN
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import OWN as LANGUAGE
from rib.filters.grammar.lexer import Kind, tokens
from rib.filters.grammar.parser import Parser
from rib.filters.running.judging import make_policy
from rib.filters.syntax import Filter
from rib.policy import Policy

FILTER, WHERE = "filter", "where"
SPECIFIED_TWICE: Final = "Filter specified twice"

_FILE: Final = "command"
_SYNTAX: Final = "syntax error"


class _Silent:
    """Who asks for routes reads no log."""

    def printed(self, _line: str) -> None:
        """Keep it to ourselves."""

    def failed(self, _complaint: str) -> None:
        """The route is refused for it; that is all."""


def _parser(text: str) -> Parser:
    return Parser(tokens(text, LANGUAGE, _FILE), LANGUAGE)


def _condition(parser: Parser) -> object:
    return parser.parse_expression()


def _filter(parser: Parser) -> object:
    return parser.next() if parser.peek().kind is Kind.SYMBOL else parser.parse_filter_body()


def _length(text: str, parse: Callable[[Parser], object]) -> int:
    """Return where the next argument begins; what is wrong is wrong up to the end, and found out later."""
    parser = _parser(text)
    try:
        parse(parser)
        token = parser.peek()
    except FilterError:
        return len(text)
    return len(text) if token.kind is Kind.END else token.at.column - 1


def condition_length(text: str) -> int:
    """Return how much of a text is a condition."""
    return _length(text, _condition)


def filter_length(text: str) -> int:
    """Return how much of a text is the name of a filter or its statements in braces."""
    return _length(text, _filter)


def read_policies(daemon: Daemon, arguments: Arguments) -> Mapping[Family, Policy]:
    """Return what lets routes through, by their family; nothing if there is no filter."""
    if FILTER in arguments and WHERE in arguments:
        raise CommandError(SYNTAX_ERROR, SPECIFIED_TWICE)
    if FILTER not in arguments and WHERE not in arguments:
        return {}
    policies = daemon.policies
    try:
        tree = _tree(daemon, arguments)
        return {
            family: make_policy(
                policies.program, tree, family.address_octets, _Silent(), policies.surroundings
            )
            for family in FAMILIES.values()
        }
    except FilterError as error:
        raise CommandError(SYNTAX_ERROR, _words(daemon, error)) from None


def _tree(daemon: Daemon, arguments: Arguments) -> Filter:
    program = daemon.policies.program
    complaints = BIRD if daemon.dialect == "bird" else OWN
    if WHERE in arguments:
        return program.resolve(_parser(f"{WHERE} {arguments[WHERE]}").parse_where(), complaints)
    text = arguments[FILTER]
    parser = _parser(text)
    if parser.peek().kind is not Kind.SYMBOL:
        return program.resolve(parser.parse_filter_body(), complaints)
    tree = program.symbols.filters.get(parser.peek().value)
    if tree is None:
        raise CommandError(SYNTAX_ERROR, "No such filter." if complaints is BIRD else _unknown(daemon, text))
    return tree


def _unknown(daemon: Daemon, name: str) -> str:
    there = ", ".join(daemon.policies.program.symbols.filters) or "none"
    return f"{name} is not a filter; there are: {there}"


def _words(daemon: Daemon, error: FilterError) -> str:
    """Say what is wrong; of grammar BIRD says no more than that something is."""
    if daemon.dialect == "bird":
        return _SYNTAX if error.message.startswith(_SYNTAX) else error.message
    return f"{error.message} ({error.place})"
