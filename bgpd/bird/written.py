"""Tokens as text again, in lines and columns like those they were read from; comments are lost."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rib.filters.grammar.lexer import Kind, Token

_MARKS: Final = frozenset({Kind.MARK, Kind.STRING})
"""What needs no space around it to be told from its neighbors."""


def text_of(tokens: Sequence[Token]) -> str:
    """Return tokens as text; it begins in the first column."""
    pieces = [_word(token) for token in tokens[:1]]
    edge = min((token.at.column for token in _first_of_lines(tokens)), default=1)
    for before, token in pairwise(tokens):
        if _same_line(before, token):
            gap = token.at.column - before.at.column - len(before.text)
            needed = not _MARKS & {before.kind, token.kind}
            pieces.append(" " * max(gap, int(needed)))
        else:
            pieces.append("\n" + " " * max(0, token.at.column - edge))
        pieces.append(_word(token))
    return "".join(pieces)


def body_of(tokens: Sequence[Token]) -> list[Token]:
    """Return what a filter says: its variables and statements, without the braces around these."""
    opening = next(place for place, token in enumerate(tokens) if token.text == "{")
    return [*tokens[:opening], *tokens[opening + 1 : -1]]


def _first_of_lines(tokens: Sequence[Token]) -> list[Token]:
    return [token for before, token in pairwise(tokens) if not _same_line(before, token)]


def _same_line(before: Token, token: Token) -> bool:
    return before.at[:2] == token.at[:2]


def _word(token: Token) -> str:
    """Return a token as it is written; octets that were no UTF-8 can't be part of our own files."""
    if token.kind is not Kind.STRING:
        return token.text
    octets = str(token.value).encode("utf-8", "surrogateescape")
    return f'"{octets.decode("utf-8", "replace")}"'
