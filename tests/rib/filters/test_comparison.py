"""Whether a reload has changed what a filter does."""

import pytest

from rib.filters.analysis.comparison import named, same, same_tree
from rib.filters.errors import FilterError
from rib.filters.grammar.parser import definitions
from rib.filters.syntax import Definition


def read(text: str) -> list[Definition]:
    found = list(definitions(text, "test"))
    assert not any(isinstance(each, FilterError) for each in found), found
    return [each for each in found if not isinstance(each, FilterError)]


USES = "filter f { if g() then accept; reject; }"
PAIRS = [
    # before, after, whether the filter f says the same
    ("filter f { accept; }", "filter f { accept; }", True),
    ("filter f { accept; }", "\n# a remark\nfilter f\n{\n  accept;\n}", True),
    ("filter f { accept; }", "filter f { reject; }", False),
    ("filter f { accept; }", 'filter f { accept ""; }', False),
    ("filter f { int a; accept; }", "filter f { int b; accept; }", False),
    ("filter f { bgp_med = 1; accept; }", "filter f { bgp_med = TRUE; accept; }", False),
    ("filter f { print 1, 2; accept; }", "filter f { print 1; accept; }", False),
    ("filter f { from = 10.0.0.1; accept; }", "filter f { from = ::; accept; }", False),
    (
        "filter f { if net ~ [10.0.0.0/8+] then accept; reject; }",
        "filter f { if net ~ [10.0.0.0/8-] then accept; reject; }",
        False,
    ),
    (f"function g() {{ return 1 = 1; }} {USES}", f"function g() {{ return 1 = 1; }} {USES}", True),
    (f"function g() {{ return 1 = 1; }} {USES}", f"function g() {{ return 1 = 2; }} {USES}", False),
    (
        f"define a = 1; function h() {{ return a; }} function g() {{ return h() = 1; }} {USES}",
        f"define a = 2; function h() {{ return a; }} function g() {{ return h() = 1; }} {USES}",
        False,
    ),
    (f"function g() {{ return 1 = 1; }} {USES}", f"define g = 1; {USES}", False),
    (
        f"define a = 1; function g() {{ return 1; }} {USES}",
        f"define a = 2; function g() {{ return 1; }} {USES}",
        True,
    ),
    (
        "roa table r { roa 10.0.0.0/8 max 8 as 1; } filter f { print roa_check(r); accept; }",
        "roa table r { roa 10.0.0.0/8 max 9 as 1; } filter f { print roa_check(r); accept; }",
        False,
    ),
    (
        "define a = 1; filter f { if bgp_path ~ [= * a * =] then accept; reject; }",
        "define a = 2; filter f { if bgp_path ~ [= * a * =] then accept; reject; }",
        False,
    ),
    (
        "define a = 1; filter f { if (1, 2) ~ [(a, *)] then accept; reject; }",
        "define a = 2; filter f { if (1, 2) ~ [(a, *)] then accept; reject; }",
        False,
    ),
    (
        "function g() { return 1; } filter f int a; { a = g() + g(); if a = 2 then accept; reject; }",
        "function g() { return 1; } filter f int a; { a = g() + g(); if a = 2 then accept; reject; }",
        True,
    ),
    (
        "define a = 1; filter f { case bgp_med { a: accept; } reject; }",
        "define a = 2; filter f { case bgp_med { a: accept; } reject; }",
        False,
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), PAIRS)
def test_a_filter_is_the_same_if_all_it_uses_is(old: str, new: str, *, expected: bool) -> None:
    before, after = named(read(old)), named(read(new))
    assert same(before["f"], after["f"], before, after) is expected
    assert same(after["f"], before["f"], after, before) is expected


def test_long_chains_are_compared_without_recursion() -> None:
    links = "".join(f"else if bgp_med = {number} then accept; " for number in range(900))
    one, other = (
        read(f"filter f {{ if true then accept; {links} else {end}; }}") for end in ("accept", "reject")
    )
    assert same_tree(one[0], one[0])
    assert not same_tree(one[0], other[0])
