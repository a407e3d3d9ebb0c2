"""What the types of expressions and functions are known to be without running them."""

from dataclasses import replace
from random import Random

import pytest

from rib.filters.algebra.operators import type_of
from rib.filters.analysis.scope import Scope, Signature, scope_of_loop
from rib.filters.analysis.types import signature_of, types_of
from rib.filters.errors import FilterError, RunError
from rib.filters.syntax import Block, Call, For, Function, Return
from rib.filters.values import Type
from tests.filters_oracle.generator import Choices, Expressions
from tests.filters_oracle.grammar import DECLARED as DECLARED_TYPES
from tests.rib.filters.reading import read

DECLARED = """
    int i; bool b; ip a; prefix p; pair c; quad q; ec e; lc l; string s;
    bgppath path; clist cs; eclist es; lclist ls; int set is; prefix set ps;
"""
FUNCTIONS = """
    function number() { return 1; }
    function nothing() { print 1; }
    function ends() { accept; }
    roa table roas { roa 10.0.0.0/8 max 24 as 65000; }
"""
V = Type.VOID


def types_in(expression: str) -> set[Type]:
    program, trees = read(f"{FUNCTIONS} function f() {DECLARED} {{ return {expression}; }}")
    function = trees[-1]
    (statement,) = function.body.statements
    assert isinstance(statement, Return)
    assert statement.value is not None
    return set(types_of(statement.value, Scope.of(function, program.symbols.signatures)))


@pytest.mark.parametrize(
    ("expression", "types"),
    [
        ("1", {Type.INT}),
        ("true", {Type.BOOL}),
        ('"text"', {Type.STRING}),
        ("10.0.0.1", {Type.IP}),
        ("2001:db8::1", {Type.IP}),
        ("10.0.0.0/8", {Type.PREFIX}),
        ("(1, 2)", {Type.PAIR}),
        ("(1, 2, 3)", {Type.LC}),
        ("(rt, 1, 2)", {Type.EC}),
        ("[1, 3..5]", {Type.SET}),
        ("[10.0.0.0/8+]", {Type.PREFIX_SET}),
        ("[= 1 * =]", {Type.BGPMASK}),
        ("RTS_BGP", {Type.RTS}),
        ("ORIGIN_IGP", {Type.ORIGIN}),
        ("+empty+", {Type.BGPPATH}),
        ("-empty-", {Type.CLIST}),
        ("--empty--", {Type.ECLIST}),
        ("---empty---", {Type.LCLIST}),
    ],
)
def test_literals(expression: str, types: set[Type]) -> None:
    assert types_in(expression) == types


@pytest.mark.parametrize(
    ("expression", "types"),
    [
        ("i", {Type.INT, V}),
        ("is", {Type.SET, V}),
        ("net", {Type.PREFIX}),
        ("bgp_local_pref", {Type.INT, V}),
        ("bgp_community", {Type.CLIST}),
        ("bgp_path", {Type.BGPPATH, V}),
        ("bgp_aggregator", {Type.OPAQUE, V}),
        ("ifname", {Type.STRING}),
    ],
)
def test_variables_and_attributes_may_be_undefined(expression: str, types: set[Type]) -> None:
    assert types_in(expression) == types


@pytest.mark.parametrize(
    ("expression", "types"),
    [
        ("i + 1", {Type.INT}),
        ("i + i - 1 * i / 2", {Type.INT}),
        ("i + s", set()),
        ("s + 1 + 1", set()),
        ("i = s", {Type.BOOL}),
        ("bgp_med < 5", {Type.BOOL}),
        ("p ~ ps", {Type.BOOL}),
        ("i !~ is", {Type.BOOL}),
        ("i ~ s", set()),
        ("!b", {Type.BOOL}),
        ("!i", set()),
        ("b && i", {Type.BOOL}),
        ("i && b", set()),
        ("i || b || b", set()),
    ],
)
def test_operators(expression: str, types: set[Type]) -> None:
    """What can fail for some of its operands has the types of the rest, what always fails has none."""
    assert types_in(expression) == types


@pytest.mark.parametrize(
    ("expression", "types"),
    [
        ("p.len", {Type.INT}),
        ("net.ip", {Type.IP}),
        ("a.mask(8)", {Type.IP}),
        ("path.prepend(i)", {Type.BGPPATH}),
        ("cs.add(c)", {Type.CLIST}),
        ("add(cs, c)", {Type.CLIST}),
        ("delete(ls, l)", {Type.LCLIST}),
        ("filter(cs, [(1, *)])", {Type.CLIST}),
        ("prepend(path, 1)", {Type.BGPPATH}),
        ("cs.add(s)", set()),
        ("add(cs, s)", set()),
        ("i.len", set()),
        ("defined(bgp_med)", {Type.BOOL}),
        ("roa_check(roas)", {Type.ROA}),
        ("roa_check(roas, p, i)", {Type.ROA}),
    ],
)
def test_methods_and_builtins(expression: str, types: set[Type]) -> None:
    assert types_in(expression) == types


