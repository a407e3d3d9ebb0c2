"""Expressions to trees: precedence, literals, calls, methods, sets and path masks of BIRD 1.6."""

import pytest

from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import OWN, Dialect
from rib.filters.grammar.parser import expression
from rib.filters.syntax import Logical
from tests.rib.filters.shapes import shape

BIRD6 = Dialect(128)


def parsed(text: str, dialect: Dialect = OWN) -> str:
    return shape(expression(text, "f", dialect))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", "Binary(+ 1 Binary(* 2 3))"),
        ("1 * 2 + 3", "Binary(+ Binary(* 1 2) 3)"),
        ("1 - 2 - 3", "Binary(- Binary(- 1 2) 3)"),
        ("8 / 2 / 2", "Binary(/ Binary(/ 8 2) 2)"),
        ("1 + 2 < 4", "Binary(< Binary(+ 1 2) 4)"),
        ("1 < 2 + 4", "Binary(< 1 Binary(+ 2 4))"),
        ("1 - (2 - 3)", "Binary(- 1 Binary(- 2 3))"),
        ("a = b && c != d", "Logical(&& [Binary(= a b), Binary(!= c d)])"),
        ("a && b && c", "Logical(&& [a, b, c])"),
        ("a || b || c || d", "Logical(|| [a, b, c, d])"),
        # both bind alike
        ("a || b && c", "Logical(&& [Logical(|| [a, b]), c])"),
        ("a && b || c && d", "Logical(&& [Logical(|| [Logical(&& [a, b]), c]), d])"),
        ("a || (b && c)", "Logical(|| [a, Logical(&& [b, c])])"),
        ("(a && b) && c", "Logical(&& [Logical(&& [a, b]), c])"),
        ("a && b + 1 * 2 = 3 && c", "Logical(&& [a, Binary(= Binary(+ b Binary(* 1 2)) 3), c])"),
        ("!a = b", "Binary(= Not(a) b)"),
        ("!!a", "Not(Not(a))"),
        ("!a.len", "Not(Method(a len []))"),
        ("!(a = b)", "Not(Binary(= a b))"),
        ("(1 = 1) = true", "Binary(= Binary(= 1 1) TRUE)"),
        ("a ~ b", "Binary(~ a b)"),
        ("a !~ b", "Binary(!~ a b)"),
        ("a > b", "Binary(> a b)"),
        ("a >= b", "Binary(>= a b)"),
        ("a <= b", "Binary(<= a b)"),
    ],
)
def test_operators(text: str, tree: str) -> None:
    assert parsed(text) == tree


