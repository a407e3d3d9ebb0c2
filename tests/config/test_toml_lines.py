"""Lines of keys in a TOML text."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.config.faults import KeyPath
from bgpd.config.toml_lines import index_lines, line_of

TEXT = '''\
a = 1  # a = 2
"b c" = "x = 1 # y"
'd'.e = [1, [2,
  3], # ] in a comment
]
long = """
f = 1
[g]
\\"""  """

[g.h]  # [i]
j = { k = 1, l = { m = 2 } }
t = 1979-05-27T07:32:00.5Z
n = -1.5e3

[[p]]
q = 1
[p.r]
s = \'\'\'
t = 1\'\'\'\'
[[p]]
[[p.u]]
v = true
[[p.u]]
v = false
"\\u0077" = []
x = {}
'''
LINES = [
    (("a",), 1), (("b c",), 2), (("d",), 3), (("d", "e"), 3), (("d", "e", 0), 3), (("d", "e", 1, 1), 4),
    (("long",), 6), (("g", "h"), 11), (("g", "h", "j", "k"), 12), (("g", "h", "j", "l", "m"), 12),
    (("g", "h", "t"), 13), (("g", "h", "n"), 14), (("p",), 16), (("p", 0), 16), (("p", 0, "q"), 17),
    (("p", 0, "r"), 18), (("p", 0, "r", "s"), 19), (("p", 1), 21), (("p", 1, "u", 0), 22),
    (("p", 1, "u", 0, "v"), 23), (("p", 1, "u", 1, "v"), 25), (("p", 1, "u", 1, "w"), 26),
    (("p", 1, "u", 1, "x"), 27),
]  # fmt: skip


@pytest.mark.parametrize(("path", "line"), LINES)
def test_line_of_a_key(path: KeyPath, line: int) -> None:
    assert line_of(path, index_lines(TEXT)) == line


def test_key_that_is_missing_is_placed_at_its_table() -> None:
    assert line_of(("p", 0, "missing"), index_lines(TEXT)) == 16
    assert line_of(("missing",), index_lines(TEXT)) is None


def test_lines_end_as_on_windows_too() -> None:
    assert index_lines("a = 1\r\n[b]\r\nc = 1\r\n")[("b", "c")] == 3


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of everything in a value."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from paths(item, (*path, key))


def test_index_knows_every_key_that_tomllib_finds() -> None:
    assert set(paths(tomllib.loads(TEXT))) == set(index_lines(TEXT))


KEYS = st.lists(st.sampled_from([*"abcdefgh", '"a.b"', "'c d'", "1-2"]), min_size=1, max_size=3).map(".".join)
SCALARS = st.sampled_from(
    [
        "1",
        "-1.5",
        "true",
        '"x = 1 # \\""',
        "'[a]'",
        "1979-05-27 07:32:00",
        "'''\na = 1\n''''",
        '"""\n[a]\n"""""',
    ]
)


def list_of(items: list[str]) -> str:
    return "[" + ", # ]\n".join(items) + "]"


def table_of(pairs: list[str]) -> str:
    return "{ " + ", ".join(pairs) + " }"


def inside(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.builds("{} = {}".format, KEYS, values)
    return st.lists(values, max_size=3).map(list_of) | st.lists(pairs, max_size=3).map(table_of)


VALUES = st.recursive(SCALARS, inside, max_leaves=6)
STATEMENTS = (
    st.builds("{} = {}".format, KEYS, VALUES)
    | st.builds("[{}]".format, KEYS)
    | st.builds("[[{}]] # [x]".format, KEYS)
    | st.just("# a = 1")
)


@given(st.lists(STATEMENTS, max_size=6).map("\n".join))
def test_every_key_stands_on_its_line(text: str) -> None:
    """Repeated keys make some of these texts no TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    index = index_lines(text)
    for path in paths(data):
        line = line_of(path, index)
        assert line is not None
        if path in index and isinstance(path[-1], str):
            assert path[-1] in text.splitlines()[line - 1]
