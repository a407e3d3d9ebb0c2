"""A storm is some lines, and every line that is missing is counted in one that is there."""

import asyncio
import logging
import re

import pytest

from bgpd.logs.dialects import Line, in_bird, line_of
from bgpd.logs.restraint import Restraint
from tests.control.line_client import until

_LOG = logging.getLogger("bgpd.tests")
_SHORT = 1 / 1024
_MORE = re.compile(r" \((\d+) more like it in the last (\d+) s\)$")


class Clock:
    """Seconds that pass when the test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def accounted(records: list[logging.LogRecord]) -> int:
    """Return how many lines there were, by those that are there and what they say of others."""
    found = [_MORE.search(record.getMessage()) for record in records]
    return len(records) + sum(int(more[1]) for more in found if more is not None)


def test_a_burst_passes_and_then_one_in_a_while(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgpd")
    restraint = Restraint(_LOG, 3, 10.0, clock)
    for number in range(1000):
        restraint.log(logging.INFO, "%s: number %d", "tor1", number)
        clock.now += 0.125
    assert [record.getMessage() for record in caplog.records[:5]] == [
        "tor1: number 0",
        "tor1: number 1",
        "tor1: number 2",
        "tor1: number 80 (77 more like it in the last 10 s)",
        "tor1: number 160 (79 more like it in the last 10 s)",
    ]
    assert len(caplog.records) == 3 + 12
    clock.now += 10
    restraint.conclude()
    assert caplog.records[-1].getMessage().startswith("tor1: number 999 (38 more like it")
    assert accounted(caplog.records) == 1000
    assert not restraint.is_behind
    restraint.conclude()
    assert accounted(caplog.records) == 1000


def test_the_last_one_that_was_kept_back_is_not_said_to_be_more(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    restraint = Restraint(_LOG, 1, now=clock)
    for number in range(2):
        restraint.log(logging.ERROR, "number %d", number)
    restraint.conclude()
    assert len(caplog.records) == 1, "there is no room for it as yet"
    clock.now += 1
    restraint.conclude()
    assert [record.getMessage() for record in caplog.records] == ["number 0", "number 1"]


def test_the_words_of_bird_are_counted_as_well(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    restraint = Restraint(_LOG, 1, now=clock)
    for _ in range(3):
        restraint.log(logging.ERROR, "ours", extra=in_bird(logging.WARNING, "Netlink: File exists"))
    clock.now += 3
    restraint.conclude()
    lines = [line_of(record, "bird") for record in caplog.records]
    assert [line.message for line in lines if isinstance(line, Line)] == [
        "Netlink: File exists",
        "Netlink: File exists (1 more like it in the last 3 s)",
    ]


def test_what_nobody_sees_uses_up_nothing(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgpd")
    restraint = Restraint(_LOG, 1, now=clock)
    restraint.log(logging.DEBUG, "for nobody", times=1000)
    restraint.log(logging.INFO, "for all")
    assert [record.getMessage() for record in caplog.records] == ["for all"]
    assert not restraint.is_behind


async def test_in_a_loop_the_end_of_a_storm_is_told(
    clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgpd.logs.restraint._LEAST_QUIET", 0.01)
    restraint = Restraint(_LOG, 2, _SHORT, clock)
    restraint.log(logging.ERROR, "again", times=500)
    clock.now += 5
    await until(lambda: not restraint.is_behind)
    assert accounted(caplog.records) == 500
    assert caplog.records[-1].getMessage() == "again (497 more like it in the last 5 s)"


async def test_a_storm_that_is_not_over_is_concluded_later(
    clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgpd.logs.restraint._LEAST_QUIET", 0.01)
    restraint = Restraint(_LOG, 1, _SHORT, clock)
    restraint.log(logging.ERROR, "again", times=5)
    await asyncio.sleep(0.05)
    assert len(caplog.records) == 1, "no time has passed by this clock"
    clock.now += 1
    await until(lambda: not restraint.is_behind)
    assert accounted(caplog.records) == 5
