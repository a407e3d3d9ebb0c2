"""What a neighbor was told is understood, and a wrong number of prefixes ends the benchmark."""

import socket
from collections.abc import Iterator

import pytest

from tests.bench.holdings import Holdings
from tests.bench.listener import Listener, listen
from tests.bench.speaker import KEEPALIVE, Speaker
from tests.bench.table import SENTINEL_PREFIX, announcements, prefixes, update, withdrawals

KEYS = prefixes(20)
UP = b"".join(announcements(KEYS, 65002, bytes(4)))


@pytest.fixture
def ends() -> Iterator[tuple[Listener, socket.socket]]:
    """A listener, and the socket of the daemon."""
    near, far = socket.socketpair()
    speaker = Speaker("198.18.0.3", 65254, ("198.18.0.1", 179))
    speaker.socket = near
    with near, far:
        yield Listener(speaker), far


@pytest.mark.parametrize("size", [1, 7, 19, 4096])
def test_prefixes_are_held_whatever_messages_are_cut_into(size: int) -> None:
    octets = UP + KEEPALIVE + b"".join(withdrawals(KEYS[:5]))
    holdings = Holdings()
    for start in range(0, len(octets), size):
        holdings.add(octets[start : start + size])
    assert holdings.held == set(KEYS[5:])
    assert (holdings.announced, holdings.withdrawn) == (21, 6)


def test_a_prefix_that_is_announced_twice_is_held_once() -> None:
    holdings = Holdings()
    holdings.add(UP + UP)
    assert holdings.held == {*KEYS, SENTINEL_PREFIX}
    assert holdings.announced == 42


def test_a_listener_that_holds_everything_is_done(ends: tuple[Listener, socket.socket]) -> None:
    listener, daemon = ends
    daemon.sendall(UP)
    listen([listener], 21, "FRR")
    daemon.sendall(b"".join(withdrawals(KEYS)))
    listen([listener], 0, "FRR")
    assert listener.holdings.withdrawn == 21


def test_a_listener_that_lacks_a_prefix_ends_the_benchmark(ends: tuple[Listener, socket.socket]) -> None:
    listener, daemon = ends
    daemon.sendall(UP)
    with pytest.raises(
        SystemExit, match=r"^FRR: the neighbor 198\.18\.0\.3 holds 21 prefixes instead of 22$"
    ):
        listen([listener], 22, "FRR", patience=0)


def test_a_daemon_that_is_not_still_may_yet_say_more(ends: tuple[Listener, socket.socket]) -> None:
    listener, daemon = ends
    daemon.sendall(UP)
    asked = []

    def is_still() -> bool:
        asked.append(listener.count)
        if len(asked) == 1:
            daemon.sendall(UP)
        return len(asked) == 3

    listen([listener], 21, "FRR", is_still)
    assert asked == [21, 21, 21]
    assert listener.holdings.announced == 42


def test_what_a_client_of_a_reflector_gets_back_does_not_count(
    ends: tuple[Listener, socket.socket],
) -> None:
    """FRR leaves it to the client to drop its own routes (RFC 4456 §8)."""
    listener, daemon = ends
    listener.own = KEYS[:3]
    daemon.sendall(UP)
    listen([listener], 18, "FRR")
    assert listener.count == 18


def test_a_daemon_that_closes_the_session_is_found_out(ends: tuple[Listener, socket.socket]) -> None:
    listener, daemon = ends
    daemon.sendall(update(b"", b"", b""))
    daemon.close()
    with pytest.raises(ConnectionError, match=r"closed the session with 198\.18\.0\.3"):
        listen([listener], 1, "FRR")