@pytest.mark.parametrize("text", ["1 < 2 < 3", "1 < 2 + 1 < 3", "a = b = c", "a ~ b ~ c", "a = b != c"])
def test_comparisons_do_not_chain(text: str) -> None:
    with pytest.raises(FilterError, match="expected parentheses around one of two comparisons"):
        expression(text, "f")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("5", "5"),
        ('"x"', '"x"'),
        ("true", "TRUE"),
        ("false", "FALSE"),
        ("1.2.3.4", "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("10.0.0.0 / 8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("1.2.3.4/32", "1.2.3.4/32"),
        ("fe80::/10", "fe80::/10"),
        ("RTS_BGP", "(enum 30)11"),
        ("x", "x"),
        ("'a-b'", "a-b"),
        ("net", "@net"),
        ("bgp_path", "@bgp_path"),
        ("preference", "@preference"),
        ("(1, 2)", "PairExpression(1 2)"),
        ("(1 + 1, x)", "PairExpression(Binary(+ 1 1) x)"),
        ("(1, 2, 3)", "LargeCommunityExpression(1 2 3)"),
        ("(rt, 1, 2)", "ExtendedCommunityExpression(2 1 2)"),
        ("(ro, 1.2.3.4, 2)", "ExtendedCommunityExpression(3 1.2.3.4 2)"),
        ("(generic, 1, 2)", "ExtendedCommunityExpression(65535 1 2)"),
        ("(unknown 0x4300, 1, 2)", "ExtendedCommunityExpression(17152 1 2)"),
        ("(unknown 0x14300, 1, 2)", "ExtendedCommunityExpression(17152 1 2)"),
        ("+empty+", "Empty(bgppath)"),
        ("+ empty +", "Empty(bgppath)"),
        ("-empty-", "Empty(clist)"),
        ("--empty--", "Empty(eclist)"),
        ("- - empty - -", "Empty(eclist)"),
        ("---empty---", "Empty(lclist)"),
        ("1 - -empty- - 2", "Binary(- Binary(- 1 Empty(clist)) 2)"),
        ("1 + +empty+", "Binary(+ 1 Empty(bgppath))"),
        ("f()", "Call(f [])"),
        ("f(1)", "Call(f [1])"),
        ("f(1, g(2), 3 + 4)", "Call(f [1, Call(g [2]), Binary(+ 3 4)])"),
        ("'a-b'(1)", "Call(a-b [1])"),
        ("defined(net)", "Builtin(defined [@net])"),
        ("prepend(p, 1)", "Builtin(prepend [p, 1])"),
        ("add(l, (1,2))", "Builtin(add [l, PairExpression(1 2)])"),
        ("delete(l, x)", "Builtin(delete [l, x])"),
        ("filter(l, x)", "Builtin(filter [l, x])"),
        ("roa_check(t)", "RoaCheck(t [])"),
        ("roa_check('t-1', net, bgp_path.last)", "RoaCheck(t-1 [@net, Method(@bgp_path last [])])"),
        ("net.len", "Method(@net len [])"),
        ("net.ip.mask(8)", "Method(Method(@net ip []) mask [8])"),
        ("10.0.0.0/8.len", "Method(10.0.0.0/8 len [])"),
        ("1.2.3.4.mask(8)", "Method(1.2.3.4 mask [8])"),
        ("f(1).first", "Method(Call(f [1]) first [])"),
        ("(a).last_nonaggregated", "Method(a last_nonaggregated [])"),
        ("+empty+.prepend(1)", "Method(Empty(bgppath) prepend [1])"),
        ("bgp_community.add((1,2)).len", "Method(Method(@bgp_community add [PairExpression(1 2)]) len [])"),
        (
            "l.filter([1]).delete(l).empty",
            "Method(Method(Method(l filter [SetLiteral([1])]) delete [l]) empty [])",
        ),
        ("((((1))))", "1"),
        ("x;", "x"),
    ],
)
def test_operands(text: str, tree: str) -> None:
    assert parsed(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3.0/24", "Binary(/ 1.2.3.0 24)"),
        ("[1.2.3.4, 1.2.3.5..1.2.3.6]", "SetLiteral([1.2.3.4, 1.2.3.5..1.2.3.6])"),
        ("::/0", "::/0"),
    ],
)
def test_dotted_quads_of_bird6_are_no_addresses(text: str, tree: str) -> None:
    assert parsed(text, BIRD6) == tree


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("1", "1"),
        ("3..5", "3..5"),
        ("3 .. 5", "3..5"),
        ("(1+5)", "Binary(+ 1 5)"),
        ("(1)..(4+6)", "1..Binary(+ 4 6)"),
        ("X", "X"),
        ("X..7", "X..7"),
        ("(X)..Y", "X..Y"),
        ("(f())", "Call(f [])"),
        ("1.2.3.5..1.2.3.9", "1.2.3.5..1.2.3.9"),
        ("RTS_PIPE..RTS_BABEL", "(enum 30)12..(enum 30)13"),
        ("((1,2))", "PairExpression(1 2)"),
        ("(1,2)", "TupleItem(- [1, 2])"),
        ("(1,2..5)", "TupleItem(- [1, 2..5])"),
        ("(1,*)", "TupleItem(- [1, *])"),
        ("(*,5)", "TupleItem(- [*, 5])"),
        ("(*,3..4)", "TupleItem(- [*, 3..4])"),
        ("(1..3,*)", "TupleItem(- [1..3, *])"),
        ("(1..3,4..5)", "TupleItem(- [1..3, 4..5])"),
        ("(1..3,5)", "TupleItem(- [1..3, 5])"),
        ("(*,*)", "TupleItem(- [*, *])"),
        ("(1+1,2..(3))", "TupleItem(- [Binary(+ 1 1), 2..3])"),
        ("(1,2)..(3,4)", "TupleRange(PairExpression(1 2) PairExpression(3 4))"),
        ("(1,2,3)", "TupleItem(- [1, 2, 3])"),
        ("(1,2,*)", "TupleItem(- [1, 2, *])"),
        ("(1,*,*)", "TupleItem(- [1, *, *])"),
        ("(*,*,*)", "TupleItem(- [*, *, *])"),
        ("(1,2,3..4)", "TupleItem(- [1, 2, 3..4])"),
        ("(1,2..3,*)", "TupleItem(- [1, 2..3, *])"),
        ("(1..2,*,*)", "TupleItem(- [1..2, *, *])"),
        (
            "(1,2,3)..(4,5,6)",
            "TupleRange(LargeCommunityExpression(1 2 3) LargeCommunityExpression(4 5 6))",
        ),
        ("(rt,1,2)", "TupleItem(2 [1, 2])"),
        ("(ro,1,*)", "TupleItem(3 [1, *])"),
        ("(generic,1,2..9)", "TupleItem(65535 [1, 2..9])"),
        ("(unknown 5,1+1,X)", "TupleItem(5 [Binary(+ 1 1), X])"),
        ("10.0.0.0/8", "PrefixPattern(10.0.0.0 8 8 8)"),
        ("10.0.0.0/8+", "PrefixPattern(10.0.0.0 8 8 32)"),
        ("10.0.0.0/8-", "PrefixPattern(10.0.0.0 8 0 8)"),
        ("10.0.0.0/8{ 4 , 20 }", "PrefixPattern(10.0.0.0 8 4 20)"),
        ("fe80::/10+", "PrefixPattern(fe80:: 10 10 128)"),
    ],
)
def test_sets(text: str, item: str) -> None:
    assert parsed(f"[{text}]") == f"SetLiteral([{item}])"
    assert parsed(f"[ {text} , {text} ]") == f"SetLiteral([{item}, {item}])"


