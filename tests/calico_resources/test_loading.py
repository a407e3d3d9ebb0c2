"""Resources in files, and a configuration file beside them."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bgpd.calico.loading import load_calico
from bgpd.calico.reading import read_resources, sources_of
from bgpd.calico.report import CalicoError
from bgpd.config import ConfigurationError
from tests.calico_resources.objects import NODES, configuration, node, peer, resource

_HINT = "write what calicoctl get ... -o json or kubectl get ... -o json prints"


def _write(path: Path, *values: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(json.dumps, values)))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the nodes in one file, and nothing else."""
    _write(tmp_path / "resources" / "nodes.json", {"apiVersion": "v1", "kind": "List", "items": [*NODES]})
    return tmp_path / "resources"


# Files


def test_a_folder_is_all_of_its_files(folder: Path) -> None:
    _write(folder / "more.json", configuration(), peer("x"))
    _write(folder / ".hidden.json", peer("hidden"))
    (folder / "notes.txt").write_text("no JSON")
    found = read_resources(folder)
    assert [each.name for each in found] == ["default", "x", "a", "b", "c"]
    assert found[0].origin == str(folder / "more.json")


def test_a_file_with_several_values(tmp_path: Path) -> None:
    path = _write(tmp_path / "all.json", *NODES, [configuration(), peer("x")])
    assert [each.name for each in read_resources(path)] == ["a", "b", "c", "default", "x"]


def test_secrets_may_be_mounted(folder: Path) -> None:
    keys = folder / "secrets" / "bgp"
    (keys / "..2026").mkdir(parents=True)
    (keys / "..2026" / "mesh").write_text("from a file\n")
    (keys / "mesh").symlink_to("..2026/mesh")
    terms = configuration(nodeMeshPassword={"secretKeyRef": {"name": "bgp", "key": "mesh"}})
    _write(folder / "configuration.json", terms)
    settings = load_calico(folder, "a").settings
    assert {each.password for each in settings.neighbors} == {b"from a file"}
    assert sources_of(folder) == (str(folder), str(keys / "mesh"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "there is nothing in this file; " + _HINT),
        (b" \n ", "there is nothing in this file"),
        (b"apiVersion: v1\nkind: List\n", ":1: not JSON: Expecting value; " + _HINT),
        (b'{"kind": "List",\n "items": [}', ":2: not JSON: Expecting value"),
        (b'[]\n\n{"', ":3: not JSON"),
        (b"\xff\xfe", ":1: not UTF-8; save the file in that encoding"),
        (b'{"kind": NaN}', "NaN is not a JSON number"),
        (b"[" * 100_000, "nested too deeply"),
        (b"7", "there is something that is no object"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(CalicoError) as caught:
        read_resources(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalicoError, match=r"nowhere\.json: cannot be read: No such file or directory"):
        read_resources(tmp_path / "nowhere.json")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalicoError, match=r"there is no file \*\.json in this folder"):
        read_resources(tmp_path)


def test_all_broken_files_are_named_at_once(folder: Path) -> None:
    for name in ("x.json", "y.json"):
        (folder / name).write_text("{")
    with pytest.raises(CalicoError) as caught:
        read_resources(folder)
    assert len(caught.value.faults) == 2


# The own node


def test_the_cluster_is_known(folder: Path) -> None:
    cluster = load_calico(folder, "a").settings.cluster
    assert cluster is not None
    assert (cluster.node, cluster.mode, cluster.asn, cluster.handover) == ("a", "mesh", 64512, 300)
    assert cluster.members["2001:db8::2"] == "b"
    assert cluster.sources == (str(folder),)


def test_a_node_finds_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path / "nodes.json", node("host1", "10.0.0.1/24"), node("host2", "10.0.0.2/24"))
    monkeypatch.delenv("NODENAME", raising=False)
    for own, given in (("host1", "Host1.example.org"), ("host2", "host2")):
        monkeypatch.setattr(socket, "gethostname", lambda given=given: given)
        cluster = load_calico(path).settings.cluster
        assert cluster is not None
        assert cluster.node == own
    monkeypatch.setenv("NODENAME", "host1")
    cluster = load_calico(path).settings.cluster
    assert cluster is not None
    assert cluster.node == "host1"


