"""Mistakes in filters that are found when they are read."""

from dataclasses import replace

import pytest

from rib.filters.analysis.checker import check
from rib.filters.errors import Place
from rib.filters.syntax import Call, Constant, EvaluateNow, Filter, Return, RoaTable
from tests.rib.filters.reading import mistakes, read

AT = Place("test", 1, 1)
DECLARED = """
int i; bool b; ip a; prefix p; pair c; quad q; ec e; lc l; string s; bgppath path; clist cs; eclist es;
lclist ls; int set is; prefix set ps;"""
FUNCTIONS = """
function number() { return 1; }
function nothing() { print 1; }
function takes(int i; string s) { return i; }
function takes_quad(quad q) { return q; }
function ends() { accept; }
function may_end() { if net ~ 10.0.0.0/8 then accept; }
roa table roas { roa 10.0.0.0/8 max 24 as 65000; }
"""


def of_body(body: str) -> list[str]:
    """Return the mistakes of a function without their places."""
    text = f"{FUNCTIONS} function f() {DECLARED} {{ {body} }}"
    return [mistake.partition(" ")[2] for mistake in mistakes(text)]


@pytest.mark.parametrize(
    "expression",
    [
        "i + 1",
        "bgp_local_pref - i * 2 / 3",
        "bgp_med < 5",
        "s > ifname",
        "i = 1 && s != ifname || !b",
        "a = q",
        "q = a",
        "bgp_next_hop != 10.0.0.1",
        "source = RTS_BGP",
        "is = is",
        "i ~ [1, 2..5]",
        "i ~ []",
        "net ~ []",
        "net ~ [10.0.0.0/8+]",
        "net !~ p",
        "a ~ [10.0.0.1]",
        "q ~ [10.0.0.1]",
        "c ~ cs",
        "cs ~ [(1, *)]",
        "bgp_cluster_list ~ [10.0.0.1]",
        "es ~ [(rt, 1, 2)]",
        "ls ~ [(1, *, *)]",
        "path ~ [65000]",
        "path ~ [= * i ? =]",
        "path.prepend(1).len",
        "delete(cs, [(1, *)])",
        "cs.filter([(1, *)])",
        "defined(i) || defined(bgp_aggregator)",
        "roa_check(roas, net, path.last) = ROA_VALID",
        "takes(1, s)",
        "takes_quad(a)",
        "(i, i)",
        "(i, i, bgp_med)",
        "(rt, a, 1)",
        "[1] = is",
    ],
)
def test_what_can_work_is_no_mistake(expression: str) -> None:
    assert of_body(f"return {expression};") == []


@pytest.mark.parametrize(
    ("expression", "mistake"),
    [
        ('i = "a"', "can't compare int with string: this is never true"),
        ("p != a", "can't compare prefix with ip: this is always true"),
        ("is = [10.0.0.0/8]", "can't compare set with prefix set: this is never true"),
        ('i < "a"', "int < string is not possible, only int < int"),
        ("cs <= i", "clist <= int is not possible, only int <= int"),
        ("s + i", "string + int is not possible, only int + int"),
        ("s - s", "string - string is not possible, only int - int"),
        ("s ~ i", "string ~ int is not possible, only string ~ string"),
        ("net ~ a", "prefix ~ ip is not possible, only prefix ~ prefix, prefix ~ prefix set or prefix ~ set"),
        ("path < path", "bgppath < bgppath is not possible"),
        ("net ~ [1]", "no prefix can match a set of int; a set of prefix can"),
        ("i ~ [10.0.0.1]", "no int can match a set of ip; a set of int can"),
        ("path !~ [(1, 2)]", "no bgppath can match a set of pair; a set of int can"),
        ("cs ~ [1]", "no clist can match a set of int; a set of ip, pair or quad can"),
        ("cs.delete([1])", "no clist can match a set of int; a set of ip, pair or quad can"),
        ("!i", "the operand of ! must be bool, not int"),
        ("b && i", "an operand of && must be bool, not int"),
        ("i || b || s", "an operand of || must be bool, not int"),
        ("takes(s, s)", "argument 1 of takes must be int, not string"),
        ("takes(1, 2)", "argument 2 of takes must be string, not int"),
        ("takes_quad(1)", "argument 1 of takes_quad must be ip or quad, not int"),
        ("nothing()", "function nothing never returns a value"),
        ("nothing() + 1", "function nothing never returns a value"),
        ("ends()", "function ends never returns a value"),
        ("roa_check(roas, a, 1)", "argument 2 of roa_check must be prefix, not ip"),
        ("roa_check(roas, net, s)", "argument 3 of roa_check must be int, not string"),
        ("i.len", "int has no len; bgppath, clist, eclist, lclist or prefix can have it"),
        ("s.add(1)", "string has no add; clist, eclist or lclist can have it"),
        ("add(es, 1)", "add of eclist takes ec or eclist, not int"),
        ("(i, s)", "a place of a pair must be int, not string"),
        ("(1, a, i)", "a place of a large community must be int, not ip"),
        ("(rt, s, 1)", "the key of an extended community must be int, ip or quad, not string"),
        ("(rt, 1, s)", "the value of an extended community must be int, not string"),
        ("[= 1 s =]", "a place of a path mask must be int, not string"),
    ],
)
def test_what_always_fails_in_an_expression(expression: str, mistake: str) -> None:
    assert of_body(f"return {expression};") == [mistake]


