"""The DaemonSet's pod, played on a node: what its files say is what is run, mounted, asked and granted."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from pyroute2 import netns

from bgpd.restart.environment import STOP
from tests.containers.container import Container, Rights
from tests.containers.image import Image
from tests.containers.manifests import DAEMON, FOLDERS, POD, PROBES, the
from tests.installation.root import Root
from tests.interop.process import Process
from tests.interop.waiting import eventually
from tests.kubernetes.certificates import Certificates, make_certificates
from tests.kubernetes.objects import calico, node
from tests.kubernetes.server import ApiServer

pytestmark = [pytest.mark.interop, pytest.mark.soak]

ACCOUNT: Final = "/run/secrets/kubernetes.io/serviceaccount"
BLOCK: Final = "10.244.1.0/26"


class Node(Root):
    """A node with the files of the image for its containers, and the API on its loopback."""

    def __enter__(self) -> Self:
        super().__enter__()
        self.run("umount", "/run")
        return self

    def enter_network(self) -> None:
        netns.pushns(f"/proc/{self.pid}/ns/net")

    def asked(self, probe: str) -> str:
        """Return what the kubelet makes of a probe, asked in the network of the node."""
        get = DAEMON[probe]["httpGet"]
        self.enter_network()
        try:
            with urlopen(f"http://{get['host']}:{get['port']}{get['path']}", timeout=5) as page:
                return str(page.read().decode())
        except (HTTPError, URLError) as error:
            return str(error)
        finally:
            netns.popns()

    def mount_host_folders(self) -> None:
        """Mount what the kubelet has made for root; it goes on when the pod is gone."""
        for volume in POD["volumes"]:
            if "hostPath" in volume:
                path = volume["hostPath"]["path"]
                self.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", path)

    def put_configuration(self) -> None:
        for name, text in the("ConfigMap")["data"].items():
            self.file(f"/etc/bgpd/{name}").write_text(text)

    def put_account(self, certificates: Certificates, token: Path) -> None:
        """Put what a pod has of its service account, for its group to read."""
        for name, text in (("ca.crt", certificates.ca.read_text()), ("token", token.read_text())):
            file = self.file(f"{ACCOUNT}/{name}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o640)
            os.chown(file, 0, POD["securityContext"]["fsGroup"])


@pytest.fixture
def here(image: Image) -> Iterator[Node]:
    with Node(image.folder) as root:
        root.mount_host_folders()
        root.put_configuration()
        yield root


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path, "127.0.0.1")


@pytest.fixture
def api(here: Node, certificates: Certificates, tmp_path: Path) -> Iterator[ApiServer]:
    """Start the API, and give the pod what it takes to be let in."""
    server = ApiServer(certificates, tmp_path / "token")
    here.enter_network()
    try:
        server.start()
    finally:
        netns.popns()
    here.put_account(certificates, server.token_file)
    server.cluster.put("bgpconfigurations", calico("BGPConfiguration", "default", asNumber=64512))
    for number in (1, 2):
        server.cluster.put("nodes", node(f"node{number}", f"192.0.2.{number}"))
    server.cluster.put(
        "blockaffinities", calico("BlockAffinity", "block", node="node1", cidr=BLOCK, state="confirmed")
    )
    yield server
    server.stop()


def _rights(container: Any, api: ApiServer | None = None, *, permitted: bool = False) -> Rights:
    """Return what the kubelet has the engine give a container."""
    context = container["securityContext"]
    assert context["capabilities"]["drop"] == ["ALL"]
    user = context["runAsUser"]
    assert all(
        set(each["valueFrom"]["fieldRef"].values()) == {"spec.nodeName"} for each in container.get("env", ())
    )
    environment = {each["name"]: "node1" for each in container.get("env", ())}
    if api is not None:
        host, port = api.url.removeprefix("https://").split(":")
        environment |= {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
    return Rights(
        capabilities=context["capabilities"]["add"],
        no_new_privileges=not context["allowPrivilegeEscalation"],
        permitted=permitted,
        user=f"{user}:{context.get('runAsGroup', user)}",
        environment=environment,
    )


def _is_ready(here: Node, pod: Process, probe: str) -> bool:
    pod.require_running()
    return here.asked(probe) == "ok\n"


def _routes(here: Node) -> str:
    return here.run("ip", "route", "show", "proto", "12")


def test_the_pod(here: Node, api: ApiServer, image: Image, tmp_path: Path) -> None:
    folders = Container(image, here, _rights(FOLDERS)).execute(*FOLDERS["command"])
    assert (folders.returncode, folders.stderr) == (0, "")
    assert image.environment[STOP] == "graceful"
    here.run("mount", "-o", "remount,ro", "/")
    pod = Container(image, here, _rights(DAEMON, api))
    first = pod.start(tmp_path / "first")
    for probe in PROBES:
        eventually(partial(_is_ready, here, first, probe), within=120)
    eventually(lambda: f"blackhole {BLOCK}" in _routes(here))
    shown = pod.execute("bgpdcl", "show", "protocols").stdout
    assert "Mesh_192_0_2_2" in shown
    assert "Mesh_192_0_2_1" not in shown
    # The next pod begins while the API is away, with what the first one has left on the node.
    assert pod.stop(first) == 0
    assert f"blackhole {BLOCK}" in _routes(here)
    api.stop()
    second = pod.start(tmp_path / "second")
    eventually(partial(_is_ready, here, second, "readinessProbe"), within=120)
    assert f"blackhole {BLOCK}" in _routes(here)
    assert "Mesh_192_0_2_2" in pod.execute("bgpdcl", "show", "protocols").stdout
