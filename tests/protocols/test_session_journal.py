"""What the journal of sessions says of a neighbor that comes and goes."""

from pathlib import Path

from bgpd.protocols.session_journal import SessionChange, SessionJournal
from fsm.state import State
from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification, encode_notification, shutdown_communication
from tests.protocols.lone_neighbor import NOW, AtHome, neighbor
from tests.sessions.speakers import puppet_open


def change(number: int) -> SessionChange:
    return SessionChange(float(number), "tor1", "192.0.2.1", 65001, State.IDLE, State.ACTIVE, "Started")


def test_the_oldest_changes_are_forgotten() -> None:
    journal = SessionJournal(most=3)
    for number in range(5):
        journal.note(change(number))
    assert (journal.first, journal.settled) == (2, 5)
    assert [each.at for each in journal.after(0)] == [2, 3, 4]
    assert [each.at for each in journal.after(4)] == [4]
    assert [*journal.after(5)] == []


async def test_a_session_comes_and_is_shut_down_with_words(tmp_path: Path) -> None:
    protocol = neighbor(tmp_path, "passive = true")
    journal = protocol._surroundings.session_journal
    words = Notification(
        ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, shutdown_communication("new line card")
    )
    async with AtHome(protocol) as home, await home.establish(puppet_open()) as puppet:
        puppet.send(encode_notification(words))
        while await puppet.receive() is not None:
            pass
    found = [*journal.after(0)]
    assert [(each.old, each.new) for each in found[:5]] == [
        (State.IDLE, State.ACTIVE),
        (State.ACTIVE, State.OPEN_SENT),
        (State.OPEN_SENT, State.OPEN_CONFIRM),
        (State.OPEN_CONFIRM, State.ESTABLISHED),
        (State.ESTABLISHED, State.IDLE),
    ]
    assert {(each.at, each.neighbor, each.address, each.asn) for each in found} == {
        (NOW, "tor1", "127.0.0.2", 65001)
    }
    down = found[4]
    assert down.reason == "Received: Administrative shutdown (new line card)"
    assert (down.prefixes, down.lasted) == (0, 0.0)
    assert all(each.prefixes is None for each in found[:4])


async def test_what_an_operator_says_is_there_once(tmp_path: Path) -> None:
    protocol = neighbor(tmp_path, "passive = true")
    async with AtHome(protocol) as home:
        async with await home.establish(puppet_open()) as puppet:
            protocol.disable("fiber work")
            assert await puppet.notification() is not None
        protocol.enable()
    reasons = [each.reason for each in protocol._surroundings.session_journal.after(4)]
    assert reasons[0] == "Administrative shutdown (fiber work)"
    assert "fiber" not in "".join(reasons[1:])
