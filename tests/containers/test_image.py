"""The image that the Containerfile makes, run as engines do: its user, its rights, its health, its end."""

import os
import signal
import struct
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from bgpd.capabilities import NUMBERS
from bgpd.version import VERSION
from tests.containers.container import DOCKER_CAPABILITIES, Container, Rights, first_process, send
from tests.containers.image import Image
from tests.containers.manifests import COMPOSE, CONTAINER, ROOT
from tests.installation.root import Root
from tests.interop.process import Process
from tests.interop.waiting import eventually
from tests.newcomer.page import Shown, blocks_of

pytestmark = [pytest.mark.interop, pytest.mark.soak]

BOTH: Final = sum(1 << number for number in NUMBERS.values())
RIGHTS: Final = ("NET_ADMIN", "NET_BIND_SERVICE")
CONFIGURATION: Final = """
[router]
id = "192.0.2.1"
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
"""
BLOCKS: Final = blocks_of((ROOT / "docs" / "containers.md").read_text())
WITHOUT_KERNEL: Final = CONFIGURATION + "[kernel]\n"


# -- what is in it -------------------------------------------------------------------------------------


def test_one_file_gives_rights_and_none_another_user(image: Image) -> None:
    giving: dict[str, bytes] = {}
    for path in image.folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert not path.stat().st_mode & 0o6000, path
            if "security.capability" in os.listxattr(path):
                giving[str(path.relative_to(image.folder))] = os.getxattr(path, "security.capability")
    assert giving == {"opt/bgpd/bin/bgpd-python": struct.pack("<5I", 0x02000000, BOTH, 0, 0, 0)}
    facts = (image.folder / "opt/bgpd/bin/bgpd-python").stat()
    assert (facts.st_uid, f"{facts.st_gid}:{facts.st_gid}", facts.st_mode & 0o7777) == (0, image.user, 0o750)


def test_nothing_is_left_of_the_making(image: Image) -> None:
    packages = {path.name.partition("-")[0] for path in image.folder.glob("opt/bgpd/lib/*/site-packages/*")}
    assert {"bgpd", "pydantic", "pyroute2"} <= packages
    assert not {"pip", "setuptools"} & packages
    assert not (image.folder / "source").exists()


def test_all_is_compiled_whatever_becomes_of_dates(image: Image) -> None:
    unchecked = 0b01
    library = [*image.folder.glob("usr/local/lib/python3*/*.py")]
    ours = [*image.folder.glob("opt/bgpd/lib/*/site-packages/bgpd/**/*.py")]
    assert len(library) > 100 < len(ours)
    for source in (*library, *ours):
        (compiled,) = (source.parent / "__pycache__").glob(f"{source.stem}.cpython-*.pyc")
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == unchecked, source


# -- how it runs ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Running:
    """A container with the daemon, in a network of its own."""

    container: Container
    process: Process

    @property
    def root(self) -> Root:
        return self.container.root

    @property
    def status(self) -> dict[str, list[str]]:
        """What the kernel says of the daemon."""
        lines = Path(f"/proc/{first_process(self.process)}/status").read_text().splitlines()
        return {key: value.split() for key, _, value in (line.partition(":") for line in lines)}

    def routes(self) -> set[str]:
        """Return the prefixes of the kernel's routes that are ours."""
        lines = self.root.run("ip", "route", "show", "proto", "12").splitlines()
        return {word for line in lines for word in line.split()[:2] if "/" in word}

    def page(self, path: str) -> str:
        """Return a page of the server, read in the container."""
        code = "import sys, urllib.request as r; sys.stdout.write(r.urlopen(sys.argv[1]).read().decode())"
        return self.container.execute("python", "-c", code, f"http://127.0.0.1:9179{path}").stdout


@contextmanager
def running(
    image: Image, log: Path, rights: Rights, configuration: str = CONFIGURATION, *, read_only: bool = False
) -> Iterator[Running]:
    """Run a container, with a volume for what is remembered if it can write nowhere else."""
    with Root(image.folder) as root:
        root.file("/etc/bgpd/bgpd.toml").write_text(configuration)
        container = Container(image, root, rights, read_only=read_only)
        if read_only:
            container.mount("/run/bgpd", image.user, "750")
        yield Running(container, container.start(log))


class Case(NamedTuple):
    """What a container is given."""

    rights: Rights
    configuration: str = CONFIGURATION
    read_only: bool = False


UP: Final = {
    "docker run --cap-add NET_ADMIN": Case(Rights((*DOCKER_CAPABILITIES, "NET_ADMIN"))),
    "nothing else, and no file to write": Case(Rights(RIGHTS), read_only=True),
    "containerd, allowPrivilegeEscalation false": Case(
        Rights(RIGHTS, no_new_privileges=True, permitted=True)
    ),
}
MISSING: Final = {
    "docker run": (Case(Rights()), "in a container with --cap-add=NET_ADMIN, or"),
    "docker run --security-opt no-new-privileges": (
        Case(Rights(RIGHTS, no_new_privileges=True)),
        "--cap-add=NET_ADMIN and without no-new-privileges, or",
    ),
    "--cap-drop ALL": (Case(Rights(())), "with --cap-add=NET_BIND_SERVICE --cap-add=NET_ADMIN, or"),
}


