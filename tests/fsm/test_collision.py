"""Which of two connections survives (RFC 4271 §6.8, RFC 6286 §2.3)."""

import itertools
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

import pytest

from fsm.collision import Initiator, Speaker, Verdict, dominant, resolve
from fsm.events import TcpConnectionConfirmed
from fsm.state import State
from tests.fsm.machines import NOW, machine_delaying_in, machine_in, peer_open

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
    if state is State.OPEN_SENT and winner is other is REMOTE:
        return Verdict.WAIT
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


@pytest.mark.parametrize(
    ("router_id", "hold_time", "verdict"),
    [
        (0x0A000002, 90, Verdict.WAIT),
        (0x09000000, 90, Verdict.DUMP_OTHER),
        (0x0A000001, 90, Verdict.WAIT),
        (0x0A000002, 1, Verdict.KEEP_BOTH),
    ],
    ids=["the peer is dominant", "we are dominant", "the larger AS is dominant", "unacceptable"],
)
def test_the_open_says_who_is_dominant(router_id: int, hold_time: int, verdict: Verdict) -> None:
    """RFC 6286 §2.3; an OPEN that is refused anyway decides nothing."""
    opened = machine_in(State.OPEN_SENT)
    other = opened.rival()
    other.handle(TcpConnectionConfirmed(), NOW)
    assert (opened.initiator, other.initiator) == (LOCAL, REMOTE)
    assert opened.verdict(peer_open(65001, hold_time, router_id), other) is verdict


# Two speakers that connect to each other, with every order in which what they send can arrive.
# A connection is named by its initiator; D is the dominant speaker.

DELAYED = State.ACTIVE
"""There is a connection, and the DelayOpenTimer runs."""

End = tuple[str, str]
"""A speaker and a connection."""


@dataclass
class Model:
    """The ends of two connections, reduced to what decides a collision."""

    delaying: str
    """The speakers with DelayOpen."""
    literal: str = ""
    """The speakers that compare with connections in OpenConfirm only, and wait for nobody, as many do."""
    ends: dict[End, State] = field(default_factory=dict)
    queues: dict[End, list[str]] = field(default_factory=dict)
    """What is under way to an end."""
    waiting: dict[End, list[str]] = field(default_factory=dict)
    """What arrived and waits until the other connection is decided."""
    established: int = 0
    """How many ends ever were in Established."""

    def copy(self) -> "Model":
        return deepcopy(self)


def peer_of(speaker: str) -> str:
    return "S" if speaker == "D" else "D"


def both_connect(delaying: str) -> Model:
    """Both are in Connect, and both requests are under way."""
    model = Model(delaying)
    for speaker in "DS":
        model.ends[speaker, speaker] = State.CONNECT
        model.queues[speaker, speaker] = []
        model.queues[peer_of(speaker), speaker] = ["SYN"]
    return model


def both_connected(literal: str) -> Model:
    """Both connections are there, and four OPENs are under way."""
    model = Model("", literal)
    for end in (("D", "D"), ("D", "S"), ("S", "D"), ("S", "S")):
        model.ends[end] = State.OPEN_SENT
        model.queues[end] = ["OPEN"]
    return model


def send(model: Model, speaker: str, connection: str, message: str) -> None:
    model.queues[peer_of(speaker), connection].append(message)


def close(model: Model, speaker: str, connection: str) -> None:
    if model.ends.pop((speaker, connection), None) is not None:
        send(model, speaker, connection, "FIN")
        gone(model, speaker, connection)


def gone(model: Model, speaker: str, connection: str) -> None:
    model.waiting.pop((speaker, connection), None)
    other = speaker, peer_of(connection)
    for message in model.waiting.pop(other, []):
        handle(model, *other, message)


def connected(model: Model, speaker: str, connection: str) -> None:
    if speaker in model.delaying:
        model.ends[speaker, connection] = DELAYED
    else:
        introduce(model, speaker, connection)


def introduce(model: Model, speaker: str, connection: str) -> None:
    model.ends[speaker, connection] = State.OPEN_SENT
    send(model, speaker, connection, "OPEN")


def receive(model: Model, speaker: str, connection: str) -> None:
    message = model.queues[speaker, connection].pop(0)
    if (speaker, connection) in model.waiting and message != "FIN":
        model.waiting[speaker, connection].append(message)
    else:
        handle(model, speaker, connection, message)


