"""Patterns of strings: what they match, and that no pattern takes long."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rib.filters.algebra.globs import glob

MATCHES = [
    # pattern, text, whether it matches
    ("", "", True),
    ("", "a", False),
    ("eth0", "eth0", True),
    ("eth0", "eth01", False),
    ("eth0", "eth", False),
    ("eth0", "Eth0", False),
    ("eth?", "eth0", True),
    ("eth?", "eth", False),
    ("eth?", "eth10", False),
    ("*", "", True),
    ("*", "eth0", True),
    ("eth*", "eth", True),
    ("eth*", "eth0.17", True),
    ("eth*", "veth0", False),
    ("*.17", "eth0.17", True),
    ("*.17", "eth0.17.17", True),
    ("*.17", "eth0.170", False),
    ("a*a", "a", False),
    ("a*a", "aa", True),
    ("a*b*c", "a-b-c", True),
    ("a*b*c", "a-c-b", False),
    ("*ab*ab", "abab", True),
    ("*ab*ab", "ab", False),
    ("*a?c*", "abbabc", True),
    ("*é*", "café", True),
    # a quoted character is itself, and a quote at the end is one
    (r"a\*", "a*", True),
    (r"a\*", "ab", False),
    (r"a\?", "ab", False),
    (r"\a", "a", True),
    (r"*\*", "ab*", True),
    (r"*\*", "ab", False),
    ("a\\", "a\\", True),
    ("*\\", "a\\", True),
    # a star goes on at what is written behind it, as in BIRD: that may be a question mark or a star
    ("*?", "abc", False),
    ("*?", "abc?", True),
    ("**", "abc", False),
    ("**", "ab*c", True),
    ("**c", "abc", False),
    ("***", "ab*c", True),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHES)
def test_patterns(pattern: str, text: str, expected: bool) -> None:
    assert glob(pattern).matches(text) is expected
    assert literal(pattern, text) is expected


def literal(pattern: str, text: str) -> bool:
    """Tell whether a text matches by trying everything: the rules one by one, and no thought of time."""
    if not pattern:
        return not text
    special, rest = pattern[0], pattern[1:]
    if special == "*":
        behind = rest[1:2] if rest.startswith("\\") and len(rest) > 1 else rest[:1]
        places = [place for place, character in enumerate(text) if character == behind]
        return not rest or any(literal(rest, text[place:]) for place in places)
    if special == "?":
        return bool(text) and literal(rest, text[1:])
    if special == "\\" and rest:
        special, rest = rest[0], rest[1:]
    return text[:1] == special and literal(rest, text[1:])


@given(st.text("ab*?\\", max_size=9), st.text("ab*?\\", max_size=9))
@example("*a*ab", "aab")
@example("*?*", "a?")
@example("*\\", "\\")
def test_a_pattern_matches_what_the_rules_say(pattern: str, text: str) -> None:
    assert glob(pattern).matches(text) is literal(pattern, text)


BOMBS = [
    ("*a" * 50 + "b", "a" * 20_000, False),
    ("*a" * 50 + "*b", "a" * 20_000, False),
    ("*a" * 50 + "*", "a" * 20_000, True),
    ("*" + "a" * 20 + "b*", "a" * 20_000, False),
    ("*ab" * 100 + "*c*", "ab" * 10_000, False),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), BOMBS)
def test_no_pattern_takes_long(pattern: str, text: str, expected: bool) -> None:
    """Whoever tries all ways to share the text out among the stars is not back today."""
    assert glob(pattern).matches(text) is expected