@pytest.mark.parametrize("case", UP.values(), ids=[*UP])
def test_it_comes_up_as_its_user_with_two_rights(image: Image, tmp_path: Path, case: Case) -> None:
    with running(image, tmp_path / "log", *case[:2], read_only=case.read_only) as running_one:
        eventually(running_one.container.is_healthy)
        status = running_one.status
        assert ":".join((status["Uid"][1], status["Gid"][1])) == image.user
        assert [int(status[each][0], 16) for each in ("CapPrm", "CapEff", "CapAmb")] == [BOTH, BOTH, 0]
        assert (status["NSpid"][-1], status["Name"]) == ("1", ["bgpd"])
        eventually(running_one.routes, equals={"198.51.100.0/24"})
        assert "\nprocess_open_fds " in running_one.page("/metrics")
        assert running_one.container.stop(running_one.process) == 0
        assert running_one.routes() == {"198.51.100.0/24"}  # BGPD_STOP=graceful


@pytest.mark.parametrize(("case", "remedy"), MISSING.values(), ids=[*MISSING])
def test_it_says_which_right_is_missing(image: Image, tmp_path: Path, case: Case, remedy: str) -> None:
    with running(image, tmp_path / "log", *case[:2]) as running_one:
        assert running_one.process.end(within=60) == 1
        assert remedy in running_one.process.log_tail()
        if case == MISSING["docker run"][0]:
            assert _shown("bgpd:ro registry.example/bgpd:0.1.0").is_like(running_one.process.log_tail())


def test_a_right_that_is_not_needed_may_be_missing(image: Image, tmp_path: Path) -> None:
    """A reflector writes no routes; a file that makes its rights effective itself could not be executed."""
    with running(image, tmp_path / "log", Rights(), WITHOUT_KERNEL) as running_one:
        eventually(running_one.container.is_healthy)
        assert int(running_one.status["CapEff"][0], 16) == 1 << NUMBERS["CAP_NET_BIND_SERVICE"]


def test_whoever_asks_has_no_rights(image: Image, tmp_path: Path) -> None:
    with running(image, tmp_path / "log", Rights(RIGHTS)) as running_one:
        shown = running_one.container.execute("python", "-c", "print(open('/proc/self/status').read())")
        assert "CapPrm:\t0000000000000000" in shown.stdout


def test_a_file_that_is_missing_is_named(image: Image, tmp_path: Path) -> None:
    with Root(image.folder) as root:
        process = Container(image, root, Rights(RIGHTS)).start(tmp_path / "log")
        assert process.end(within=60) == 2
        assert "/etc/bgpd/bgpd.toml: cannot be read: No such file" in process.log_tail()


def test_other_arguments_take_the_place_of_the_usual_ones(image: Image, tmp_path: Path) -> None:
    with Root(image.folder) as root:
        process = Container(image, root, Rights()).start(tmp_path / "log", "--version")
        assert process.end(within=60) == 0
        assert process.log_tail() == f"bgpd {VERSION}"


def test_health(image: Image, tmp_path: Path) -> None:
    with running(image, tmp_path / "log", Rights(RIGHTS)) as running_one:
        container, process = running_one.container, running_one.process
        eventually(container.is_healthy)
        send(process, signal.SIGSTOP)
        assert not container.is_healthy()
        send(process, signal.SIGCONT)
        eventually(container.is_healthy)
        send(process, signal.SIGKILL)
        process.end(within=60)
        assert not container.is_healthy()


# -- compose.yaml --------------------------------------------------------------------------------------


class Composed:
    """The services of the file, on a link between the two."""

    def __init__(self, image: Image, left: Root, right: Root, folder: Path) -> None:
        self._folder = folder
        ends = [["name", "eth0", "netns", str(root.pid)] for root in (left, right)]
        subprocess.run(["ip", "link", "add", *ends[0], "type", "veth", "peer", *ends[1]], check=True)
        self.left, self.right = (
            self._run(image, root, name) for root, name in ((left, "left"), (right, "right"))
        )

    def _run(self, image: Image, root: Root, name: str) -> Running:
        said: Any = COMPOSE["services"][name]
        assert said["cap_drop"] == ["ALL"]
        (network,) = said["networks"].values()
        root.run("ip", "address", "add", f"{network['ipv4_address']}/24", "dev", "eth0")
        root.run("ip", "link", "set", "eth0", "up")
        files, volume = (mount.split(":") for mount in said["volumes"])
        root.put(CONTAINER / files[0], files[1])
        container = Container(image, root, Rights(said["cap_add"]), read_only=said["read_only"])
        container.mount(volume[1], image.user, "750")  # as it is in the image
        return Running(container, container.start(self._folder / name))


def _shown(words: str) -> Shown:
    """Return the command of docs/containers.md that ends so, with what it prints."""
    (found,) = (each for each in BLOCKS if isinstance(each, Shown) and each.command.endswith(words))
    return found


def _session(running_one: Running) -> Sequence[str]:
    shown = running_one.container.execute("bgpdcl", "show", "protocols").stdout
    return [line.split()[-1] for line in shown.splitlines() if " BGP " in line]


def test_compose(image: Image, tmp_path: Path) -> None:
    with Root(image.folder) as left, Root(image.folder) as right:
        two = Composed(image, left, right, tmp_path)
        routes = {"198.51.100.0/24", "203.0.113.0/24"}
        for each in (two.left, two.right):
            eventually(partial(_session, each), equals=["Established"])
            eventually(each.routes, equals=routes)
        for words in ("show protocols right", "show route"):
            printed = two.left.container.execute("bgpdcl", *words.split()).stdout
            assert _shown(f"exec left bgpdcl {words}").is_like(printed), printed
        # Another container takes its place: the volume stays, and neighbor and kernel keep the routes.
        assert two.left.container.stop(two.left.process) == 0
        assert two.right.routes() == two.left.routes() == routes
        assert left.file("/run/bgpd/bgpd.ctl.state").is_file()
        two.left.process = two.left.container.start(tmp_path / "again")
        eventually(partial(_session, two.left), equals=["Established"])
        assert two.left.routes() == two.right.routes() == routes
