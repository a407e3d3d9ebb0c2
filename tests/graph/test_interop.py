"""Three real daemons: their tables, a picture of all of them, and what another mode would do."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pytest

from tests.interop.lab import Lab, Port
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

FILE: Final = """
[metrics]
listen = ""
[cluster]
mode = "{mode}"
nodes = [{nodes}]
[[blocks]]
prefix = "10.244.{number}.0/26"
"""


def text(mode: str, ports: Sequence[Port], number: int) -> str:
    nodes = ", ".join(
        f'{{ name = "node{each}", address = "{port.v4}"{", cluster_id = 7" if each == 3 else ""} }}'
        for each, port in enumerate(ports, 1)
    )
    return FILE.format(mode=mode, nodes=nodes, number=number)


def sessions(daemon: Bgpd) -> dict[str, tuple[Any, ...]]:
    keys = ("type", "role", "session", "routes_in")
    rows = daemon.answer("cluster status")["peers"]
    return {row["node"]: tuple(row.get(key) for key in keys) for row in rows}


def drawn(*arguments: str) -> Counter[tuple[str, str]]:
    """Return the edges of a picture, with their looks."""
    command = [sys.executable, "-m", "bgpd.control.client", "cluster", "graph", *arguments]
    picture = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    paths = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}path")
    return Counter((edge, path.get("class", "")) for path in paths if (edge := path.get("data-edge")))


def test_what_three_nodes_say_is_one_picture(lab: Lab, tmp_path: Path) -> None:
    ports = lab.segment(*(lab.host(f"node{number}") for number in (1, 2, 3)))
    daemons = [Bgpd.with_file(port.host, text("mesh", ports, number)) for number, port in enumerate(ports, 1)]
    for daemon in daemons:
        daemon.start()
    up = ("node-to-node mesh", "mesh", "Established", 1)
    for number, daemon in enumerate(daemons, 1):
        others = [f"node{each}" for each in (1, 2, 3) if each != number]
        eventually(partial(sessions, daemon), equals=dict.fromkeys(others, up))

    sockets = [argument for daemon in daemons for argument in ("-s", str(daemon.socket))]
    pairs = ("node1 node2", "node1 node3", "node2 node3")
    assert drawn(*sockets) == Counter((pair, "session up") for pair in pairs)
    saved = tmp_path / "node1.json"
    saved.write_text(json.dumps(daemons[0].answer("cluster status")))
    assert drawn(str(saved)) == Counter((pair, "session up") for pair in pairs[:2])

    plan_next(daemons[0], ports, tmp_path)
    daemons[2].stop()
    eventually(lambda: sessions(daemons[0])["node3"][2] != "Established", equals=True)
    (row,) = [row for row in daemons[0].answer("cluster status")["peers"] if row["node"] == "node3"]
    assert row["last_flap"]["why"].endswith("Administrative shutdown")
    left = Counter(dict(zip(pairs, ("session up", "session down", "session down"), strict=True)).items())
    eventually(partial(drawn, *sockets[:4]), equals=left)


def plan_next(daemon: Bgpd, ports: Sequence[Port], folder: Path) -> None:
    """Ask what the next mode would do; nothing happens."""
    after = folder / "next.toml"
    after.write_text(text("route-reflector", ports, 1))
    before = sessions(daemon)
    plan = daemon.answer(f'cluster plan "{after}"')
    fates = {row["node"]: row["fate"] for row in plan["sessions"]}
    assert fates == {"node2": "goes", "node3": "in_place"}
    assert [step["nodes"] for step in plan["steps"]] == [["node3"], []]
    assert sessions(daemon) == before
