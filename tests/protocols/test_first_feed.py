"""What the start learns of one neighbor, on the loopback interface (RFC 4724 §2)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.surroundings import Surroundings
from bgpd.restart.convergence import PASSIVE_PATIENCE, QUIET, Convergence
from kernel_sync.interfaces import InterfaceTable
from messages.capabilities import FOUR_OCTET_AS, MULTIPROTOCOL, Capabilities
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.iana import MessageType
from messages.open import Open, encode_open
from messages.update import encode_end_of_rib
from tests.protocols.lone_neighbor import NOW, AtHome, neighbor, tables
from tests.sessions.speakers import PATIENCE

PASSIVE = ('import = "all"', 'export = "all"', "passive = true", 'families = ["ipv4", "ipv6"]')
BOTH = Capabilities.of((MULTIPROTOCOL, IPV4_UNICAST), (MULTIPROTOCOL, IPV6_UNICAST), (FOUR_OCTET_AS, 65001))
OPEN = encode_open(Open(4, 65001, 90, 1, BOTH))
NOBODY = "what was received to be worked on"
NO_SESSION = "tor1 (no session)"


def at_start(folder: Path, *lines: str) -> tuple[BgpProtocol, Convergence]:
    surroundings = Surroundings(0x0A000001, InterfaceTable(), lambda: NOW)
    return neighbor(folder, *lines, surroundings=surroundings), surroundings.convergence


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await turn()


async def turn() -> None:
    """Let the others have their turn."""
    await asyncio.sleep(0)


async def test_each_family_has_its_end(tmp_path: Path) -> None:
    protocol, convergence = at_start(tmp_path, *PASSIVE)
    async with AtHome(protocol) as home, await home.establish(OPEN) as puppet:
        assert convergence.words() == "tor1 (no End-of-RIB for ipv4 and ipv6)"
        puppet.send(encode_end_of_rib(IPV6_UNICAST))
        await until(lambda: convergence.words() == "tor1 (no End-of-RIB for ipv4)")
        puppet.send(encode_end_of_rib(IPV4_UNICAST))
        await until(lambda: convergence.words() == NOBODY)


async def test_updates_break_the_silence(tmp_path: Path) -> None:
    protocol, convergence = at_start(tmp_path, *PASSIVE)
    async with AtHome(protocol) as home, await home.establish(OPEN) as puppet:
        now = asyncio.get_running_loop().time()
        convergence.look(now + QUIET - 1, is_busy=False)
        puppet.send(encode_end_of_rib(IPV6_UNICAST))
        await until(lambda: protocol.peer.counters.received[MessageType.UPDATE] == 1)
        convergence.look(now + QUIET, is_busy=False)
        assert not convergence.is_over
        convergence.look(now + 2 * QUIET, is_busy=False)
        assert convergence.is_over


async def test_a_lost_session(tmp_path: Path) -> None:
    protocol, convergence = at_start(tmp_path, *PASSIVE)
    async with AtHome(protocol) as home, await home.establish(OPEN) as puppet:
        puppet.finish()
        await until(lambda: convergence.words() == NO_SESSION)


async def test_a_neighbor_that_is_disabled_on_the_way(tmp_path: Path) -> None:
    protocol, convergence = at_start(tmp_path, *PASSIVE)
    async with AtHome(protocol) as home, await home.establish(OPEN):
        protocol.disable("maintenance")
        assert convergence.words() == NOBODY


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (('import = "all"', 'export = "none"'), NO_SESSION),
        (('import = "none"', 'export = "all"'), NOBODY),
        (('import = "all"', 'export = "all"', 'shutdown = "spare"'), NOBODY),
        ((), NOBODY),
    ],
    ids=["who brings routes", "import none", "shut down", "no policy (RFC 8212)"],
)
async def test_who_is_expected_at_all(tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    protocol, convergence = at_start(tmp_path, *lines)
    async with AtHome(protocol):
        assert convergence.words() == words


async def test_who_brings_nothing_is_not_waited_for_with_a_session_either(tmp_path: Path) -> None:
    lines = ('import = "none"', 'export = "all"', *PASSIVE[2:])
    protocol, convergence = at_start(tmp_path, *lines)
    async with AtHome(protocol) as home, await home.establish(OPEN):
        assert convergence.words() == NOBODY


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ((), 20),
        (("connect_delay = 40",), 55),
        (("delay_open = 7",), 27),
        (("passive = true",), PASSIVE_PATIENCE),
    ],
)
async def test_how_long_a_session_may_take(tmp_path: Path, lines: tuple[str, ...], seconds: int) -> None:
    protocol, convergence = at_start(tmp_path, *PASSIVE[:2], *lines)
    begun = asyncio.get_running_loop().time()
    async with AtHome(protocol):
        convergence.look(begun + seconds - 1, is_busy=False)
        assert convergence.words() == NO_SESSION
        convergence.look(begun + seconds + 1, is_busy=False)
        assert convergence.is_over


async def test_a_range_is_waited_for_as_one_neighbor(tmp_path: Path) -> None:
    """Nobody knows how many there were: the first may come with its routes as long as any may."""
    protocol, convergence = at_start(tmp_path, *PASSIVE)
    surroundings = Surroundings(0x0A000001, InterfaceTable(), lambda: NOW)
    convergence, loop = surroundings.convergence, asyncio.get_running_loop()
    settings = replace(protocol.settings, name="pods", range_bits=24, address="127.0.0.0")
    pods = NeighborRange(settings, tables(), surroundings, loop)
    pods.start()
    convergence.look(loop.time() + PASSIVE_PATIENCE - 1, is_busy=False)
    assert convergence.words() == "pods (no session)"
    pods.disable()
    assert convergence.words() == NOBODY