def test_a_host_that_is_no_node_says_what_it_looked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NODENAME", raising=False)
    monkeypatch.setattr(socket, "gethostname", lambda: "Z.example.org")
    with pytest.raises(ConfigurationError) as caught:
        load_calico(folder)
    assert str(caught.value) == (
        "this host is no Node of the 3 there are: none is called Z.example.org, z.example.org, z; see --node"
    )


# The file beside


def test_a_file_goes_before_the_resources(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        """
        [router]
        stop = "graceful"
        [cluster]
        handover = 60
        [groups.calico]
        hold_time = 30
        [kernels.kernel1]
        table = 100
        [filter_files]
        text = "function mine() { accept; }"
        [filters]
        tor = "calico_aggr(); mine();"
        [[neighbors]]
        name = "tor1"
        address = "192.0.2.1"
        asn = 65001
        import = "tor"
        """
    )
    settings = load_calico(folder, "a", file).settings
    assert settings.asn == 64512
    names = [each.name for each in settings.neighbors]
    assert names == ["tor1", "Mesh_10_0_0_2", "Mesh_10_0_1_3", "Mesh_2001_db8__2"]
    assert {each.hold_time for each in settings.neighbors[1:]} == {30}
    assert {each.name: each.table for each in settings.kernels}["kernel1"] == 100
    assert settings.cluster is not None
    assert settings.cluster.handover == 60


def test_the_file_of_the_documentation_is_good(folder: Path, tmp_path: Path) -> None:
    text = Path("docs/calico-resources.md").read_text().partition("```toml\n")[2].partition("```")[0]
    file = tmp_path / "own.toml"
    file.write_text(text)
    settings = load_calico(folder, "a", file).settings
    assert settings.neighbors[0].name == "tor1"
    assert {each.hold_time for each in settings.neighbors} == {90}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cluster]\nnodes = []", "own.toml: cluster.nodes: Calico's resources say what the cluster is"),
        ("[cluster]\nhandover = -1", "own.toml: cluster.handover: write a number of seconds"),
        ("[[neighbors]]\nname = 'x'", "own.toml:1: neighbors[x].asn: missing"),
        ("\n[router]\nport = 0", "own.toml:3: router.port"),
        ("[filters]\nx = 'reject'", "own.toml:2:"),
        (
            "[[neighbors]]\naddress = '10.0.0.2'\nasn = 64512\nname = 'twin'",
            "own.toml:2: neighbors[twin].address: the resources",
        ),
        ("[[neighbors]]\naddress = '10.0.0.9'\nasn = 64512\nname = 'Mesh_10_0_0_2'", "Mesh_10_0_0_2"),
    ],
)
def test_a_mistake_of_the_file_is_found_there(folder: Path, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_calico(folder, "a", file)
    assert message in str(caught.value)


# The command


def _bgpd(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bgpd", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_command_checks_resources(folder: Path) -> None:
    _write(folder / "more.json", configuration(novelty=1))
    done = _bgpd("--calico-resources", str(folder), "--node", "a", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    remark, verdict = done.stdout.splitlines()
    assert "more.json: BGPConfiguration default: spec.novelty: this field is not known" in remark
    assert verdict == f"{folder}: configuration OK, 3 neighbors"


def test_the_command_refuses_resources_that_are_wrong(folder: Path) -> None:
    _write(folder / "more.json", resource("IPPool", "p", {"cidr": "x"}))
    done = _bgpd("--calico-resources", str(folder), "--node", "a", "--check")
    assert done.returncode == 2
    assert done.stderr == (
        f'{folder}/more.json: IPPool p: spec.cidr: found "x"; '
        "write a prefix like 192.0.2.0/24 or 2001:db8::/64\n"
    )


def test_what_is_printed_says_the_same_without_resources(folder: Path, tmp_path: Path) -> None:
    printed = _bgpd("--calico-resources", str(folder), "--node", "a", "--print-config")
    plain = tmp_path / "plain.toml"
    plain.write_text(printed.stdout)
    again = _bgpd("-c", str(plain), "--print-config")
    assert again.stdout == printed.stdout
    assert "[[neighbors]]" in again.stdout
