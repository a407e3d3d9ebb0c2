"""What systemd is told, by a socket in its place, and when its watchdog is fed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgpd.health.progress import Progress
from bgpd.health.sd_notify import Heartbeat, Notifier
from tests.protocols.virtual_time import VirtualTime
from tests.upkeep.manager import Manager


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(str(tmp_path / "notify"))
    yield made
    made.socket.close()


def notifier(tmp_path: Path, **more: str) -> Notifier:
    return Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), **more})


def test_its_words(manager: Manager, tmp_path: Path) -> None:
    """sd_notify(3)."""
    said = notifier(tmp_path)
    said.ready()
    said.reloading()
    said.status("1 of 2")
    said.status("1 of 2")
    said.feed()
    said.stopping("stopping")
    ready, reloading, *rest = manager.heard()
    assert ready == "READY=1"
    assert reloading.startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert int(reloading.rpartition("=")[2]) > 0
    assert rest == ["STATUS=1 of 2", "WATCHDOG=1", "STOPPING=1\nSTATUS=stopping"]


def test_an_address_may_be_abstract() -> None:
    name = f"bgpd-test-{os.getpid()}"
    manager = Manager(f"\0{name}")
    Notifier({"NOTIFY_SOCKET": f"@{name}"}).ready()
    assert manager.heard() == ["READY=1"]
    manager.socket.close()


def test_without_systemd_nothing_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    alone = Notifier({})
    alone.ready()
    assert not alone.is_wanted
    assert caplog.messages == []
    notifier(tmp_path).ready()  # it is gone
    assert caplog.messages == ["systemd could not be told READY=1: No such file or directory"]


def test_a_socket_that_is_gone_is_complained_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The watchdog is fed several times a minute: the log is not filled with it."""
    said = notifier(tmp_path)
    said.feed()
    said.feed()
    assert len(caplog.messages) == 1
    manager = Manager(str(tmp_path / "notify"))
    said.feed()
    manager.socket.close()
    said.feed()  # it was there in between, so this is news
    assert len(caplog.messages) == 2


def test_an_address_that_is_none_is_said_to_be_so(caplog: pytest.LogCaptureFixture) -> None:
    Notifier({"NOTIFY_SOCKET": "/" + "x" * 200}).ready()
    assert caplog.messages == ["systemd could not be told READY=1: AF_UNIX path too long"]


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "30000000"}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
    ],
)
def test_whose_watchdog_it_is(environment: dict[str, str], seconds: float) -> None:
    """sd_watchdog_enabled(3)."""
    assert Notifier(environment).watchdog_seconds == seconds


def test_it_is_fed_in_time(manager: Manager, tmp_path: Path) -> None:
    time, is_moving = VirtualTime(), True
    heartbeat = Heartbeat(
        notifier(tmp_path, WATCHDOG_USEC="8000000"), lambda: "well", lambda: is_moving, time
    )
    heartbeat.begin()
    time.pass_by(8.0)
    heard = manager.heard()
    assert heard.count("WATCHDOG=1") == 5
    assert heard.count("STATUS=well") == 1
    is_moving = False
    time.pass_by(100.0)
    assert manager.heard() == []
    is_moving = True
    time.pass_by(2.0)
    assert manager.heard() == ["WATCHDOG=1"]
    heartbeat.stop()
    time.pass_by(100.0)
    assert manager.heard() == []


class Table:
    """A table that works when a test says so."""

    def __init__(self) -> None:
        self.has_turn = False
        self.rounds = 0


def test_what_has_nothing_to_do_need_not_move() -> None:
    idle, busy = Table(), Table()
    progress = Progress()
    looks = []
    for has_turn, works in [(False, 0), (True, 0), (True, 1), (True, 0), (True, 5), (False, 0), (True, 0)]:
        busy.has_turn = has_turn
        busy.rounds += works
        looks.append(progress.is_made([idle, busy]))
    assert looks == [True, True, True, False, True, True, True]
