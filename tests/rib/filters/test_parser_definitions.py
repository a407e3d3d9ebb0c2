"""Definitions to trees, and what is said about texts that are none."""

import pytest

from rib.filters.errors import FilterError, Place
from rib.filters.grammar.lexer import OWN, Dialect, tokens
from rib.filters.grammar.parser import Parser, definitions, expression, filter_body
from rib.filters.syntax import Definition, Name, Variable
from tests.rib.filters.shapes import nodes, shape

BIRD = Dialect(32)
BIRD6 = Dialect(128)


def parsed(text: str, dialect: Dialect = OWN) -> list[str]:
    return [said(each) for each in definitions(text, "f", dialect)]


def said(definition: Definition | FilterError) -> str:
    return str(definition) if isinstance(definition, FilterError) else shape(definition)


def parser(text: str, dialect: Dialect = OWN) -> Parser:
    return Parser(tokens(text, dialect, "f"), dialect)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("function f() { }", "Function(f [] [] {})"),
        (
            "function f(int a; int set b) pair c; clist d; { accept; }",
            "Function(f [Variable(int a), Variable(set b)] [Variable(pair c), Variable(clist d)] "
            "{Verdict(accept [])})",
        ),
        ("function f(int a, bool b) { }", "Function(f [Variable(int a), Variable(bool b)] [] {})"),
        ("function 'a-b.c'(int 'x.y') { }", "Function(a-b.c [Variable(int x.y)] [] {})"),
        ("filter f { accept; }", "Filter(f [] {Verdict(accept [])})"),
        ("filter 'f-1' prefix set p; { }", "Filter(f-1 [Variable(prefix set p)] {})"),
        ("define X = 1 + 2;", "Constant(X Binary(+ 1 2))"),
        ("eval f(1)", "EvaluateNow(Call(f [1]))"),
        ("roa table t", "RoaTable(t [])"),
        ("roa table t { }", "RoaTable(t [])"),
        (
            "roa table t { roa 10.0.0.0/8 max 16 as 5; roa fe80::/10 max 6 as 0x10; }",
            "RoaTable(t [Roa(10.0.0.0 8 16 5), Roa(fe80:: 10 6 16)])",
        ),
        ("roa table t { roa 10.0.0.0:255.0.0.0 max 16 as 5; }", "RoaTable(t [Roa(10.0.0.0 8 16 5)])"),
        ("roa table t { roa 0.0.0.0:0.0.0.0 max 16 as 5; }", "RoaTable(t [Roa(0.0.0.0 0 16 5)])"),
        ("roa table t { roa fe80:: : ffff:: max 64 as 5; }", "RoaTable(t [Roa(fe80:: 16 64 5)])"),
    ],
)
def test_definitions(text: str, tree: str) -> None:
    assert parsed(text) == [tree]
    assert parsed(f";; {text};;\n;{text}") == [tree, tree]


WITH_SETS = ["int", "pair", "quad", "ec", "lc", "ip"]
WITHOUT_SETS = ["bool", "string", "bgpmask", "bgppath", "clist", "eclist", "lclist"]


@pytest.mark.parametrize("name", [*WITH_SETS, *WITHOUT_SETS, "prefix"])
def test_types(name: str) -> None:
    assert parsed(f"filter f {name} x; {{ }}") == [f"Filter(f [Variable({name} x)] {{}})"]


@pytest.mark.parametrize("name", WITH_SETS)
def test_sets_of_types(name: str) -> None:
    assert parsed(f"filter f {name} set x; {{ }}") == ["Filter(f [Variable(set x)] {})"]


