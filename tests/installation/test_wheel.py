"""bgpd's wheel in an empty virtual environment, under every version of Python that it is for."""

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.daemon.command import Ended, outcome
from tests.installation import wheels
from tests.installation.interpreters import VERSIONS, found
from tests.installation.root import REPOSITORY, copy_clone
from tests.interop.lab import Lab
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces, require_programs, skip_package_missing

pytestmark = pytest.mark.interop

CHECK_ALL = """\
import sys
from bgpd.__main__ import main
sys.exit(sum(main(["-c", file, "--node", "node1", "--check"]) for file in sys.argv[1:]))
"""
BESIDES = {"bgpd.service", "bgpd.sysusers", "install.sh", "examples/default.toml", "examples/tor.toml"}
CONFIGURATION = '[router]\nid = "192.0.2.1"\n[metrics]\nlisten = ""\n'


@pytest.fixture(scope="module")
def wheel() -> Path:
    require_programs({"git": "git"})
    return wheels.built()


def quiet(*command: str | Path) -> Ended:
    """Run a command that must do without the checkout."""
    (done,) = outcome(["env", "--unset=PYTHONPATH", "--chdir=/", *command])
    return done


@pytest.mark.soak
def test_it_holds_all_that_is_no_test(wheel: Path, tmp_path: Path, soaking: bool) -> None:
    """The long form makes another one of a source distribution, in which nothing may be missing, either."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    listed = ["git", "ls-files", "bgpd", "fsm", "kernel_sync", "messages", "rib"]
    ours = subprocess.run(listed, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    modules = {line for line in ours.stdout.splitlines() if line.endswith((".py", "py.typed"))}
    assert {each for each in modules if (REPOSITORY / each).exists()} <= names
    assert not any(name.startswith(("tests/", "docs/")) for name in names)
    if soaking:
        clone = tmp_path / "clone"
        copy_clone(clone)
        source = wheels.source_distribution(tmp_path, clone=clone)
        with tarfile.open(source) as packed:
            packed.extractall(tmp_path, filter="data")
        again = wheels.of_folder(tmp_path / source.name.removesuffix(".tar.gz"), tmp_path / "again")
        with zipfile.ZipFile(again) as second:
            assert set(second.namelist()) == names


@pytest.mark.parametrize("version", VERSIONS)
def test_it_works_where_nothing_else_is(wheel: Path, tmp_path: Path, version: str) -> None:
    need_network_namespaces()
    interpreter = found(version)
    if interpreter is None:
        skip_package_missing(f"python{version}")
    place = tmp_path / "environment"
    subprocess.run([interpreter, "-m", "venv", "--without-pip", place], check=True)
    wheels.install(place / "bin/python", wheel, version=version)
    for each in (*wheels.shared_files(), *(f"bgpd/{name}" for name in BESIDES)):
        assert (place / "share" / each).is_file(), each
    examples = sorted((place / "share/bgpd/examples").glob("*.toml"))
    checked = quiet(place / "bin/python", "-I", "-c", CHECK_ALL, *examples)
    assert (checked.status, checked.complaint) == (0, "")
    assert checked.output.count("configuration OK") == len(examples) > 5
    runs_in_a_namespace(place, tmp_path)


def runs_in_a_namespace(place: Path, folder: Path) -> None:
    """The daemon starts, answers and ends."""
    file, control = folder / "bgpd.toml", folder / "ctl"
    file.write_text(CONFIGURATION)
    with Lab() as lab:
        alone = ("env", "--unset=PYTHONPATH", "--chdir=/")
        host = lab.host("alone")
        daemon = host.spawn("bgpd", [*alone, place / "bin/bgpd", "-c", file, "-s", control])
        eventually(control.exists)
        shown = host.run(*alone, place / "bin/bgpdcl", "-s", control, "show", "status")
        assert "192.0.2.1" in shown
        assert daemon.stop() == 0
