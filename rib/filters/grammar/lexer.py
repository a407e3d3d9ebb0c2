"""Text to tokens: the lexical rules of BIRD 1.6, for filters and for whole configuration files."""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from messages.families.prefix import parse_address
from rib.filters.errors import Place
from rib.filters.grammar.names import ENUMS, KEYWORDS
from rib.filters.values import WORD, Address, Quad

_LONGEST_SYMBOL: Final = 64


class Kind(Enum):
    """What a token is, as error messages call it."""

    NUMBER = "a number"
    """Its ``value`` is an int."""
    STRING = "a string"
    ADDRESS = "an address"
    QUAD = "a router id"
    SYMBOL = "a name"
    """Its ``value`` is the name without quotes."""
    KEYWORD = "a keyword"
    ENUM = "a constant"
    MARK = "a mark"
    """An operator, a bracket, whatever has no letters (but for ``else:``)."""
    INCLUDE = "an include"
    """A whole line ``include "path";``; its ``value`` is the path. Who reads files has to replace it."""
    ERROR = "an error"
    """Its ``value`` is the message."""
    END = "the end"


class Token(NamedTuple):
    """A word of the language."""

    kind: Kind
    text: str
    """As it is written, but for quoted keywords: the text of a string or a symbol is never that of a mark
    or a keyword."""
    value: Any
    at: Place


class Dialect(NamedTuple):
    """Which words are reserved, and what addresses look like."""

    bits: int | None
    """32: IPv4 only, as ``bird``. 128: as ``bird6``, where a dotted quad is a router id. None: our own
    format, with addresses of both families."""
    keywords: frozenset[str] = KEYWORDS


OWN: Final = Dialect(None)

_DOTTED: Final = r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+"
_TOKEN: Final = re.compile(
    rf"""
      (?P<include> ^[ \t]*include[ \t]*"[^\n]*"[ \t]*; )
    | (?P<blank>   [ \t]+ | \#[^\n]* )
    | (?P<newline> \n )
    | (?P<comment> /\*(?:[^*]|\*(?!/))*(?:\*/)? )
    | (?P<ipv6>    (?:(?:[0-9a-fA-F]*:){{3,}}|[0-9a-fA-F]*::)(?:{_DOTTED}|[0-9a-fA-F]*) )
    | (?P<ipv4>    {_DOTTED} )
    | (?P<hex>     0x[0-9a-fA-F]+ )
    | (?P<number>  [0-9]+ )
    | (?P<default> else: )
    | (?P<word>    [A-Za-z_][A-Za-z0-9_]* )
    | (?P<quoted>  '[0-9A-Za-z_.:\-]*' )
    | (?P<string>  "[^"\n]*" )
    | (?P<open>    "[^"\n]*(?=\n) )
    | (?P<mark>    != | !~ | <= | >= | && | \|\| | \[= | =\] | \.\. | [=<>~!+\-*/()\[\]{{}},.;:?%|] )
    | (?P<other>   [\s\S] )
    """,
    re.VERBOSE | re.MULTILINE,
)


def tokens(text: str, dialect: Dialect, file: str, line: int = 1) -> Iterator[Token]:
    """Yield the tokens of a text that begins in that line of a file, and END.

    What is wrong is an ERROR token, so that a reader finds it in its turn and may go on behind it.
    """
    begin = start = 0
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or ""
        start, end = match.span()
        if group == "newline":
            line, begin = line + 1, end
        elif group == "comment":
            place = Place(file, line, start - begin + 1)
            yield from _wrong_in_comment(match[0], place)
            line += text.count("\n", start, end)
            begin = max(begin, text.rfind("\n", start, end) + 1)
        elif group != "blank" and (text[start] != "\r" or dialect.bits):
            yield _token(match[0], group, dialect, Place(file, line, start - begin + 1))
    end_place = Place(file, line, len(text) - begin + 1)
    if dialect.bits is not None:
        end_place = Place(file, 1, _last_column(text, start, begin))
    yield Token(Kind.END, "", None, end_place)


def _last_column(text: str, start: int, begin: int) -> int:
    """Where BIRD is at the end of a file: it counts lines anew, but knows the column of the last piece.

    It reads comments character by character.
    """
    if not text or text.endswith("\n"):
        return 0 if text else 1
    if text.startswith("#", start):
        start = len(text) - 1
    elif text.startswith("/*", start):
        start = len(text) - 2
    return start - begin + 1