@pytest.mark.parametrize("name", WITHOUT_SETS)
def test_no_sets_of_other_types(name: str) -> None:
    (error,) = parsed(f"filter f {name} set x; {{ }}")
    assert error == f"f:1:{11 + len(name)} You can't create sets of this type."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accept;", "1:1 syntax error: expected a definition, found the keyword 'accept'"),
        ("function { }", "1:10 syntax error: expected a name after the keyword 'function', found '{'"),
        (
            "function print() { }",
            "1:10 syntax error: expected a name after the keyword 'function', found the keyword 'print'",
        ),
        ("function 'f-1' { }", "1:16 syntax error: expected '(' after 'f-1', found '{'"),
        ("function f(int a;) { }", "1:18 syntax error: expected a type after ';', found ')'"),
        ("function f(5) { }", "1:12 syntax error: expected a type after '(', found '5'"),
        ("function f() int a { }", "1:20 syntax error: expected ';' after 'a', found '{'"),
        ("function f() int a; ; { }", "1:21 syntax error: expected '{' after ';', found ';'"),
        (
            "function f() { accept; ",
            "1:24 syntax error: expected a statement after ';', found the end of the text",
        ),
        ("filter f where true;", "1:10 syntax error: expected '{' after 'f', found the keyword 'where'"),
        ('filter f { print 1 "x"; }', "1:20 syntax error: expected ';' after '1', found \"x\""),
        ("define 5 = 5;", "1:8 syntax error: expected a name after the keyword 'define', found '5'"),
        ("define X 5;", "1:10 syntax error: expected '=' after 'X', found '5'"),
        ("define X = ;", "1:12 syntax error: expected an expression after '=', found ';'"),
        ('define X = "a" 5;', "1:16 syntax error: expected ';' after \"a\", found '5'"),
        ("eval ;", "1:6 syntax error: expected an expression after the keyword 'eval', found ';'"),
        ("roa t;", "1:5 syntax error: expected 'table' after the keyword 'roa', found 't'"),
        ("roa table 5;", "1:11 syntax error: expected a name after the keyword 'table', found '5'"),
        (
            "roa table t { ; }",
            "1:15 syntax error: expected 'roa' after '{', found ';'",
        ),
        (
            "roa table t { roa 10.0.0.0/8 as 5; }",
            "1:30 syntax error: expected 'max' after '8', found the keyword 'as'",
        ),
        (
            "roa table t { roa 10.0.0.0/8 max x as 5; }",
            "1:34 syntax error: expected a number after the keyword 'max', found 'x'",
        ),
        (
            "roa table t { roa x/8 max 9 as 5; }",
            "1:19 syntax error: expected an address after the keyword 'roa', found 'x'",
        ),
        (
            "roa table t { roa 10.0.0.0 max 9 as 5; }",
            "1:28 syntax error: expected '/' after '10.0.0.0', found the keyword 'max'",
        ),
        ("roa table t { roa 10.0.0.0/33 max 9 as 5; }", "1:28 Invalid prefix length 33"),
        ("roa table t { roa 10.0.0.1/8 max 9 as 5; }", "1:28 Invalid prefix"),
        ("roa table t { roa 10.0.0.0:255.0.255.0 max 9 as 5; }", "1:28 Invalid netmask 255.0.255.0"),
        ("roa table t { roa 10.0.0.0:255.0.0.1 max 9 as 5; }", "1:28 Invalid netmask 255.0.0.1"),
        ("roa table t { roa 10.0.0.1:255.0.0.0 max 9 as 5; }", "1:28 Invalid prefix"),
        ('\ninclude "x";', '2:1 syntax error: expected a definition, found include "x";'),
        ("define X = /* ", "1:14 Unterminated comment"),
    ],
)
def test_errors(text: str, message: str) -> None:
    assert parsed(text) == [f"f:{message}"]


def test_bird_says_less() -> None:
    assert parsed("function { }", BIRD) == ["f:1:10 syntax error"]
    assert parsed("roa table t { roa 10.0.0.0/8 max 9 as 5; }", BIRD6) == ["f:1:19 syntax error"]


def test_all_errors_of_a_file_come_at_once() -> None:
    text = """
        define A = 1;
        function f( { return 5; }
        define B = $ $ $ filter;
        define C = 3; protocol bgp { }
        filter g { if net ~ [ 10.0.0.1/8 ] then { accept; }
        filter h { bgp_path = filter(bgp_path, x); bgp_path.filter(x) }
        roa roa roa table t { roa 5 } eval 1 1
        filter ok { accept; }
        "unterminated
        eval x"""
    assert parsed(text) == [
        "Constant(A 1)",
        "f:3:21 syntax error: expected a type after '(', found '{'",
        "f:4:20 Unknown character",
        "Constant(C 3)",
        "f:5:23 syntax error: expected a definition after ';', found 'protocol'",
        "f:6:40 Invalid network prefix: 10.0.0.1/8.",
        "f:7:71 syntax error: expected ';' after ')', found '}'",
        "f:8:35 syntax error: expected an address after the keyword 'roa', found '5'",
        "EvaluateNow(1)",
        "f:8:46 syntax error: expected a definition after '1', found '1'",
        "Filter(ok [] {Verdict(accept [])})",
        "f:10:9 Unterminated string",
        "EvaluateNow(x)",
    ]


