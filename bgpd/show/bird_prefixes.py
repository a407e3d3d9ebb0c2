"""Prefixes and addresses in commands, read as BIRD reads them and refused in its words."""

from collections.abc import Callable
from typing import Final, TypeVar

from bgpd.show.command import SYNTAX_ERROR, CommandError
from bgpd.show.families import only_family
from bgpd.show.view import Daemon
from messages.families import FAMILIES, Family
from messages.families.prefix import PrefixKey, make_key
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Dialect, Kind, tokens
from rib.filters.grammar.parser import Parser
from rib.filters.values import Address

_SYNTAX: Final = "syntax error"
_T = TypeVar("_T")


def bird_prefix(daemon: Daemon, text: str) -> tuple[Family, PrefixKey]:
    """Understand a prefix."""
    address, length = _read(daemon, text, Parser.parse_prefix)
    return _family_of(address), make_key(address, length)


def bird_target(daemon: Daemon, text: str) -> tuple[Family, PrefixKey]:
    """Understand a prefix, or an address, which is the longest one."""
    if "/" in text:
        return bird_prefix(daemon, text)
    address = _read(daemon, text, _address)
    return _family_of(address), make_key(address, 8 * len(address))


def _address(parser: Parser) -> Address:
    value: Address = parser.expect_kind(Kind.ADDRESS).value
    return value


def _read(daemon: Daemon, text: str, parse: Callable[[Parser], _T]) -> _T:
    family = only_family(daemon)
    dialect = Dialect(None if family is None else 8 * family.address_octets)
    parser = Parser(tokens(text, dialect, ""), dialect)
    try:
        if parser.peek().kind is Kind.SYMBOL:
            raise CommandError(SYNTAX_ERROR, "IP address expected")
        found = parse(parser)
        parser.expect_kind(Kind.END)
    except FilterError as error:
        raise CommandError(
            SYNTAX_ERROR, _SYNTAX if error.message.startswith(_SYNTAX) else error.message
        ) from None
    return found


def _family_of(address: bytes) -> Family:
    return next(family for family in FAMILIES.values() if family.address_octets == len(address))
