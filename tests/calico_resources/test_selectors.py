"""Selectors: every operator, what binds how, labels that are not there, and what can't be read."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.calico.selectors import SelectorError, selector_of

_LABELS = {"rack": "a1", "zone": "z1", "kubernetes.io/hostname": "node-1", "empty": "", "in": "x"}

_TRUE = (
    "",
    "   ",
    "all()",
    "all( )",
    "global()",
    "rack == 'a1'",
    'rack == "a1"',
    "rack=='a1'",
    "  rack\t==\n'a1'  ",
    "rack != 'b1'",
    "missing != 'b1'",
    "empty == ''",
    "in == 'x'",
    "kubernetes.io/hostname == 'node-1'",
    "rack in {'a1', 'b1'}",
    'rack in { "a1" }',
    "rack in {'a1',}",
    "rack not in {'b1'}",
    "rack not  in {}",
    "missing not in {'b1'}",
    "has(rack)",
    "has( rack )",
    "has(empty)",
    "!has(missing)",
    "! has(missing)",
    "!!has(rack)",
    "rack contains 'a'",
    "rack contains ''",
    "rack starts with 'a'",
    "rack starts  with 'a1'",
    "rack ends with '1'",
    "!rack == 'b1'",
    "!(rack == 'b1')",
    "((rack == 'a1'))",
    "rack == 'a1' && zone == 'z1'",
    "rack == 'b1' || zone == 'z1'",
    "rack == 'a1' || rack == 'b1' && zone == 'z2'",  # && binds more
    "rack == 'b1' && zone == 'z2' || has(rack)",
    "!has(missing) && has(rack)",  # ! binds more
    "!(has(rack) && has(missing))",
    'rack == "a1" && zone != \'it"s\'',
)
_FALSE = (
    "!all()",
    "rack == 'A1'",
    "missing == ''",
    "missing == 'a1'",
    "rack != 'a1'",
    "rack in {}",
    "rack in {'b1', 'c1'}",
    "missing in {'b1', ''}",
    "rack not in {'a1', 'b1'}",
    "has(missing)",
    "!has(rack)",
    "!!!has(rack)",
    "rack contains 'b'",
    "missing contains ''",
    "missing starts with ''",
    "missing ends with ''",
    "rack starts with '1'",
    "rack ends with 'a'",
    "(rack == 'a1' || rack == 'b1') && zone == 'z2'",
    "!(rack == 'a1' || has(missing))",
    "!has(rack) || has(missing)",
)
_BROKEN = (
    # text, position, what the message says
    ("rack", 4, "found the end where one of =="),
    ("rack =", 5, "'=' is not understood"),
    ("rack ==", 7, "found the end where a text in quotes"),
    ("rack == a1", 8, "found 'a1' where a text in quotes"),
    ("rack == 'a1", 8, "has no end"),
    ("rack == \"a1'", 8, "has no end"),
    ("rack === 'a1'", 7, "'=' is not understood"),
    ("== 'a1'", 0, "found '==' where a label"),
    ("rack == 'a1' &&", 15, "found the end where a label"),
    ("rack == 'a1' & has(x)", 13, "'&' is not understood"),
    ("rack == 'a1' zone == 'z1'", 13, "where &&, || or the end"),
    ("|| has(rack)", 0, "found '||'"),
    ("(has(rack)", 10, "where &&, || or )"),
    ("has(rack))", 9, "found ')' where &&, || or the end"),
    ("()", 1, "found ')'"),
    ("has()", 3, "found '(' where one of"),
    ("has(rack, zone)", 3, "found '('"),
    ("rack in 'a1'", 8, "where { with texts"),
    ("rack in {'a1'", 13, "where a text in quotes, a comma or }"),
    ("rack in {'a1' 'b1'}", 14, "where a text in quotes, a comma or }"),
    ("rack in {,}", 9, "where a text in quotes, a comma or }"),
    ("rack in {a1}", 9, "where a text in quotes, a comma or }"),
    ("rack not {'a1'}", 9, '"in"'),
    ("rack starts 'a'", 12, '"with"'),
    ("rack like 'a'", 5, "found 'like' where one of"),
    ("!", 1, "found the end"),
    ("rack == 'ä' && ü == 'x'", 15, "is not understood"),
    ("(" * 101 + "all()" + ")" * 101, 101, "more than 100 open parentheses"),
    ("a" * 20_000, 16_384, "longer than"),
)


@pytest.mark.parametrize("text", _TRUE)
def test_selector_means_the_labels(text: str) -> None:
    assert selector_of(text).matches(_LABELS)


@pytest.mark.parametrize("text", _FALSE)
def test_selector_does_not_mean_the_labels(text: str) -> None:
    assert not selector_of(text).matches(_LABELS)


@pytest.mark.parametrize(("text", "position", "message"), _BROKEN)
def test_broken_selector_says_where(text: str, position: int, message: str) -> None:
    with pytest.raises(SelectorError) as caught:
        selector_of(text)
    assert caught.value.position == position
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"at character {position + 1}: ")


def test_global_means_what_is_in_no_namespace() -> None:
    selector = selector_of("global()")
    assert selector.matches({})
    assert not selector.matches({"projectcalico.org/namespace": "default"})


def test_deep_nesting_is_read_to_its_limit() -> None:
    assert selector_of("(" * 100 + "all()" + ")" * 100).matches({})


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        selector_of(text).matches(_LABELS)
    except SelectorError as error:
        position = error.position
    else:
        position = 0
    assert 0 <= position <= len(text)


# Random selectors with what they mean, put together at the same time

Meaning = Callable[[Mapping[str, str]], bool]
_names = st.sampled_from(("a", "b", "c/d", "has", "not"))
_values = st.sampled_from(("", "x", "y", "xy"))
_blanks = st.sampled_from(("", " ", "\t "))


@st.composite
def _comparisons(draw: st.DrawFn) -> tuple[str, Meaning]:
    name, value, other = draw(_names), draw(_values), draw(_values)
    blank = draw(_blanks)
    mark = draw(st.sampled_from("'\""))
    quoted, other_quoted = f"{mark}{value}{mark}", f"{mark}{other}{mark}"
    choices: tuple[tuple[str, Meaning], ...] = (
        (f"{name}{blank}=={blank}{quoted}", lambda labels: labels.get(name) == value),
        (f"{name}{blank}!={blank}{quoted}", lambda labels: labels.get(name) != value),
        (
            f"{name} in {{{quoted},{blank}{other_quoted}}}",
            lambda labels: name in labels and labels[name] in (value, other),
        ),
        (
            f"{name} not in {{{quoted}{blank}}}",
            lambda labels: name not in labels or labels[name] != value,
        ),
        (f"{name} contains {quoted}", lambda labels: name in labels and value in labels[name]),
        (
            f"{name} starts with {quoted}",
            lambda labels: name in labels and labels[name][: len(value)] == value,
        ),
        (
            f"{name} ends with{blank}{quoted}",
            lambda labels: name in labels and (not value or labels[name][-len(value) :] == value),
        ),
        (f"has({blank}{name})", lambda labels: name in labels),
        ("all()", lambda _labels: True),
    )
    return draw(st.sampled_from(choices))


def _larger(inner: st.SearchStrategy[tuple[str, Meaning]]) -> st.SearchStrategy[tuple[str, Meaning]]:
    def both(parts: tuple[tuple[str, Meaning], tuple[str, Meaning], str]) -> tuple[str, Meaning]:
        (left, means_left), (right, means_right), operator = parts
        if operator == "&&":
            return f"({left}) && ({right})", lambda labels: means_left(labels) and means_right(labels)
        return f"({left})||({right})", lambda labels: means_left(labels) or means_right(labels)

    def negated(part: tuple[str, Meaning]) -> tuple[str, Meaning]:
        return f"!({part[0]})", lambda labels: not part[1](labels)

    return st.one_of(st.tuples(inner, inner, st.sampled_from(("&&", "||"))).map(both), inner.map(negated))


_selectors = st.recursive(_comparisons(), _larger, max_leaves=8)
_labels = st.dictionaries(_names, _values, max_size=4)


@given(_selectors, _labels)
def test_selector_says_what_its_parts_say(selector: tuple[str, Meaning], labels: dict[str, str]) -> None:
    text, meaning = selector
    assert selector_of(text).matches(labels) == meaning(labels)


@given(st.lists(st.tuples(_comparisons(), st.sampled_from(("&&", "||"))), min_size=1, max_size=6), _labels)
def test_without_parentheses_and_binds_more_than_or(
    parts: list[tuple[tuple[str, Meaning], str]], labels: dict[str, str]
) -> None:
    text = ""
    outcome, group = False, True
    for position, ((part, meaning), operator) in enumerate(parts):
        text += part if position == 0 else f" {operator} {part}"
        if position > 0 and operator == "||":
            outcome, group = outcome or group, True
        group = group and meaning(labels)
    assert selector_of(text).matches(labels) == (outcome or group)