def test_nesting_ends_with_what_is_wrong() -> None:
    assert parsed("define A = " + "(" * 90 + ";" + "define B = " + "(" * 90 + "1" + ")" * 90 + ";")[1:] == [
        "Constant(B 1)"
    ]


def test_definitions_are_read_one_by_one() -> None:
    """What ``eval`` prints comes before the error of what follows it."""
    found = definitions("eval 1; $", "f", BIRD)
    assert said(next(found)) == "EvaluateNow(1)"
    assert said(next(found)) == "f:1:9 Unknown character"
    assert list(found) == []


def test_a_filter_without_braces() -> None:
    """As in ``[filters]`` of our own format."""
    tree = filter_body("  int x; int y = 1;\n accept;\n", "router.toml", line=12)
    assert shape(tree) == "Filter(- [] {Declare(int x -); Declare(int y 1); Verdict(accept [])})"
    assert tree.at == Place("router.toml", 12, 3)
    assert tree.body.statements[2].at == Place("router.toml", 13, 2)


def test_an_expression_is_all_of_its_text() -> None:
    with pytest.raises(FilterError, match="f:1:3 syntax error: expected the end after '1', found '2'"):
        expression("1 2", "f")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("where net ~ 10.0.0.0/8;", "If(Binary(~ @net 10.0.0.0/8) {Verdict(accept [])} -)"),
        ("where true;", "If(TRUE {Verdict(accept [])} -)"),
    ],
)
def test_where(text: str, tree: str) -> None:
    """``import where …`` of a configuration file."""
    stream = parser(text, BIRD)
    assert shape(stream.parse_where()) == f"Filter(- [] {{{tree}; Verdict(reject [])}})"
    stream.expect(";")


def test_a_filter_where_it_is_used() -> None:
    """``import filter { … }`` of a configuration file, behind the word ``filter``."""
    stream = parser("int x; { accept; } next")
    assert shape(stream.parse_filter_body()) == "Filter(- [Variable(int x)] {Verdict(accept [])})"
    assert stream.next().value == "next"


def test_looking_ahead() -> None:
    stream = parser("a b")
    assert [stream.peek().text, stream.peek_second().text, stream.peek_second().text] == ["a", "b", "b"]
    assert [stream.next().text, stream.peek().text] == ["a", "b"]
    assert stream.peek_second().text == ""
    assert [stream.next().text, stream.next().text, stream.next().text] == ["b", "", ""]
    assert stream.peek_second().text == ""


PLACES = """function f(int a) int b; {
  if a
   = 1 then
     b = 1
      + g( 2 )
      ;
  bgp_path.prepend(
     net.len)
   ;
  return bgp_med

  ;
}
"""
OURS = {
    "Function": (1, 10),
    "Variable": (1, 23),
    "If": (2, 3),
    "Binary": (3, 4),
    "Assign": (4, 6),
    "Call": (5, 9),
    "SetAttribute": (7, 3),
    "Method": (7, 3),
    "Return": (10, 3),
}
BIRDS = {
    "Function": (1, 10),
    "Variable": (1, 23),
    "If": (7, 3),  # there could have been an "else"
    "Binary": (3, 8),
    "Assign": (6, 7),
    "Call": (5, 14),
    "SetAttribute": (9, 4),
    "Method": (9, 4),
    "Return": (12, 3),
}


@pytest.mark.parametrize(("dialect", "places"), [(OWN, OURS), (BIRD, BIRDS)])
def test_places(dialect: Dialect, places: dict[str, tuple[int, int]]) -> None:
    """Ours is where something begins, or its operator; BIRD's how far it had to read to understand it."""
    (tree,) = definitions(PLACES, "f", dialect)
    found: dict[str, tuple[int, int]] = {}
    for node in nodes(tree):
        if not isinstance(node, Variable) or node.name == "b":
            found.setdefault(type(node).__name__, node.at[1:])
    assert {name: found[name] for name in places} == places


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("define X = x ;", 14),
        ("define X = [ x , y ];", 14),
        ("define X = [= x 5 =];", 15),
        ("define X = (x , 5);", 15),
        ("eval x ;", 8),
    ],
)
def test_where_bird_looks_names_up(text: str, column: int) -> None:
    """At once in sets and masks, elsewhere when it has seen that no parenthesis follows."""
    (tree,) = definitions(text, "f", BIRD)
    assert [node.at.column for node in nodes(tree) if isinstance(node, Name)][:1] == [column]
