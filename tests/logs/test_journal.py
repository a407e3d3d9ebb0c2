"""What is logged of a protocol, by who asks for what."""

import logging

import pytest

from bgpd.logs.dialects import Line, line_of
from bgpd.logs.journal import Journal
from bgpd.logs.route_log import LINES_A_SECOND, Allowance, RouteLog
from bgpd.settings import Trace


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def shown(records: list[logging.LogRecord]) -> list[tuple[str | None, str | None]]:
    """Return each line as we say it, and as BIRD does."""

    def text(line: Line | None) -> str | None:
        return None if line is None else f"{line.log_class.mark} {line.text}"

    return [(text(line_of(record, "bgpd")), text(line_of(record, "bird"))) for record in records]


@pytest.mark.parametrize(
    ("traces", "level", "ours", "birds"),
    [
        (frozenset(), logging.INFO, "INFO p: Connected", None),
        (frozenset({"states"}), logging.INFO, "INFO p: Connected", None),
        (frozenset({"events"}), logging.INFO, "INFO p: Connected", "TRACE p: Connected"),
        (frozenset({"events"}), logging.DEBUG, "TRACE p: Connected", "TRACE p: Connected"),
        (frozenset(), logging.DEBUG, "DBG p: Connected", None),
    ],
)
def test_events(
    caplog: pytest.LogCaptureFixture, traces: frozenset[Trace], level: int, ours: str, birds: str | None
) -> None:
    """BIRD says nothing of them unless it is asked."""
    caplog.set_level(logging.DEBUG, "bgpd")
    Journal("p", traces).note("events", "Connected", level=level)
    assert shown(caplog.records) == [(ours, birds)]


def test_what_the_neighbor_did_is_always_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bgpd")
    journal = Journal("p")
    for repeated in (False, True):
        journal.note_remote("Received: %s", "Hold timer expired", repeated=repeated)
    assert shown(caplog.records) == [
        ("INFO p: Received: Hold timer expired", "RMT p: Received: Hold timer expired"),
        ("DBG p: Received: Hold timer expired", "RMT p: Received: Hold timer expired"),
    ]


def test_messages_are_for_who_asks(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bgpd")
    journal = Journal("p")
    journal.note_packet("Sending %s", "KEEPALIVE")
    journal.traces = frozenset({"packets"})
    journal.note_packet("Sending %s", "OPEN(as=1)")
    journal.note_messages("Got UPDATE", 1000)
    messages = [record.message for record in caplog.records]
    assert messages == ["p: Sending OPEN(as=1)", *["p: Got UPDATE"] * LINES_A_SECOND]


# Routes


def lines(log: RouteLog, routes: int) -> int:
    """Say something of as many routes as there is room for; return how many these were."""
    said = min(routes, log.room())
    for number in range(said):
        log.say("added", f"192.0.2.{number}/32 blackhole")
    log.pass_over(routes - said)
    return said


def test_a_million_routes_are_some_lines(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bgpd")
    log = RouteLog("p", ">", Allowance(200, 1000, clock.time))
    assert lines(log, 3) == 3
    assert lines(log, 1_000_000) == LINES_A_SECOND - 3
    assert lines(log, 50) == 0
    clock.advance(0.5)
    log.conclude()
    assert len(caplog.records) == LINES_A_SECOND, "the burst may not be over"
    clock.advance(0.5)
    log.conclude()
    assert caplog.records[-1].message == f"p > {1_000_050 - LINES_A_SECOND + 3} more routes"
    assert not log.is_behind
    assert lines(log, 5) == 5
    assert caplog.records[0].message == "p > added 192.0.2.0/32 blackhole"


def test_all_protocols_share_an_allowance(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """A mesh of hundreds of neighbors is told of each route, which would be hundreds of lines."""
    caplog.set_level(logging.DEBUG, "bgpd")
    everybody = Allowance(10, 50, clock.time)
    mesh = [RouteLog(f"p{number}", "<", everybody) for number in range(100)]
    assert sum(lines(log, 1) for log in mesh) == 50
    clock.advance(1)
    for log in mesh:
        log.conclude()
    assert len(caplog.records) == 60
    assert sum(log.is_behind for log in mesh) == 40


def test_nothing_is_counted_for_nobody(clock: Clock) -> None:
    log = RouteLog("p", ">", Allowance(200, 1000, clock.time))
    log.conclude()
    assert not log.is_behind
