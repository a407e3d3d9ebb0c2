"""Tokens as BIRD 1.6.8 sees them."""

import pytest

from rib.filters.errors import Place
from rib.filters.grammar.lexer import OWN, Dialect, Kind, Token, tokens
from rib.filters.grammar.names import KEYWORDS
from rib.filters.values import Address, EnumValue, Quad, Type

BIRD = Dialect(32)
BIRD6 = Dialect(128)
LOOPBACK = Address(bytes(15) + b"\x01")


def read(text: str, dialect: Dialect = OWN) -> list[tuple[Kind, object]]:
    return [(token.kind, token.value) for token in tokens(text, dialect, "f")][:-1]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("0", Kind.NUMBER, 0),
        ("010", Kind.NUMBER, 10),
        ("4294967295", Kind.NUMBER, 4294967295),
        ("00000000000000000005", Kind.NUMBER, 5),
        ("0x10", Kind.NUMBER, 16),
        ("0xFFffFFff", Kind.NUMBER, 4294967295),
        ("0x00000000000000000005", Kind.NUMBER, 5),
        ('"a b"', Kind.STRING, "a b"),
        ('""', Kind.STRING, ""),
        ('"\\"', Kind.STRING, "\\"),
        ("1.2.3.4", Kind.ADDRESS, Address(b"\x01\x02\x03\x04")),
        ("01.2.3.0000004", Kind.ADDRESS, Address(b"\x01\x02\x03\x04")),
        ("::1", Kind.ADDRESS, LOOPBACK),
        ("::", Kind.ADDRESS, Address(bytes(16))),
        ("ABCD::", Kind.ADDRESS, Address(b"\xab\xcd" + bytes(14))),
        ("0:0:0:0:0:0:0:1", Kind.ADDRESS, LOOPBACK),
        ("::ffff:1.2.3.4", Kind.ADDRESS, Address(bytes(10) + b"\xff\xff\x01\x02\x03\x04")),
        ("abc", Kind.SYMBOL, "abc"),
        ("_a9", Kind.SYMBOL, "_a9"),
        ("a" * 64, Kind.SYMBOL, "a" * 64),
        ("'a-b.c:d'", Kind.SYMBOL, "a-b.c:d"),
        ("'1a'", Kind.SYMBOL, "1a"),
        ("''", Kind.SYMBOL, ""),
        ("if", Kind.KEYWORD, "if"),
        ("'print'", Kind.KEYWORD, "print"),
        ("If", Kind.SYMBOL, "If"),
        ("do", Kind.SYMBOL, "do"),
        ("bgp_path", Kind.KEYWORD, "bgp_path"),
        ("RTS_BGP", Kind.ENUM, EnumValue(Type.RTS, 11)),
        ("RTS_BABEL", Kind.ENUM, EnumValue(Type.RTS, 13)),
        ("'SCOPE_LINK'", Kind.ENUM, EnumValue(Type.SCOPE, 1)),
        ("RTS_NONE", Kind.SYMBOL, "RTS_NONE"),
        ("else:", Kind.MARK, "else:"),
    ],
)
def test_one_token(text: str, kind: Kind, value: object) -> None:
    assert read(text) == [(kind, value)]


MARKS = "= != ~ !~ < <= > >= && || ! + - * / ( ) [ ] { } , . .. [= =] ; : ? % |"


@pytest.mark.parametrize("mark", MARKS.split())
def test_marks(mark: str) -> None:
    assert read(mark) == [(Kind.MARK, mark)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a||b", ["a", "||", "b"]),
        ("1..5", ["1", "..", "5"]),
        ("1.2.3", ["1", ".", "2", ".", "3"]),
        ("1.2.3.4.mask", ["1.2.3.4", ".", "mask"]),
        ("10.0.0.0/8+", ["10.0.0.0", "/", "8", "+"]),
        ("12ab", ["12", "ab"]),
        ("0x", ["0", "x"]),
        ("else :", ["else", ":"]),
        ("[=1 2=]", ["[=", "1", "2", "=]"]),
        ("[ =", ["[", "="]),
        ("!!~x", ["!", "!~", "x"]),
        ("xabc::1", ["xabc", "::1"]),
        ("1:2: print", ["1", ":", "2", ":", "print"]),
        ("a#b\nc", ["a", "c"]),
        ("a/* b */c", ["a", "c"]),
        ("a/**/b/***/c", ["a", "b", "c"]),
        ("a/*\n\n*/b", ["a", "b"]),
        ("'a-b'c", ["'a-b'", "c"]),
        (' include "x";', ["include", '"x"', ";"]),
    ],
)
def test_the_longest_token_wins(text: str, parts: list[str]) -> None:
    assert [token.text for token in tokens(f"; {text}", OWN, "f")] == [";", *parts, ""]


