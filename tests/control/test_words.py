"""Abbreviations, and what may be typed next."""

import pytest

from bgpd.control.words import AmbiguousWordError, choices, expand, help_lines, without_options


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sh sta", "show status"),
        ("sh str", "show strangers"),
        ("sh pr a", "show protocols all"),
        ("show protocols tor1", "show protocols tor1"),
        ("sh p tor1 a", "show protocols tor1 all"),
        ("sh ro fo 10.0.0.1 al", "show route for 10.0.0.1 all"),
        ("sh r prot all a", "show route protocol all all"),
        ("sh ro exp a pri", "show route export a primary"),
        ("sh r 10.0.0.0/8 prim", "show route 10.0.0.0/8 primary"),
        ("sh r fd00::/8 c", "show route fd00::/8 count"),
        ("sh i s", "show interfaces summary"),
        ("sh ro h 10.0.0.0/8", "show route history 10.0.0.0/8"),
        ("sh r hist f 10.0.0.1", "show route history for 10.0.0.1"),
        ("sh g a", "show groups all"),
        ("ex 10.0.0.1 t blue a", "explain 10.0.0.1 table blue all"),
        ("re", "restrict"),
        ('sh pr "a"', 'show protocols "a"'),
        ("sh pr tor* a", 'show protocols "tor*" all'),
        ("configure soft", "configure soft"),
        ("disable all", "disable all"),
        ("disable a", "disable a"),
        ("disable tor*", 'disable "tor*"'),
        ("disable tor1 fiber work", 'disable tor1 "fiber work"'),
        ('disable tor1 "fiber work"', 'disable tor1 "fiber work"'),
        ('disable tor1 say "hello" now', "disable tor1 \"say 'hello' now\""),
        ("disable tor* new optics?", 'disable "tor*" "new optics?"'),
        ("drain all 10:00/UTC", 'drain all "10:00/UTC"'),
        ("reload i tor1", "reload i tor1"),
        ("reload in tor*", 'reload in "tor*"'),
        ("reload tor1 out", "reload tor1 out"),
        ("show route where bgp_path ~ [= * 1 =]", "show route where bgp_path ~ [= * 1 =]"),
        ("show memory", "show memory"),
        ("", ""),
    ],
)
def test_keywords_are_written_out_and_values_left_alone(typed: str, meant: str) -> None:
    assert " ".join(expand(typed.split())) == meant


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("show route p", "p is ambiguous: primary, protocol"),
        ("show route f", "f is ambiguous: for, filtered"),
        ("show st", "st is ambiguous: status, strangers"),
    ],
)
def test_an_abbreviation_must_fit_one_word(typed: str, message: str) -> None:
    with pytest.raises(AmbiguousWordError, match=message):
        expand(typed.split())


@pytest.mark.parametrize("typed", ["d", "do", "dow", "disa", "rel", "dr", "conf"])
def test_what_changes_something_is_spelled_out(typed: str) -> None:
    assert expand([typed]) == [typed]


def test_an_argument_is_offered_once() -> None:
    assert "all" in {choice.text for choice in choices(["show", "route"])}
    assert "all" not in {choice.text for choice in choices(["show", "route", "all"])}


def test_a_longer_command_is_offered_beside_the_arguments_of_the_shorter_one() -> None:
    words = [choice.text for choice in choices(["show", "route"])]
    assert words[0] == "history"
    assert "filtered" in words
    assert "filtered" not in {choice.text for choice in choices(["show", "route", "history"])}


def test_after_a_keyword_its_value_is_offered() -> None:
    (choice,) = choices(["show", "route", "all", "protocol"])
    assert (choice.text, choice.is_value) == ("NAME", True)


def test_values_take_turns() -> None:
    (choice,) = choices(["disable"])
    assert (choice.text, choice.literals) == ('NAME|"PATTERN"|all', ["all"])
    (choice,) = choices(["disable", "tor1"])
    assert (choice.text, choice.literals) == ('"REASON"', [])
    assert choices(["disable", "tor1", '"fiber work"']) == []


def test_nothing_may_follow_a_word_that_is_not_understood() -> None:
    assert choices(["show", "status", "nonsense"]) == []


def test_who_is_used_to_options_may_write_them() -> None:
    typed = ["kernel", "flush", "--protocol", "12", "--table", "all", "--dry-run", "--socket", "x"]
    words = ["kernel", "flush", "protocol", "12", "table", "all", "dry-run", "--socket", "x"]
    assert without_options(typed) == words
    assert [choice.text for choice in choices(["kernel", "flush", "--protocol", "12"])] == [
        "table",
        "dry-run",
    ]
    assert [choice.text for choice in choices(["kernel", "flush", "--table"])] == ["NUMBER|main|all"]


def test_what_removes_routes_is_spelled_out() -> None:
    assert expand(["ker", "d"]) == ["kernel", "diff"]
    assert expand(["kernel", "fl", "dry"]) == ["kernel", "fl", "dry"]


def test_help_says_what_may_follow() -> None:
    assert help_lines(["sh", "int"]) == ["  summary  One line for each, with its primary addresses"]
    assert help_lines(["show", "status"]) == ["  (nothing more)"]
    assert [line.split()[0] for line in help_lines(["reload"])] == ["in", "out", 'NAME|"PATTERN"|all']
    assert [line.split()[0] for line in help_lines(["reload", "in"])] == ["out", 'NAME|"PATTERN"|all']
    assert help_lines(["drain", "tor1"]) == ['  "REASON"  Why: the neighbor is told (RFC 9003)']
    assert [line.split()[0] for line in help_lines([])] == [
        "show",
        "explain",
        "kernel",
        "filter",
        "eval",
        "enable",
        "disable",
        "restart",
        "reload",
        "drain",
        "undrain",
        "configure",
        "down",
        "restrict",
    ]
