"""What holds for every test: how skips are judged, how much hypothesis searches, how a run is interrupted."""

import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.requirements import DATA_ELSEWHERE, KERNEL_LACKS, REQUIRE_ALL

# The suite finds the same today and tomorrow; `make fuzz` looks for what it has not found yet.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile(
    "fuzz", deadline=None, max_examples=1_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("BGPD_HYPOTHESIS_PROFILE", "suite"))


def pytest_configure(config: pytest.Config) -> None:
    """Let SIGTERM end a run like Ctrl-C, so that every fixture cleans up, also of a run in the background.

    A shell has such a run ignore SIGINT, and so would every program that the tests start and interrupt.
    """
    config.addinivalue_line(
        "markers", "soak: has a long form, run by `make soak` (see the `soaking` fixture)"
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge the skip of a test."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge the skip of a whole module."""
    report = yield
    _judge(report)
    return report


def _judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure if everything is required, unless nobody can have what is missing."""
    if not report.skipped or not os.environ.get(REQUIRE_ALL):
        return
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    if not reason.removeprefix("Skipped: ").startswith((KERNEL_LACKS, DATA_ELSEWHERE)):
        report.outcome = "failed"
        report.longrepr = f"{REQUIRE_ALL} is set, so nothing may be skipped, but: {reason}"


@pytest.fixture
def soaking() -> bool:
    """Whether a test marked ``soak`` shall run its long form."""
    return bool(os.environ.get("BGPD_SOAK"))
