"""Tokens one after the other: looking ahead, expecting, complaining."""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from rib.filters.errors import FilterError, Place
from rib.filters.grammar.lexer import Dialect, Kind, Token

_T = TypeVar("_T")

_DEEPEST: Final = 100
"""Levels of expressions and blocks. Whoever works on the tree may go down in it by recursion."""

_QUOTE: Final = "'"


class TokenStream:
    """Where a parser stands in a text; a token is read when it is looked at, not before."""

    def __init__(self, tokens: Iterator[Token], dialect: Dialect) -> None:
        self.dialect = dialect
        self._tokens = tokens
        self._ahead: list[Token] = []
        """Looked at, but not taken: two at most."""
        self._taken: Token | None = None
        self._newest = Token(Kind.END, "", None, Place("", 0, 0))
        self._depth = 0

    # Tokens

    def peek(self) -> Token:
        """Return the next token and leave it. Raises FilterError for what is no token."""
        return self._ahead[0] if self._ahead else self._read()

    def peek_second(self) -> Token:
        """Return the token behind the next one."""
        if self.peek().kind is Kind.END:
            return self.peek()
        return self._ahead[1] if len(self._ahead) == 2 else self._read()

    def _read(self) -> Token:
        token = next(self._tokens)
        if token.kind is Kind.ERROR:
            raise FilterError(token.at, token.value)
        self._ahead.append(token)
        self._newest = token
        return token

    def next(self) -> Token:
        """Take the next token; the end stays where it is."""
        token = self.peek()
        if token.kind is not Kind.END:
            self._taken = self._ahead.pop(0)
        return token

    def accept(self, text: str) -> bool:
        """Take a mark or keyword if it comes next."""
        if self.peek().text != text:
            return False
        self.next()
        return True

    def expect(self, text: str) -> Token:
        """Take the mark or keyword that must come next."""
        if self.peek().text != text:
            raise self.syntax_error(f"'{text}'")
        return self.next()

    def expect_kind(self, kind: Kind) -> Token:
        """Take the token that must come next and be of a kind."""
        if self.peek().kind is not kind:
            raise self.syntax_error(kind.value)
        return self.next()

    def separated(self, parse: Callable[[], _T]) -> tuple[_T, ...]:
        """Read one or more of the same, with commas between them."""
        items = [parse()]
        while self.accept(","):
            items.append(parse())
        return tuple(items)

    # Places and errors

    def at(self, begin: Token) -> Place:
        """Return the place of something that has just been read.

        To a user that is where it begins. BIRD's messages tell how far it has read by then.
        """
        return begin.at if self.dialect.bits is None else self._newest.at

    def syntax_error(self, expected: str) -> FilterError:
        """Return the error for a next token that can't be there."""
        found = self.peek()
        after = f" after {_described(self._taken)}" if self._taken else ""
        return self.mistake(found, f"expected {expected}{after}, found {_described(found)}")

    def mistake(self, token: Token, message: str) -> FilterError:
        """Return the error for a mistake in grammar; BIRD says of none what it is, and where it is found."""
        if self.dialect.bits is not None:
            return FilterError(self.peek().at, "syntax error")
        return FilterError(token.at, f"syntax error: {message}")

    # Nesting

    def go_deeper(self) -> None:
        """Note another level of nesting. Raises FilterError if that makes too many."""
        self._depth += 1
        self.check_depth(0)

    def go_back(self) -> None:
        """Leave a level of nesting."""
        self._depth -= 1

    def check_depth(self, height: int) -> None:
        """Raise FilterError if something of that height makes too many levels."""
        if self._depth + height > _DEEPEST:
            raise FilterError(self.peek().at, "nested too deeply")

    def start_over(self) -> None:
        """Be on the top level again, after an error."""
        self._depth = 0


def _described(token: Token) -> str:
    if token.kind is Kind.END:
        return "the end of the text"
    if token.kind is Kind.KEYWORD:
        return f"the keyword '{token.text}'"
    return token.text if token.kind in (Kind.STRING, Kind.INCLUDE) else f"'{token.text.strip(_QUOTE)}'"
