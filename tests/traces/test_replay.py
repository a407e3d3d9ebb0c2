"""Recorded sessions with other routers: the machine does today what it did then."""

from collections import defaultdict
from pathlib import Path

import pytest

from fsm.state import State
from messages.framing import Framer
from messages.iana import HEADER_OCTETS, MessageType
from messages.notification import Notification, decode_notification
from tests.traces.replay import Output, Replay
from tests.traces.trace import OUTPUTS, RECEIVED, SENT, STATE, Trace

RECORDED = Path(__file__).parent / "recorded"
FILES = sorted(RECORDED.glob("*.json"))
ROUTERS = ("bird1", "bird2", "frr", "gobgp", "openbgpd")
SCENARIOS = (
    "shutdown-here",
    "shutdown-there",
    "hold-timer",
    "collision",
    "wrong-as",
    "wrong-as-there",
    "refused",
    "delay-open",
)
WORDS = "maintenance until 18:00"


def trace_of(router: str, scenario: str) -> Trace:
    return Trace.load(RECORDED / f"{router}-{scenario}.json")


def recorded_outputs(trace: Trace) -> dict[int, list[Output]]:
    outputs = defaultdict(list)
    for step in trace.steps:
        if step.kind in OUTPUTS:
            outputs[step.connection].append(Output(step.kind, step.value))
    return outputs


def notifications(trace: Trace, kind: str) -> list[Notification]:
    octets = [bytes.fromhex(step.value) for step in trace.steps if step.kind == kind]
    return [
        decode_notification(message[HEADER_OCTETS:])
        for message in octets
        if message[HEADER_OCTETS - 1] == MessageType.NOTIFICATION
    ]


def test_every_router_plays_every_scenario() -> None:
    expected = {f"{router}-{scenario}.json" for router in ROUTERS for scenario in SCENARIOS}
    assert {path.name for path in FILES} == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_machine_says_and_becomes_what_it_did(path: Path) -> None:
    """In the same order on each connection, octet by octet."""
    trace = Trace.load(path)
    replay = Replay(trace)
    replay.run()
    assert replay.outputs == recorded_outputs(trace)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_trace_is_small_and_whole(path: Path) -> None:
    assert path.stat().st_size < 50_000
    trace = Trace.load(path)
    assert f"{trace.router}-{trace.scenario}" == path.stem
    assert [step.at for step in trace.steps if step.kind not in OUTPUTS]
    for step in trace.steps:
        if step.kind in {SENT, RECEIVED}:
            assert len(list(Framer(0xFFFF).feed(bytes.fromhex(step.value)))) == 1


@pytest.mark.parametrize("router", ROUTERS)
class TestWhatWasRecorded:
    """The traces are about what their names say."""

    def test_a_shutdown_here(self, router: str) -> None:
        sent = notifications(trace_of(router, "shutdown-here"), SENT)
        assert WORDS in {each.shutdown_communication for each in sent if each[:2] == (6, 2)}

    def test_a_shutdown_there(self, router: str) -> None:
        received = notifications(trace_of(router, "shutdown-there"), RECEIVED)
        assert WORDS in {each.shutdown_communication for each in received if each[:2] == (6, 2)}

    def test_a_hold_timer(self, router: str) -> None:
        trace = trace_of(router, "hold-timer")
        assert Notification(4, 0) in notifications(trace, SENT)
        assert _sessions(trace) == 2

    def test_a_collision(self, router: str) -> None:
        """Two connections at a time, and one session of them, after the one that was before."""
        trace = trace_of(router, "collision")
        assert len({step.connection for step in trace.steps}) > 1
        assert _sessions(trace) == 2

    def test_a_wrong_as(self, router: str) -> None:
        trace = trace_of(router, "wrong-as")
        assert Notification(2, 2) in notifications(trace, SENT)
        assert _sessions(trace) == 0

    def test_a_wrong_as_there(self, router: str) -> None:
        trace = trace_of(router, "wrong-as-there")
        assert (2, 2) in {each[:2] for each in notifications(trace, RECEIVED)}
        assert _sessions(trace) == 0

    def test_a_refused_connection(self, router: str) -> None:
        trace = trace_of(router, "refused")
        failures = [step.value for step in trace.steps if step.kind == "TcpConnectionFails"]
        assert failures[0] == "Connection refused"
        assert _sessions(trace) == 1

    def test_a_delayed_open(self, router: str) -> None:
        """The OPEN of the peer is answered with ours and a KEEPALIVE (event 20)."""
        trace = trace_of(router, "delay-open")
        assert trace.settings.delay_open == 5
        messages = [(step.kind, step.value[36:38]) for step in trace.steps if step.kind in {SENT, RECEIVED}]
        assert messages[:3] == [(RECEIVED, "01"), (SENT, "01"), (SENT, "04")]


def _sessions(trace: Trace) -> int:
    """How many sessions were established."""
    return sum(step.kind == STATE and step.value == str(State.ESTABLISHED) for step in trace.steps)
