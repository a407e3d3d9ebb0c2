"""``configure`` with all its words: what the daemon is asked to do, and what is said of it."""

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.show.command import Line
from bgpd.show.view import ReconfigurationResult
from tests.show.node import node
from tests.show.transcript import converse, lines_of
from tests.show.world import StillDaemon

READING = Line(2, "Reading configuration from /etc/bgpd/bgpd.toml")


def answer(daemon: StillDaemon, command: str) -> list[Line]:
    """Return the lines of an answer."""
    return list(lines_of(Interpreter(daemon).answer(command)))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("configure", "reconfigure None soft=False undo_after=None"),
        ("configure soft", "reconfigure None soft=True undo_after=None"),
        ('configure "/tmp/a b"', "reconfigure /tmp/a b soft=False undo_after=None"),
        ('configure soft "/tmp/x" timeout 7', "reconfigure /tmp/x soft=True undo_after=7"),
        ("configure timeout", "reconfigure None soft=False undo_after=300"),
        ("configure timeout 0", "reconfigure None soft=False undo_after=None"),
        ("configure check", "predict None"),
        ('configure check "/tmp/x"', "predict /tmp/x"),
        ("configure confirm", "confirm"),
        ("configure undo", "undo"),
    ],
)
def test_the_daemon_is_asked_for_what_was_typed(command: str, expected: str) -> None:
    daemon = node()
    converse(daemon, [command])
    assert daemon.done == [expected]


def test_seconds_may_be_a_constant_of_the_configuration() -> None:
    daemon = node()
    daemon.policies.program.symbols.constants |= {"GRACE": 40, "ON": True}
    assert answer(daemon, "configure timeout GRACE")[1] == Line(22, "Undo scheduled in 40 s")
    assert answer(daemon, "configure timeout ON") == [Line(9001, "Number expected", last=True)]


@pytest.mark.parametrize("result", ReconfigurationResult)
def test_what_became_of_it_is_said_in_birds_words(result: ReconfigurationResult) -> None:
    daemon = node()
    daemon.result = result
    assert answer(daemon, "configure") == [READING, Line(result.code, result.text, last=True)]


@pytest.mark.parametrize(
    ("result", "is_scheduled"),
    [
        (ReconfigurationResult.DONE, True),
        (ReconfigurationResult.IN_PROGRESS, True),
        (ReconfigurationResult.QUEUED, True),
        (ReconfigurationResult.IGNORED, False),
    ],
)
def test_what_is_not_applied_is_not_undone(result: ReconfigurationResult, is_scheduled: bool) -> None:
    daemon = node()
    daemon.result = result
    lines = answer(daemon, "configure timeout 4")
    assert (Line(22, "Undo scheduled in 4 s") in lines) is is_scheduled


def test_remarks_are_ours_and_not_birds() -> None:
    daemon = node()
    daemon.remarks = ("kernel1: other filters",)
    assert answer(daemon, "configure")[1] == Line(2, "kernel1: other filters")
    daemon.dialect = "bird"
    assert answer(daemon, "configure") == [READING, Line(3, "Reconfigured", last=True)]


@pytest.mark.parametrize("command", ["configure", "configure check"])
def test_a_broken_file_is_an_error_of_its_own(command: str) -> None:
    daemon = node()
    daemon.broken = "/etc/bird.cfg:103:26 Template or protocol name expected"
    assert answer(daemon, command) == [READING, Line(8002, daemon.broken, last=True)]


def test_a_fault_of_ours_while_reading_ends_the_answer_only(caplog: pytest.LogCaptureFixture) -> None:
    daemon = node()
    daemon.remarks = None  # type: ignore[assignment]  # what the command takes for a sequence
    lines = answer(daemon, "configure")
    assert lines[-1].code == 8008
    assert "TypeError" in caplog.text


@pytest.mark.parametrize("command", ["configure", "configure check", "configure confirm", "configure undo"])
def test_json_has_what_became_of_it(command: str) -> None:
    *chunks, last = answer(node(), f"json {command}")
    assert last == Line(0, "", last=True)
    assert '"message":' in "".join(chunk.text for chunk in chunks)
