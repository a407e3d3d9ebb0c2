"""Where the condition or the filter of ``show route`` ends, and the next word of the command begins."""

import pytest

from bgpd.show.route_filter import condition_length, filter_length


@pytest.mark.parametrize(
    ("condition", "rest"),
    [
        ("net ~ [ 10.0.0.0/8{16,24} ]", " all"),
        ("net.len > 16", " 10.0.0.0/8"),
        ('proto = "static1"', " table other"),
        ("bgp_path ~ [= * 65001 ? =]", " count"),
        ("(1 = 1) && ! false", " primary"),
        ("true", ""),
        ("net ~", ""),
        ("nonsense (", ""),
    ],
)
def test_a_condition_is_as_long_as_its_grammar_says(condition: str, rest: str) -> None:
    assert condition_length(condition + rest) == len(condition) + bool(rest)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("from_tor", " 10.0.0.0/8"),
        ("'to-tor'", " all"),
        ("{ accept; }", " for 10.0.0.1"),
        ("{ if net.len > 16 then { accept; } reject; }", " all"),
        ("int x; { x = 1; accept; }", " count"),
        ("{ accept;", ""),
    ],
)
def test_a_filter_is_a_name_or_goes_to_its_last_brace(text: str, rest: str) -> None:
    assert filter_length(text + rest) == len(text) + bool(rest)
