"""Every scenario of the benchmark still runs, and finds that every neighbor holds what it must."""

import subprocess
import sys

import pytest

from tests.bench.__main__ import SCENARIOS
from tests.bench.daemons import PROGRAMS
from tests.bench.mrt import FULL_TABLE
from tests.interop.routers.bgpd import ROOT
from tests.requirements import need_network_namespaces, skip_data_elsewhere

pytestmark = pytest.mark.interop

OTHERS = {"transit": tuple(PROGRAMS), "kernel": ("bgpd", "bird2"), "start": ("bgpd", "bird2")}
"""Where others than bgpd take part here; in the other scenarios they would do the same once more."""


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_runs(name: str) -> None:
    """At one ten thousandth of its size; the figures mean nothing then."""
    need_network_namespaces()
    if name == "real" and not FULL_TABLE.exists():
        skip_data_elsewhere(FULL_TABLE.name)
    daemons = [each for each in OTHERS.get(name, ("bgpd",)) if not PROGRAMS[each].obstacle]
    ran = bench(name, "--scale", "0.0001", "--daemons", ",".join(daemons))
    assert ran.returncode == 0, ran.stderr
    title, headings, *rows = ran.stdout.strip().splitlines()
    assert title.startswith(f"{name}: ")
    assert [column.heading for column in SCENARIOS[name].columns if column.heading not in headings] == []
    assert [each for each in daemons if name in OTHERS and not any(_is_of(each, row) for row in rows)] == []
    assert rows
    for row in rows:
        assert len(row) == len(headings)
        last = row.split()[-1]
        assert last == "-" or last.replace(",", "").replace(".", "").removeprefix("-").isdecimal()


def _is_of(daemon: str, row: str) -> bool:
    return PROGRAMS[daemon].name in row


def test_the_help_names_every_scenario() -> None:
    ran = bench("--help")
    assert ran.returncode == 0
    assert [name for name in SCENARIOS if f"\n  {name} " not in ran.stdout] == []
    assert "example: " in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("transits",), "no such scenario: transits; there are transit, "),
        (("transit", "--daemons", "bgpd,bird"), "no such daemon: bird; there are bgpd, bird2, "),
    ],
)
def test_what_is_unknown_is_refused(arguments: tuple[str, ...], complaint: str) -> None:
    ran = bench(*arguments)
    assert ran.returncode == 2
    assert complaint in ran.stderr
