"""Definitions in order: what they may use, what is worked out at once, and what is wrong with them."""

import pytest

from rib.filters.analysis.scope import walk
from rib.filters.binding.complaints import BIRD
from rib.filters.errors import FilterError, RunError
from rib.filters.grammar.parser import definitions, expression
from rib.filters.program import Program
from rib.filters.running.run import DecidedError, Decision, Run
from rib.filters.syntax import Name, SetLiteral
from tests.rib.filters.houses import Listener, policy, program, route


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("filter f { accept; } function f() { }", "Symbol already defined"),
        ("function f() { } define f = 1;", "Symbol already defined"),
        ("define f = 1; filter f { accept; }", "Symbol already defined"),
        ("define f = 1; roa table f { }", "Symbol already defined"),
        ("function f(int a; int a) { }", "Symbol already defined"),
        ("function f(int a) int a; { }", "Symbol already defined"),
        ("filter f int a; int a; { accept; }", "Symbol already defined"),
        ("filter f { print a; accept; }", "a is no variable, constant or attribute"),
        (
            "filter f { if bgp_comunity ~ [(1,2)] then accept; reject; }",
            "bgp_comunity is no variable, constant or attribute; did you mean bgp_community?",
        ),
        (
            "define racks = 1; filter f { print rakcs; accept; }",
            "rakcs is no variable, constant or attribute; did you mean racks?",
        ),
        ("filter f { a = 1; accept; }", "a is no variable or attribute"),
        ("define a = 1; filter f { a = 1; accept; }", "a is no variable or attribute"),
        (
            "filter f { bgp_comunity.add((1,2)); accept; }",
            "bgp_comunity is no variable or attribute; did you mean bgp_community?",
        ),
        (
            "filter f int metric; { { metrik = 1; } accept; }",
            "metrik is no variable or attribute; did you mean metric?",
        ),
        ("filter f { g(); accept; }", "g is no function"),
        ("define g = 1; filter f { g(); accept; }", "g is no function"),
        (
            "function is_ours() { } filter f { is_our(); accept; }",
            "is_our is no function; did you mean is_ours?",
        ),
        ("function g(int a) { } filter f { g(); accept; }", "Wrong number of arguments for function g."),
        ("function g() { } filter f { g(1); accept; }", "Wrong number of arguments for function g."),
        ("function g() { g(); }", "function g can't call itself"),
        ("filter f { net = 10.0.0.0/8; accept; }", "net can only be read"),
        ("filter f { if roa_check(t) = ROA_VALID then accept; reject; }", "t is not a ROA table"),
        ("filter f int a; { if 1 ~ [ a ] then accept; reject; }", "Integer expression expected"),
        ("define a = [ 1, 1.2.3.4 ];", "Set-incompatible type"),
        ("define a = (1, 65536);", "Value 65536 out of range (0-65535)"),
        ("define a = (1, 4294967295);", "Value -1 out of range (0-65535)"),
        ("define a = (1, true);", "Can't operate with value of non-integer type in pair constructor"),
        (
            "define a = (1, 2, true);",
            "LC - Can't operate with value of non-integer type in tuple constructor",
        ),
        ("define a = (rt, true, 1);", "Can't operate with key of non-integer/IPv4 type in EC constructor"),
        ("define a = (rt, 1, true);", "Can't operate with value of non-integer type in EC constructor"),
        ("define a = (rt, 70000, 70000);", "Value 70000 out of range (0-65535)"),
        ("define a = (rt, 1.2.3.4, 70000);", "Value 70000 out of range (0-65535)"),
        (
            "define a = (rt, (1, 2), 1);",
            "Can't operate with key of non-integer/IPv4 type in EC constructor",
        ),
        (
            "define a = (rt, (1, 2, 3), 1);",
            "Can't operate with key of non-integer/IPv4 type in EC constructor",
        ),
        (
            "define a = (rt, (rt, 1, 2), 1);",
            "Can't operate with key of non-integer/IPv4 type in EC constructor",
        ),
        ("filter f { for a in bgp_path do accept; reject; }", "a is no variable or attribute"),
        (
            "filter f { for int a in bgp_path do print a; print a; accept; }",
            "a is no variable, constant or attribute",
        ),
    ],
)
def test_what_is_wrong(text: str, error: str) -> None:
    with pytest.raises(FilterError) as caught:
        program(text)
    assert caught.value.message == error
    assert str(caught.value) == f"{caught.value.place} {error}"


