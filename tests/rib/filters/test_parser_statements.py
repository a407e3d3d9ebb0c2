"""Statements to trees."""

import pytest

from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import OWN, Dialect
from rib.filters.grammar.parser import filter_body
from rib.filters.syntax import Block, If
from tests.rib.filters.shapes import shape

BIRD = Dialect(32)


def parsed(text: str) -> str:
    return shape(filter_body(text, "f").body)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", ""),
        ("accept;", "Verdict(accept [])"),
        ('reject "no", net;', 'Verdict(reject ["no", @net])'),
        ("error 1, 2,;", "Verdict(error [1, 2])"),
        ("quitbird;", "Verdict(quitbird [])"),
        ("print;", "Print([] True)"),
        ('print "x", 1 + 2;', 'Print(["x", Binary(+ 1 2)] True)'),
        ("printn 1;", "Print([1] False)"),
        ("x = 5;", "Assign(x 5)"),
        ("'x-y' = 5;", "Assign(x-y 5)"),
        ("x.add(5);", "Assign(x Method(x add [5]))"),
        ("x.empty;", "Assign(x Method(x empty []))"),
        ("do = 5;", "Assign(do 5)"),
        ("f();", "Evaluate(Call(f []))"),
        ("'a.b'(1, true);", "Evaluate(Call(a.b [1, TRUE]))"),
        ("bgp_local_pref = 5;", "SetAttribute(bgp_local_pref 5)"),
        ("preference = 5;", "SetAttribute(preference 5)"),
        ("net = 5;", "SetAttribute(net 5)"),
        ('krt_tunnel="";', 'SetAttribute(krt_tunnel "")'),
        ("bgp_path.prepend(1);", "SetAttribute(bgp_path Method(@bgp_path prepend [1]))"),
        (
            "bgp_community.add((1,2));",
            "SetAttribute(bgp_community Method(@bgp_community add [PairExpression(1 2)]))",
        ),
        ("bgp_community.delete(x);", "SetAttribute(bgp_community Method(@bgp_community delete [x]))"),
        ("bgp_community.filter(x);", "SetAttribute(bgp_community Method(@bgp_community filter [x]))"),
        ("bgp_path.empty;", "SetAttribute(bgp_path Empty(bgppath))"),
        ("bgp_community.empty;", "SetAttribute(bgp_community Empty(clist))"),
        ("bgp_cluster_list.empty;", "SetAttribute(bgp_cluster_list Empty(clist))"),
        ("bgp_ext_community.empty;", "SetAttribute(bgp_ext_community Empty(eclist))"),
        ("bgp_large_community.empty;", "SetAttribute(bgp_large_community Empty(lclist))"),
        ("unset(krt_metric);", "Unset(krt_metric)"),
        ("return 1;", "Return(1)"),
        ("return;", "Return(-)"),
        ("if a then accept;", "If(a {Verdict(accept [])} -)"),
        ("if a then { } else { }", "If(a {} {})"),
        ("if a then f(); else { g(); h(); }", None),
        ("if a then if b then x=1; else x=2;", "If(a {If(b {Assign(x 1)} {Assign(x 2)})} -)"),
        ("if a then { if b then x=1; } else x=2;", "If(a {If(b {Assign(x 1)} -)} {Assign(x 2)})"),
        (
            "if a then x=1; else if b then x=2; else x=3; if c then x=4;",
            "If(a {Assign(x 1)} {If(b {Assign(x 2)} {Assign(x 3)})}); If(c {Assign(x 4)} -)",
        ),
        ("if a then f(); else if b then g();", None),
        ("{ x = 1; { y = 2; } }", "{Assign(x 1); {Assign(y 2)}}"),
        ("case x { }", "Case(x [])"),
        (
            "case x { 1: f(); g(); 2, 5..9: else: accept; }",
            "Case(x [Arm([1] {Evaluate(Call(f [])); Evaluate(Call(g []))}), Arm([2, 5..9] {}), "
            "Arm([] {Verdict(accept [])})])",
        ),
        ("case x { (1): (1,2), (1,*): 1.2.3.4..1.2.3.9: (rt,1,2): }", None),
        ("case x { RTS_BGP: (1,2,3): (2+1)..5: }", None),
        ("case x { 1: y = 2; Y: f(); Y, Z: Y..7: g(); }", None),
        ("case 1 { 1: case 2 { 2: } else: }", "Case(1 [Arm([1] {Case(2 [Arm([2] {})])}), Arm([] {})])"),
        ("for int asn in bgp_path do print asn;", "For(int asn @bgp_path {Print([asn] True)})"),
        ("for x in l do { f(x); }", "For(- x l {Evaluate(Call(f [x]))})"),
        ("accept; int x; int y = 5;", "Verdict(accept []); Declare(int x -); Declare(int y 5)"),
        ("accept; pair set s = [(1,2)]; prefix set t;", None),
    ],
)
def test_statements(text: str, tree: str | None) -> None:
    assert parsed(text) == "{" + (LONGER[text] if tree is None else tree) + "}"


