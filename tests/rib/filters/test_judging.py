"""Filters as policies: verdicts, changes, what is said of them, and what they depend on."""

import pytest

from messages.attributes import COMMUNITIES, LOCAL_PREF
from messages.families.prefix import parse_prefix
from rib.filters.errors import FilterError
from rib.filters.running.run import MOST_STEPS
from rib.policy import Reading
from rib.route import Route
from tests.rib.filters.houses import PREFIX, Listener, policy, route


def judged(text: str, listener: Listener | None = None, made: Route | None = None) -> bool:
    """Tell whether the filter accepts."""
    made = made or route()
    return policy(text, listener).judge(made, made.attributes, PREFIX) is not None


@pytest.mark.parametrize(
    ("body", "accepts", "lines", "complaints"),
    [
        ("accept;", True, [], []),
        ("reject;", False, [], []),
        ("error;", False, [], []),
        ('accept "yes ", net;', True, ["yes 10.1.2.0/24"], []),
        ('reject "no";', False, ["no"], []),
        ('print "seen"; printn "not "; accept;', True, ["seen"], []),
        (
            "if 1 = 2 then accept;",
            False,
            [],
            ["Filter f did not return accept nor reject. Make up your mind"],
        ),
        ("return 1;", False, [], ["Filter f did not return accept nor reject. Make up your mind"]),
        (
            'print "a";\nprint "b", 1 / 0;\naccept;',
            False,
            ["a"],
            ["filters, line 2: Mother told me not to divide by 0"],
        ),
        ("quitbird;", False, [], []),
        (
            "bgp_local_pref = true;\naccept;",
            False,
            [],
            ["filters, line 1: Setting int attribute to non-int value"],
        ),
    ],
)
def test_verdicts(body: str, accepts: bool, lines: list[str], complaints: list[str]) -> None:
    listener = Listener()
    assert judged(f"filter f {{ {body} }}", listener) is accepts
    assert (listener.lines, listener.complaints) == (lines, complaints)


def test_a_question_about_the_past_says_nothing() -> None:
    listener = Listener()
    made = route()
    asked = policy('filter f { print "again"; print 1 / 0; accept; }', listener)
    assert asked.judge(made, made.attributes, PREFIX, silent=True) is None
    assert (listener.lines, listener.complaints) == ([], [])


def test_functions_decide_wherever_they_are_called() -> None:
    text = """
        function no(int a) { if a > 1 then reject "no"; return 1; }
        function twice(int a) { return no(a) + no(a); }
        filter f { if twice(1) = 2 then print "two"; if 1 = twice(2) then accept; accept; }
    """
    listener = Listener()
    assert not judged(text, listener)
    assert listener.lines == ["two", "no"]


def test_the_line_of_an_error_is_that_of_the_function() -> None:
    listener = Listener()
    assert not judged("function g() {\n\n print 1 / 0;\n}\nfilter f {\n g();\n accept; }", listener)
    assert listener.complaints == ["filters, line 3: Mother told me not to divide by 0"]


def test_an_accepted_route_is_changed() -> None:
    made = route()
    outcome = policy(
        "filter f { bgp_local_pref = 200; bgp_community.add((1,2)); preference = 7; accept; }"
    ).judge(made, made.attributes, PREFIX)
    assert outcome is not None
    assert outcome.attributes.get(LOCAL_PREF) == 200
    assert outcome.attributes.get(COMMUNITIES) == (0x10002,)
    assert outcome.preference == 7
    assert LOCAL_PREF not in made.attributes


@pytest.mark.parametrize(
    ("body", "reading"),
    [
        ("accept;", Reading.ROUTE),
        ("if bgp_path.len > 3 then reject; accept;", Reading.ROUTE),
        ("if net ~ 10.0.0.0/8 then reject; accept;", Reading.KINDS),
        ("if net = 10.0.0.0/8 || net !~ [ 10.0.0.0/8+ ] then reject; accept;", Reading.KINDS),
        ("if within() then accept; reject;", Reading.KINDS),
        ("if net.len > 24 then reject; accept;", Reading.KINDS),
        ("if net.ip = 10.0.0.0 then reject; accept;", Reading.PREFIX),
        ("print net; accept;", Reading.PREFIX),
        ("if net < 10.0.0.0/8 then reject; accept;", Reading.PREFIX),
        ("if net ~ some then reject; accept;", Reading.KINDS),
        ("if roa_check(origins) = ROA_VALID then accept; reject;", Reading.PREFIX),
        ("if roa_check(origins, 10.0.0.0/8, 1) = ROA_VALID then accept; reject;", Reading.ROUTE),
    ],
)
def test_what_a_verdict_depends_on(body: str, reading: Reading) -> None:
    before = """
        define some = [ 10.0.0.0/8+ ];
        roa table origins { roa 10.0.0.0/8 max 24 as 65002; }
        function within() { return net ~ 10.0.0.0/8; }
    """
    assert policy(before + f"filter f {{ {body} }}").reading is reading