def test_a_mistake_is_told_once_and_not_of_everything_around_it() -> None:
    assert of_body("return i + s + i * 2 > 3 && b;") == ["int + string is not possible, only int + int"]
    assert of_body("return (i + s, 1);") == ["int + string is not possible, only int + int"]
    assert of_body("return cs.add((i + s, 1)).len + 1;") == ["int + string is not possible, only int + int"]


@pytest.mark.parametrize(
    "statement",
    [
        "i = bgp_med;",
        "q = 10.0.0.1;",
        "q = a;",
        "int x = 5;",
        "int x;",
        "s = ifname;",
        "bgp_med = i + 1;",
        "bgp_originator_id = 10.0.0.1;",
        "bgp_originator_id = 5;",
        "bgp_origin = ORIGIN_EGP;",
        "bgp_path.prepend(65000);",
        "bgp_community.add((1, 2));",
        "bgp_community = -empty-;",
        "unset(bgp_med);",
        "dest = RTD_BLACKHOLE;",
        "preference = 200;",
        "krt_tunnel = s;",
        "if b then print 1;",
        "if net ~ ps then print 1; else if defined(i) then print 2;",
        "case i { 1, 3..5: print 1; else: print 2; }",
        "case a { 10.0.0.1: print 1; }",
        "case q { 10.0.0.1: print 1; }",
        "case source { RTS_BGP: print 1; }",
        "for int asn in bgp_path do print asn;",
        "for i in path do print i;",
        "for pair x in cs do print x;",
        "for ec x in es do print x;",
        "for lc x in ls do print x;",
        "nothing();",
        "takes(1, s);",
    ],
)
def test_statements_that_can_work(statement: str) -> None:
    assert of_body(statement) == []


@pytest.mark.parametrize(
    ("statement", "mistake"),
    [
        ("i = s;", "a variable of type int can't be set to string"),
        ("s = net.len;", "a variable of type string can't be set to int"),
        ("q = 1;", "a variable of type quad can't be set to int"),
        ('int x = "a";', "a variable of type int can't be set to string"),
        ("i = nothing();", "function nothing never returns a value"),
        ("bgp_med = s;", "bgp_med is int, it can't be set to string"),
        ("bgp_originator_id = s;", "bgp_originator_id is quad, it can't be set to string"),
        ("bgp_origin = 1;", "bgp_origin is origin, it can't be set to int"),
        ("bgp_aggregator = 1;", "bgp_aggregator can only be read"),
        ("bgp_community.add(1);", "add of clist takes clist, ip, pair or quad, not int"),
        ("if i then print 1;", "the condition of if must be bool, not int"),
        ("if b then print 1; else if net then print 2;", "the condition of if must be bool, not prefix"),
        ("if nothing() then print 1;", "function nothing never returns a value"),
        ("case i { 10.0.0.1: print 1; }", "the subject of case is int, it can't be ip"),
        ("case net { 1: print 1; }", "the subject of case is prefix, it can't be int"),
        (
            "for int x in net do print x;",
            "the collection of for must be bgppath, clist, eclist or lclist, not prefix",
        ),
        ("for string x in path do print x;", "bgppath holds int, not string"),
        ("for s in cs do print s;", "clist holds pair, not string"),
        ("for int x in nothing() do print x;", "function nothing never returns a value"),
        ("takes(s, s);", "argument 1 of takes must be int, not string"),
        ("print i + s;", "int + string is not possible, only int + int"),
    ],
)
def test_statements_that_always_fail(statement: str, mistake: str) -> None:
    assert of_body(statement) == [mistake]


