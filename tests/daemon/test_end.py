"""How a daemon ends, on request or not, and what it finds when it starts again."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from messages.families import IPV4_UNICAST
from messages.iana import CeaseSubcode, ErrorCode, MessageType
from messages.notification import Notification, decode_notification
from messages.update import encode_end_of_rib
from tests.daemon.command import ENVIRONMENT, bgpd, kernel_routes
from tests.daemon.conversation import Conversation, Received
from tests.interop.lab import Host, Lab, Port
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

LEARNED = "203.0.113.0/24"
STATIC = {"198.51.100.0/24", "2001:db8:1::/48"}
ALL = STATIC | {LEARNED}
END_OF_RIB = encode_end_of_rib(IPV4_UNICAST)
HELPER = bytes.fromhex("40 02 00 00")
"""The graceful restart capability of a speaker that only helps others (RFC 4724 §3)."""
SHUTDOWN = Notification(ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_SHUTDOWN)
CONFIGURATION = """
[router]
id = "192.0.2.1"
stop = "{stop}"
[kernel.ipv4]
persist = {persist}
[kernel.ipv6]
persist = {persist}
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
[[static]]
prefix = "2001:db8:1::/48"
unreachable = true
[[neighbors]]
name = "peer"
address = "{peer}"
asn = 65002
passive = true
import = "all"
export = "all"
"""


@dataclass(slots=True)
class Pair:
    """The daemon on one host, a neighbor on another."""

    daemon: Bgpd
    here: Port
    there: Port

    @property
    def host(self) -> Host:
        return self.here.host

    def conversation(self) -> Conversation:
        return Conversation(self.there.host, self.there.v4, self.here.v4)

    def configure(self, stop: str = "withdraw", *, persist: bool = False) -> None:
        self.daemon.text = CONFIGURATION.format(stop=stop, persist=str(persist).lower(), peer=self.there.v4)

    def await_routes(self, expected: set[str]) -> None:
        eventually(lambda: kernel_routes(self.host), equals=expected)

    def end(
        self, number: signal.Signals = signal.SIGTERM, peer: Conversation | None = None
    ) -> list[Received]:
        """Send a signal, hang up when the daemon has, see it end well, and return its last words."""
        (process,) = self.daemon.processes
        process.signal(number)
        words: list[Received] = []
        if peer is not None:
            words = peer.rest()
            peer.socket.close()
        eventually(lambda: not process.running, within=20)
        assert process.stop() == 0
        assert not self.daemon.socket.exists()
        self.daemon.processes.clear()
        return words


@pytest.fixture
def pair(lab: Lab) -> Pair:
    """Return two connected hosts; the daemon is not started yet."""
    here, there = lab.link(lab.host("router"), lab.host("peer"))
    made = Pair(Bgpd.with_file(here.host, ""), here, there)
    made.configure()
    return made


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_takes_leave_and_everything_with_it(pair: Pair, number: signal.Signals) -> None:
    """RFC 4486 §4: a Cease says that the session was shut down."""
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        peer.announce(65002, LEARNED)
        pair.await_routes(ALL)
        assert _notifications(pair.end(number, peer)) == [SHUTDOWN]
    assert kernel_routes(pair.host) == set()


def test_routes_that_persist_stay(pair: Pair) -> None:
    pair.configure(persist=True)
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        peer.announce(65002, LEARNED)
        pair.await_routes(ALL)
        assert _notifications(pair.end(peer=peer)) == [SHUTDOWN]
    assert kernel_routes(pair.host) == ALL


@pytest.mark.parametrize(("is_helper", "words"), [(True, []), (False, [SHUTDOWN])])
def test_a_graceful_end_leaves_the_routes(pair: Pair, *, is_helper: bool, words: list[Notification]) -> None:
    """RFC 4724 §4: only without a NOTIFICATION may the neighbor keep our routes; who can't is told why."""
    pair.configure("graceful")
    pair.daemon.text = (pair.daemon.text or "") + 'graceful_restart = "full"\n'
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002, HELPER if is_helper else b"")
        peer.announce(65002, LEARNED)
        pair.await_routes(ALL)
        assert _notifications(pair.end(peer=peer)) == words
    assert kernel_routes(pair.host) == ALL


@pytest.mark.parametrize(("stop", "how"), [("withdraw", "graceful"), ("graceful", "withdraw")])
def test_down_may_be_otherwise_this_once(pair: Pair, stop: str, how: str) -> None:
    pair.configure(stop)
    pair.daemon.start()
    pair.await_routes(STATIC)
    said = pair.daemon.ask(f"down {how}")
    verb = "stays in" if how == "graceful" else "leaves"
    assert said[0] == f"kernel1: 1 route {verb} the kernel"
    assert said[-1] == "Shutdown requested"
    eventually(lambda: not pair.daemon.processes[0].running, within=20)
    assert pair.daemon.processes[0].stop() == 0
    pair.daemon.processes.clear()
    assert kernel_routes(pair.host) == (STATIC if how == "graceful" else set())


