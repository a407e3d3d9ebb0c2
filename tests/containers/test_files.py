"""The Containerfile, the DaemonSet and the compose file agree with the daemon and with each other."""

import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from bgpd.__main__ import command_line
from bgpd.capabilities import NUMBERS
from bgpd.config import DaemonSettings, build, load
from bgpd.control.words import expand
from bgpd.restart.environment import as_wished
from bgpd.show import COMMANDS
from bgpd.version import VERSION
from tests.containers.build import context
from tests.containers.containerfile import Containerfile
from tests.containers.image import Image
from tests.containers.manifests import COMPOSE, CONTAINER, DAEMON, FOLDERS, POD, PROBES, ROOT, objects, the

FILE: Final = Containerfile(ROOT / "Containerfile")
STAGE: Final = FILE.stages["bgpd"]
DEFAULTS: Final = build(load(None))
RIGHTS: Final = {name.removeprefix("CAP_") for name in NUMBERS}
SERVICES: Final = COMPOSE["services"]


@pytest.fixture(scope="module")
def image() -> Image:
    """Return what is said about the image; it has no files."""
    image = Image(Path())
    for step in STAGE.instructions:
        image.take(step)
    return image


# -- the image -----------------------------------------------------------------------------------------


def test_the_daemon_is_built_if_nothing_is_said() -> None:
    assert FILE.default == "bgpd"
    assert FILE.needed("bgpd") == ["source", "environment", "bgpd"]


def test_all_that_is_copied_is_sent_to_the_builder(tmp_path: Path) -> None:
    sent = context(ROOT, tmp_path)
    copied = {
        name
        for stage in FILE.stages.values()
        for step in stage.of("COPY")
        for name in step.words[:-1]
        if "from" not in step.options
    }
    assert "bgpd" in copied
    assert all((sent / name).exists() for name in copied)
    used = {Path(name).parts[0] for name in copied}
    assert {each.name for each in sent.iterdir()} == {*used, "Containerfile"}


def test_all_packages_are_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages <= {name for step in FILE.stages["source"].of("COPY") for name in step.words}


def test_it_starts_the_daemon(image: Image) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (program,) = image.entrypoint
    assert Path(program).name in project["project"]["scripts"]
    options = command_line().parse_args(image.command)
    assert options.config == [Path("/etc/bgpd/bgpd.toml")]


def test_it_stops_as_containers_should(image: Image) -> None:
    assert image.stop_signal == "SIGTERM"
    assert as_wished(DEFAULTS, image.environment).stop == "graceful"


def test_it_asks_the_daemon_how_it_is(image: Image) -> None:
    program, *words = image.health_command
    assert (Path(program).name, Path(program).parent) == ("bgpdcl", Path(image.entrypoint[0]).parent)
    assert " ".join(expand(words)) in {command.words for command in COMMANDS}


def test_it_says_what_it_is(image: Image) -> None:
    assert image.labels["org.opencontainers.image.version"] == VERSION
    assert image.labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert DEFAULTS.metrics is not None
    assert image.ports == [f"{DEFAULTS.port}/tcp", f"{DEFAULTS.metrics[1]}/tcp"]


def test_the_user_is_a_number_that_all_agree_on(image: Image) -> None:
    user, group = image.user.split(":")
    assert 10_000 < int(user) == int(group)
    text = "".join(step.rest for step in STAGE.of("RUN"))
    assert set(re.findall(r"--[gu]id (\d+)", text)) == {user}
    assert DAEMON["securityContext"]["runAsUser"] == DAEMON["securityContext"]["runAsGroup"] == int(user)
    assert POD["securityContext"]["fsGroup"] == int(group)
    assert FOLDERS["command"][:2] == ["chown", image.user]


def test_the_folders_that_are_written_to_are_the_users() -> None:
    text = "".join(step.rest for step in STAGE.of("RUN"))
    (owned,) = re.findall(r"--owner bgpd --group bgpd --mode 0750((?: /\S+)+)", text)
    assert set(owned.split()) == {str(folder) for folder in _state_folders()}


def test_rights_are_given_last_and_to_the_daemon_only() -> None:
    """A later COPY could lose them, and who asks the daemon needs none."""
    (*_, last) = (step for step in STAGE.instructions if step.word in ("RUN", "COPY"))
    (interpreter,) = re.findall(r'setxattr\("(\S+)"', last.rest)
    text = "".join(step.rest for step in FILE.stages["environment"].of("RUN"))
    assert re.findall(r"1s\|\^#!\.\*\|#!(\S+) -I\|' (\S+)", text) == [(interpreter, "/opt/bgpd/bin/bgpd")]


def test_rights_are_those_that_the_daemon_takes_up() -> None:
    text = STAGE.of("RUN")[-1].rest
    assert {int(bit) for bit in re.findall(r"1 << (\d+)", text)} == set(NUMBERS.values())


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(DAEMON["securityContext"]["capabilities"]["add"], id="DaemonSet"),
        *(pytest.param(service["cap_add"], id=name) for name, service in SERVICES.items()),
    ],
)
def test_containers_may_have_these_rights_and_no_others(given: list[str]) -> None:
    assert set(given) == RIGHTS


