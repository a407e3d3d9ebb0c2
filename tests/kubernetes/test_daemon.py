"""A daemon that watches a cluster: whatever becomes of the API, its sessions stay, and nodes come and go."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.daemon.command import inside
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import NotYetError, eventually
from tests.kubernetes.certificates import Certificates
from tests.kubernetes.faults import FAULTS
from tests.kubernetes.objects import calico, node
from tests.kubernetes.server import ApiServer

pytestmark = pytest.mark.interop

OWN: Final = """
[metrics]
listen = ""
[cluster.kubernetes]
server = "{server}"
token_file = "{token_file}"
ca_file = "{ca_file}"
state_file = "{state_file}"
wait = 60
"""
OTHER: Final = """
[metrics]
listen = ""
[router]
id = "192.0.2.9"
asn = 64512
[[neighbors]]
name = "node1"
address = "{address}"
asn = 64512
import = "all"
export = "all"
"""
SECONDS: Final = 120.0


class LocalServer(ApiServer):
    """The stand-in on the loopback of a host."""

    host: Host

    def start(self) -> None:
        with self.host.entered():
            super().start()


class Node(Bgpd):
    """The daemon of a node of Kubernetes, which knows its name from the environment."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "NODENAME": "node1"}


class Cluster:
    """One node that watches, another one, and the API."""

    def __init__(self, lab: Lab, certificates: Certificates, folder: Path) -> None:
        host, other = lab.host("node1"), lab.host("node2")
        own_port, other_port = lab.link(host, other, v6=None)
        self.api = LocalServer(certificates, folder / "token")
        self.api.host = host
        self.api.start()
        self.api.cluster.put("bgpconfigurations", calico("BGPConfiguration", "default", asNumber=64512))
        self.api.cluster.put("nodes", node("node1", own_port.v4))
        self.api.cluster.put("nodes", node("node2", other_port.v4))
        self.session = f"Mesh_{other_port.v4.replace('.', '_')}"
        text = OWN.format(
            server=self.api.url,
            token_file=self.api.token_file,
            ca_file=certificates.ca,
            state_file=folder / "state.json",
        )
        self.own = Node.with_file(host, text)
        self.other = Bgpd.with_file(other, OTHER.format(address=own_port.v4))

    def start(self) -> None:
        self.other.start()
        self.own.start()
        self.await_session()

    def await_session(self) -> None:
        eventually(lambda: self.row(self.session)["info"], equals="Established", within=SECONDS)

    def await_row(self, name: str) -> None:
        eventually(lambda: self.row(name), within=SECONDS)

    def row(self, name: str) -> dict[str, Any]:
        rows = {each["name"]: each for each in self.own.answer("show protocols all")}
        if name not in rows:
            raise NotYetError(f"{name} is none of {', '.join(rows)}")
        found = rows[name]
        assert isinstance(found, dict)
        return found

    def problem(self) -> str:
        """Return what the daemon says is wrong with the API; what is nothing is not there."""
        [source] = self.own.answer("show status")["cluster_source"]
        assert source["kind"] == "kubernetes"
        return str(source.get("problem", ""))


@pytest.fixture
def cluster(lab: Lab, certificates: Certificates, tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(lab, certificates, tmp_path)
    yield made
    made.api.stop()


def test_no_fault_of_the_api_costs_a_session_or_a_node(cluster: Cluster) -> None:
    cluster.start()
    since = cluster.row(cluster.session)["since"]
    for number, (name, fault) in enumerate(FAULTS.items(), start=1):
        cluster.api.cluster.put("nodes", node(f"before{number}", f"10.9.1.{number}"))
        fault(cluster.api)
        cluster.api.cluster.put("nodes", node(f"after{number}", f"10.9.2.{number}"))
        for third in (1, 2):
            cluster.await_row(f"Mesh_10_9_{third}_{number}")
        assert cluster.row(cluster.session)["since"] == since, name
    _, there = cluster.api.cluster.snapshot()
    nodes = {name for plural, _, name in there if plural == "nodes"}
    rows = [each["name"] for each in cluster.own.answer("show protocols")]
    sessions = [name for name in rows if name.startswith("Mesh_")]
    assert len(sessions) == len(set(sessions)) == len(nodes) - 1
    cluster.api.cluster.delete("nodes", "before1")
    gone = "Mesh_10_9_1_1"
    eventually(
        lambda: gone not in {each["name"] for each in cluster.own.answer("show protocols")}, within=SECONDS
    )
    assert cluster.row(cluster.session)["since"] == since


def test_a_restart_while_the_api_is_away_brings_the_sessions_up(cluster: Cluster) -> None:
    cluster.start()
    state = Path(cluster.api.token_file).with_name("state.json")
    eventually(state.exists, within=SECONDS)
    cluster.api.stop()
    eventually(cluster.problem, within=SECONDS)
    cluster.own.processes[0].signal(signal.SIGTERM)
    cluster.own.processes.pop(0).end(SECONDS)
    cluster.own.start()
    cluster.await_session()
    assert "connection refused" in cluster.problem()
    cluster.api.cluster.put("nodes", node("node3", "10.9.3.3"))
    cluster.api.start()
    cluster.await_row("Mesh_10_9_3_3")
    eventually(cluster.problem, equals="", within=SECONDS)


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_a_first_start_without_the_api_says_so(
    options: list[str], certificates: Certificates, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("first")
    path = tmp_path / "bgpd.toml"
    path.write_text(
        OWN.format(
            server="https://127.0.0.1:1",
            token_file=tmp_path / "token",
            ca_file=certificates.ca,
            state_file=tmp_path / "state.json",
        ).replace("wait = 60", "wait = 1")
    )
    ended = inside("-c", path, *options)
    assert ended.status == 1, "the API may be there a moment later, so whoever starts us is to try again"
    assert f"{path}:4: cluster.kubernetes: the Kubernetes API at https://127.0.0.1:1" in ended.complaint
    assert "connection refused" in ended.complaint
