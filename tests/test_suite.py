"""The rules of the suite itself: what a skip means, and what the closing line counts."""

import subprocess
import sys
from pathlib import Path

from tests.requirements import REQUIRE_ALL
from tests.suite import ROOT, Tally

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


def tally_of(folder: Path, environment: dict[str, str]) -> Tally:
    """Run the tests of ``SOURCE`` under this project's conftest."""
    (folder / "test_source.py").write_text(SOURCE)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--junitxml=report.xml", "-q"]
    search = {"PYTHONPATH": str(ROOT), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(
        command, cwd=folder, env=search | environment, capture_output=True, text=True, check=False
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
