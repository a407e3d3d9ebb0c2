"""Trees as text: what is written is read as the same tree again."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies

from rib.filters.algebra.prefix_sets import PrefixSet
from rib.filters.grammar.lexer import OWN
from rib.filters.grammar.parser import definitions, expression, filter_body
from rib.filters.grammar.unparse import first_line, unparse_definition
from rib.filters.grammar.unparse_expressions import unparse, unparse_value
from rib.filters.program import Program
from rib.filters.syntax import Definition
from tests.filters_oracle.generator import Choices
from tests.filters_oracle.programs import filter_of, program

EVERYTHING = """\
define TORS = [10.0.0.0/8{16,24}, 192.168.0.0/16+, 2001:db8::/32-, 0.0.0.0/0];
roa table 'known-origins' {
  roa 10.0.0.0/8 max 16 as 65001;
}
function 'is-tor'(int asn; prefix p)
int set wanted;
prefix set inside;
{
  wanted = [1, 3..5, (asn + 1)];
  if p ~ TORS && !(asn = 1 || asn > 5) then {
    return true;
  } else if p.len * 2 + 1 - (3 - 2) = 1 then {
    unset(bgp_med);
  } else {
    printn "no ", asn;
  }
  case asn {
    1, 4..6:
      print;
    else:
      return false;
  }
  for int each in bgp_path do {
    int twice = each * 2;
    print twice;
  }
  for pair community in bgp_community do {
    {
      community = (1, 2);
    }
  }
  return;
}
filter from_tor
int x;
{
  bgp_path.prepend(65000);
  bgp_path = prepend(bgp_path, 65000);
  bgp_community = -empty-;
  bgp_ext_community = add(--empty--, (rt, 1.2.3.4, 5));
  bgp_ext_community.add((generic, 1, 2));
  bgp_large_community.delete([(1, 2, *), (1, 2, 3)..(1, 3, 5)]);
  bgp_community.delete([(1..3, *), (ro, 5, 6..7), (unknown 0x43, 1, *)]);
  if bgp_path ~ [= * 1 ? 3..5 x (x + 1) [7, 8] + =] then {
    accept;
  }
  if roa_check('known-origins') = ROA_INVALID || roa_check('known-origins', net, 5) != ROA_VALID then {
    reject "no", x;
  }
  'is-tor'(1, 10.0.0.0/8);
  x = net.ip.mask(8).mask(4) ~ 10.0.0.0/8;
  if (x ~ [1.2.3.4, 1.2.3.6..1.2.3.8]) = ((1, 2) ~ bgp_community) && defined(bgp_med) then {
    error "text";
  }
}
eval 'is-tor'(1, ::/0);
"""


def read(text: str) -> list[Definition]:
    found = []
    for definition in definitions(text, "f"):
        assert not isinstance(definition, Exception), definition
        found.append(definition)
    return found


def test_everything_is_written_as_it_was() -> None:
    assert "".join(map(unparse_definition, read(EVERYTHING))) == EVERYTHING


def test_a_filter_without_a_name_is_its_body() -> None:
    assert unparse_definition(filter_body("accept;", "f")) == "{\n  accept;\n}\n"


@given(strategies.randoms(use_true_random=False), strategies.booleans())
def test_what_is_written_is_read_as_the_same_tree(random: Random, bird2: bool) -> None:
    lines = filter_of(program(random, Choices(bird2=bird2, wrong=0.2), "p"), "p", random)
    trees = list(definitions("\n".join(lines), "f"))
    sound = [tree for tree in trees if not isinstance(tree, Exception)]
    assert read("".join(map(unparse_definition, sound))) == sound


@pytest.mark.parametrize(
    "text",
    [
        "(a || b) && c",
        "a || b || c",
        "a || (b || c)",
        "!(a = b)",
        "!!a",
        "(a = b) = c",
        "a - (b - c) - d",
        "(a + b) * c / d",
        "(!a).len",
        "(a + b).len",
        "+empty+",
        "[]",
        "(1, 2, 3)",
        "f()",
        "filter(bgp_path, [1, 2])",
    ],
)
def test_parentheses_stand_where_they_matter(text: str) -> None:
    assert unparse(expression(text, "f")) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[10.0.0.0/8+, 10.1.0.0/16]", "[10.0.0.0/8+, 10.1.0.0/16]"),
        ("[10.0.0.0/8{9,10}, 10.0.0.0/8{12,12}]", "[10.0.0.0/8{9,10}, 10.0.0.0/8{12,12}]"),
        ("[10.0.0.0/8-]", "[10.0.0.0/8-]"),
        ("[0.0.0.0/0, ::/0{1,64}]", "[0.0.0.0/0, ::/0{1,64}]"),
        ("[10.0.0.0/8{0,32}]", "[10.0.0.0/8{0,32}]"),
        ("true", "true"),
        ("ROA_INVALID", "ROA_INVALID"),
        ('"text"', '"text"'),
        ("[1, 4..5]", "[1, 4..5]"),
        ("(1, 2)", "(1,2)"),
        ("+empty+", "+empty+"),
        ("--empty--", "--empty--"),
    ],
)
def test_values_are_written_as_literals(text: str, written: str) -> None:
    assert unparse_value(Program().evaluate(expression(text, "f"))) == written


@given(
    strategies.lists(
        strategies.tuples(strategies.integers(0, 255), strategies.integers(0, 8), strategies.integers(0, 32)),
        max_size=6,
    )
)
def test_a_prefix_set_is_written_so_that_it_is_the_same_again(patterns: list[tuple[int, int, int]]) -> None:
    items = [
        f"{first >> 8 - bits << 8 - bits}.0.0.0/{bits}{{{min(bits, longest)},{longest}}}"
        for first, bits, longest in patterns
    ]
    value = Program().evaluate(expression(f"[10.0.0.0/7, {', '.join(items)}]" if items else "[::/0]", "f"))
    assert isinstance(value, PrefixSet)
    assert Program().evaluate(expression(unparse_value(value), "f")) == value


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("if a then { accept; } else reject;", "if a then"),
        ("case a { 1: accept; }", "case a"),
        ("for int i in a do accept;", "for int i in a do"),
        ("{ accept; }", "{"),
        ("bgp_med = 1 + 1;", "bgp_med = 1 + 1;"),
    ],
)
def test_the_first_line_of_a_statement_says_what_it_does(text: str, begin: str) -> None:
    (statement,) = filter_body(text, "f", dialect=OWN).body.statements
    assert first_line(statement) == begin


@pytest.mark.parametrize("written", [unparse, first_line, unparse_definition])
def test_what_is_no_tree_is_an_error_of_ours(written: Callable[[Any], str]) -> None:
    with pytest.raises(TypeError):
        written(object())
