"""One node more in a list of 200: one new session for each peer that it concerns, and nothing else."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from bgpd.config import DaemonSettings, build, load
from bgpd.reconfiguration.plan import plan
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.sources.played_nodes import Counted, PlayedNodes, address_of, block_of, played

NODES: Final = 200
REFLECTOR: Final = 100
JOINING: Final = NODES
"""The number of the one that comes later."""
CLUSTER: Final = """
[metrics]
listen = ""
[cluster]
mode = "{mode}"
nodes_file = "nodes.json"
[[blocks]]
prefix = "{block}"
"""
PLACES: Final[Mapping[str, tuple[str, int, int]]] = {
    "a node of a mesh that all others connect to": ("mesh", 0, NODES - 1),
    "a node of a mesh that connects to all others": ("mesh", NODES + 1, NODES - 1),
    "a node in the middle of a mesh": ("mesh", 150, NODES - 1),
    "a reflector": ("route-reflector", REFLECTOR, NODES - 1),
    "a client": ("route-reflector", 3, 1),
}
"""The mode, the number of the node, and how many sessions it has."""
PLAYED: Final = [name for name in PLACES if "others" not in name]
"""Those that are tried with all 200 nodes; one in the middle does what the first and the last one do."""


def write_nodes(folder: Path, numbers: Collection[int]) -> None:
    """Put a new list in the place of the former one, as whoever keeps it would."""
    rows: list[dict[str, Any]] = [
        {"name": f"node{number}", "address": f"{address_of(number)}/16"} for number in sorted(numbers)
    ]
    for row in rows:
        if row["name"] == f"node{REFLECTOR}":
            row["cluster_id"] = "244.0.0.1"
    (folder / "nodes.json.new").write_text(json.dumps(rows))
    (folder / "nodes.json.new").rename(folder / "nodes.json")


def members(own: int) -> set[int]:
    """Return the numbers of the first 200 nodes, of which this is one."""
    return {*range(NODES - (own >= NODES)), own}


def settings(folder: Path, mode: str, own: int, numbers: Collection[int]) -> DaemonSettings:
    write_nodes(folder, numbers)
    file = folder / "bgpd.toml"
    file.write_text(CLUSTER.format(mode=mode, block=block_of(own)))
    return build(load(file, f"node{own}"))


@pytest.mark.parametrize(("mode", "own", "sessions"), PLACES.values(), ids=PLACES.keys())
def test_a_plan_has_one_session_more_or_one_less(tmp_path: Path, mode: str, own: int, sessions: int) -> None:
    before = settings(tmp_path, mode, own, members(own))
    after = settings(tmp_path, mode, own, {*members(own), JOINING})
    assert len(before.neighbors) == sessions
    concerned = {address_of(JOINING)} if sessions > 1 else set()
    for found, changed in ((plan(before, after), "added"), (plan(after, before), "removed")):
        others = {"added", "removed", "restarted", "switched", "renamed", "waiting", "of_daemon"} - {changed}
        assert {each.address for each in getattr(found, changed)} == concerned
        assert not any(getattr(found, other) for other in others)
        assert not found.listens_elsewhere
    changed_settings = {each for each in after.neighbors if each not in before.neighbors}
    assert {each.address for each in changed_settings} == concerned


def connected(lab: Lab, own: int) -> tuple[Host, Host]:
    """Return the host of the daemon, and the one that all others are on."""
    near, far = lab.host("near"), lab.host("far")
    lab.link(near, far, v4=None, v6=None)
    addresses = [address_of(number) for number in range(NODES + 2) if number != own]
    for host, some in ((near, [address_of(own)]), (far, addresses)):
        (interface,) = [row["ifname"] for row in json.loads(host.ip("-j", "link")) if row["ifname"] != "lo"]
        batch = host.directory / "addresses"
        batch.write_text("".join(f"address add {each}/16 dev {interface}\n" for each in some))
        host.ip("-batch", str(batch))
    return near, far


@dataclass
class Crowd:
    """One daemon among 200 nodes."""

    daemon: Bgpd
    others: PlayedNodes
    peers: Collection[int]
    """The others that it has sessions with."""

    def log(self, words: str) -> int:
        """Count what the daemon has said."""
        return self.daemon.processes[0].log.read_text().count(words)

    def know(self, numbers: Collection[int], prefixes: int) -> bool:
        """Tell whether all these have been told all, and know so many prefixes."""
        nodes = [self.others.nodes[number] for number in numbers]
        return all(node.is_fed and len(node.told) == prefixes for node in nodes)

    def heard(self) -> Mapping[int, Counted]:
        """Return how often each had a session, and what it was told in all."""
        return {number: self.others.nodes[number].counted for number in self.peers}

    def said(self) -> Mapping[str, tuple[str, int]]:
        """Return since when the daemon has each session, and how many messages were no KEEPALIVE."""
        rows = self.daemon.answer("show protocols all")
        return {row["name"]: (row["since"], _news(row)) for row in rows if row["proto"] == "BGP"}


def _news(row: Mapping[str, Any]) -> int:
    """Count the messages to a neighbor that are no KEEPALIVE."""
    return sum(each["sent"] for kind, each in row["details"]["messages"].items() if kind != "KEEPALIVE")


@pytest.mark.interop
@pytest.mark.parametrize("place", PLAYED)
def test_nobody_else_notices(lab: Lab, place: str) -> None:
    mode, own, sessions = PLACES[place]
    near, far = connected(lab, own)
    daemon = Bgpd.with_file(near, CLUSTER.format(mode=mode, block=block_of(own)))
    write_nodes(daemon.directory, members(own))
    peers = members(own) - {own} if sessions > 1 else {REFLECTOR}
    known = NODES - 1 if own == REFLECTOR else 1
    reflected = int(own == REFLECTOR)
    """How many UPDATEs the others hear of the block of one that comes, or goes."""
    with played(far, own) as others:
        others.join(*peers)
        crowd = Crowd(daemon.start(), others, peers)
        eventually(lambda: crowd.know(peers, known), within=120)
        heard, said = crowd.heard(), crowd.said()
        assert {counted.sessions for counted in heard.values()} == {1}
        assert len(said) == sessions

        others.join(JOINING)
        write_nodes(daemon.directory, {*members(own), JOINING})
        eventually(lambda: crowd.log(f"Cluster: node{JOINING} added"))
        eventually(lambda: crowd.log("Reconfigured"), equals=1)
        if sessions > 1:
            eventually(lambda: crowd.know({JOINING}, known + reflected))
        eventually(lambda: crowd.know(peers, known + reflected))
        newcomer, came = others.nodes[JOINING], crowd.said()
        concerned = {name for name in came if name not in said}
        assert len(concerned) == newcomer.sessions == int(sessions > 1)
        assert {name: came[name] for name in said} == later(said, reflected)
        assert crowd.heard() == {number: each.later(reflected) for number, each in heard.items()}

        write_nodes(daemon.directory, members(own))
        eventually(lambda: crowd.log(f"Cluster: node{JOINING} gone"))
        eventually(lambda: crowd.log("Reconfigured"), equals=2)
        eventually(lambda: newcomer.lost, equals=newcomer.sessions)
        eventually(lambda: crowd.know(peers, known))
        assert crowd.said() == later(said, 2 * reflected)
        assert crowd.heard() == {number: each.later(2 * reflected) for number, each in heard.items()}
        steps = [crowd.log(f"{step} protocol") for step in ("Adding", "Removing", "Restarting")]
        assert steps == [len(concerned), len(concerned), 0]


def later(said: Mapping[str, tuple[str, int]], messages: int) -> Mapping[str, tuple[str, int]]:
    """Return what the daemon has said after so many more messages to each."""
    return {name: (since, number + messages) for name, (since, number) in said.items()}
