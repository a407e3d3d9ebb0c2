"""Sets, the items of ``case`` and path masks, as they are written."""

from abc import abstractmethod
from typing import Final

from rib.filters.algebra.printing import render
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Kind, Token
from rib.filters.grammar.names import EXTENDED_COMMUNITY_KINDS
from rib.filters.grammar.token_stream import TokenStream
from rib.filters.syntax import (
    Bounds,
    Expression,
    LargeCommunityExpression,
    Literal,
    MaskLiteral,
    MaskPart,
    Name,
    PairExpression,
    PrefixPattern,
    SetItem,
    SetLiteral,
    TupleItem,
    TupleRange,
)
from rib.filters.values import Prefix

_CONSTANTS: Final = frozenset({Kind.NUMBER, Kind.ADDRESS, Kind.QUAD, Kind.ENUM})


class SetGrammar(TokenStream):
    """Reads sets and path masks; what is in parentheses may be any expression."""

    @abstractmethod
    def parse_expression(self) -> Expression:
        """Read an expression."""

    # Prefixes

    def parse_prefix_behind(self, address: Token) -> Prefix:
        """Read ``/8`` behind an address, no bit of which may be set behind the first eight."""
        self.expect("/")
        length = self.expect_kind(Kind.NUMBER)
        prefix = Prefix(address.value, length.value)
        if has_host_bits(*prefix):
            raise FilterError(length.at, f"Invalid network prefix: {render(prefix)}.")
        return prefix

    # Sets

    def parse_set(self) -> SetLiteral:
        """Read ``[1, 3..5]``. Prefixes and other items don't mix: the first one decides."""
        begin = self.expect("[")
        self.go_deeper()
        items: tuple[SetItem, ...] = ()
        if self.peek().kind is Kind.ADDRESS and self.peek_second().text == "/":
            items = self.separated(self._prefix_pattern)
        elif self.peek().text != "]":
            items = self.parse_items()
        self.expect("]")
        self.go_back()
        return SetLiteral(items, at=self.at(begin))

    def parse_items(self) -> tuple[SetItem, ...]:
        """Read ``1, 3..5``, as in a set or before the colon of a ``case``."""
        return self.separated(self._item)

    def _prefix_pattern(self) -> PrefixPattern:
        """``P`` itself, ``P+`` with all inside of it, ``P-`` with all around it, ``P{a,b}`` by length."""
        begin = self.expect_kind(Kind.ADDRESS)
        address, length = self.parse_prefix_behind(begin)
        most = len(address) * 8
        shortest = longest = length
        if self.accept("+"):
            longest = most
        elif self.accept("-"):
            shortest = 0
        elif self.accept("{"):
            shortest, longest = self._lengths(most)
        return PrefixPattern(address, length, shortest, longest, at=self.at(begin))

    def _lengths(self, most: int) -> tuple[int, int]:
        shortest: int = self.expect_kind(Kind.NUMBER).value
        self.expect(",")
        longest: int = self.expect_kind(Kind.NUMBER).value
        end = self.expect("}")
        if not shortest <= longest <= most:
            raise FilterError(end.at, f"Invalid prefix pattern range: {{{shortest}, {longest}}}.")
        return shortest, longest

    def _item(self) -> SetItem:
        if self.peek().text == "(":
            return self._parenthesized()
        begin = self.peek()
        return self._range(begin, self._atom())

    def _atom(self) -> Expression:
        """A single value that is neither pair nor community: anything but a constant goes in parentheses."""
        begin = self.peek()
        if begin.kind in _CONSTANTS:
            self.next()
            return Literal(begin.value, at=self.at(begin))
        if begin.kind is Kind.SYMBOL:
            self.next()
            return Name(begin.value, at=self.at(begin))
        if not self.accept("("):
            raise self.syntax_error("an item of a set")
        value = self.parse_expression()
        self.expect(")")
        return value

    def _range(self, begin: Token, first: Expression) -> Bounds:
        last = self._atom() if self.accept("..") else first
        return Bounds(first, last, at=self.at(begin))

    def _parenthesized(self) -> SetItem:
        begin = self.expect("(")
        kind = self.parse_extended_community_kind()
        if kind is not None:
            return self._extended_community(begin, kind)
        first = self._place()
        if first.first is not None and first.first is first.last and self.accept(")"):
            return self._range(begin, first.first)
        self.expect(",")
        return self._pair(begin, first, self._place())

    def _place(self) -> Bounds:
        """One of the numbers of a pair or a community: ``*``, ``1`` or ``1..5``."""
        begin = self.peek()
        if self.accept("*"):
            return Bounds(None, None, at=begin.at)
        first = self.parse_expression()
        last = self.parse_expression() if self.accept("..") else first
        return Bounds(first, last, at=self.at(begin))

    def _pair(self, begin: Token, first: Bounds, second: Bounds) -> SetItem:
        """Behind a number that is open to the right, a large community can have nothing but ``*``."""
        if self.accept(")"):
            return self._tuple(begin, (first, second))
        if not _is_single(first) and second.first is not None:
            raise self.syntax_error("')'")
        self.expect(",")
        if not (_is_single(first) and _is_single(second)) and self.peek().text != "*":
            raise self.syntax_error("'*'")
        third = self._place()
        self.expect(")")
        return self._tuple(begin, (first, second, third))

    def _tuple(self, begin: Token, places: tuple[Bounds, ...]) -> SetItem:
        if not all(map(_is_single, places)) or not self.accept(".."):
            return TupleItem(None, places, at=self.at(begin))
        first = _constructor(begin, tuple(place.first for place in places if place.first is not None))
        second_begin = self.expect("(")
        parts = [self.parse_expression()]
        for _ in places[1:]:
            self.expect(",")
            parts.append(self.parse_expression())
        self.expect(")")
        return TupleRange(first, _constructor(second_begin, tuple(parts)), at=self.at(begin))

    def parse_extended_community_kind(self) -> int | None:
        """Read ``rt``, ``ro``, ``generic`` or ``unknown 0x4300`` and the comma; None if there is none."""
        if self.accept("unknown"):
            kind = int(self.expect_kind(Kind.NUMBER).value) & 0xFFFF
        elif self.peek().text in EXTENDED_COMMUNITY_KINDS:
            kind = EXTENDED_COMMUNITY_KINDS[self.next().text]
        else:
            return None
        self.expect(",")
        return kind

    def _extended_community(self, begin: Token, kind: int) -> TupleItem:
        first = self.peek()
        key = self.parse_expression()
        place = Bounds(key, key, at=self.at(first))
        self.expect(",")
        value = self._place()
        self.expect(")")
        return TupleItem(kind, (place, value), at=self.at(begin))

    # Path masks

    def parse_mask(self) -> MaskLiteral:
        """Read ``[= 1 * ? 2..5 (expression) name =]``."""
        begin = self.expect("[=")
        parts: list[MaskPart] = []
        while not self.accept("=]"):
            parts.append(self._mask_part())
        return MaskLiteral(tuple(parts), at=self.at(begin))

    def parse_old_mask(self) -> MaskLiteral:
        """Read ``/ 1 2 ? /``, where ``?`` is what is ``*`` elsewhere."""
        begin = self.expect("/")
        parts: list[MaskPart] = []
        while not self.accept("/"):
            part = self.peek()
            if self.accept("?"):
                parts.append(MaskPart("*", at=part.at))
            else:
                parts.append(self._mask_number())
        return MaskLiteral(tuple(parts), at=self.at(begin))

    def _mask_part(self) -> MaskPart:
        begin = self.peek()
        if begin.text in ("*", "?", "+"):
            self.next()
            return MaskPart(begin.text, at=begin.at)
        if begin.text == "[":
            values = self.parse_set()
            return MaskPart("set", Bounds(values, values, at=begin.at), at=begin.at)
        if begin.kind is Kind.SYMBOL or begin.text == "(":
            value = self._atom()
            return MaskPart("asn", Bounds(value, value, at=begin.at), at=begin.at)
        return self._mask_number()

    def _mask_number(self) -> MaskPart:
        begin = self.peek()
        if begin.kind is not Kind.NUMBER:
            raise self.syntax_error("a part of a path mask")
        first = last = self._number()
        if self.accept(".."):
            last = self._number()
        return MaskPart("asn", Bounds(first, last, at=begin.at), at=begin.at)

    def _number(self) -> Literal:
        token = self.expect_kind(Kind.NUMBER)
        return Literal(token.value, at=token.at)


def has_host_bits(address: bytes, length: int) -> bool:
    """Tell whether an address has bits set behind that length, or isn't even that long."""
    host_bits = len(address) * 8 - length
    return host_bits < 0 or bool(int.from_bytes(address) & (1 << host_bits) - 1)


def _is_single(bounds: Bounds) -> bool:
    return bounds.first is not None and bounds.first is bounds.last


def _constructor(begin: Token, parts: tuple[Expression, ...]) -> PairExpression | LargeCommunityExpression:
    if len(parts) == 2:
        return PairExpression(*parts, at=begin.at)
    return LargeCommunityExpression(*parts, at=begin.at)
