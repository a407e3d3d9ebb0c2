"""What a neighbor that has kept our routes is told, on the loopback interface (RFC 4724 §4.1)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.protocol import ProtocolState
from bgpd.protocols.surroundings import Surroundings
from bgpd.restart.deferral import Deferral
from kernel_sync.interfaces import InterfaceTable
from messages.capabilities import (
    ENHANCED_ROUTE_REFRESH,
    GRACEFUL_RESTART,
    Capability,
    GracefulRestart,
    RestartingFamily,
)
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from messages.iana import MessageType, RouteRefreshSubtype
from messages.keepalive import KEEPALIVE
from messages.open import decode_open
from messages.route_refresh import RouteRefresh, encode_route_refresh
from messages.update import encode_end_of_rib
from rib.route import Route
from tests.protocols.lone_neighbor import NOW, AtHome, neighbor, tables
from tests.rib.building import SOMEWHERE, attributes, key
from tests.rib.building import neighbor as source
from tests.sessions.speakers import Puppet, puppet_open

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
FULL: Final = ('import = "all"', 'export = "all"', "passive = true", 'graceful_restart = "full"')
HELPER: Final = GracefulRestart(restarting=False, notification=False, restart_time=0, families=())
END_OF_RIB: Final = encode_end_of_rib(IPV4_UNICAST)
REFRESH: Final = encode_route_refresh(
    RouteRefresh(IPV4_UNICAST.afi, IPV4_UNICAST.safi, RouteRefreshSubtype.REQUEST)
)
OTHER: Final = source("other", router_id=7, address="192.0.2.7")


class Start:
    """We have restarted, and know one route."""

    def __init__(self, folder: Path, *lines: str) -> None:
        loop = asyncio.get_running_loop()
        self.surroundings = Surroundings(0x0A000001, InterfaceTable(), lambda: NOW)
        self.deferral = self.surroundings.deferral = Deferral((), loop)
        self.deferral.defer(60)
        self.surroundings.restart.is_restarting = True
        pipelines = tables()
        self.pipeline = pipelines[IPV4_UNICAST]
        self.announce(P)
        self.protocol = neighbor(folder, *lines, pipelines=pipelines, surroundings=self.surroundings)

    def announce(self, *prefixes: PrefixKey) -> None:
        self.pipeline.table.announce(Route(OTHER, attributes(65007), SOMEWHERE, 0), [*prefixes])
        self.pipeline.touched()


@asynccontextmanager
async def established(
    start: Start, restart: GracefulRestart | None = HELPER, *more: tuple[Capability[Any], object]
) -> AsyncIterator[Puppet]:
    async with AtHome(start.protocol) as home, await home.connect() as puppet:
        start.deferral.begin()
        puppet.send(puppet_open(restart=restart, more=more), KEEPALIVE)
        assert await puppet.receive() == MessageType.OPEN
        assert await puppet.receive() == MessageType.KEEPALIVE
        yield puppet


async def silence(puppet: Puppet) -> bool:
    """Tell whether nothing comes for a while."""
    try:
        async with asyncio.timeout(0.2):
            await puppet.receive()
    except TimeoutError:
        return True
    return False


async def end(start: Start, puppet: Puppet) -> None:
    """The neighbor has said all it has."""
    puppet.send(END_OF_RIB)
    async with asyncio.timeout(20):
        while not start.deferral.is_over:
            await turn()


async def turn() -> None:
    """Let the others have their turn."""
    await asyncio.sleep(0)


def state(protocol: BgpProtocol) -> ProtocolState:
    return protocol.state


async def bodies(puppet: Puppet, number: int) -> list[bytes]:
    """Return the next UPDATEs."""
    messages = [await puppet.read_message() for _ in range(number)]
    return [message[1] for message in messages if message is not None and message[0] == MessageType.UPDATE]


async def test_it_is_told_when_all_is_known(tmp_path: Path) -> None:
    """And then of what has come meanwhile as well."""
    start = Start(tmp_path, *FULL)
    async with established(start) as puppet:
        start.announce(Q)
        assert await silence(puppet)
        assert state(start.protocol) is ProtocolState.WAIT
        await end(start, puppet)
        first, second, end_of_rib = await bodies(puppet, 3)
        assert (first.endswith(P), second.endswith(Q)) == (True, True)
        assert end_of_rib == END_OF_RIB[19:]
        assert state(start.protocol) is ProtocolState.UP


async def test_a_refresh_does_not_break_the_silence(tmp_path: Path) -> None:
    start = Start(tmp_path, *FULL)
    async with established(start) as puppet:
        puppet.send(REFRESH)
        assert await silence(puppet)
        await end(start, puppet)
        assert len(await bodies(puppet, 2)) == 2


async def test_before_our_end_of_rib_an_answer_has_no_marks(tmp_path: Path) -> None:
    """RFC 7313 §4."""
    start = Start(tmp_path, *FULL)
    async with established(start, HELPER, (ENHANCED_ROUTE_REFRESH, True)) as puppet:
        puppet.send(REFRESH)
        assert await silence(puppet)
        await end(start, puppet)
        first, last = [await puppet.read_message() for _ in range(2)]
        assert first is not None
        assert (first[0], first[1][-len(P) :]) == (MessageType.UPDATE, P)
        assert last == (MessageType.UPDATE, END_OF_RIB[19:])
        puppet.send(REFRESH)
        assert await puppet.receive() == MessageType.ROUTE_REFRESH


@pytest.mark.parametrize(
    ("mode", "restart"),
    [("helper", HELPER), ("off", HELPER), ("full", None)],
)
async def test_who_has_kept_nothing_is_told_at_once(
    tmp_path: Path, mode: str, restart: GracefulRestart | None
) -> None:
    start = Start(tmp_path, *FULL[:3], f'graceful_restart = "{mode}"')
    async with established(start, restart) as puppet:
        assert len(await bodies(puppet, 2)) == 2
        assert state(start.protocol) is ProtocolState.UP
        assert not start.deferral.is_over


async def test_it_may_be_lost_before(tmp_path: Path) -> None:
    start = Start(tmp_path, *FULL)
    async with established(start) as puppet:
        puppet.finish()
        async with asyncio.timeout(20):
            while start.protocol.peer.session is not None:
                await turn()
        start.deferral.dismiss("tor1")
        async with asyncio.timeout(20):
            while not start.deferral.is_over:
                await turn()
        assert state(start.protocol) is ProtocolState.FLUSH or not start.protocol.is_up


@pytest.mark.parametrize("lost", [False, True])
async def test_what_our_open_says(tmp_path: Path, lost: bool) -> None:
    """RFC 4724 §3, §4.1: Restart State, and Forwarding State unless the kernel has lost our routes."""
    start = Start(tmp_path, *FULL)
    if lost:
        start.surroundings.restart.lost.add(IPV4_UNICAST)
    async with AtHome(start.protocol) as home, await home.connect() as puppet:
        message = await puppet.read_message()
        assert message is not None
        offer = decode_open(message[1]).capabilities.get(GRACEFUL_RESTART)
        assert offer == GracefulRestart(True, True, 120, (RestartingFamily(IPV4_UNICAST, not lost),))
