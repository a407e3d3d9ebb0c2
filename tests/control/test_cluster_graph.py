"""bgpdcl cluster graph: from answers, files or sockets, to a picture."""

import asyncio
import json
import os
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bgpd.control import cluster_graph
from bgpd.control.client import main
from bgpd.control.server import ControlServer
from tests.graph.clusters import Shape, documents
from tests.show.cluster import reflector
from tests.show.world import StillDaemon


@pytest.fixture
def daemon() -> StillDaemon:
    """Return a reflector of a cluster."""
    return reflector()


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return files with what three nodes tell."""
    for document in documents(Shape(3)):
        (tmp_path / f"{document['node']}.json").write_text(json.dumps(document))
    return [str(tmp_path / f"node{number}.json") for number in (1, 2, 3)]


@pytest.fixture
async def path(server: ControlServer, tmp_path: Path) -> str:
    """Return the socket of a daemon that is running."""
    return str(tmp_path / "ctl")


def nodes_of(text: str) -> set[str]:
    root = ElementTree.fromstring(text)
    return {name for element in root.iter() if (name := element.get("data-node"))}


def test_saved_answers_are_drawn(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster", "graph", *files]) == 0
    assert nodes_of(capsys.readouterr().out) == {"node1", "node2", "node3"}


def test_one_file_may_have_all_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "all.json").write_text(json.dumps([*documents(Shape(4))]))
    assert main(["cluster", "graph", str(tmp_path / "all.json")]) == 0
    assert len(nodes_of(capsys.readouterr().out)) == 4


async def test_a_daemon_is_asked(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(main, ["-s", path, "cluster", "graph"]) == 0
    assert nodes_of(capsys.readouterr().out) == {
        *("rr1", "rr2", "rr3", "node1", "node2", "node3"),
        *("10.10.7.7", "10.10.0.254"),
    }


async def test_several_daemons_and_files_are_put_together(
    path: str, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main, ["cluster", "graph", "-s", path, "-s", path, files[0]]) == 0
    assert {"rr1", "node1", "node2"} <= nodes_of(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "option", "begins"),
    [
        ("a.svg", [], "<svg "),
        ("a.dot", [], "graph "),
        ("a.gv", [], "graph "),
        ("a.svg", ["--format", "dot"], "graph "),
        ("a", [], "<svg "),
    ],
)
def test_the_file_tells_the_format_unless_it_is_said(
    name: str, option: list[str], begins: str, files: list[str], tmp_path: Path
) -> None:
    target = tmp_path / name
    target.write_text("old")
    assert main(["cluster", "graph", "-o", str(target), *option, *files]) == 0
    assert target.read_text().startswith(begins)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask
    assert not [*tmp_path.glob("tmp*")]


def test_who_can_not_be_asked_is_named_and_the_others_are_drawn(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.json").write_text('{"node": "x", "asn": 1, "at": "", "peers": [{}]}')
    (tmp_path / "half.json").write_text('{"node')
    places = [str(tmp_path / name) for name in ("broken.json", "half.json", "gone.json")]
    assert main(["cluster", "graph", *files, *places, "-s", str(tmp_path / "no.ctl")]) == 1
    output, errors = capsys.readouterr()
    assert nodes_of(output) == {"node1", "node2", "node3"}
    first, second, third, fourth = errors.splitlines()
    assert first == f"{places[0]}: peers: protocol is missing, or of another kind"
    assert second.startswith(f"{places[1]}: no JSON: ")
    assert third == f"{places[2]}: No such file or directory"
    assert "no.ctl): No such file or directory; is bgpd running" in fourth


def test_without_any_answer_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cluster", "graph", "-s", str(tmp_path / "no.ctl"), "-o", str(tmp_path / "a.svg")]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "nothing to draw: nobody has answered"
    assert not (tmp_path / "a.svg").exists()


def test_a_file_beyond_all_measure_is_not_read(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster_graph, "_LARGEST", 100)
    assert main(["cluster", "graph", files[0]]) == 1
    assert "which no answer is" in capsys.readouterr().err


async def test_a_daemon_that_refuses_is_named(
    path: str, daemon: StillDaemon, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon.dialect = "bird"
    assert await asyncio.to_thread(main, ["cluster", "graph", "-s", path]) == 1
    assert capsys.readouterr().err.splitlines()[0] == f"{path}: syntax error"
