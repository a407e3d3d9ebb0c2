"""The values of settings: numbers, yes and no, text, flags, addresses, prefixes, patterns of interfaces."""

from collections.abc import Mapping
from typing import Any, Final

from bgpd.bird.program_grammar import ProgramGrammar
from bgpd.bird.tree import InterfacePattern
from rib.filters.algebra.printing import render
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Kind, Token
from rib.filters.grammar.set_grammar import has_host_bits
from rib.filters.values import Address, Prefix, Quad

_TRUTHS: Final[Mapping[str, bool]] = {"on": True, "yes": True, "off": False, "no": False}
_NO_ROUTER_ID: Final = "Router IDs must be entered as hexadecimal numbers or IPv4 addresses in IPv6 version"
_UNITS: Final[Mapping[str, int]] = {"s": 1_000_000, "ms": 1000, "us": 1}


class ValueGrammar(ProgramGrammar):
    """Reads values."""

    subject = ""
    """Which protocol they are about."""

    def _constant(self, kinds: tuple[type, ...], complaint: str) -> Any:  # noqa: ANN401 - one of the kinds
        """Read the name of a constant whose value is of one of the kinds."""
        name = self.expect_kind(Kind.SYMBOL)
        value = self.program.symbols.constants.get(name.value)
        if value.__class__ not in kinds:
            raise FilterError(name.at, complaint)
        return value

    # Numbers

    def number(self) -> int:
        """Read a number, a constant that is one, or an expression in parentheses."""
        token = self.peek()
        if token.kind is Kind.SYMBOL:
            constant: int = self._constant((int,), "Number expected")
            return constant
        if token.text == "(":
            return self.integer()
        number: int = self.expect_kind(Kind.NUMBER).value
        return number

    def _begins_number(self) -> bool:
        token = self.peek()
        return token.kind in (Kind.NUMBER, Kind.SYMBOL) or token.text == "("

    def optional_number(self) -> int | None:
        """Read a number if there is one."""
        return self.number() if self._begins_number() else None

    def truth(self) -> bool:
        """Read yes or no; a number is yes unless it is 0, and nothing is yes."""
        if self._begins_number():
            return self.number() != 0
        truth = _TRUTHS.get(self.peek().text)
        if truth is not None:
            self.next()
        return truth is not False

    def optional_truth(self) -> bool | None:
        """Read yes or no if it is there."""
        return self.truth() if self._begins_number() or self.peek().text in _TRUTHS else None

    def duration(self) -> int:
        """Read a time with its unit, in microseconds."""
        number = self.number()
        if self.peek().text not in _UNITS:
            raise self.syntax_error("a unit of time")
        return number * _UNITS[self.next().text]

    # Text and words

    def string(self) -> str:
        """Read a string."""
        text: str = self.expect_kind(Kind.STRING).value
        return text

    def text(self) -> str:
        """Read a string, or a constant that is one."""
        if self.peek().kind is Kind.SYMBOL:
            constant: str = self._constant((str,), "String expected")
            return constant
        return self.string()

    def word(self, *words: str) -> str:
        """Read one of some words."""
        if self.peek().text not in words:
            raise self.syntax_error(" or ".join(words))
        return self.next().text

    def flags(self, *known: str) -> frozenset[str]:
        """Read ``all``, or some flags of one or several words in braces."""
        if self.accept("all"):
            return frozenset(known)
        self.expect("{")
        flags = frozenset(self.separated(lambda: self._flag(known)))
        self.expect("}")
        return flags

    def _flag(self, known: tuple[str, ...]) -> str:
        flag = self.word(*(name.split()[0] for name in known))
        while flag not in known:
            following = (name[len(flag) :].split()[0] for name in known if name.startswith(f"{flag} "))
            flag = f"{flag} {self.word(*following)}"
        return flag

    # Addresses

    def address(self) -> Address:
        """Read an IP address, or a constant that is one."""
        if self.peek().kind is Kind.SYMBOL:
            constant: Address = self._constant((Address,), "IP address expected")
            return constant
        address: Address = self.expect_kind(Kind.ADDRESS).value
        return address

    def router_id(self) -> int:
        """Read a router id: an IPv4 address or a number."""
        token = self.peek()
        if token.kind is Kind.SYMBOL:
            value = self._constant((int, Quad, Address), "Number or IPv4 address constant expected")
        elif token.text == "(" or token.kind is Kind.NUMBER:
            value = self.number()
        elif token.kind is Kind.ADDRESS and self.dialect.bits == 128:
            raise FilterError(token.at, _NO_ROUTER_ID)
        else:
            value = self.expect_kind(Kind.ADDRESS if self.dialect.bits == 32 else Kind.QUAD).value
        return int.from_bytes(value) if isinstance(value, Address) else int(value)

    def scope(self) -> str | None:
        """Read ``%eth0`` if it is there."""
        if not self.accept("%"):
            return None
        name: str = self.expect_kind(Kind.SYMBOL).value
        return name

    def parse_prefix(self) -> Prefix:
        """Read ``10.0.0.0/8`` or ``10.0.0.0:255.0.0.0``."""
        address = self.address()
        if self.peek().text not in ("/", ":"):
            raise self.syntax_error("'/'")
        return self._prefix(address)

    def prefix_or_address(self) -> Prefix:
        """Read a prefix; an address is one, too."""
        address = self.address()
        if self.peek().text in ("/", ":"):
            return self._prefix(address)
        return Prefix(address, len(address) * 8)

    def _prefix(self, address: Address) -> Prefix:
        length = self._length(len(address) * 8)
        if has_host_bits(address, length):
            raise FilterError(self.place, "Invalid prefix")
        return Prefix(address, length)

    def _length(self, bits: int) -> int:
        if self.accept(":"):
            return self._length_by_mask(self.address())
        self.expect("/")
        length = self.number()
        if length > bits:
            raise FilterError(self.place, f"Invalid prefix length {length}")
        return length

    def _length_by_mask(self, mask: Address) -> int:
        bits, number = len(mask) * 8, int.from_bytes(mask)
        length = number.bit_count()
        if number != (1 << bits) - (1 << bits - length):
            raise FilterError(self.place, f"Invalid netmask {render(mask)}")
        return length

    # Interfaces

    def patterns(self) -> tuple[InterfacePattern, ...]:
        """Read one or more patterns of interfaces, with commas between them."""
        return self.separated(self._pattern)

    def _pattern(self) -> InterfacePattern:
        is_negated = self.accept("-")
        name = self.string() if self.peek().kind is Kind.STRING else None
        if name is None or self.peek().kind in (Kind.ADDRESS, Kind.SYMBOL):
            return InterfacePattern(name, self.prefix_or_address(), is_negated)
        return InterfacePattern(name, None, is_negated)

    # Names of other things

    def table(self) -> str:
        """Read the name of a table."""
        name = self.expect_kind(Kind.SYMBOL)
        return self._table(name, "Table name expected")

    def peer_table(self) -> str:
        """Read the name of the table that a pipe leads to, and look at the semicolon."""
        name = self.expect_kind(Kind.SYMBOL)
        if self.peek().text != ";":
            raise self.syntax_error("';'")
        return self._table(name, "Routing table name expected")

    def _table(self, name: Token, complaint: str) -> str:
        if name.value not in self.configuration.tables:
            raise FilterError(self.place, complaint)
        return str(name.value)
