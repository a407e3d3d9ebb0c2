"""What docs/cluster.md shows is true."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from bgpd.config import build, load

PAGE: Final = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text(encoding="utf-8")
FILES: Final = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
(NODES,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_each_file_is_right_for_each_of_its_nodes(
    file: Callable[[str], Path], tmp_path: Path, text: str
) -> None:
    (tmp_path / "nodes.json").write_text(NODES)
    nodes = re.findall(r'"?name"?(?: =|:) "([\w-]+)", "?address', text if "nodes =" in text else NODES)
    assert nodes
    for node in nodes:
        settings = build(load(file(text), node))
        assert settings.neighbors
        assert not settings.notices()


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("rack1-a", ["Node_10_0_1_1"]),
        ("rack1-rr", ["Node_10_0_0_1", "Node_10_0_0_2", "Node_10_0_1_2"]),
        ("spare", ["Node_10_0_0_1", "Node_10_0_0_2"]),
    ],
)
def test_two_levels_are_as_the_page_says(file: Callable[[str], Path], node: str, expected: list[str]) -> None:
    (text,) = (text for text in FILES if "rack1-rr" in text)
    assert [each.name for each in build(load(file(text), node)).neighbors] == expected
