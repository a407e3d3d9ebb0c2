"""A daemon in this process, on the loopback interface, with two neighbors that are played."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from messages.iana import MessageType
from tests.daemon.conversation import message
from tests.reconfiguration.far import Far, announcement
from tests.reconfiguration.house import House
from tests.reconfiguration.world import until
from tests.sessions.speakers import free_port

DAEMON: Final = "127.0.0.1"
NEXT_HOP: Final = "10.30.0.2"
SPECIAL: Final = bytes.fromhex("80040400000007c00804fc000001")
"""MULTI_EXIT_DISC 7 and COMMUNITIES (64512,1), as in an UPDATE."""
_HEADER: Final = 19
FILE: Final = """
[router]
id = "192.0.2.1"
asn = 64512
listen = ["127.0.0.1"]
port = {port}
[control]
[metrics]
listen = ""
[device]
present = false
[direct]
interfaces = []
[kernel]
[filters]
from_tor = "accept;"
[[static]]
prefix = "10.30.0.0/16"
dev = "lo"
[[neighbors]]
name = "tor"
address = "127.0.0.2"
asn = 65001
gateway = "recursive"
{terms}
import = "from_tor"
export = "all"
[[neighbors]]
name = "rack"
address = "127.0.0.3"
asn = 65002
import = "all"
export = "all"
"""


class Node:
    """The daemon, its file, and who talks to it."""

    def __init__(
        self, folder: Path, routes: Sequence[bytes], terms: str = "", capabilities: bytes = b""
    ) -> None:
        """The switch has more ``terms`` in the configuration, and more ``capabilities`` in its OPEN."""
        self.text = FILE.format(port=free_port(DAEMON), terms=terms)
        self.house = House(folder / "ctl", self.text)
        port = int(self.text.partition("port = ")[2].split()[0])
        self.is_away = False
        """Whether the switch does not come back."""
        self.tor = Far("127.0.0.2", 65001, lambda: () if self.is_away else (port,), _socket, DAEMON, routes)
        self.tor.capabilities += capabilities
        self.rack = Far("127.0.0.3", 65002, lambda: (port,), _socket, DAEMON)

    def change(self, *changes: tuple[str, str]) -> None:
        """Write another file, which is not applied as yet."""
        text = self.text
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        self.house.files["first"] = text

    async def check(self) -> list[str]:
        """Return what is said between the first line and the last one, which are always there."""
        first, *lines, last = (await self.house.ask("configure check")).splitlines()
        assert first.startswith("Reading configuration from")
        assert last == "Configuration OK"
        return lines

    async def document(self) -> dict[str, Any]:
        """Return the same for programs."""
        found = json.loads(await self.house.ask("json configure check"))
        assert isinstance(found, dict)
        return found

    def told(self) -> dict[str, dict[str, bytes]]:
        """Return what the neighbors know."""
        return {"tor": {**self.tor.told}, "rack": {**self.rack.told}}


def _socket(local: str) -> socket.socket:
    sock = socket.socket()
    sock.setblocking(False)
    sock.bind((local, 0))
    return sock


def some_routes() -> Iterator[bytes]:
    """Yield what the top-of-rack switch says."""
    yield announcement(65001, NEXT_HOP, b"", "10.20.0.0/16", "10.21.0.0/16")
    yield announcement(65001, NEXT_HOP, SPECIAL, "10.21.1.0/24")


def path(identifier: int, update: bytes) -> bytes:
    """Return an UPDATE about one prefix of two octets as one about a path to it (RFC 7911 §3)."""
    body = update[_HEADER:]
    return message(MessageType.UPDATE, body[:-3] + identifier.to_bytes(4) + body[-3:])


@asynccontextmanager
async def running(
    folder: Path, routes: Sequence[bytes], expected: int = 0, terms: str = "", capabilities: bytes = b""
) -> AsyncIterator[Node]:
    """Have a node whose neighbors have said what they have, and been told of so many prefixes."""
    node = Node(folder, routes, terms, capabilities)
    tasks = [asyncio.create_task(far.run()) for far in (node.tor, node.rack)]
    try:
        await until(lambda: node.rack.is_up and len(node.rack.told) >= expected and node.house.is_settled)
        yield node
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await node.house.stop()
