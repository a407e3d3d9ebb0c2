"""Storms as they come, each of which is some lines: thousands of refusals, flaps, complaints and bugs."""

import logging

import pytest

from bgpd.filter_log import FilterLog
from bgpd.health.faults import Faults
from bgpd.kernel.complaints import Complaints
from bgpd.logs.about import LogEvent, about_of
from bgpd.logs.journal import Journal
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey

_TIMES = 5000


def test_a_neighbor_that_flaps(caplog: pytest.LogCaptureFixture) -> None:
    """It comes and goes as fast as it can; another one's first line is there all the same."""
    caplog.set_level(logging.INFO, "bgpd")
    journal, other = Journal("tor1"), Journal("tor2")
    for number in range(_TIMES):
        journal.note("events", "BGP session established", level=logging.INFO, event=LogEvent.SESSION_UP)
        journal.note_remote("Received: %s", f"Cease {number}", event=LogEvent.ERROR_RECEIVED)
        journal.note("events", "BGP session closed", level=logging.INFO, event=LogEvent.SESSION_DOWN)
    other.note("events", "BGP session closed", level=logging.INFO, event=LogEvent.SESSION_DOWN)
    *records, last = caplog.records
    assert 60 <= len(records) < 300
    assert (about_of(last).protocol, about_of(last).event) == ("tor2", "session_down")


def test_a_kernel_that_refuses_every_route(caplog: pytest.LogCaptureFixture) -> None:
    complaints = Complaints("kernel1", IPV4_UNICAST)
    for number in range(_TIMES):
        complaints._warn(PrefixKey(b"\x18\x0a" + number.to_bytes(2, "big")), "No such device")
        complaints._fail("the kernel took no messages: No buffer space available")
    assert 20 <= len(caplog.records) < 120
    first = about_of(caplog.records[0])
    assert (first.protocol, first.prefix, first.event) == ("kernel1", "10.0.0.0/24", "kernel_refused")


def test_a_filter_that_breaks_off_and_prints_for_every_route(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bgpd")
    now = 0.0
    log = FilterLog(lambda: now)
    for number in range(_TIMES):
        log.failed(f"route {number}")
        log.printed(f"route {number}")
    levels = [record.levelno for record in caplog.records]
    assert (levels.count(logging.ERROR), levels.count(logging.INFO)) == (5, 1000)


def test_a_bug_that_says_something_else_each_time(caplog: pytest.LogCaptureFixture) -> None:
    """There is one traceback, though no two texts are the same."""
    faults = Faults()
    for number in range(_TIMES):
        with faults.contained("route"):
            raise KeyError(number)
    assert faults.counts["route"] == _TIMES
    assert sum(bool(record.exc_info) for record in caplog.records) == 1
    assert 20 <= len(caplog.records) < 120
