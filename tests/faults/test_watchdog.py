"""systemd's watchdog is fed while everything works, and only then."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bgpd.health import backoff
from rib.loc_rib import LocRib
from tests.daemon.command import ENVIRONMENT, bgpd
from tests.faults.house import House, at_home
from tests.interop.lab import Host
from tests.interop.waiting import eventually
from tests.upkeep.manager import Manager

pytestmark = pytest.mark.interop

FED = "WATCHDOG=1"
PERIOD = 0.02
"""Seconds between two feeds; the watchdog bites after four of them."""


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manager:
    made = Manager(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", str(int(4 * PERIOD * 1e6)))
    return made


@pytest.fixture
async def house(host: Host, tmp_path: Path, manager: Manager) -> AsyncIterator[House]:
    with host.entered():
        async with at_home(tmp_path) as made:
            yield made
    manager.socket.close()


async def test_it_hears_of_the_start_and_is_fed(house: House, manager: Manager) -> None:
    heard = manager.heard()
    assert heard[0] == "READY=1"
    while heard.count(FED) < 4:
        await asyncio.sleep(PERIOD)
        heard += manager.heard()
    assert any(line.startswith("STATUS=") and "of 2 neighbors established" in line for line in heard)
    await house.ask("configure")
    (reloading, ready) = [line for line in manager.heard() if "READY" in line or "RELOADING" in line]
    assert reloading.startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert ready == "READY=1"


async def test_a_callback_that_hangs_starves_it(house: House, manager: Manager) -> None:
    await asyncio.sleep(0)
    manager.heard()
    time.sleep(10 * PERIOD)  # noqa: ASYNC251 - this is the callback that hangs
    assert manager.heard() == []


async def test_tables_that_stand_still_starve_it(
    house: House, manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "FIRST_REST", 0.5)
    plain: Callable[..., Any] = LocRib.run

    def broken(*_arguments: Any) -> Any:
        raise ValueError("boom")

    monkeypatch.setattr(LocRib, "run", broken)
    house.say("victim", "10.4.0.0/16")
    await house.until(lambda: not house.neighbor("good").is_up)
    await asyncio.sleep(2 * PERIOD)
    manager.heard()
    await asyncio.sleep(5 * PERIOD)
    assert FED not in manager.heard()
    monkeypatch.setattr(LocRib, "run", plain)
    await house.heal()
    await house.until(lambda: FED in manager.heard())


def test_a_process_that_stands_still_starves_it(host: Host, tmp_path: Path, manager: Manager) -> None:
    file = tmp_path / "bgpd.toml"
    file.write_text('[router]\nid = "192.0.2.1"\n[metrics]\nlisten = ""\n')
    process = host.spawn("watched", bgpd("-c", file, "-s", tmp_path / "ctl"), ENVIRONMENT)
    eventually(lambda: FED in manager.heard())
    process.signal(signal.SIGSTOP)
    eventually(lambda: Path(f"/proc/{process.pid}/stat").read_text().split(")")[1].split()[0] == "T")
    manager.heard()
    time.sleep(10 * PERIOD)
    assert manager.heard() == []
    process.signal(signal.SIGCONT)
    eventually(lambda: FED in manager.heard())
    assert process.stop() == 0
    assert manager.heard()[-1] == "STOPPING=1\nSTATUS=stopping"
    manager.socket.close()
