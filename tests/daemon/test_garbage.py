"""Strangers and broken neighbors beside a session that must not notice.

One daemon stands through all of it. After each test it must answer, hold its session and its routes, and
have given back what it took.
"""

import os
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from messages.iana import MessageType
from messages.notification import Notification
from tests.bench.speaker import KEEPALIVE, MARKER, open_message
from tests.daemon.command import kernel_routes
from tests.daemon.conversation import Conversation, message, update
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.routers.bird_control import ask
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop

ROUTER, GOOD, STRANGER, CROWD = "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"
ASN, GOOD_ASN = 64512, 65002
BROKEN_ASN: Final = 65010
"""Of the neighbors with the addresses from 192.0.2.10 on, one for each wrong thing to say."""
ROUTES = {"198.51.100.0/24", "203.0.113.0/24", "10.1.0.0/16"}
MANY = 1000
PATIENCE = 60.0
WATCHING = 2
"""Files that the daemon may have open just now because it is being watched."""
ANSWER_SECONDS = 60.0
"""An answer that waits for a stranger waits longer: for the hold time, or for ever."""
MEMORY_SLACK = 4 << 20
"""Octets that the allocator may keep; a session that is leaked a thousand times takes more."""

CONFIGURATION = """
[router]
id = "192.0.2.1"
asn = 64512
[kernel.ipv4]
"""
NEIGHBOR = """
[[neighbors]]
name = "{name}"
address = "{address}"
asn = {asn}
passive = true
hold_time = 240
import = "all"
export = "all"
"""


def opening(
    asn: int = BROKEN_ASN, *, version: int = 4, hold_time: int = 240, router_id: str = "192.0.2.99"
) -> bytes:
    """Return an OPEN that is right but for what is asked."""
    octets = bytearray(open_message(asn, router_id, hold_time))
    octets[len(MARKER) + 3] = version
    return bytes(octets)


def header(length: int, kind: int = MessageType.KEEPALIVE) -> bytes:
    """Return a header that claims a length."""
    return MARKER + struct.pack("!HB", length, kind)


ESTABLISHED = (opening(), KEEPALIVE)
WRONG: Final[dict[str, tuple[tuple[bytes, ...], Notification | None]]] = {
    # RFC 4271 §6.1: the message header
    "no marker": ((b"GET / HTTP/1.1\r\nHost: bgp\r\n\r\n",), Notification(1, 1)),
    "marker with a hole": ((MARKER[:9] + b"\0" + MARKER[10:] + b"\0\x13\x04",), Notification(1, 1)),
    "length 0": ((header(0),), Notification(1, 2, b"\0\0")),
    "length 18": ((header(18),), Notification(1, 2, b"\0\x12")),
    "length 4097": ((header(4097, MessageType.UPDATE),), Notification(1, 2, b"\x10\x01")),
    "length 65535": ((header(65535, MessageType.UPDATE),), Notification(1, 2, b"\xff\xff")),
    "a long KEEPALIVE": ((header(20), b"\0"), Notification(1, 2, b"\0\x14")),
    "a short OPEN": ((header(28, MessageType.OPEN), bytes(9)), Notification(1, 2, b"\0\x1c")),
    "type 0": ((header(19, 0),), Notification(1, 3, b"\0")),
    "type 200": ((header(19, 200),), Notification(1, 3, b"\xc8")),
    # RFC 4271 §6.2: the OPEN
    "version 3": ((opening(version=3),), Notification(2, 1, b"\0\x04")),
    "wrong AS": ((opening(65099),), Notification(2, 2)),
    "AS 0": ((opening(0),), Notification(2, 2)),
    "router id 0": ((opening(router_id="0.0.0.0"),), Notification(2, 3)),
    "hold time 1": ((opening(hold_time=1),), Notification(2, 6)),
    "hold time 2": ((opening(hold_time=2),), Notification(2, 6)),
    "an optional parameter nobody knows": (
        (message(MessageType.OPEN, struct.pack("!BHH4sB", 4, BROKEN_ASN, 240, b"abcd", 4) + b"\x09\x02ab"),),
        Notification(2, 4),
    ),
    "optional parameters that go too far": (
        (message(MessageType.OPEN, struct.pack("!BHH4sB", 4, BROKEN_ASN, 240, b"abcd", 4) + b"\x02\x20ab"),),
        Notification(2, 0),
    ),
    # RFC 6608 §3: messages in the wrong state
    "KEEPALIVE before OPEN": ((KEEPALIVE,), Notification(5, 1, b"\x04")),
    "UPDATE before OPEN": ((update(BROKEN_ASN, STRANGER, "10.9.0.0/16"),), Notification(5, 1, b"\x02")),
    "UPDATE before KEEPALIVE": (
        (opening(), update(BROKEN_ASN, STRANGER, "10.9.0.0/16")),
        Notification(5, 2, b"\x02"),
    ),
    "OPEN in Established": ((*ESTABLISHED, opening()), Notification(5, 3, b"\x01")),
    # RFC 4271 §6.3, as far as RFC 7606 §3 leaves it: the UPDATE
    "attributes longer than the UPDATE": (
        (*ESTABLISHED, message(MessageType.UPDATE, b"\0\0\0\xff" + bytes(4))),
        Notification(3, 1),
    ),
    "a prefix of 33 bits": (
        (*ESTABLISHED, message(MessageType.UPDATE, bytes(4) + b"\x21\x0a\0\0\0\0")),
        Notification(3, 10, b"\x21\x0a\0\0\0\0"),
    ),
    # RFC 7313 §5
    "a short ROUTE-REFRESH": (
        (*ESTABLISHED, message(MessageType.ROUTE_REFRESH, b"\0\x01\0")),
        Notification(7, 1, message(MessageType.ROUTE_REFRESH, b"\0\x01\0")),
    ),
    # RFC 4271 §6.4: no answer to a NOTIFICATION, not even to a bad one
    "NOTIFICATION": ((message(MessageType.NOTIFICATION, b"\x06\x02"),), None),
    "NOTIFICATION nobody knows": ((message(MessageType.NOTIFICATION, b"\xc8\xc8" + bytes(500)),), None),
}
NOISY = 20
"""Neighbors that say nothing but noise."""
ADDRESSES = {what: f"192.0.2.{number}" for number, what in enumerate(WRONG, 10)}
NOISE = [f"192.0.2.{100 + number}" for number in range(NOISY)]
NEIGHBORS = [GOOD, CROWD, *ADDRESSES.values(), *NOISE]


