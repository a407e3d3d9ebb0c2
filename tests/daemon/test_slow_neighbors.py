"""Neighbors that never get to the point, and strangers in a crowd, beside sessions that must not notice."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

import pytest

from messages.iana import MessageType
from messages.notification import Notification, decode_notification
from tests.bench.speaker import KEEPALIVE, MARKER, open_message
from tests.daemon.conversation import Conversation, message
from tests.interop.lab import Lab
from tests.interop.waiting import eventually
from tests.load.arena import DAEMON, PORT, Arena, address_of, part
from tests.load.plan import Part, Plan

pytestmark = pytest.mark.interop

PATIENCE: Final = 120.0
HOLD_TIME: Final = 9
INNOCENT: Final = [part(number, hold_time=HOLD_TIME) for number in range(4)]
STRANGER: Final = address_of(2000)
IMPATIENT: Final = "startup_hold_time = 3"
"""Seconds for the OPEN; as many are left for the first KEEPALIVE, by the hold time."""
SLOW_HOLD_TIME: Final = 3
HOLD_TIMER_EXPIRED: Final = Notification(4, 0)

_ASN: Final = 65_100
OPEN: Final = open_message(_ASN, "192.0.2.99", SLOW_HOLD_TIME)
UPDATE: Final = message(MessageType.UPDATE, bytes(4000))
SLOW: Final[dict[str, tuple[bytes, bytes]]] = {
    # what is said at once, and what an octet a second
    "nothing": (b"", b""),
    "half a marker": (MARKER[:8], b""),
    "half an OPEN": (OPEN[: len(OPEN) // 2], b""),
    "an OPEN but for one octet": (OPEN[:-1], b""),
    "an OPEN, slowly": (b"", OPEN),
    "an OPEN and no KEEPALIVE": (OPEN, b""),
    "a KEEPALIVE, slowly": (OPEN, KEEPALIVE),
    "an UPDATE, slowly": (OPEN + KEEPALIVE, UPDATE),
}
SLOW_PARTS: Final = [Part(address_of(100 + number), _ASN, SLOW_HOLD_TIME) for number in range(len(SLOW))]


@pytest.fixture
def arena(lab: Lab) -> Iterator[Arena]:
    """A daemon with sessions that must be as they were when the test is over."""
    arena = Arena(lab)
    crowd = arena.crowd("innocent", Plan(DAEMON, PORT, INNOCENT))
    impatient = dict.fromkeys([each.address for each in SLOW_PARTS], IMPATIENT)
    daemon = arena.daemon([*INNOCENT, *SLOW_PARTS], extra=impatient)
    eventually(lambda: crowd.report.up, equals=len(INNOCENT), within=PATIENCE)
    yield arena
    assert crowd.report.harmed(HOLD_TIME) == {}
    assert crowd.report.up == len(INNOCENT)
    assert "Traceback" not in daemon.log()


def last_words(peer: Conversation, slowly: bytes) -> list[tuple[int, bytes]]:
    """Say an octet a second, and return all that comes until the daemon closes."""
    peer.socket.settimeout(1)
    received = []
    unsaid = iter(slowly)
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        try:
            received.append(peer.message())
        except TimeoutError:
            peer.send(bytes([octet]) if (octet := next(unsaid, None)) is not None else b"")
        except EOFError:
            return received
    raise AssertionError("the daemon keeps the connection")


def test_who_does_not_get_to_the_point_is_refused(arena: Arena) -> None:
    """The HoldTimer runs until there is a whole message (RFC 4271 §8.2.2, OpenSent and OpenConfirm)."""
    with ExitStack() as cleaning, ThreadPoolExecutor(len(SLOW)) as threads:
        told = {}
        for each, (what, (at_once, slowly)) in zip(SLOW_PARTS, SLOW.items(), strict=True):
            peer = cleaning.enter_context(Conversation(arena.host, each.address, DAEMON))
            peer.send(at_once)
            told[what] = threads.submit(last_words, peer, slowly)
        endings = {what: words.result()[-1] for what, words in told.items()}
    assert {kind for kind, _ in endings.values()} == {MessageType.NOTIFICATION}
    assert {what: decode_notification(body) for what, (_, body) in endings.items()} == dict.fromkeys(
        SLOW, HOLD_TIMER_EXPIRED
    )


@pytest.mark.soak
def test_strangers_in_a_crowd(arena: Arena, soaking: bool) -> None:
    """All of them are told that they are not welcome (RFC 4486 §4), also those who are slow to read it."""
    for _ in range(50 if soaking else 5):
        with ExitStack() as connections:
            strangers = [
                connections.enter_context(Conversation(arena.host, STRANGER, DAEMON)) for _ in range(100)
            ]
            assert {stranger.notification() for stranger in strangers} == {Notification(6, 5)}