@pytest.mark.parametrize(
    "body",
    [
        "accept; print 1;",
        "return 1; print 1;",
        'error "why"; print 1;',
        "if b then accept; else return 1; print 1;",
        "case i { 1: accept; else: reject; } print 1;",
        "if b then { reject; print 1; }",
        "{ accept; } print 1; print 2;",
    ],
)
def test_statements_that_nothing_leads_to(body: str) -> None:
    assert of_body(body) == ["this is never reached: what is before it never goes on"]


@pytest.mark.parametrize(
    "body",
    [
        "if b then accept; print 1;",
        "if true then accept; print 1;",
        "may_end(); print 1;",
        "ends(); print 1;",
        "case i { 1: accept; } print 1;",
        "for int asn in path do accept; print 1;",
    ],
)
def test_statements_that_may_be_reached(body: str) -> None:
    """A condition that is a constant switches parts of a filter off on purpose, so does a function's body."""
    assert of_body(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "accept;",
        "if net ~ 10.0.0.0/8 then accept; reject;",
        "if net ~ 10.0.0.0/8 then accept; else reject;",
        "case source { RTS_BGP: accept; else: reject; }",
        "may_end(); reject;",
        "ends();",
        "if true then accept;",
    ],
)
def test_a_filter_that_ends_with_a_verdict(body: str) -> None:
    assert mistakes(f"{FUNCTIONS} filter from_tor {{ {body} }}") == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "print net;",
        "if net ~ 10.0.0.0/8 then accept;",
        "case source { RTS_BGP: accept; }",
        "may_end();",
        "number();",
    ],
)
def test_a_filter_that_can_fall_off_its_end(body: str) -> None:
    (mistake,) = mistakes(f"{FUNCTIONS} filter from_tor {{ {body} }}")
    assert mistake.endswith(" filter from_tor can end without accept or reject; a route is then refused")


def test_a_filter_without_a_name_that_can_fall_off_its_end() -> None:
    (named,) = read("filter named { print 1; }")[1]
    assert isinstance(named, Filter)
    (error,) = check(replace(named, name=None), {})
    assert error.message == "this filter can end without accept or reject; a route is then refused"


def test_a_filter_does_not_return() -> None:
    (mistake,) = mistakes("filter f { if net ~ 10.0.0.0/8 then return true; accept; }")
    assert mistake.endswith(" return is for functions: a filter ends with accept or reject")


def test_all_mistakes_are_found_at_once_in_the_order_of_the_text() -> None:
    text = """
filter wrong
{
  if bgp_med = "a" then
    accept;
  bgp_local_pref = "b";
  if ifname then { reject; print 1; }
}"""
    assert mistakes(text) == [
        "2:8 filter wrong can end without accept or reject; a route is then refused",
        "4:14 can't compare int with string: this is never true",
        "6:20 bgp_local_pref is int, it can't be set to string",
        "7:6 the condition of if must be bool, not string",
        "7:28 this is never reached: what is before it never goes on",
    ]


def test_variables_of_inner_blocks_have_their_own_types() -> None:
    assert of_body("if b then { string x; x = s; } else { int x; x = i; }") == []
    assert of_body("if b then { string x; x = i; } else { int x; x = i; }") == [
        "a variable of type string can't be set to int"
    ]


def test_a_chain_of_else_if_may_be_long() -> None:
    chain = " else ".join(f"if i = {number} then print i;" for number in range(999))
    assert of_body(f"{chain} else if i then print s;") == ["the condition of if must be bool, not int"]


def test_constants_and_evaluations_are_expressions() -> None:
    """What they were worked out to is known by the time; the expressions may still have something to say."""
    program, (*_, tree) = read(f'{FUNCTIONS} function f() {{ return 1 + "a"; }}')
    (statement,) = tree.body.statements
    assert isinstance(statement, Return)
    assert statement.value is not None
    for definition in (
        Constant("WRONG", statement.value, at=AT),
        EvaluateNow(statement.value, at=AT),
    ):
        (error,) = check(definition, program.symbols.signatures)
        assert error.message == "int + string is not possible, only int + int"


def test_a_function_may_be_called_by_eval_for_what_it_does() -> None:
    functions = read(FUNCTIONS)[0].symbols.signatures
    assert check(EvaluateNow(Call("nothing", (), at=AT), at=AT), functions) == []
    assert len(check(Constant("WRONG", Call("nothing", (), at=AT), at=AT), functions)) == 1


def test_a_table_of_roas_has_no_mistakes() -> None:
    assert check(RoaTable("roas", (), at=AT), {}) == []