def test_the_empty_set() -> None:
    assert parsed("[]") == "SetLiteral([])"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[= =]", ""),
        ("[= 1 * ? 2..5 =]", "MaskPart(asn 1), MaskPart(* -), MaskPart(? -), MaskPart(asn 2..5)"),
        ("[=1=]", "MaskPart(asn 1)"),
        ("[= x (x + 1) 'y-z' =]", "MaskPart(asn x), MaskPart(asn Binary(+ x 1)), MaskPart(asn y-z)"),
        ("[= (f()) =]", "MaskPart(asn Call(f []))"),
        ("[= 1 + [2, 3..4] =]", "MaskPart(asn 1), MaskPart(+ -), MaskPart(set SetLiteral([2, 3..4]))"),
        ("/ /", ""),
        ("/ 1 2 ? /", "MaskPart(asn 1), MaskPart(asn 2), MaskPart(* -)"),
        ("/ 1 .. 2 /", "MaskPart(asn 1..2)"),
    ],
)
def test_path_masks(text: str, parts: str) -> None:
    assert parsed(text) == f"MaskLiteral([{parts}])"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("1 +", 4),
        ("1 2", 3),
        ("- 3", 3),
        ("-empty--", 9),
        ("----empty----", 4),
        ("+empty-", 7),
        ("10.0.0.0/x", 10),
        ("10.0.0.0/(8)", 10),
        ("f(1,)", 5),
        ("f(1", 4),
        ("()", 2),
        ("(1,2,3,4)", 7),
        ("(rt, 1)", 7),
        ("(rt, 1, 2, 3)", 10),
        ("(unknown x, 1, 2)", 10),
        ("(rt)", 4),
        ("RT.foo", 4),
        ("net.len()", 8),
        ("net.mask", 9),
        ("add(1)", 6),
        ("defined 1", 9),
        ("roa_check(1)", 11),
        ("roa_check(t, 1)", 15),
        ("if", 1),
        ("[1,]", 4),
        ("[1", 3),
        ("[1+1]", 3),
        ("[true]", 2),
        ('["a"]', 2),
        ("[[1]]", 2),
        ("[1..]", 5),
        ("[1..(1,9)]", 7),
        ("[10.0.0.0/8, 1.2.3.4]", 21),
        ("[10.0.0.0/8, 1]", 14),
        ("[1.2.3.4, 10.0.0.0/8]", 19),
        ("[10.0.0.0/x]", 11),
        ("[10.0.0.0/8{(8),9}]", 13),
        ("[10.0.0.0/8{8}]", 14),
        ("[10.0.0.0/8{8,9]", 16),
        ("[(1)..(1,9)]", 9),
        ("[(1,2)..9]", 9),
        ("[(1,2)..(3)]", 11),
        ("[(1,2..4)..(3,4)]", 10),
        ("[(1,*)..(3,4)]", 7),
        ("[(1,*..2)]", 6),
        ("[(1,2,3)..(1,2,*)]", 16),
        ("[(1,2..4,5)]", 10),
        ("[(*,2,5)]", 6),
        ("[(*,*,5)]", 7),
        ("[(1..2,3,*)]", 9),
        ("[(rt,1..2,2)]", 7),
        ("[(rt,*,2)]", 6),
        ("[(rt,1,2)..(rt,3,4)]", 10),
        ("[= 1,2 =]", 5),
        ("[= x..7 =]", 5),
        ('[= "a" =]', 4),
        ("[= 2.. =]", 8),
        ("[= (1 =]", 7),
        ("[= bgp_path =]", 4),
        ("/ x /", 3),
        ("/ 1 * /", 5),
    ],
)
@pytest.mark.parametrize("dialect", [OWN, Dialect(32)])
def test_syntax_errors(text: str, column: int, dialect: Dialect) -> None:
    """The column is that of the first token that can't be there."""
    with pytest.raises(FilterError, match="syntax error") as caught:
        expression(f"\n{text};\n;", "f", dialect)
    assert caught.value.place[1:] == (2, column)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("10.0.0.1/8", 10, "Invalid network prefix: 10.0.0.1/8."),
        ("10.0.0.0/33", 10, "Invalid network prefix: 10.0.0.0/33."),
        ("fe80::1/10", 9, "Invalid network prefix: fe80::1/10."),
        ("[10.0.0.1/8+]", 11, "Invalid network prefix: 10.0.0.1/8."),
        ("[10.0.0.0/8{20,10}]", 18, "Invalid prefix pattern range: {20, 10}."),
        ("[10.0.0.0/8{20,33}]", 18, "Invalid prefix pattern range: {20, 33}."),
        ("1 + $", 5, "Unknown character"),
    ],
)
def test_other_errors(text: str, column: int, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        expression(text, "f")
    assert (caught.value.place.column, caught.value.message) == (column, message)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 99 + "1" + ")" * 99,
        "f(" * 99 + "1" + ")" * 99,
        "!" * 99 + "true",
        "net" + ".ip" * 99,
        "1" + "+1" * 99,
        "a" + "&&a||a" * 49,
        "[(" * 49 + "1" + ")]" * 49,
    ],
)
def test_nesting_has_an_end(text: str) -> None:
    expression(text, "f")
    with pytest.raises(FilterError, match="nested too deeply"):
        expression(f"(({text})+1)", "f")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "[(" * 100_000,
        "[=(" * 100_000,
        "f(" * 100_000,
        "!" * 100_000 + "a",
        "a" + "-a" * 100_000,
        "(" * 60 + "a" + ("+a" * 60 + ")") * 60,
        "([(" * 30 + "a" + ("+a" * 30 + ")])") * 30,
    ],
)
def test_no_text_is_too_deep_for_us(text: str) -> None:
    with pytest.raises(FilterError, match="nested too deeply"):
        expression(text, "f")


def test_a_row_of_conditions_may_be_long() -> None:
    condition = expression("||".join(["net ~ 10.0.0.0/8"] * 5000), "f")
    assert isinstance(condition, Logical)
    assert len(condition.operands) == 5000