def _wrong_in_comment(comment: str, start: Place) -> Iterator[Token]:
    """A comment may hold no other, and must end."""
    inner = comment.find("/*", 2)
    if inner >= 0:
        yield Token(Kind.ERROR, "/*", "Comment nesting not supported", _within(comment, inner, start))
    elif not comment.endswith("*/") or len(comment) < 4:
        behind = _within(comment, len(comment), start)
        place = behind._replace(column=behind.column - 1)
        yield Token(Kind.ERROR, comment[-1], "Unterminated comment", place)


def _within(text: str, position: int, start: Place) -> Place:
    """Return where a position of a text is that begins at ``start``."""
    lines = text.count("\n", 0, position)
    if not lines:
        return start._replace(column=start.column + position)
    return Place(start.file, start.line + lines, position - text.rfind("\n", 0, position))


def _token(text: str, group: str, dialect: Dialect, place: Place) -> Token:
    try:
        return _MAKERS[group](text, dialect, place)
    except ValueError as error:
        return Token(Kind.ERROR, text, str(error), place)


def _mark(text: str, _dialect: Dialect, place: Place) -> Token:
    return Token(Kind.MARK, text, text, place)


def _number(text: str, _dialect: Dialect, place: Place) -> Token:
    return Token(Kind.NUMBER, text, _value(text, 10), place)


def _hexadecimal(text: str, _dialect: Dialect, place: Place) -> Token:
    return Token(Kind.NUMBER, text, _value(text[2:], 16), place)


def _value(digits: str, base: int) -> int:
    significant = digits.lstrip("0") or "0"
    if len(significant) > 10 or (value := int(significant, base)) > WORD:
        raise ValueError("Number out of range")
    return value


def _word(text: str, dialect: Dialect, place: Place) -> Token:
    return _name(text, text, dialect, place)


def _quoted(text: str, dialect: Dialect, place: Place) -> Token:
    """Quoting doesn't make another word of a keyword."""
    return _name(text[1:-1], text, dialect, place)


def _name(name: str, text: str, dialect: Dialect, place: Place) -> Token:
    if len(name) > _LONGEST_SYMBOL:
        raise ValueError("Symbol too long")
    if name in dialect.keywords:
        return Token(Kind.KEYWORD, name, name, place)
    if name in ENUMS:
        return Token(Kind.ENUM, name, ENUMS[name], place)
    return Token(Kind.SYMBOL, text, name, place)


def _string(text: str, _dialect: Dialect, place: Place) -> Token:
    return Token(Kind.STRING, text, text[1:-1], place)


def _include(text: str, _dialect: Dialect, place: Place) -> Token:
    return Token(Kind.INCLUDE, text, text.split('"')[1], place)


def _ipv4(text: str, dialect: Dialect, place: Place) -> Token:
    parts = [part.lstrip("0") or "0" for part in text.split(".")]
    if any(len(part) > 3 or int(part) > 255 for part in parts):
        raise ValueError(f"Invalid IPv4 address {text}")
    octets = bytes(map(int, parts))
    if dialect.bits == 128:
        return Token(Kind.QUAD, text, Quad(int.from_bytes(octets)), place)
    return Token(Kind.ADDRESS, text, Address(octets), place)


def _ipv6(text: str, dialect: Dialect, place: Place) -> Token:
    if dialect.bits == 32:
        raise ValueError("This is an IPv4 router, therefore IPv6 addresses are not supported")
    try:
        return Token(Kind.ADDRESS, text, Address(parse_address(text)), place)
    except ValueError:
        raise ValueError(f"Invalid IPv6 address {text}") from None


def _unterminated(_text: str, _dialect: Dialect, _place: Place) -> Token:
    raise ValueError("Unterminated string")


def _unknown(text: str, dialect: Dialect, place: Place) -> Token:
    """To BIRD a string that the end of the file cuts off is none."""
    if text == '"' and dialect.bits is None:
        return _unterminated(text, dialect, place)
    raise ValueError("Unknown character")


_MAKERS: Final[Mapping[str, Callable[[str, Dialect, Place], Token]]] = {
    "include": _include,
    "ipv6": _ipv6,
    "ipv4": _ipv4,
    "hex": _hexadecimal,
    "number": _number,
    "default": _mark,
    "word": _word,
    "quoted": _quoted,
    "string": _string,
    "open": _unterminated,
    "mark": _mark,
    "other": _unknown,
}
"""How the token of each group of the pattern is made; they raise ValueError with BIRD's message."""
