"""Where control goes: a body may end the filter, return, or fall off its end."""

import pytest

from rib.filters.analysis.flow import Flow, Outcome, always_decides, decides
from tests.rib.filters.reading import read

FUNCTIONS = """
    function always() { accept; }
    function sometimes(bool b) { if b then reject; return 1; }
    function never() { return 1; }
    function calls_sometimes() { print sometimes(true); }
    function calls_always_maybe() { return never() = 1 && always(); }
"""
GOES_ON, RETURNS, DECIDES = Outcome.COMPLETES, Outcome.RETURNS, Outcome.DECIDES


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        ("", {GOES_ON}),
        ("print 1;", {GOES_ON}),
        ("accept;", {DECIDES}),
        ("reject;", {DECIDES}),
        ('error "why";', {DECIDES}),
        ("return b;", {RETURNS}),
        ("accept; return b;", {DECIDES}),
        ("if b then accept;", {DECIDES, GOES_ON}),
        ("if b then accept; else reject;", {DECIDES}),
        ("if b then accept; else if !b then reject;", {DECIDES, GOES_ON}),
        ("if b then accept; else if !b then return b; else reject;", {DECIDES, RETURNS}),
        ("if b then { print 1; accept; } return b;", {DECIDES, RETURNS}),
        ("if true then accept;", {DECIDES}),
        ("if false then accept;", {GOES_ON}),
        ("if false then accept; else return b;", {RETURNS}),
        ("case i { 1: accept; }", {DECIDES, GOES_ON}),
        ("case i { 1: accept; else: reject; }", {DECIDES}),
        ("case i { 1: accept; else: print 1; }", {DECIDES, GOES_ON}),
        ("for int asn in bgp_path do accept;", {DECIDES, GOES_ON}),
        ("{ accept; }", {DECIDES}),
        ("always();", {DECIDES}),
        ("sometimes(b);", {DECIDES, GOES_ON}),
        ("never();", {GOES_ON}),
        ("calls_sometimes();", {DECIDES, GOES_ON}),
        ("i = always();", {DECIDES}),
        ("return always();", {DECIDES}),
        ("return sometimes(b);", {DECIDES, RETURNS}),
        ("print 1, never(), always();", {DECIDES}),
        ("if always() && b then print 1;", {DECIDES}),
        ("if b && always() then print 1;", {DECIDES, GOES_ON}),
        ("if b then accept; else if always() then print 1; else print 2;", {DECIDES}),
        ("case sometimes(b) { 1: print 1; }", {DECIDES, GOES_ON}),
    ],
)
def test_the_ways_a_body_can_end(body: str, outcomes: set[Outcome]) -> None:
    program, trees = read(f"{FUNCTIONS} function f(bool b; int i) {{ {body} }}")
    functions = program.symbols.signatures
    assert Flow(functions).of_block(trees[-1].body) == outcomes
    assert always_decides(trees[-1].body, functions) == (outcomes == {DECIDES})


@pytest.mark.parametrize(
    ("name", "can", "must"),
    [
        ("always", True, True),
        ("sometimes", True, False),
        ("never", False, False),
        ("calls_sometimes", True, False),
        ("calls_always_maybe", True, False),
    ],
)
def test_callers_know_whether_a_function_may_end_the_filter(name: str, can: bool, must: bool) -> None:
    symbols = read(FUNCTIONS)[0].symbols
    assert decides(symbols.functions[name].tree, symbols.signatures) is can
    assert (symbols.signatures[name].decides, symbols.signatures[name].always_decides) == (can, must)


def test_a_verdict_that_is_switched_off_still_counts_for_those_who_may_compile_it() -> None:
    symbols = read("function f() { if false then accept; return 1; }")[0].symbols
    assert symbols.signatures["f"].decides


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [("if true then accept;", {DECIDES, GOES_ON}), ("always();", {GOES_ON}), ("accept;", {DECIDES})],
)
def test_only_what_the_body_says_itself_counts_to_one_who_is_not_thorough(
    body: str, outcomes: set[Outcome]
) -> None:
    program, trees = read(f"{FUNCTIONS} function f() {{ {body} }}")
    flow = Flow(program.symbols.signatures, is_thorough=False)
    assert flow.of_block(trees[-1].body) == outcomes


def test_a_chain_of_else_if_may_be_longer_than_the_stack() -> None:
    """One of 1000 is as long as the parser lets it be, and longer than Python recurses."""
    chain = " else ".join(f"if i = {number} then accept;" for number in range(1000))
    program, trees = read(f"function f(int i) {{ {chain} }}")
    assert program.symbols.signatures["f"].decides
    assert Flow(program.symbols.signatures).of_block(trees[0].body) == {DECIDES, GOES_ON}