@dataclass(slots=True)
class Siege:
    """The daemon under attack."""

    daemon: Bgpd
    attacker: Host
    good: Conversation
    since: str
    """How ``show protocols`` describes the good session, with the time of its beginning."""
    files: int
    memory: int

    def conversation(self, address: str) -> Conversation:
        return Conversation(self.attacker, address, ROUTER)

    def line(self) -> str:
        return next(line for line in self.daemon.ask("show protocols") if line.startswith("good "))

    @property
    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.daemon.processes[0].pid}/fd"))

    def await_files(self, most: int) -> None:
        """Wait until no more files than these are open."""
        eventually(lambda: self.open_files, lambda files: files <= most, within=PATIENCE)

    @property
    def resident(self) -> int:
        """Octets of memory."""
        status = Path(f"/proc/{self.daemon.processes[0].pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) << 10


class Watch(threading.Thread):
    """Asks ``show protocols`` all the time and notes how long the longest answer took."""

    def __init__(self, control: Path) -> None:
        super().__init__(daemon=True)
        self.longest = 0.0
        self._control = control
        self._ended = threading.Event()

    def run(self) -> None:
        ended = False
        while not ended:
            started = time.monotonic()
            ask(self._control, "show protocols")
            self.longest = max(self.longest, time.monotonic() - started)
            ended = self._ended.wait(0.02)

    def end(self) -> None:
        self._ended.set()
        self.join()


@pytest.fixture(scope="module")
def siege(request: pytest.FixtureRequest) -> Iterator[Siege]:
    """Start the daemon and establish the good session."""
    need_network_namespaces()
    failures = request.session.testsfailed
    with Lab() as lab:
        router, attacker = lab.host("router"), lab.host("attacker")
        _, plug = lab.link(router, attacker, v4="192.0.2.0/24")
        others = [STRANGER, CROWD, *ADDRESSES.values(), *NOISE]
        for address in others:
            attacker.ip("address", "add", f"{address}/24", "dev", plug.interface)
        daemon = Bgpd.with_file(router, _configuration()).start()
        with Conversation(attacker, GOOD, ROUTER) as good:
            good.establish(GOOD_ASN)
            good.announce(GOOD_ASN, *ROUTES)
            eventually(lambda: kernel_routes(router), equals=ROUTES)
            made = Siege(daemon, attacker, good, "", 0, 0)
            made.since, made.files, made.memory = made.line(), made.open_files, made.resident
            yield made
        lab.failed = request.session.testsfailed > failures


def _configuration() -> str:
    text = CONFIGURATION + NEIGHBOR.format(name="good", address=GOOD, asn=GOOD_ASN)
    for number, address in enumerate(NEIGHBORS[1:]):
        text += NEIGHBOR.format(name=f"broken{number}", address=address, asn=BROKEN_ASN)
    return text


@pytest.fixture(autouse=True)
def unharmed(siege: Siege) -> Iterator[None]:
    """Watch the daemon during the test, and look at it afterwards."""
    watch = Watch(siege.daemon.socket)
    watch.start()
    try:
        yield
    finally:
        watch.end()
    assert 0 < watch.longest < ANSWER_SECONDS
    assert "Established" in siege.since
    assert siege.line() == siege.since
    siege.good.send(KEEPALIVE)
    assert set(siege.good.waiting()) <= {MessageType.KEEPALIVE, MessageType.UPDATE}
    assert kernel_routes(siege.daemon.host) == ROUTES
    siege.await_files(siege.files)
    assert siege.resident < siege.memory + 2 * MEMORY_SLACK
    assert "Traceback" not in siege.daemon.processes[0].log.read_text()


@pytest.mark.parametrize("what", WRONG)
def test_a_neighbor_is_told_what_it_did_wrong(siege: Siege, what: str) -> None:
    octets, expected = WRONG[what]
    with siege.conversation(ADDRESSES[what]) as peer:
        peer.send(*octets)
        if expected is None:
            assert MessageType.NOTIFICATION not in {kind for kind, _ in peer.rest()}
        else:
            assert peer.notification() == expected


def test_a_stranger_is_sent_away(siege: Siege) -> None:
    """RFC 4486 §4, Connection Rejected."""
    with siege.conversation(STRANGER) as stranger:
        assert stranger.notification() == Notification(6, 5)


def test_a_neighbor_with_a_session_gets_no_second_one(siege: Siege) -> None:
    """RFC 4271 §6.8: a collision with an established connection is decided for that."""
    with siege.conversation(GOOD) as second:
        assert second.notification() == Notification(6, 7)


def test_silence_and_halves(siege: Siege) -> None:
    """Whoever says nothing, or half of something, may stay, and costs one file."""
    before = siege.open_files
    with ExitStack() as connections:
        for number, address in enumerate(NOISE):
            peer = connections.enter_context(siege.conversation(address))
            peer.send(opening()[: number * 2])
        eventually(lambda: siege.open_files, lambda files: abs(files - before - NOISY) <= WATCHING)


def test_noise(siege: Siege) -> None:
    dice = random.Random(4271)
    prologues = [
        b"",
        MARKER,
        opening(),
        opening() + KEEPALIVE,
        opening() + KEEPALIVE + header(4000, MessageType.UPDATE),
    ]
    for number, address in enumerate(NOISE):
        with siege.conversation(address) as peer, suppress(ConnectionError):
            peer.send(prologues[number % len(prologues)], dice.randbytes(dice.randrange(19, 9000)))
            peer.socket.shutdown(socket.SHUT_WR)
            peer.rest()


def test_a_thousand_strangers(siege: Siege) -> None:
    def come_and_go() -> None:
        for _ in range(MANY):
            with siege.conversation(STRANGER) as stranger:
                stranger.rest()

    come_and_go()
    before = siege.resident
    come_and_go()
    assert siege.resident < before + MEMORY_SLACK


def test_many_strangers_at_once_who_do_not_listen(siege: Siege) -> None:
    with ExitStack() as connections:
        for _ in range(300):
            connections.enter_context(siege.conversation(STRANGER))
        siege.await_files(siege.files + WATCHING)


@pytest.mark.parametrize("address", [STRANGER, CROWD], ids=["stranger", "neighbor"])
def test_connections_that_are_reset_at_once(siege: Siege, address: str) -> None:
    for number in range(300):
        with siege.conversation(address) as peer, suppress(ConnectionError):
            if number % 2:
                peer.send(opening())
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_neighbor_that_connects_and_connects(siege: Siege) -> None:
    """However many connections it opens, one or two are kept (RFC 4271 §6.8)."""
    before = siege.open_files
    with ExitStack() as connections:
        peers = [connections.enter_context(siege.conversation(CROWD)) for _ in range(200)]
        ended: set[Conversation] = set()

        def kept() -> int:
            ended.update(peer for peer in peers if peer not in ended and has_ended(peer))
            return len(peers) - len(ended)

        eventually(kept, lambda left: left <= 2, within=PATIENCE)
        siege.await_files(before + 2 + WATCHING)


def has_ended(peer: Conversation) -> bool:
    """Whether the daemon has closed the connection."""
    try:
        peer.waiting()
    except (EOFError, ConnectionError):
        return True
    return False


def control_socket(siege: Siege) -> socket.socket:
    """Return a connection to the control socket."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(str(siege.daemon.socket))
    connection.settimeout(60)
    return connection


@pytest.mark.parametrize(
    "octets",
    [
        random.Random(4271).randbytes(1 << 16),
        b"\0" * (1 << 20),
        b"x" * (1 << 20),
        b"\n" * 5000,
        b"show route all\n" * 5000,
        "show protocols \N{SNOWMAN}\n".encode() * 100,
        b"show route for 10.0.0.0/8/8 where net ~ [ ] all all all\n" * 100,
        b"sh",
    ],
    ids=["noise", "zeros", "endless line", "empty lines", "a flood", "no ASCII", "nonsense", "half"],
)
def test_nonsense_on_the_control_socket(siege: Siege, octets: bytes) -> None:
    with control_socket(siege) as connection, suppress(OSError):
        connection.settimeout(1)
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1 << 16)


def test_many_clients_that_say_nothing_or_do_not_read(siege: Siege) -> None:
    with ExitStack() as connections:
        for number in range(100):
            client = connections.enter_context(control_socket(siege))
            if number % 2:
                client.sendall(b"show protocols all\n" * 50)
        assert siege.line() == siege.since