BIRDS = [
    ("filter f { a = 1; accept; }", "You may set only variables."),
    ("filter f { bgp_comunity.add((1,2)); accept; }", "You may set only variables."),
    ("filter f { for a in bgp_path do accept; reject; }", "You may set only variables."),
    ("filter f { g(); accept; }", "You can't call something which is not a function. Really."),
    ("filter f { net = 10.0.0.0/8; accept; }", "This static attribute is read-only."),
    ("filter f { print a; accept; }", "a: variable expected."),
]


@pytest.mark.parametrize(("text", "error"), BIRDS)
def test_what_bird_says_is_said_in_its_words(text: str, error: str) -> None:
    (definition,) = definitions(text, "test")
    assert not isinstance(definition, FilterError)
    with pytest.raises(FilterError) as caught:
        Program(BIRD).define(definition)
    assert caught.value.message == error


def test_a_definition_is_returned_with_its_names_bound() -> None:
    """Whoever checks it needs no name any more."""
    made = program("define a = 1;")
    for text in ("define b = a + 1;", "eval a ~ [1];"):
        definition = next(definitions(text, "test"))
        assert not isinstance(definition, FilterError)
        bound = made.define(definition)
        assert not [node for node in walk(bound) if isinstance(node, Name | SetLiteral)]


def test_the_first_error_of_a_definition_is_reported() -> None:
    text = "filter f {\n if true then\n first();\n else\n second();\n if true then third(); accept; }"
    with pytest.raises(FilterError) as caught:
        program(text)
    assert caught.value.place.line == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("1 - 2", 4294967295),
        ("7 / 2", 3),
        ("two + f(3)", 5),
        ("f(two) = 2 && ! false", True),
        ("(two, f(3)) ~ [(2, 3)]", True),
        ("[= 1 two (f(3)) =] = [= 1 2 3 =]", True),
        ("prepend(prepend(+empty+, 1), 2) ~ [= 2 (f(1)) =]", True),
        ("10.0.0.0/8.len", 8),
        ("defined(f(1))", True),
        ("nothing()", None),
        ("last_if(true)", False),
        ("last_if(false)", True),
        ("last_else(true)", True),
        ("last_else(false)", False),
        ("last_case(1)", 1),
        ("last_case(2)", None),
        ("last_case(3)", None),
        ("loop(+empty+)", 0),
        ("loop(prepend(prepend(+empty+, 4), 5))", 9),
        ("kinds((1,2), (rt,1,2), (1,2,3))", 3),
        ("roa_check(origins, 10.1.0.0/16, 65002) = ROA_VALID", True),
        ("inner(1)", 12),
    ],
)
def test_expressions(text: str, value: object) -> None:
    made = program(
        """
        define two = 2;
        roa table origins { roa 10.0.0.0/8 max 24 as 65002; }
        function f(int a) { return a; }
        function nothing() int a; { return a; }
        function last_if(bool b) { if b then print "then"; }
        function last_else(bool b) { if b then print "then"; else print "else"; }
        function last_case(int a) { case a { 1: f(a); 2: print a; } }
        function loop(bgppath p) int sum; { sum = 0; for int asn in p do sum = sum + asn; return sum; }
        function kinds(pair p; ec e; lc l) int n; {
            n = 0;
            for pair c in add(-empty-, p) do { if c = p then n = n + 1; }
            for ec c in add(--empty--, e) do { if c = e then n = n + 1; }
            for lc c in add(---empty---, l) do { if c = l then n = n + 1; }
            return n;
        }
        function inner(int a) { if true then { int b = 1; { int a = 11; b = b + a; } return b; } }
        """
    )
    assert made.evaluate(expression(text, "test")) == value


