"""The rules of the suite itself: what a skip means, what the closing line counts, who runs which test."""

import subprocess
import sys
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

from tests.requirements import REQUIRE_ALL
from tests.suite import ROOT, Tally, parts

SOURCE = """
import pytest
from tests.requirements import skip_kernel_lacks, skip_package_missing

def test_passes(): pass
def test_fails(): assert False
def test_kernel(): skip_kernel_lacks("VRF")
def test_package(): skip_package_missing("frr")
def test_root(): pytest.skip("needs root: network namespaces")
def test_again(): pytest.skip("needs root: network namespaces")
@pytest.mark.xfail
def test_expected(): assert False
@pytest.fixture
def broken(): raise RuntimeError
def test_error(broken): pass
"""

SHARED = """
import pytest, time

@pytest.fixture(scope="module", params=[object(), object()], ids=["one", "other"])
def scene(request):
    yield request.module.__name__

@pytest.fixture(scope="session")
def whole():
    yield

@pytest.mark.interop
@pytest.mark.parametrize("number", range(3))
def test_together(scene, whole, number): time.sleep(0.05)
@pytest.mark.interop
@pytest.mark.parametrize("number", range(3))
def test_alone(whole, number): time.sleep(0.05)
def test_unit(): pass
"""
SEARCH = {"PYTHONPATH": str(ROOT), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def tally_of(folder: Path, environment: dict[str, str]) -> Tally:
    """Run the tests of ``SOURCE`` under this project's conftest."""
    (folder / "test_source.py").write_text(SOURCE)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--junitxml=report.xml", "-q"]
    done = subprocess.run(
        command, cwd=folder, env=SEARCH | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode, done.stdout + done.stderr
    tally = Tally()
    tally.add(folder / "report.xml")
    return tally


def test_every_outcome_and_every_reason_is_counted(tmp_path: Path) -> None:
    *reasons, closing = tally_of(tmp_path, {}).lines(1.5)
    assert reasons == [
        "1 skipped: kernel lacks VRF",
        "2 skipped: needs root: network namespaces",
        "1 skipped: package frr not available",
    ]
    assert closing.strip("= ") == "1 failed, 1 error, 1 passed, 4 skipped, 1 xfailed in 1.50s"


def test_only_the_kernel_excuses_a_skip_when_all_is_required(tmp_path: Path) -> None:
    tally = tally_of(tmp_path, {REQUIRE_ALL: "1"})
    assert tally.counts == {"failed": 4, "error": 1, "passed": 1, "skipped": 1, "xfailed": 1}
    assert tally.reasons == {"kernel lacks VRF": 1}


def test_a_module_is_not_skipped_as_a_whole_when_all_is_required(tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text("import pytest\npytest.skip('later', allow_module_level=True)\n")
    assert tally_of(tmp_path, {REQUIRE_ALL: "1"}).counts == {"error": 1}


def test_a_run_without_a_report_is_an_error(tmp_path: Path) -> None:
    tally = Tally()
    tally.add(tmp_path / "report.xml")
    assert tally.counts == {"error": 1}
    assert list(tally.lines(0)) == [" 1 error in 0.00s ".center(80, "=")]


def test_the_processes_of_the_suite_run_each_test_once(tmp_path: Path) -> None:
    """They are started together; which module falls to which of them is left to chance."""
    modules = [f"folder{number // 3}/test_module{number}" for number in range(6)]
    for module in modules:
        (tmp_path / module).parent.mkdir(exist_ok=True)
        (tmp_path / f"{module}.py").write_text(SHARED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = interop\naddopts = --import-mode=importlib\n")
    (tmp_path / "test_late.py").write_text("import sys\nassert 'not interop' in sys.argv\n")
    claims = tmp_path / "claims"
    claims.mkdir()
    runs = {
        name: subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", f"--junitxml={name}.xml", *part], cwd=tmp_path, env=SEARCH
        )
        for name, part in parts(claims).items()
    }
    assert [run.wait(60) for run in runs.values()] == [0] * len(runs)
    ran = {name: cases(tmp_path / f"{name}.xml") for name in runs}
    places = [module.replace("/", ".") for module in modules]
    assert sorted(chain(*(ran[name] for name in ran if "unit" in name))) == [
        f"{each}.test_unit" for each in places
    ]
    alone = [f"{each}.test_alone[{n}]" for each in places for n in range(3)]
    together = [f"{each}.test_together[{scene}-" for each in places for scene in ("one", "other")]
    assert sorted(chain(*(ran[name] for name in ran if "interop" in name))) == sorted(
        [*alone, *(f"{start}{n}]" for start in together for n in range(3))]
    )
    for start in together:  # what has a fixture in common was run by one process
        assert [len([each for each in ran[name] if each.startswith(start)]) for name in ran].count(3) == 1


def cases(report: Path) -> list[str]:
    """Return the names of the tests that one process has run."""
    return [
        f"{case.get('classname')}.{case.get('name')}" for case in ElementTree.parse(report).iter("testcase")
    ]
