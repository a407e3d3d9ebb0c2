"""A daemon with two neighbors, a table of the kernel, a static route and figures, in this process."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from bgpd.config import build, load
from bgpd.control.interpreter import Interpreter
from bgpd.daemon import Daemon
from bgpd.health.faults import FAULTS
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.protocol import ProtocolState
from bgpd.show.command import Line, Pause
from messages.families import IPV4_UNICAST
from messages.families.prefix import render_prefix
from messages.keepalive import KEEPALIVE
from rib.slot import winner
from tests.daemon.conversation import update
from tests.sessions.speakers import END_OF_RIB, Puppet, free_port, puppet_open

PATIENCE: Final = 60.0
ROUTES: Final = {"good": "10.2.0.0/16", "victim": "10.3.0.0/16"}
ADDRESSES: Final = {"good": "127.0.0.2", "victim": "127.0.0.3"}
NEXT_HOP: Final = "10.9.0.99"
"""On the bridge; nobody is there."""
STATIC: Final = "198.51.100.0/24"
CONFIGURATION: Final = """
[router]
id = "127.0.0.1"
asn = 64512
listen = ["127.0.0.1"]
port = {port}
[control]
socket = "{socket}"
[metrics]
listen = "127.0.0.1:{metrics}"
[kernel.ipv4]
guard = false
[direct]
interfaces = ["dummy*"]
[filter_files]
text = '''
filter taken {{ if bgp_med = 66 then reject; accept; }}
filter told {{ accept; }}
'''
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
[[neighbors]]
name = "good"
address = "127.0.0.2"
source_address = "127.0.0.1"
asn = 65001
passive = true
multihop = 2
import = "taken"
export = "all"
[[neighbors]]
name = "victim"
address = "127.0.0.3"
source_address = "127.0.0.1"
asn = 65001
passive = true
multihop = 2
keepalive_time = 1
import = "taken"
export = "told"
"""


def said(*prefixes: str, next_hop: str = NEXT_HOP) -> bytes:
    """Return an UPDATE of a neighbor."""
    return update(65001, next_hop, *prefixes)


def ip(words: str) -> None:
    """Change something about the host."""
    subprocess.run(["ip", *words.split()], check=True)


class Player:
    """A neighbor that always comes back, and says its one route."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self._port = port
        self.puppet: Puppet | None = None

    async def run(self) -> None:
        while True:
            with suppress(OSError, EOFError):
                await self._live()
            self.puppet = None
            await asyncio.sleep(0.02)

    async def _live(self) -> None:
        streams = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(ADDRESSES[self.name], 0))
        async with Puppet(*streams) as puppet:
            await self._talk(puppet)

    async def _talk(self, puppet: Puppet) -> None:
        puppet.send(puppet_open(router_id=int(ADDRESSES[self.name][-1])), KEEPALIVE)
        await puppet.receive()
        await puppet.receive()
        puppet.send(said(ROUTES[self.name]), END_OF_RIB)
        self.puppet = puppet
        while await puppet.read_message() is not None:
            pass


class House:
    """The daemon, the neighbors, and what can be seen of them."""

    def __init__(self, daemon: Daemon, players: dict[str, Player], metrics: int) -> None:
        self.daemon = daemon
        self.players = players
        self.metrics = metrics

    def neighbor(self, name: str) -> BgpProtocol:
        protocol = self.daemon.protocols[name]
        assert isinstance(protocol, BgpProtocol)
        return protocol

    def say(self, name: str, *prefixes: str, next_hop: str = NEXT_HOP) -> None:
        """Let a neighbor announce something else as well."""
        puppet = self.players[name].puppet
        assert puppet is not None
        puppet.send(said(*prefixes, next_hop=next_hop))

    @property
    def routes(self) -> set[str]:
        """Return all that the table has a best route for."""
        (table,) = [each for each in self.daemon.tables if each.family is IPV4_UNICAST]
        found = [key for key, slot in table.slots.items() if winner(slot) is not None]
        return {render_prefix(key, IPV4_UNICAST) for key in found}

    @property
    def kernel(self) -> set[str]:
        """Return what is in the kernel's table."""
        shown = subprocess.run(
            ["ip", "-json", "route", "show", "table", "all", "proto", "12"], capture_output=True, check=True
        )
        return {row["dst"] for row in json.loads(shown.stdout or "[]")}

    async def ask(self, command: str) -> list[str]:
        texts: list[str] = []
        for step in Interpreter(self.daemon).answer(command):
            if isinstance(step, Line):
                texts.append(f"{step.code:04} {step.text}")
            elif step is not None and not isinstance(step, Pause):
                await step
        return texts

    async def until(self, is_true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_true():  # noqa: ASYNC110 - nobody else is to know what a test waits for
                await asyncio.sleep(0.01)

    @property
    def is_whole(self) -> bool:
        """Whether all that there shall be is there."""
        protocols = self.daemon.protocols.values()
        return (
            all(each.state is ProtocolState.UP for each in protocols)
            and self.routes >= {STATIC, *ROUTES.values()}
            and not any(each.is_behind for each in self.daemon.pipelines)
            and self.kernel == self.routes
        )

    async def heal(self) -> None:
        try:
            await self.until(lambda: self.is_whole)
        except TimeoutError:
            shown = "\n".join(await self.ask("show protocols all"))
            raise AssertionError(
                f"routes {self.routes}, kernel {self.kernel}, faults {FAULTS.counts}:\n{shown}"
            ) from None

    async def scrape(self) -> tuple[int, str]:
        """Return status and text of the page of figures."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.metrics)
        writer.write(b"GET /metrics HTTP/1.1\r\n\r\n")
        text = (await reader.read()).decode()
        writer.close()
        return int(text.split()[1]), text


@asynccontextmanager
async def at_home(folder: Path, **replaced: Any) -> AsyncIterator[House]:
    """Start it all, and see it whole."""
    ip("link add bridge1 type bridge")
    ip("address add 10.9.0.1/24 dev bridge1")
    ip("link set bridge1 up")
    port, metrics = free_port("127.0.0.1"), free_port("127.0.0.1")
    file = folder / "bgpd.toml"
    file.write_text(CONFIGURATION.format(port=port, metrics=metrics, socket=folder / "ctl"))
    daemon = Daemon(build(load(file)), **replaced)
    loop = asyncio.get_running_loop()
    players = {name: Player(name, port) for name in ROUTES}
    running = loop.create_task(daemon.run())
    playing = [loop.create_task(each.run()) for each in players.values()]
    house = House(daemon, players, metrics)
    try:
        await house.heal()
        yield house
        assert not running.done()
    finally:
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        daemon.shutdown()
        async with asyncio.timeout(PATIENCE):
            await running