def test_a_host_that_ends_withdraws_all_the_same(pair: Pair, tmp_path: Path) -> None:
    manager = tmp_path / "systemctl"
    manager.write_text("#!/bin/sh\necho stopping\nexit 1\n")
    manager.chmod(0o755)
    pair.configure("graceful")
    pair.daemon.write()
    process = pair.host.spawn(
        "ending",
        bgpd("-c", pair.daemon.configuration, "-s", pair.daemon.socket),
        {**ENVIRONMENT, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )
    pair.await_routes(STATIC)
    assert process.stop() == 0
    assert "All routes are withdrawn: systemd is stopping" in process.log_tail()
    assert kernel_routes(pair.host) == set()


def test_told_twice_it_ends_at_once(pair: Pair) -> None:
    """Also while it waits for a neighbor that does not hang up."""
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        pair.await_routes(STATIC)
        (process,) = pair.daemon.processes
        process.signal(signal.SIGTERM)
        assert peer.notification() == SHUTDOWN
        process.signal(signal.SIGTERM)
        eventually(lambda: not process.running, within=20)
        assert process.stop() == 128 + signal.SIGTERM
    pair.daemon.processes.clear()
    assert kernel_routes(pair.host) == STATIC


def test_the_next_process_knows_of_the_one_before(pair: Pair) -> None:
    pair.configure("graceful")
    pair.daemon.text = (pair.daemon.text or "") + 'graceful_restart = "full"\n'
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002, HELPER)
        pair.await_routes(STATIC)
        pair.end(peer=peer)
    pair.daemon.start()
    (process,) = pair.daemon.processes
    line = eventually(process.log_tail, lambda text: "A former process" in text)
    assert "ended: graceful; 1 of its neighbors may have kept our routes" in line
    pair.configure()
    state = pair.daemon.socket.with_name("bgpd.ctl.state")
    pair.end()
    state.write_bytes(os.urandom(1000))
    pair.daemon.start()
    (process,) = pair.daemon.processes
    eventually(process.log_tail, lambda text: f"state file {state} is not used: " in text)
    pair.end()
    assert kernel_routes(pair.host) == set()


def test_a_neighbor_that_does_not_hang_up_is_not_waited_for_long(pair: Pair) -> None:
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        pair.daemon.processes[0].signal(signal.SIGTERM)
        eventually(lambda: not pair.daemon.processes[0].running, within=20)
        assert pair.daemon.processes[0].stop() == 0
        assert peer.notification() == SHUTDOWN


def test_stopped_at_any_moment_of_its_start_nothing_is_left(pair: Pair) -> None:
    configuration, control = pair.host.directory / "early.toml", pair.host.directory / "early.ctl"
    configuration.write_text(pair.daemon.text or "")
    for delay in (0.0, 0.3, 0.4, 0.5, 0.6):
        process = pair.host.spawn("early", bgpd("-c", configuration, "-s", control), ENVIRONMENT)
        time.sleep(delay)
        assert process.stop() in {0, -signal.SIGTERM}
        assert "Traceback" not in process.log_tail()
        assert kernel_routes(pair.host) == set()
        assert not control.exists()


def test_killed_and_started_again_it_keeps_what_it_wants_and_removes_the_rest(pair: Pair) -> None:
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        peer.announce(65002, LEARNED)
        pair.await_routes(ALL)
        pair.daemon.kill()
    assert kernel_routes(pair.host) == ALL
    monitor = pair.host.spawn("monitor", ["ip", "monitor", "route"])
    eventually(lambda: _is_subscribed(monitor.pid))
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        assert kernel_routes(pair.host) == ALL
        peer.send(END_OF_RIB)  # the last neighbor has said what it has, and that is nothing
        pair.await_routes(STATIC)
        news = eventually(monitor.log_tail, lambda text: LEARNED in text)
        for prefix in STATIC:
            assert prefix not in news, "a route that was right has been touched"
        pair.end(peer=peer)
    assert kernel_routes(pair.host) == set()


def _notifications(words: list[Received]) -> list[Notification]:
    return [decode_notification(body) for kind, body in words if kind == MessageType.NOTIFICATION]


def _is_subscribed(pid: int) -> bool:
    """Tell whether a process listens to the kernel's news."""
    rows = [line.split() for line in Path(f"/proc/{pid}/net/netlink").read_text().splitlines()[1:]]
    return any(int(row[2]) == pid and int(row[3], 16) for row in rows)


def test_started_again_after_a_graceful_end_it_finds_its_routes(pair: Pair) -> None:
    pair.configure("graceful")
    pair.daemon.start()
    pair.await_routes(STATIC)
    pair.end()
    pair.configure()
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        peer.announce(65002, LEARNED)
        pair.await_routes(ALL)
        pair.end(peer=peer)
    assert kernel_routes(pair.host) == set()


def test_routes_of_others_survive_everything(pair: Pair) -> None:
    pair.host.ip("route", "add", "blackhole", "192.0.2.0/24", "proto", "static")
    pair.host.ip("route", "add", "blackhole", LEARNED, "proto", "static")
    before = pair.host.ip("route", "show", "proto", "static")
    pair.daemon.start()
    with pair.conversation() as peer:
        peer.establish(65002)
        peer.announce(65002, LEARNED)
        pair.await_routes(STATIC)
        eventually(lambda: pair.daemon.ask(f"show route {LEARNED}"), lambda lines: LEARNED in lines[0])
        pair.end(peer=peer)
    assert pair.host.ip("route", "show", "proto", "static") == before
