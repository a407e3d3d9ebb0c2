"""The small reader of YAML: what it reads, and what it refuses."""

from typing import Any

import pytest

from tests.containers.yaml_reader import YamlError, read


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("a: b\nc: 1 # two\n", {"a": "b", "c": 1}),
        ("a:\n  b: true\n  c:\nd: ~\n", {"a": {"b": True, "c": None}, "d": None}),
        ("- a: 1\n  b:\n  - 2\n  - c: d\n- e\n", [{"a": 1, "b": [2, {"c": "d"}]}, "e"]),
        ("a:\n  - b\n  # no\n  - c\n", {"a": ["b", "c"]}),
        ('a: [b, "c, d", 1, {x: y, z: [1]}]\n', {"a": ["b", "c, d", 1, {"x": "y", "z": [1]}]}),
        ("a: { b: { c: d.e } }\n", {"a": {"b": {"c": "d.e"}}}),
        ("a: 'x: y # z'\nb: \"q # r\" # s\n", {"a": "x: y # z", "b": "q # r"}),
        ("a: http://x:80/y#z\n", {"a": "http://x:80/y#z"}),
        ("a: |\n  x\n\n    y\n  # z\nb: 1\n", {"a": "x\n\n  y\n# z\n", "b": 1}),
        ("a: don't # it's\n", {"a": "don't"}),
    ],
)
def test_it_reads(text: str, document: Any) -> None:
    assert read(text) == [document]


def test_documents_are_apart() -> None:
    assert read("# first\na: 1\n---\na: 2\n") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "text",
    ["a: &b c\n", "a: >\n  b\n", "a: 1\na: 2\n", "a: 1\n   b: 2\n", "a: [b\n", "a: 1\nb\n"],
    ids=["anchor", "folded", "twice", "indent", "open", "no value"],
)
def test_it_refuses(text: str) -> None:
    with pytest.raises((YamlError, IndexError)):
        read(text)
