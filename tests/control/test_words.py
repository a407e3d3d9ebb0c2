"""Abbreviations, and what may be typed next."""

from collections.abc import Sequence

import pytest

from bgpd.control.bird_commands import BirdCommand
from bgpd.control.syntax import arguments_of
from bgpd.control.words import AmbiguousWordError, choices, expand, help_lines, without_options


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sh statu", "show status"),
        ("sh stati", "show static"),
        ("sh str", "show strangers"),
        ("sh pr a", "show protocols all"),
        ("show protocols tor1", "show protocols tor1"),
        ("sh p tor1 a", "show protocols tor1 all"),
        ("sh ro", "show route"),
        ("sh roa", "show roa"),
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
        ("configure soft timeout 3", "configure soft timeout 3"),
        ("configure check bird.cfg", 'configure check "bird.cfg"'),
        ("configure /etc/bird/bird.cfg timeout 3", 'configure "/etc/bird/bird.cfg" timeout 3'),
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
        ("show route f", "f is ambiguous: for, filter, filtered"),
    ],
)
def test_an_abbreviation_must_fit_one_word(typed: str, message: str) -> None:
    with pytest.raises(AmbiguousWordError, match=message):
        expand(typed.split())


def test_an_ambiguous_word_is_explained_with_all_that_it_may_be() -> None:
    with pytest.raises(AmbiguousWordError) as refusal:
        expand(["show", "st"])
    heading, words = str(refusal.value).split(": ")
    assert heading == "st is ambiguous"
    assert {"static", "status", "strangers"} <= set(words.split(", "))


@pytest.mark.parametrize("typed", ["do", "dow", "disa", "rel", "dr", "conf"])
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


def what(lines: Sequence[str]) -> list[str]:
    """Return what help lists, without its explanations."""
    return [line.split("  ")[0] for line in lines]


def test_help_says_what_may_follow() -> None:
    assert help_lines(["sh", "int"]) == [
        "show interfaces                                Interfaces and their addresses",
        "show interfaces summary                        One line for each, with its primary addresses",
    ]
    assert what(help_lines(["show", "status"])) == ["show status"]
    assert help_lines(["show", "status", "nonsense"]) == ["(nothing may follow)"]
    assert what(help_lines(["rel"]))[:3] == ["reload", "reload in", "reload out"]
    assert what(help_lines(["reload", "in"]))[-1] == 'reload in NAME|"PATTERN"|all'
    assert what(help_lines(["configure", "timeout"]))[0] == "configure timeout SECONDS"
    assert "show route for ADDRESS|PREFIX" in what(help_lines(["sh", "ro"]))
    assert help_lines(["drain", "tor1"]) == [
        'drain tor1 "REASON"                            Why: the neighbor is told (RFC 9003)'
    ]


def test_help_on_a_word_that_is_begun_lists_what_begins_so() -> None:
    assert what(help_lines(["show"], "pro")) == ["show protocols"]
    assert what(help_lines(["show", "route"], "pro")) == ["show route protocol NAME"]
    assert what(help_lines(["show", "protocols"], "tor")) == what(help_lines(["show", "protocols"]))


@pytest.mark.parametrize(
    ("words", "keywords"),
    [
        ("", "show configure enable disable restart reload debug dump echo eval mrtdump restrict down"),
        ("show", "status protocols route interfaces static symbols memory roa bfd"),
        (
            "show route",
            "for table filter where all primary filtered export noexport preexport protocol stats count",
        ),
        ("configure", "check confirm soft timeout undo"),
        ("dump", "attributes events interfaces neighbors protocols resources routes sockets"),
        ("show symbols", "table filter function protocol template roa"),
        ("add roa 10.0.0.0/8", "max as table"),
    ],
)
def test_all_of_birds_words_are_known(words: str, keywords: str) -> None:
    """Whether a command is ours or only a real BIRD has it."""
    offered = choices(words.split())
    known = {choice.text for choice in offered} | {word for choice in offered for word in choice.literals}
    assert set(keywords.split()) <= known


def test_birds_syntax_is_understood() -> None:
    command = BirdCommand(
        "x", "X", '(<protocol> | "<pattern>" | all) [(export|noexport) <p>] [as <num>] [message]'
    )
    assert [(argument.word, argument.value) for argument in arguments_of(command)] == [
        ("", 'NAME|"PATTERN"'),
        ("all", ""),
        ("export", "NAME"),
        ("noexport", "NAME"),
        ("as", "NUMBER"),
    ]
