"""Which of two connections survives (RFC 4271 §6.8, RFC 6286 §2.3)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from fsm.collision import Initiator, Speaker, Verdict, dominant, resolve
from fsm.state import State
from tests.fsm.machines import machine_delaying_in

LOCAL, REMOTE = Initiator.LOCAL, Initiator.REMOTE


@pytest.mark.parametrize(
    ("local", "remote", "winner"),
    [
        (Speaker(1, 65001), Speaker(2, 65002), REMOTE),
        (Speaker(2, 65001), Speaker(1, 65002), LOCAL),
        (Speaker(0xC0000201, 1), Speaker(0x0A000001, 2), LOCAL),
        (Speaker(7, 65001), Speaker(7, 65002), REMOTE),
        (Speaker(7, 65002), Speaker(7, 65001), LOCAL),
    ],
    ids=["smaller", "larger", "unsigned", "equal, smaller AS", "equal, larger AS"],
)
def test_the_larger_identifier_wins(local: Speaker, remote: Speaker, winner: Initiator) -> None:
    """RFC 6286 §2.3 adds the AS numbers."""
    assert dominant(local, remote) is winner


def expected(winner: Initiator, opened: Initiator, other: Initiator, state: State) -> Verdict:
    """RFC 4271 §6.8, sentence by sentence, and what collision.py says about OpenSent."""
    if state is State.ESTABLISHED:
        return Verdict.DUMP_OPENED
    if state < State.OPEN_SENT:
        return Verdict.DUMP_OTHER
    if opened is other:
        return Verdict.DUMP_OTHER if state is State.OPEN_CONFIRM else Verdict.KEEP_BOTH
    if state is State.OPEN_SENT and winner is REMOTE:
        return Verdict.KEEP_BOTH
    return Verdict.DUMP_OTHER if winner is opened else Verdict.DUMP_OPENED


@pytest.mark.parametrize(
    ("winner", "opened", "other", "state"), list(itertools.product(Initiator, Initiator, Initiator, State))
)
def test_every_combination(winner: Initiator, opened: Initiator, other: Initiator, state: State) -> None:
    assert resolve(winner, opened, other, state) is expected(winner, opened, other, state)


@pytest.mark.parametrize(
    ("winner", "opened", "other", "state"),
    list(itertools.product(Initiator, Initiator, Initiator, [State.CONNECT, State.ACTIVE])),
)
def test_a_connection_that_waits_to_open_is_a_connection(
    winner: Initiator, opened: Initiator, other: Initiator, state: State
) -> None:
    """What the DelayOpenTimer holds back is not lost: it counts like OpenSent."""
    delayed = machine_delaying_in(state)
    verdict = resolve(winner, opened, other, delayed.collision_state)
    assert verdict is expected(winner, opened, other, State.OPEN_SENT)


# Two speakers that connect to each other, with every order in which what they send can arrive.
# A connection is named by its initiator; D is the dominant speaker.

WAITING = State.ACTIVE
"""There is a connection, and the DelayOpenTimer runs."""


@dataclass
class Model:
    """The two ends of two connections, reduced to what decides a collision."""

    delaying: str
    """The speakers with DelayOpen."""
    ends: dict[tuple[str, str], State] = field(default_factory=dict)
    queues: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """What is under way to an end: by speaker and connection."""

    def copy(self) -> "Model":
        return Model(self.delaying, dict(self.ends), {end: list(queue) for end, queue in self.queues.items()})


def peer_of(speaker: str) -> str:
    return "S" if speaker == "D" else "D"


def start(delaying: str) -> Model:
    """Both are in Connect, and both requests are under way."""
    model = Model(delaying)
    for speaker in "DS":
        model.ends[speaker, speaker] = State.CONNECT
        model.queues[speaker, speaker] = []
        model.queues[peer_of(speaker), speaker] = ["SYN"]
    return model


def send(model: Model, speaker: str, connection: str, message: str) -> None:
    model.queues[peer_of(speaker), connection].append(message)


def close(model: Model, speaker: str, connection: str) -> None:
    if model.ends.pop((speaker, connection), None) is not None:
        send(model, speaker, connection, "FIN")


def connected(model: Model, speaker: str, connection: str) -> None:
    if speaker in model.delaying:
        model.ends[speaker, connection] = WAITING
    else:
        introduce(model, speaker, connection)


def introduce(model: Model, speaker: str, connection: str) -> None:
    model.ends[speaker, connection] = State.OPEN_SENT
    send(model, speaker, connection, "OPEN")


def receive(model: Model, speaker: str, connection: str) -> None:
    message = model.queues[speaker, connection].pop(0)
    state = model.ends.get((speaker, connection))
    other = peer_of(connection)
    if message == "SYN":
        send(model, speaker, connection, "ACK")
        if model.ends.get((speaker, other)) is State.ESTABLISHED:
            send(model, speaker, connection, "FIN")
        else:
            connected(model, speaker, connection)
    elif state is None:
        if message == "ACK":
            send(model, speaker, connection, "FIN")
    elif message == "FIN":
        del model.ends[speaker, connection]
    elif message == "ACK":
        connected(model, speaker, connection)
    elif message == "OPEN":
        receive_open(model, speaker, connection)
    else:
        model.ends[speaker, connection] = State.ESTABLISHED
        close(model, speaker, other)


def receive_open(model: Model, speaker: str, connection: str) -> None:
    other = peer_of(connection)
    state = model.ends.get((speaker, other))
    verdict = Verdict.KEEP_BOTH
    if state is not None:
        winner = LOCAL if speaker == "D" else REMOTE
        initiators = {name: LOCAL if name == speaker else REMOTE for name in "DS"}
        counted = State.OPEN_SENT if state is WAITING else state
        verdict = resolve(winner, initiators[connection], initiators[other], counted)
    if verdict is Verdict.DUMP_OPENED:
        close(model, speaker, connection)
        return
    if verdict is Verdict.DUMP_OTHER:
        close(model, speaker, other)
    if model.ends[speaker, connection] is WAITING:
        introduce(model, speaker, connection)
    model.ends[speaker, connection] = State.OPEN_CONFIRM
    send(model, speaker, connection, "KEEPALIVE")


def followers(model: Model) -> Iterator[Model]:
    """What can happen next: a message arrives, or a DelayOpenTimer expires."""
    for end, queue in model.queues.items():
        if queue:
            following = model.copy()
            receive(following, *end)
            yield following
    for end, state in model.ends.items():
        if state is WAITING:
            following = model.copy()
            introduce(following, *end)
            yield following


@pytest.mark.parametrize("delaying", ["", "D", "S", "DS"])
def test_simultaneous_opens_end_in_exactly_one_session_in_any_order(delaying: str) -> None:
    seen: set[str] = set()
    left, finals = [start(delaying)], 0
    while left:
        model = left.pop()
        following = list(followers(model))
        if not following:
            finals += 1
            sessions = [connection for connection in "DS" if ("D", connection) in model.ends]
            assert len(sessions) == 1, model
            assert set(model.ends) == {("D", sessions[0]), ("S", sessions[0])}, model
            assert set(model.ends.values()) == {State.ESTABLISHED}
        for each in following:
            if repr(each) not in seen:
                seen.add(repr(each))
                left.append(each)
    assert finals > 1