LONGER = {
    "if a then f(); else if b then g();": ("If(a {Evaluate(Call(f []))} {If(b {Evaluate(Call(g []))} -)})"),
    "if a then f(); else { g(); h(); }": (
        "If(a {Evaluate(Call(f []))} {Evaluate(Call(g [])); Evaluate(Call(h []))})"
    ),
    "case x { (1): (1,2), (1,*): 1.2.3.4..1.2.3.9: (rt,1,2): }": (
        "Case(x [Arm([1] {}), Arm([TupleItem(- [1, 2]), TupleItem(- [1, *])] {}), "
        "Arm([1.2.3.4..1.2.3.9] {}), Arm([TupleItem(2 [1, 2])] {})])"
    ),
    "case x { RTS_BGP: (1,2,3): (2+1)..5: }": (
        "Case(x [Arm([(enum 30)11] {}), Arm([TupleItem(- [1, 2, 3])] {}), Arm([Binary(+ 2 1)..5] {})])"
    ),
    "case x { 1: y = 2; Y: f(); Y, Z: Y..7: g(); }": (
        "Case(x [Arm([1] {Assign(y 2)}), Arm([Y] {Evaluate(Call(f []))}), Arm([Y, Z] {}), "
        "Arm([Y..7] {Evaluate(Call(g []))})])"
    ),
    "accept; pair set s = [(1,2)]; prefix set t;": (
        "Verdict(accept []); Declare(set s SetLiteral([TupleItem(- [1, 2])])); Declare(prefix set t -)"
    ),
}


@pytest.mark.parametrize(
    "text",
    [
        "if ( net ~ 10.244.1.0/26 && krt_metric < 1024 ) then { accept; }",
        "if (net ~ 10.245.0.0/16) then { if (defined(bgp_next_hop)&&(bgp_next_hop ~ 10.10.0.0/24)) "
        'then krt_tunnel=""; else krt_tunnel="tunl0"; accept; }',
        "if (is_same_as) then { if (((65000, 100) ~ bgp_community)) "
        "then { bgp_local_pref = 2147483547; accept; } }",
        'if ((net ~ [ 10.0.0.0/8{16,24} ])&&((defined(ifname))&&(ifname ~ "eth*"))) then { reject; }',
        "if (defined(source) && source = RTS_BGP) "
        "then { krt_metric = 2147483647 - bgp_local_pref; } else { }",
        "if ((bgp_path ~ [= 65000 65001 * =])) then { bgp_large_community.add((65000, 100, 1)); }",
        "'bgp_my.filter-a_importFilterV4'(true);",
    ],
)
def test_what_calico_writes(text: str) -> None:
    assert parsed(text).startswith(("{If(", "{Evaluate("))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (";", 1),
        ("1;", 1),
        ("(f());", 1),
        ("net.len;", 4),
        ("preference.add(5);", 11),
        ("bgp_path.len;", 10),
        ("bgp_path;", 9),
        ("bgp_path.prepend 5;", 18),
        ("f().len;", 4),
        ("f(1)(2);", 5),
        ("defined(1);", 1),
        ("x;", 2),
        ("x.len;", 3),
        ("x = 5 }", 7),
        ("x + 5;", 3),
        ("print 1 2;", 9),
        ("print , 1;", 7),
        ("print 1,,;", 9),
        ("accept 1 2;", 10),
        ("return 1 2;", 10),
        ("if true print 1;", 9),
        ("if true then ;", 14),
        ("if true then { };", 17),
        ("if true then accept else reject;", 21),
        ("else accept;", 1),
        ("case 1 { ; }", 10),
        ("case 1 { else : }", 10),
        ("case 1 { x = 4: }", 12),
        ("case 1 { 10.0.0.0/8: }", 18),
        ("case 1 { 1: accept }", 20),
        ("case 1 { 1 accept; }", 12),
        ("case 1 accept;", 8),
        ("unset(net);", 7),
        ("unset(preference);", 7),
        ("unset(x);", 7),
        ("unset bgp_path;", 7),
        ("unset(bgp_path, net);", 15),
        ("accept; int 5;", 13),
        ("accept; int x + 5;", 15),
        ("accept; int }", 13),
        ("for in l do accept;", 5),
        ("for void x in l do accept;", 10),
        ("for int x of l do accept;", 11),
        ("for int x in l accept;", 16),
        ("then accept;", 1),
        ("{ accept; ]", 11),
        ("}", 1),
        ("function f() { }", 1),
    ],
)
@pytest.mark.parametrize("dialect", [OWN, BIRD])
def test_syntax_errors(text: str, column: int, dialect: Dialect) -> None:
    with pytest.raises(FilterError, match="syntax error") as caught:
        filter_body(text, "f", dialect=dialect)
    assert caught.value.place[1:] == (1, column)