def test_what_is_printed_while_constants_are_worked_out() -> None:
    made = program('function f() { print "seen"; return 1; } define a = f(); eval f(); filter g { accept; }')
    assert made.printed == ["seen", "seen"]
    assert made.symbols.constants == {"a": 1}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1 / 0", "Mother told me not to divide by 0"),
        ("net", "No route to access"),
        ("(1, 1 + 65535)", "Can't operate with value out of bounds in pair constructor"),
        ("((1 + 1, 2), 1)", "Can't operate with value of non-integer type in pair constructor"),
        ("(rt, 1 + 70000, 70000)", "Can't operate with value out of bounds in EC constructor"),
        ("prepend(+empty+, 1) ~ [= (true) =]", "Error resolving path mask template: value not an integer"),
        ("f(true)", "Assigning to variable of incompatible type"),
        ("g()", "for expects a path or a list"),
        ("roa_check(origins, 1, 1)", "Invalid argument to roa_check()"),
    ],
)
def test_what_fails_when_it_is_worked_out(text: str, error: str) -> None:
    made = program(
        "roa table origins { } function f(int a) { return a; }function g() { for int a in 5 do print a; }"
    )
    with pytest.raises(RunError) as caught:
        made.evaluate(expression(text, "test"))
    assert str(caught.value) == error


def test_a_verdict_ends_what_is_worked_out() -> None:
    made = program("function f() { accept; }")
    for text in ("f()", "1 + f()"):
        with pytest.raises(DecidedError) as caught:
            made.evaluate(expression(text, "test"))
        assert caught.value.decision is Decision.ACCEPT


def test_roa_check_of_a_route() -> None:
    text = (
        "roa table origins { roa 10.1.0.0/16 max 24 as 65002; }"
        "filter f { if roa_check(origins) = ROA_VALID then accept; reject; }"
    )
    made = route()
    asked = policy(text)
    assert asked.judge(made, made.attributes, b"\x18\x0a\x01\x02") is not None  # type: ignore[arg-type]
    assert asked.judge(made, made.attributes, b"\x20\x0a\x01\x02\x03") is None  # type: ignore[arg-type]
    listener = Listener()
    bare = made.attributes.replace(dict.fromkeys([row for _, row, _, _ in made.attributes.items() if row]))
    assert policy(text, listener).judge(made, bare, b"\x18\x0a\x01\x02") is None  # type: ignore[arg-type]
    assert listener.complaints == ["filters, line 1: Missing AS_PATH attribute"]


def test_hundreds_of_else_ifs() -> None:
    chain = " else ".join(f"if bgp_local_pref = {number} then bgp_med = {number};" for number in range(400))
    made = route()
    asked = policy(f"filter f {{ bgp_local_pref = 399; {chain} accept; }}")
    outcome = asked.judge(made, made.attributes, b"\0")  # type: ignore[arg-type]
    assert outcome is not None
    assert "399" in str([value for code, _, value, _ in outcome.attributes.items() if code == 4])


def test_what_is_nested_too_deeply_is_an_error() -> None:
    """Python takes 20 loops inside of each other."""
    loops = " ".join(f"for int a{number} in bgp_path do {{" for number in range(30))
    with pytest.raises(FilterError, match="nested too deeply"):
        program(f"filter f {{ {loops} {'}' * 30} accept; }}")


def test_a_large_set_is_read_at_once() -> None:
    items = ", ".join(f"10.{number >> 8}.{number & 255}.0/24{{24,32}}" for number in range(20_000))
    made = program(f"define large = [ {items} ];")
    assert made.evaluate(expression("10.0.7.0/25 ~ large", "test")) is True


def test_a_run_without_a_subject_counts_steps() -> None:
    run = Run()
    run.steps = 0
    with pytest.raises(RunError, match="more than"):
        run.spend()
