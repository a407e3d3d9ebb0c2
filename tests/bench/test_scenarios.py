"""Every scenario of the benchmark still runs, and finds that every neighbor holds what it must."""

import subprocess
import sys

import pytest

from tests.bench.__main__ import SCENARIOS
from tests.bench.speaker import Speaker, Tally, check_held
from tests.bench.table import SENTINEL_PREFIX, announcements, prefixes, update
from tests.interop.routers.bgpd import ROOT
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_runs(name: str) -> None:
    """At one thousandth of its size; the figures mean nothing then."""
    need_network_namespaces()
    ran = bench(name, "--scale", "0.001")
    assert ran.returncode == 0, ran.stderr
    title, headings, *rows = ran.stdout.strip().splitlines()
    assert title.startswith(f"{name}: ")
    assert [column.heading for column in SCENARIOS[name].columns if column.heading not in headings] == []
    assert rows
    for row in rows:
        assert len(row) == len(headings)
        assert row.split()[-1].replace(",", "").replace(".", "").removeprefix("-").isdecimal()


def test_a_neighbor_that_lacks_a_prefix_ends_it() -> None:
    """Figures of a table that did not arrive mean nothing."""
    sink = Speaker("192.0.2.254", 65254, ("192.0.2.1", 179))
    sink.received = [*announcements(prefixes(10), 65002, bytes(4)), update(SENTINEL_PREFIX, b"", b"")]
    check_held(sink, 10)
    with pytest.raises(SystemExit, match=r"192\.0\.2\.254 holds 10 prefixes instead of 11"):
        check_held(sink, 11)


def test_prefixes_are_counted_across_reads() -> None:
    """Messages may be cut anywhere."""
    octets = b"".join([*announcements(prefixes(20), 65002, bytes(4)), update(SENTINEL_PREFIX, b"", b"")])
    for size in (1, 7, 19, len(octets)):
        tally = Tally()
        for start in range(0, len(octets), size):
            tally.add(octets[start : start + size])
        assert (tally.announced, tally.withdrawn) == (21, 1)


def test_the_help_names_every_scenario() -> None:
    ran = bench("--help")
    assert ran.returncode == 0
    assert [name for name in SCENARIOS if f"\n  {name} " not in ran.stdout] == []
    assert "example: " in ran.stdout


def test_what_is_no_scenario_is_refused() -> None:
    ran = bench("best-paths")
    assert ran.returncode == 2
    assert "no such scenario: best-paths; there are transfer, " in ran.stderr