@pytest.mark.parametrize("said", [FOLDERS, DAEMON, *SERVICES.values()], ids=["folders", "daemon", *SERVICES])
def test_images_have_the_version(said: Any) -> None:
    assert said["image"].endswith(f"/bgpd:{VERSION}")


# -- Kubernetes ----------------------------------------------------------------------------------------


def test_the_service_account_is_made_beside_it() -> None:
    accounts = {each["metadata"]["name"] for each in objects() if each["kind"] == "ServiceAccount"}
    assert POD["serviceAccountName"] in accounts
    namespaces = {each["metadata"].get("namespace") for each in objects() if "Cluster" not in each["kind"]}
    assert namespaces == {"kube-system"}


def test_pods_are_found_by_their_labels() -> None:
    specification = the("DaemonSet")["spec"]
    assert specification["selector"]["matchLabels"] == specification["template"]["metadata"]["labels"]


@pytest.mark.parametrize("probe", PROBES)
def test_probes_ask_where_the_server_is(probe: str) -> None:
    asked = DAEMON[probe]["httpGet"]
    assert POD["hostNetwork"] is True
    assert (asked["host"], asked["port"]) == DEFAULTS.metrics
    assert f"| `{asked['path']}` |" in (ROOT / "docs" / "metrics.md").read_text()


def test_only_readiness_waits_for_neighbors() -> None:
    paths = [DAEMON[probe]["httpGet"]["path"] for probe in PROBES]
    assert paths == ["/healthz", "/healthz", "/readyz"]


def test_a_start_may_wait_for_the_api() -> None:
    probe = DAEMON["startupProbe"]
    page = (ROOT / "docs" / "configuration.md").read_text().partition("## `[cluster.kubernetes]`")[2]
    (wait,) = re.findall(r"^\| `wait` \| [^|]*\| `(\d+)` \|", page, re.MULTILINE)[:1]
    assert probe["periodSeconds"] * probe["failureThreshold"] > 2 * int(wait)


def test_all_that_is_mounted_is_there() -> None:
    volumes = {each["name"] for each in POD["volumes"]}
    for container in (FOLDERS, DAEMON):
        assert {each["name"] for each in container["volumeMounts"]} <= volumes
    (configuration,) = (each["configMap"] for each in POD["volumes"] if "configMap" in each)
    assert configuration["name"] == the("ConfigMap")["metadata"]["name"]


def test_what_is_remembered_outlives_the_pod() -> None:
    paths = {each["name"]: each["hostPath"]["path"] for each in POD["volumes"] if "hostPath" in each}
    mounted = {each["mountPath"]: paths.get(each["name"]) for each in DAEMON["volumeMounts"]}
    assert all(mounted[folder] == folder for folder in map(str, _state_folders()))
    assert set(FOLDERS["command"][2:]) == set(paths.values())


def _state_folders() -> set[Path]:
    """Return where something is written to."""
    page = (ROOT / "docs" / "configuration.md").read_text()
    (file,) = re.findall(r"^\| `state_file` \|[^|]*\| `\"(/var/lib\S+)\"` \|", page, re.MULTILINE)
    return {Path(DEFAULTS.state_path).parent, Path(file).parent}


# -- compose -------------------------------------------------------------------------------------------


def _settings(name: str) -> DaemonSettings:
    return build(load(CONTAINER / name / "bgpd.toml"))


def test_what_compose_names_is_there() -> None:
    networks = {network for service in SERVICES.values() for network in service["networks"]}
    assert networks == set(COMPOSE["networks"])
    for service in SERVICES.values():
        folder, volume = (mount.split(":")[0] for mount in service["volumes"])
        assert (CONTAINER / folder / "bgpd.toml").is_file()
        assert volume in COMPOSE["volumes"]
    (made,) = (service["build"] for service in SERVICES.values() if "build" in service)
    assert (CONTAINER / made["context"] / made["dockerfile"]).resolve() == ROOT / "Containerfile"


def test_state_is_in_a_volume() -> None:
    for service in SERVICES.values():
        mounted = {mount.split(":")[1] for mount in service["volumes"]}
        assert {"/etc/bgpd", str(Path(DEFAULTS.state_path).parent)} == mounted


def test_the_two_know_each_other() -> None:
    (name, network), *_ = COMPOSE["networks"].items()
    subnet = ipaddress.ip_network(network["ipam"]["config"][0]["subnet"])
    addresses = {each: SERVICES[each]["networks"][name]["ipv4_address"] for each in SERVICES}
    for own, other in (("left", "right"), ("right", "left")):
        (neighbor,) = _settings(own).neighbors
        assert ipaddress.ip_address(addresses[own]) in subnet
        assert (neighbor.name, str(neighbor.address)) == (other, addresses[other])
        assert neighbor.asn == _settings(other).asn