PREFIXES = [
    "0.0.0.0/0", "10.0.0.0/7", "10.0.0.0/8", "10.1.0.0/16", "10.128.0.0/9", "10.1.2.0/24", "10.1.2.128/25",
    "10.1.2.3/32", "11.0.0.0/8", "192.0.2.0/24", "192.0.0.0/22", "192.0.3.255/32",
]  # fmt: skip


@pytest.mark.parametrize(
    "test",
    [
        "net ~ 0.0.0.0/0",
        "net ~ 10.0.0.0/8",
        "net ~ 10.128.0.0/9",
        "net ~ 192.0.0.0/22",
        "net ~ 10.1.2.3/32",
        "net !~ 10.1.0.0/16",
        "net = 10.1.2.0/24",
        "net != 10.0.0.0/7",
        "net ~ [ 10.0.0.0/8{9,24}, 192.0.0.0/22- ]",
        "net !~ [ 10.0.0.0/8+ ]",
        "net ~ 2001:db8::/32",
        "net ~ ::/0",
        "net = ::/0",
        "net ~ [ 2001:db8::/32+ ]",
        "net.len > 24",
    ],
)
def test_prefixes_of_one_kind_are_judged_alike(test: str) -> None:
    """And as if the prefix were looked at as a value."""
    asked = policy(f"filter f {{ if {test} then accept; reject; }}")
    plain = policy(f"function g(prefix p) {{ return {test.replace('net', 'p')}; }}"
                   "filter f { if g(net) then accept; reject; }")  # fmt: skip
    made = route()
    kinds: dict[object, set[bool]] = {}
    assert asked.kind_of is not None
    for text in PREFIXES:
        key = parse_prefix(text)[1]
        accepts = asked.judge(made, made.attributes, key) is not None
        assert accepts is (plain.judge(made, made.attributes, key) is not None)
        kinds.setdefault(asked.kind_of(key), set()).add(accepts)
    assert all(len(verdicts) == 1 for verdicts in kinds.values())
    assert len(kinds) <= (9 if "len" in test else 2)


def test_prefixes_are_grouped_by_all_tests_together() -> None:
    asked = policy(
        "filter f { if net ~ 10.0.0.0/8 then accept; if net ~ [ 192.0.2.0/24+ ] then accept; reject; }"
    )
    keys = [parse_prefix(text)[1] for text in ("10.0.0.0/8", "192.0.2.0/25", "11.0.0.0/8", "10.9.0.0/16")]
    assert [*asked.by_kind(keys)] == [[keys[0], keys[3]], [keys[1]], [keys[2]]]
    assert [*policy("filter f { accept; }").by_kind(keys)] == [keys]


def test_loops_are_stopped() -> None:
    """Four loops inside of each other over a path of 60 ASes would take 13 million rounds."""
    loops = "for int a in bgp_path do " * 4
    listener = Listener()
    text = f"filter f {{ bgp_path.prepend(1); {grown()} {loops} {{ }} accept; }}"
    assert not judged(text, listener)
    assert listener.complaints == [f"filters, line 1: The filter takes more than {MOST_STEPS} steps"]


def grown() -> str:
    return "bgp_path.prepend(1); " * 60


def test_functions_that_call_others_twice_are_stopped() -> None:
    functions = "function f0() { return 1; }\n"
    for number in range(60):
        functions += f"function f{number + 1}() {{ return f{number}() + f{number}(); }}\n"
    listener = Listener()
    assert not judged(functions + "filter f { if f60() > 0 then accept; reject; }", listener)
    assert f"The filter takes more than {MOST_STEPS} steps" in listener.complaints[0]


def test_functions_that_call_each_other_too_deep_are_refused() -> None:
    functions = "function f0() { return 1; }\n"
    for number in range(120):
        functions += f"function f{number + 1}() {{ return f{number}(); }}\n"
    with pytest.raises(FilterError, match=r"test\.filter:101:\d+ .*more than 100 deep"):
        policy(functions + "filter f { accept; }")


def test_where_each_prefix_is_looked_at_it_is_its_own_kind() -> None:
    keys = [parse_prefix(text)[1] for text in ("10.0.0.0/8", "11.0.0.0/8")]
    assert [*policy("filter f { print net; accept; }").by_kind(keys)] == [[keys[0]], [keys[1]]]