@pytest.mark.parametrize(
    ("text", "value"),
    [('include "a/*.conf";', "a/*.conf"), ('\t include"x" ;', "x")],
)
def test_an_include_is_a_line_of_its_own(text: str, value: str) -> None:
    assert [(token.kind, token.value, token.at) for token in tokens(f"a\n{text} b", BIRD, "f")] == [
        (Kind.SYMBOL, "a", Place("f", 1, 1)),
        (Kind.INCLUDE, value, Place("f", 2, 1)),
        (Kind.SYMBOL, "b", Place("f", 2, len(text) + 2)),
        (Kind.END, None, Place("f", 1, len(text) + 2)),
    ]


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        (BIRD, "1.2.3.4", (Kind.ADDRESS, Address(b"\x01\x02\x03\x04"))),
        (BIRD6, "1.2.3.4", (Kind.QUAD, Quad(0x01020304))),
        (BIRD6, "::1", (Kind.ADDRESS, LOOPBACK)),
        (
            BIRD,
            "::1",
            (Kind.ERROR, "This is an IPv4 router, therefore IPv6 addresses are not supported"),
        ),
        (BIRD, "\r", (Kind.ERROR, "Unknown character")),
        (Dialect(32, frozenset({"protocol"})), "protocol", (Kind.KEYWORD, "protocol")),
        (Dialect(32, KEYWORDS - {"if"}), "if", (Kind.SYMBOL, "if")),
    ],
)
def test_dialects(dialect: Dialect, text: str, expected: tuple[Kind, object]) -> None:
    assert read(text, dialect) == [expected]


def test_lines_may_end_as_on_other_systems() -> None:
    assert read("a\r\nb") == [(Kind.SYMBOL, "a"), (Kind.SYMBOL, "b")]


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a\n 4294967296", "Number out of range", 2, 2),
        ("0x100000000", "Number out of range", 1, 1),
        ("9" * 5000, "Number out of range", 1, 1),
        ('x "abc\ny', "Unterminated string", 1, 3),
        ("x $", "Unknown character", 1, 3),
        ("x &", "Unknown character", 1, 3),
        ("'a b'", "Unknown character", 1, 1),
        ("é", "Unknown character", 1, 1),
        ("\t\f", "Unknown character", 1, 2),
        ("x " + "a" * 65, "Symbol too long", 1, 3),
        ("'" + "a" * 65 + "'", "Symbol too long", 1, 1),
        ("1.2.3.400", "Invalid IPv4 address 1.2.3.400", 1, 1),
        ("1.2.3.99999", "Invalid IPv4 address 1.2.3.99999", 1, 1),
        ("fe80::1::2", "Invalid IPv6 address fe80::1::2", 1, 1),
        ("12345::1", "Invalid IPv6 address 12345::1", 1, 1),
        ("1:2:3:4:5:6:7:8:9", "Invalid IPv6 address 1:2:3:4:5:6:7:8:9", 1, 1),
        ("x /* a /* b */", "Comment nesting not supported", 1, 8),
        ("x\n /* a\nb /* b */", "Comment nesting not supported", 3, 3),
        ("x /* abc", "Unterminated comment", 1, 8),
        ("x\n/* \n  abc  *", "Unterminated comment", 3, 8),
        ("/*/", "Unterminated comment", 1, 3),
    ],
)
def test_what_is_no_token(text: str, message: str, line: int, column: int) -> None:
    errors = [token for token in tokens(text, OWN, "f") if token.kind is Kind.ERROR]
    assert [(token.value, token.at) for token in errors[:1]] == [(message, Place("f", line, column))]


def test_reading_goes_on_behind_what_is_no_token() -> None:
    assert [token.text for token in tokens('$ "a\nb', OWN, "f")] == ["$", '"a', "b", ""]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a b", [(7, 1), (7, 3)]),
        ("\ta\tb", [(7, 2), (7, 4)]),  # a tab is one column wide
        ("a\n\n  b", [(7, 1), (9, 3)]),
        ("/* x\n\n */ a\nb", [(9, 5), (10, 1)]),
        ("/* x */ a", [(7, 9)]),
    ],
)
def test_places(text: str, places: list[tuple[int, int]]) -> None:
    found = [token.at for token in tokens(text, OWN, "f", line=7)]
    assert found[:-1] == [Place("f", *place) for place in places]


@pytest.mark.parametrize(
    ("dialect", "text", "line", "column"),
    [
        (OWN, "", 1, 1),
        (OWN, "ab", 1, 3),
        (OWN, "ab\n  ", 2, 3),
        (BIRD, "ab\nx abc", 1, 3),
        (BIRD, "ab\nx abc  ", 1, 6),
        (BIRD, "ab\nabc\n", 1, 0),
    ],
)
def test_the_end(dialect: Dialect, text: str, line: int, column: int) -> None:
    """BIRD counts lines anew once it has left the file, but not columns."""
    *_, end = tokens(text, dialect, "f")
    assert end == Token(Kind.END, "", None, Place("f", line, column))


def test_tokens_are_read_when_they_are_asked_for() -> None:
    stream = tokens("a $ " + "b " * 1000, OWN, "f")
    assert next(stream).value == "a"
    assert next(stream).kind is Kind.ERROR
    assert next(stream).value == "b"


@pytest.mark.parametrize(
    ("text", "column"), [("", 1), ("a\n", 0), ("ab", 1), ("a # b", 5), ("a /* b */", 8), ("a\nb /* c */", 8)]
)
def test_where_a_file_of_bird_ends(text: str, column: int) -> None:
    """BIRD reads comments character by character, and other tokens at once."""
    *_, end = tokens(text, BIRD, "f")
    assert (end.kind, end.at.line, end.at.column) == (Kind.END, 1, column)


def test_a_string_that_the_end_of_the_file_cuts_off() -> None:
    own, bird = (next(tokens('"', dialect, "f")) for dialect in (OWN, BIRD))
    assert (own.value, bird.value) == ("Unterminated string", "Unknown character")