def handle(model: Model, speaker: str, connection: str, message: str) -> None:
    state = model.ends.get((speaker, connection))
    if message == "SYN":
        accept(model, speaker, connection)
    elif state is None:
        if message == "ACK":
            send(model, speaker, connection, "FIN")
    elif message == "FIN":
        del model.ends[speaker, connection]
        gone(model, speaker, connection)
    elif message == "ACK":
        connected(model, speaker, connection)
    elif message == "OPEN":
        receive_open(model, speaker, connection)
    else:
        establish(model, speaker, connection)


def accept(model: Model, speaker: str, connection: str) -> None:
    send(model, speaker, connection, "ACK")
    if model.ends.get((speaker, peer_of(connection))) is State.ESTABLISHED:
        send(model, speaker, connection, "FIN")
    else:
        connected(model, speaker, connection)


def establish(model: Model, speaker: str, connection: str) -> None:
    model.ends[speaker, connection] = State.ESTABLISHED
    model.established += 1
    if speaker not in model.literal:
        close(model, speaker, peer_of(connection))


def receive_open(model: Model, speaker: str, connection: str) -> None:
    verdict = verdict_on(model, speaker, connection)
    if verdict is Verdict.WAIT:
        model.waiting[speaker, connection] = ["OPEN"]
        return
    if verdict is Verdict.DUMP_OPENED:
        close(model, speaker, connection)
        return
    if verdict is Verdict.DUMP_OTHER:
        close(model, speaker, peer_of(connection))
    if model.ends[speaker, connection] is DELAYED:
        introduce(model, speaker, connection)
    model.ends[speaker, connection] = State.OPEN_CONFIRM
    send(model, speaker, connection, "KEEPALIVE")


def verdict_on(model: Model, speaker: str, connection: str) -> Verdict:
    state = model.ends.get((speaker, peer_of(connection)))
    if state is None:
        return Verdict.KEEP_BOTH
    if speaker in model.literal:
        if state is State.OPEN_CONFIRM:
            return Verdict.DUMP_OTHER if connection == "D" else Verdict.DUMP_OPENED
        return Verdict.DUMP_OPENED if state is State.ESTABLISHED else Verdict.KEEP_BOTH
    winner = LOCAL if speaker == "D" else REMOTE
    opened, other = (LOCAL, REMOTE) if connection == speaker else (REMOTE, LOCAL)
    return resolve(winner, opened, other, State.OPEN_SENT if state is DELAYED else state)


def followers(model: Model) -> Iterator[Model]:
    """What can happen next: a message arrives, or a DelayOpenTimer expires."""
    for end, queue in model.queues.items():
        if queue:
            following = model.copy()
            receive(following, *end)
            yield following
    for end, state in model.ends.items():
        if state is DELAYED:
            following = model.copy()
            introduce(following, *end)
            yield following


def finals(model: Model) -> list[Model]:
    """How it can end."""
    seen: set[str] = set()
    left, ends = [model], []
    while left:
        following = list(followers(left[-1]))
        if not following:
            ends.append(left[-1])
        left.pop()
        for each in following:
            if repr(each) not in seen:
                seen.add(repr(each))
                left.append(each)
    return ends


def check_one_session(final: Model) -> None:
    """One connection is left, established at both ends, and no session was lost on the way."""
    sessions = [connection for connection in "DS" if ("D", connection) in final.ends]
    assert len(sessions) == 1, final
    assert set(final.ends) == {("D", sessions[0]), ("S", sessions[0])}, final
    assert set(final.ends.values()) == {State.ESTABLISHED}, final
    assert final.established == 2, final


@pytest.mark.parametrize("delaying", ["", "D", "S", "DS"])
def test_simultaneous_opens_end_in_exactly_one_session_in_any_order(delaying: str) -> None:
    ends = finals(both_connect(delaying))
    assert len(ends) > 1
    for final in ends:
        check_one_session(final)


@pytest.mark.parametrize("literal", ["D", "S"])
def test_a_peer_that_is_less_quick_agrees_all_the_same(literal: str) -> None:
    """Two that take RFC 4271 §6.8 literally can lose both connections; one that does not prevents it."""
    for final in finals(both_connected(literal)):
        check_one_session(final)


def test_two_peers_that_are_not_quick_can_lose_everything() -> None:
    """The model shows the race that this is all about."""
    assert any(not final.ends for final in finals(both_connected("DS")))
