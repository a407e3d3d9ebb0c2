"""``[cluster.kubernetes]`` in a file: what may be written, what is found, and what comes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bgpd.calico.loading import LoadedCalico
from bgpd.config import ConfigurationError
from bgpd.config.faults import NotYetError
from bgpd.config.loading import read_configuration
from bgpd.kubernetes.loading import load_kubernetes
from bgpd.kubernetes.resources import ClusterResources
from bgpd.kubernetes.settings import KubernetesSettings
from tests.kubernetes.conftest import QUICK
from tests.kubernetes.objects import calico, node, secret
from tests.kubernetes.server import ApiServer


@pytest.fixture
def resources() -> Iterator[ClusterResources]:
    made = ClusterResources(QUICK)
    yield made
    made.close()


def loaded_from(path: Path, node: str | None, resources: ClusterResources) -> LoadedCalico | None:
    return load_kubernetes(read_configuration(path), str(path), node, resources)


@pytest.fixture
def file(tmp_path: Path, settings: KubernetesSettings) -> Path:
    """Return a file that names the stand-in."""
    path = tmp_path / "bgpd.toml"
    keys = "\n".join(f'{key} = "{getattr(settings, key)}"' for key in ("server", "token_file", "ca_file"))
    path.write_text(f'[cluster.kubernetes]\n{keys}\nstate_file = ""\nwait = 20\n')
    return path


def test_nodes_and_peers_become_neighbors(api: ApiServer, file: Path, resources: ClusterResources) -> None:
    for number in (1, 2, 3):
        api.cluster.put("nodes", node(f"node{number}", f"10.0.0.{number}"))
    password = {"secretKeyRef": {"name": "bgp-secrets", "key": "tor"}}
    api.cluster.put(
        "bgppeers", calico("BGPPeer", "tor", peerIP="10.0.0.254", asNumber=64513, password=password)
    )
    api.cluster.put("secrets", secret("bgp-secrets", tor="hidden"))
    loaded = loaded_from(file, "node2", resources)
    assert loaded is not None
    passwords = {str(each.address): each.password for each in loaded.settings.neighbors}
    assert passwords == {"10.0.0.1": None, "10.0.0.3": None, "10.0.0.254": b"hidden"}
    facts = loaded.settings.cluster
    assert facts is not None
    assert facts.members == {f"10.0.0.{number}": f"node{number}" for number in (1, 2, 3)}
    assert facts.kubernetes is not None
    assert facts.kubernetes.server == api.url


def test_a_file_that_names_no_kubernetes_is_somebody_elses(
    tmp_path: Path, resources: ClusterResources
) -> None:
    path = tmp_path / "bgpd.toml"
    path.write_text("[router]\nasn = 64512\n")
    assert loaded_from(path, None, resources) is None


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("server", '"10.0.0.1"', "write a URL"),
        ("server", '"https://user:word@10.0.0.1"', "write a URL"),
        ("server", '"https://10.0.0.1/path"', "write a URL"),
        ("server", '"https://10.0.0.1:99999"', "write a URL"),
        ("server", '"http://10.0.0.1"', "would show all"),
        ("server", "7", "write a URL"),
        ("namespace", '"kube/system"', "is not a namespace"),
        ("token_file", '"token"', "not an absolute path"),
        ("wait", "-1", "write a number of seconds"),
        ("sever", '"https://10.0.0.1"', 'did you mean "server"'),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    key: str, value: str, complaint: str, tmp_path: Path, resources: ClusterResources
) -> None:
    path = tmp_path / "bgpd.toml"
    path.write_text(f"[cluster.kubernetes]\n{key} = {value}\n")
    with pytest.raises(ConfigurationError, match=complaint) as refused:
        loaded_from(path, None, resources)
    assert str(refused.value).startswith(f"{path}:2: cluster.kubernetes.{key}: ")


def test_outside_of_a_pod_the_server_has_to_be_named(
    tmp_path: Path, resources: ClusterResources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    path = tmp_path / "bgpd.toml"
    path.write_text("[cluster.kubernetes]\n")
    with pytest.raises(ConfigurationError, match="write server") as refused:
        loaded_from(path, None, resources)
    assert not isinstance(refused.value, NotYetError)


def test_in_a_pod_everything_is_found(
    api: ApiServer,
    settings: KubernetesSettings,
    tmp_path: Path,
    resources: ClusterResources,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", api.address)
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", api.url.rpartition(":")[2])
    monkeypatch.setenv("NODENAME", "node1")
    (tmp_path / "namespace").write_text("calico-system\n")
    api.cluster.put("nodes", node("node1", "10.0.0.1"))
    path = tmp_path / "bgpd.toml"
    files = f'token_file = "{settings.token_file}"\nca_file = "{settings.ca_file}"'
    path.write_text(f'[cluster.kubernetes]\n{files}\nstate_file = ""\n')
    loaded = loaded_from(path, None, resources)
    assert loaded is not None
    assert loaded.settings.cluster is not None
    found = loaded.settings.cluster.kubernetes
    assert found is not None
    assert (found.server, found.namespace, found.node) == (api.url, "calico-system", "node1")


def test_a_resource_that_is_wrong_is_named(api: ApiServer, file: Path, resources: ClusterResources) -> None:
    api.cluster.put("nodes", node("node1", "10.0.0.1"))
    api.cluster.put("bgppeers", calico("BGPPeer", "tor", peerIP="not an address", asNumber=64513))
    with pytest.raises(NotYetError, match=r"BGPPeer tor.*not an address"):
        loaded_from(file, "node1", resources)


def test_other_keys_of_a_cluster_have_no_place_beside_it(
    api: ApiServer, file: Path, resources: ClusterResources
) -> None:
    api.cluster.put("nodes", node("node1", "10.0.0.1"))
    file.write_text(f'[cluster]\nmode = "mesh"\n{file.read_text()}')
    with pytest.raises(ConfigurationError, match=r"cluster.mode"):
        loaded_from(file, "node1", resources)


def test_a_node_that_is_not_registered_yet_may_be_a_moment_later(
    api: ApiServer, file: Path, resources: ClusterResources
) -> None:
    api.cluster.put("nodes", node("node2", "10.0.0.2"))
    with pytest.raises(NotYetError, match="node1"):
        loaded_from(file, "node1", resources)