SLIPS = [
    # what somebody wrote, the column, and what is said
    ("acept;", 1, "acept begins no statement; did you mean accept?"),
    ("if true then acept; reject;", 14, "acept begins no statement; did you mean accept?"),
    ("retrun 5;", 1, "retrun begins no statement; did you mean return?"),
    ("strng s;", 1, "strng begins no statement; did you mean string?"),
    ("foobar;", 7, "expected '=' or '(' after 'foobar', found ';'"),
    ("accept", 7, "expected ';' after the keyword 'accept', found the end of the text"),
    ("if true then { accept }", 23, "expected ';' after the keyword 'accept', found '}'"),
    (
        "if true then accept else reject;",
        21,
        "expected ';' after the keyword 'accept', found the keyword 'else'",
    ),
    ("print 1, accept;", 10, "expected ';' after ',', found the keyword 'accept'"),
    ("print\nprint 2;", 1, "expected ';' after the keyword 'print', found the keyword 'print'"),
    ("if net == 10.0.0.0/8 then accept;", 9, "one '=' is enough, to compare as well as to set"),
    ("x == 1;", 4, "one '=' is enough, to compare as well as to set"),
]


@pytest.mark.parametrize(("text", "column", "message"), SLIPS)
def test_what_is_probably_meant_is_said(text: str, column: int, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        filter_body(text, "f")
    assert (caught.value.place.column, caught.value.message) == (column, f"syntax error: {message}")


@pytest.mark.parametrize("text", [text for text, _, _ in SLIPS])
def test_bird_never_says_what_is_meant(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        filter_body(text, "f", dialect=BIRD)
    assert caught.value.message == "syntax error"


def test_bird_complains_where_it_stands() -> None:
    """That is behind the name, which may begin a statement for all it knows."""
    with pytest.raises(FilterError) as caught:
        filter_body("acept;", "f", dialect=BIRD)
    assert caught.value.place.column == 6


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("bgp_med.empty;", 1, "Can't empty that attribute"),
        ("bgp_aggregator.empty;", 1, "Can't empty that attribute"),
        ("accept; bool set x;", 14, "You can't create sets of this type."),
        ("accept; int set set x;", 17, "You can't create sets of this type."),
        ("x = $;", 5, "Unknown character"),
    ],
)
def test_other_errors(text: str, column: int, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        filter_body(text, "f")
    assert (caught.value.place.column, caught.value.message) == (column, message)


def test_hundreds_of_else_ifs_are_a_chain() -> None:
    (first,) = filter_body("if a then accept; else " * 900 + "reject;", "f").body.statements
    length, block = 0, Block((first,), at=first.at)
    while isinstance(block.statements[0], If):
        length += 1
        assert block.statements[0].otherwise is not None
        block = block.statements[0].otherwise
    assert (length, shape(block)) == (900, "{Verdict(reject [])}")


def test_thousands_are_too_many() -> None:
    with pytest.raises(FilterError, match="too many branches"):
        filter_body("if a then accept; else " * 5000 + "reject;", "f")


@pytest.mark.parametrize(
    "text", ["if a then " * 10_000, "{" * 10_000, "case 1 { 1: " * 10_000, "for x in l do " * 10_000]
)
def test_nesting_has_an_end(text: str) -> None:
    with pytest.raises(FilterError, match="nested too deeply"):
        filter_body(text, "f")
