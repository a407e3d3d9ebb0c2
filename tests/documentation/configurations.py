"""Blocks with configuration, taken as the programs take them.

A block of ``toml`` is a file, a file with tests of filters, or a part of a file. What a part leaves open is
completed: who we are (``[router]``), filters that it names and does not have, files with passwords.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bgpd.bird.loading import load_bird
from bgpd.calico.loading import load_calico
from bgpd.config import build
from bgpd.config.filter_tests import load_tests
from bgpd.config.kubernetes_reading import kubernetes_of
from bgpd.config.loading import configuration_of, read_configuration
from tests.containers.yaml_reader import read as read_yaml
from tests.documentation.pages import ROOT, Block

ROUTER: Final = '\n[router]\nid = "192.0.2.10"\nasn = 64512\n'
ACCEPTING: Final = "filter {} {{ accept; }}\n"
_ALWAYS_THERE: Final = ("all", "none")
_OUTSIDE: Final = re.compile(r'"(/(?:etc|run|var|opt)/[^"]*)"')
_CALICO: Final = ROOT / "tests/calico_resources/samples/mesh--hash.json"
_SETTING: Final = re.compile(r"\[[A-Z]\w+\]|[A-Z]\w+=.*|[#;].*|")


def place(blocks: Sequence[Block], folder: Path) -> None:
    """Write the blocks of a page that are files, those with a path from the root below the folder."""
    for block in blocks:
        if block.file:
            path = folder / block.file.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_inside(block.text, folder), encoding="utf-8")


def take(block: Block, folder: Path) -> None:
    """Take a block as the daemon would; whatever is wrong with it is raised."""
    CHECKS[block.language](_inside(block.text, folder), folder)


def completed(text: str) -> str:
    """Return a whole file for a part of one."""
    data = tomllib.loads(text)
    cluster = data.get("cluster", {})
    if "router" not in data:
        text += ROUTER.replace("asn = 64512\n", "") if "asn" in cluster else ROUTER
    missing = sorted({*_filters_named(data)} - {*data.get("filters", ()), *_ALWAYS_THERE})
    if missing and "filter_files" not in data:
        definitions = "".join(map(ACCEPTING.format, missing))
        text += f"\n[filter_files]\ntext = '''\n{definitions}'''\n"
    return text


def _inside(text: str, folder: Path) -> str:
    """Return a text whose files of the host are in a folder; those with secrets are there."""

    def moved(found: "re.Match[str]") -> str:
        path = folder / found[1].lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in (".key", ".password", ".secret"):
            path.write_text("secret\n")
        return f'"{path}"'

    return _OUTSIDE.sub(moved, text)


def _filters_named(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the filters that something imports or exports with."""
    for key, value in data.items():
        if key in ("import", "export") and isinstance(value, str):
            yield value
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping):
                yield from _filters_named(inner)


def _take_toml(text: str, folder: Path) -> None:
    path = folder / "block.toml"
    data = tomllib.loads(text)
    if "test" in data:
        path.write_text(text, encoding="utf-8")
        assert load_tests(path).tests
        return
    path.write_text(completed(text), encoding="utf-8")
    if "calico_" in text:
        assert load_calico(_CALICO, "kube-master", path).settings.neighbors
        return
    contents = read_configuration(path)
    if kubernetes_of(contents, str(path)) is None:
        settings = build(configuration_of(contents, path, _node(data)))
        assert "router" not in data or not settings.notices()


def _node(data: Mapping[str, Any]) -> str | None:
    """Return which node this host is, if the file is that of a cluster."""
    if "cluster" not in data:
        return None
    nodes = data["cluster"].get("nodes") or [{"name": "node1"}]
    return str(nodes[0]["name"])


def _take_json(text: str, _folder: Path) -> None:
    json.loads(text)


def _take_yaml(text: str, _folder: Path) -> None:
    assert read_yaml(text)


def _take_filter(text: str, folder: Path) -> None:
    assert "'''" not in text
    _take_toml(f"[filter_files]\ntext = '''\n{text}'''\n", folder)


def _take_bird(text: str, folder: Path) -> None:
    path = folder / "bird.cfg"
    path.write_text(text, encoding="utf-8")
    load_bird([(str(path), 4)])


def _take_unit(text: str, _folder: Path) -> None:
    """Take a part of a unit of systemd: sections and settings."""
    lines = text.replace("\\\n", " ").splitlines()
    assert any(lines)
    for line in lines:
        assert _SETTING.fullmatch(line), line


CHECKS: Final[Mapping[str, Callable[[str, Path], None]]] = {
    "bird": _take_bird,
    "filter": _take_filter,
    "ini": _take_unit,
    "json": _take_json,
    "toml": _take_toml,
    "yaml": _take_yaml,
}
"""How blocks of each language are taken."""
