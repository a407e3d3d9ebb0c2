"""Whatever raises what nobody expects costs what it was about, for a moment, and nothing else."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bgpd.control.connection import Connection as Client
from bgpd.health import backoff
from bgpd.health.faults import FAULTS
from bgpd.kernel.routes import KernelView
from bgpd.metrics.pages import DaemonCollector
from bgpd.protocols.established import Established
from bgpd.protocols.exchange import Exchange
from bgpd.protocols.static import StaticProtocol
from bgpd.sessions.connections import Connections
from bgpd.sessions.listener import Listener
from bgpd.sessions.performer import Performer
from fsm.machine import Machine
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.kernel import KernelTable
from kernel_sync.monitor import Monitor
from kernel_sync.netlink import NetlinkSocket
from rib.filters.running.run import Run
from rib.history import History
from rib.ingress import Ingress
from rib.loc_rib import LocRib
from rib.next_hops import NextHops
from rib.update_group import UpdateGroup
from rib.views import Views
from tests.faults.bugs import bug_in
from tests.faults.house import House, at_home, ip
from tests.interop.lab import Host

pytestmark = pytest.mark.interop

NEW = "10.4.0.0/16"


def is_of(name: str) -> Callable[..., bool]:
    """Mean what a neighbor of this name is at the other end of."""

    def is_meant(owner: Any, *_arguments: Any) -> bool:
        while not hasattr(owner, "name"):
            owner = next(
                getattr(owner, each)
                for each in ("settings", "_neighbor", "_source", "_observer", "machine")
                if hasattr(owner, each)
            )
        return bool(owner.name == name)

    return is_meant


def is_in_thread(*_arguments: Any) -> bool:
    """Mean what is not done in the thread of the event loop."""
    return threading.current_thread() is not threading.main_thread()


@pytest.fixture
async def house(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(backoff, "FIRST_REST", 0.02)
    with host.entered():
        async with at_home(tmp_path) as made:
            yield made


Act = Callable[[House], Awaitable[object]]


async def announce(house: House) -> None:
    house.say("victim", NEW)


async def announce_another(house: House) -> None:
    """Announce attributes that no filter has seen yet."""
    house.say("victim", NEW, next_hop="10.9.0.98")


async def lose(house: House) -> None:
    puppet = house.players["victim"].puppet
    assert puppet is not None
    puppet.finish()


async def add_address(_house: House) -> None:
    ip("address add 203.0.113.1/32 dev lo")


async def narrow(_house: House) -> None:
    """Add a network with the next hop of all routes."""
    ip("address add 10.9.0.97/28 dev bridge1")


async def refresh(house: House) -> None:
    await house.ask("reload in victim")


class Row(NamedTuple):
    """A bug, what leads to it, and what it may cost."""

    owner: type
    method: str
    act: Act
    costs: str
    """As metrics call it."""
    is_meant: Callable[..., bool] = lambda *_arguments: True
    after: bool = False
    ends: frozenset[str] = frozenset()
    """Neighbors whose session it may end."""


VICTIM = frozenset({"victim"})
BOTH = frozenset({"good", "victim"})
ROWS = {
    "an UPDATE": Row(Established, "updates_received", announce, "session", is_of("victim"), ends=VICTIM),
    "half an UPDATE": Row(
        Established, "updates_received", announce, "session", is_of("victim"), after=True, ends=VICTIM
    ),
    "a route": Row(Exchange, "announce_plain", announce, "session", is_of("victim"), ends=VICTIM),
    "a session's beginning": Row(Established, "_exchange", lose, "session", is_of("victim"), ends=VICTIM),
    "the end of a session": Row(Established, "end", lose, "session", is_of("victim"), ends=VICTIM),
    "half the end of a session": Row(Exchange, "end", lose, "session", is_of("victim"), ends=VICTIM),
    "the machine": Row(Machine, "handle", lose, "session", ends=VICTIM),
    "an action of the machine": Row(Performer, "perform", lose, "session", ends=VICTIM),
    "a timer": Row(Connections, "_expire_timers", lose, "session", ends=BOTH),
    "an incoming connection": Row(Listener, "_hand_over", lose, "connection", ends=VICTIM),
    "the news of a group": Row(UpdateGroup, "advertise", announce, "session", ends=BOTH),
    "a route on its way out": Row(Views, "_encode", announce_another, "route"),
    "who is behind": Row(UpdateGroup, "drain", lose, "session", ends=VICTIM),
    "the kernel's view": Row(KernelView, "follow", announce, "protocol"),
    "what the kernel says": Row(KernelTable, "_hear_news", announce, "protocol"),
    "a batch for the kernel": Row(KernelTable, "_flush", announce, "protocol"),
    "the thread of the kernel": Row(NetlinkSocket, "send", announce, "protocol", is_in_thread),
    "the history of a table": Row(History, "follow", announce, "table"),
    "the best routes": Row(LocRib, "run", announce, "table", ends=BOTH),
    "half of the best routes": Row(LocRib, "run", announce, "table", after=True, ends=BOTH),
    "a walk over the table": Row(Ingress, "renew", refresh, "session", ends=VICTIM),
    "a walk after the interfaces": Row(NextHops, "recheck", narrow, "table", ends=BOTH),
    "news of interfaces": Row(Monitor, "_take", add_address, "interfaces"),
    "what is told of interfaces": Row(InterfaceTable, "take_changes", add_address, "interfaces"),
    "a static route": Row(StaticProtocol, "interfaces_changed", add_address, "protocol"),
    "a filter": Row(Run, "get", announce_another, "filter"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=[*ROWS])
async def test_it_costs_what_it_is_about(house: House, row: Row) -> None:
    before = FAULTS.counts.get(row.costs, 0)
    with bug_in(row.owner, row.method, row.is_meant, after=row.after) as bug:
        await row.act(house)
        await house.until(lambda: bug.is_met)
    await house.until(lambda: FAULTS.counts.get(row.costs, 0) > before)
    for name in ("good", "victim"):
        assert house.neighbor(name).peer.flaps == 0 or name in row.ends
    await house.heal()


async def test_who_rests_says_why(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "FIRST_REST", 60.0)
    with bug_in(Established, "updates_received", is_of("victim")):
        house.say("victim", NEW)
        await house.until(lambda: house.neighbor("victim").fault is not None)
    (line,) = [each for each in await house.ask("show protocols") if "victim" in each]
    assert "Bug: BugError: boom (bugs.py:" in line
    assert "tried again in " in line
    lines = await house.ask("show protocols all victim")
    assert any("Last bug:" in each and "(1 in all)" in each for each in lines)
    await house.until(lambda: house.routes.isdisjoint({NEW, "10.3.0.0/16"}))
    await house.ask("restart victim")
    await house.heal()


async def test_a_command_costs_its_answer(house: House) -> None:
    with bug_in(type(house.daemon), "_settings_of"):
        answer = await house.ask("configure")
    assert answer[-1].startswith("8008 runtime error")
    assert (await house.ask("show status"))[-1] == "0013 Daemon is up and running"


async def test_a_client_costs_its_connection(house: House) -> None:
    before = FAULTS.counts.get("client", 0)
    path = house.daemon.settings.socket
    with bug_in(Client, "_next_lines") as bug:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"show status\n")
        assert b"ready" in await reader.readline()
        assert await reader.read() == b""
        assert bug.is_met
        writer.close()
    assert FAULTS.counts["client"] == before + 1
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"show status\n")
    assert b"ready" in await reader.readline()
    assert await reader.readline()
    writer.close()


async def test_a_scrape_costs_its_page(house: House) -> None:
    with bug_in(DaemonCollector, "collect"):
        assert (await house.scrape())[0] == 500
    status, text = await house.scrape()
    assert status == 200
    assert 'bgpd_faults_total{cost="page"} 1' in text.replace("1.0", "1")


async def test_what_nobody_has_taken_is_counted(house: House) -> None:
    before = FAULTS.counts.get("event loop", 0)

    def boom() -> None:
        raise ValueError("boom")

    asyncio.get_running_loop().call_soon(boom)
    await house.until(lambda: FAULTS.counts["event loop"] > before)
    assert house.is_whole