@pytest.mark.parametrize(
    ("expression", "types"),
    [
        ("(i, 1)", {Type.PAIR}),
        ("(i, s)", set()),
        ("(i, i, i)", {Type.LC}),
        ("(i, i, a)", set()),
        ("(rt, i, i)", {Type.EC}),
        ("(rt, q, i)", {Type.EC}),
        ("(ro, a, i)", {Type.EC}),
        ("(rt, s, i)", set()),
        ("(rt, i, s)", set()),
        ("[= i * =]", {Type.BGPMASK}),
    ],
)
def test_values_made_of_others(expression: str, types: set[Type]) -> None:
    assert types_in(expression) == types


@pytest.mark.parametrize(
    ("expression", "types"), [("number()", {Type.INT}), ("nothing()", {V}), ("ends()", set())]
)
def test_calls_give_what_their_function_returns(expression: str, types: set[Type]) -> None:
    assert types_in(expression) == types


def signature(function: str) -> Signature:
    return read(f"{FUNCTIONS} {function}")[0].symbols.signatures["f"]


@pytest.mark.parametrize(
    ("body", "types"),
    [
        ("return 1;", {Type.INT}),
        ("if b then return 1; return s;", {Type.INT, Type.STRING, V}),
        ("if b then return 1; else return s;", {Type.INT, Type.STRING, V}),
        ("", {V}),
        ("print 1;", {V}),
        ("if b then print 1;", {Type.BOOL}),
        ("if b then print 1; else print 2;", {Type.BOOL}),
        ("number();", {Type.INT}),
        ("number(); print 1;", {V}),
        ("case i { 1: number(); }", {Type.INT, V}),
        ("case i { 1: if b then print 1; else: number(); }", {Type.BOOL, Type.INT, V}),
        ("{ number(); }", {Type.INT, V}),
        ("for int asn in bgp_path do number();", {V}),
        ("for int asn in bgp_path do return asn; return 1;", {Type.INT}),
        ("int x = 1; return x;", {Type.INT, V}),
        ("if b then { string x; return x; } return 1;", {Type.STRING, Type.INT, V}),
        ("accept;", set()),
    ],
)
def test_the_result_of_a_function(body: str, types: set[Type]) -> None:
    """Falling off the end gives the value of the last statement, which ``if`` has too."""
    assert signature(f"function f(bool b; int i; string s) {{ {body} }}").result == types


def test_a_signature_says_whether_a_value_is_ever_returned_on_purpose() -> None:
    assert signature("function f() { return 1; }").returns_value
    assert not signature("function f() { number(); }").returns_value


def test_a_return_without_a_value_gives_an_undefined_one() -> None:
    """The parser knows none of the kind, as BIRD 1.6; trees may be made otherwise."""
    (function,) = read("function f() { return 1; }")[1]
    assert isinstance(function, Function)
    body = Block((Return(None, at=function.at),), at=function.at)
    known = signature_of(replace(function, body=body), {})
    assert known == Signature((), frozenset({V}), returns_value=False, decides=False, always_decides=False)


def test_an_empty_set_goes_with_every_set() -> None:
    """So it can be in a variable for prefix sets, and is still no set of prefixes to those who look."""
    assert types_in("[]") == {Type.SET, Type.PREFIX_SET}
    assert types_in("ps") == {Type.SET, Type.PREFIX_SET, V}


@pytest.mark.parametrize(
    ("loop", "types"),
    [
        ("for int asn in bgp_path do print asn;", {Type.INT}),
        ("for int asn in bgp_path do { if asn = 1 then asn = bgp_med; print asn; }", {Type.INT, V}),
        ("for asn in bgp_path do print asn;", {Type.INT, V}),
    ],
)
def test_the_variable_of_a_loop_is_defined_unless_the_body_sets_it(loop: str, types: set[Type]) -> None:
    declared = "int asn;" if loop.startswith("for asn") else ""
    program, trees = read(f"function f() {declared} {{ {loop} }}")
    (statement,) = trees[0].body.statements
    assert isinstance(statement, For)
    scope = Scope.of(trees[0], program.symbols.signatures)
    assert scope_of_loop(statement, scope).variables[statement.variable] == types


@pytest.mark.parametrize("seed", range(8))
def test_a_run_gives_no_other_type_than_was_foreseen(seed: int) -> None:
    """Random expressions, some of which have operands of wrong types, over variables that are set or not."""
    random = Random(seed)
    variables = {kind: [f"v_{kind}", f"u_{kind}"] for kind in DECLARED_TYPES}
    writer = Expressions(random, Choices(bird2=True, wrong=0.15), variables)
    declared = "".join(f"{kind} v_{kind}; {kind} u_{kind}; " for kind in DECLARED_TYPES)
    leaves = Expressions(random, Choices(wrong=0))
    set_up = "".join(f"v_{kind} = {leaves.expression(kind, 0)}; " for kind in DECLARED_TYPES)
    bodies = [f"return {writer.any_expression(3)};" for _ in range(25)]
    bodies += [
        f"if {writer.expression('bool', 2)} then return {writer.any_expression(2)};" for _ in range(25)
    ]
    failed = 0
    for body in bodies:
        try:
            program, (tree,) = read(f"function f() {declared} {{ {set_up} {body} }}")
            value = program.evaluate(Call("f", (), at=tree.at))
        except (FilterError, RunError):
            failed += 1
        else:
            assert type_of(value) in program.symbols.signatures["f"].result, body
    assert failed < len(bodies) / 2
