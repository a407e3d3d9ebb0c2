"""One neighbor of ours on the loopback interface, as the daemon has it, without the daemon."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from bgpd.config import build, load
from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.sessions.listener import Listener
from kernel_sync.interfaces import InterfaceTable
from messages.families import FAMILIES, Family
from messages.iana import MessageType
from messages.keepalive import KEEPALIVE
from rib.table import Table
from tests.sessions.speakers import OUR_ADDRESS, THEIR_ADDRESS, Puppet, free_port

NOW = 1795363799.0
"""2026-11-22 16:09:59 UTC."""


def tables() -> dict[Family, Pipeline]:
    """Return a table of each family, behind a pipeline."""
    loop = asyncio.get_running_loop()
    return {family: Pipeline(Table("master", family), loop) for family in FAMILIES.values()}


def neighbor(
    folder: Path,
    *lines: str,
    pipelines: Mapping[Family, Pipeline] | None = None,
    surroundings: Surroundings | None = None,
) -> BgpProtocol:
    """Return a neighbor configured by these lines; it is AS 65001 at 127.0.0.2, we are AS 64512."""
    path = folder / "bgpd.toml"
    path.write_text(
        "\n".join(
            (
                "[router]",
                'id = "10.0.0.1"',
                "asn = 64512",
                "[[neighbors]]",
                'name = "tor1"',
                f'address = "{THEIR_ADDRESS}"',
                f'source_address = "{OUR_ADDRESS}"',
                "asn = 65001",
                *lines,
            )
        )
    )
    (settings,) = build(load(path)).neighbors
    surroundings = surroundings or Surroundings(0x0A000001, InterfaceTable(), lambda: NOW)
    return BgpProtocol(settings, pipelines or tables(), surroundings, asyncio.get_running_loop())


class AtHome:
    """The neighbor with a listener of its own."""

    def __init__(self, protocol: BgpProtocol) -> None:
        self.protocol = protocol
        self._port = free_port(OUR_ADDRESS)
        self._listener = Listener(asyncio.get_running_loop(), (OUR_ADDRESS,), self._port)
        self._listener.add(protocol.peer)
        self._listener.start()

    async def __aenter__(self) -> Self:
        self.protocol.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.protocol.stop(silently=True)
        self._listener.stop()
        await self.protocol.peer.wait_closed()

    async def connect(self) -> Puppet:
        """Connect as the neighbor would."""
        return Puppet(*await asyncio.open_connection(OUR_ADDRESS, self._port, local_addr=(THEIR_ADDRESS, 0)))

    async def establish(self, message: bytes) -> Puppet:
        """Connect and bring a session up with this OPEN; it is there when the End-of-RIB comes."""
        puppet = await self.connect()
        puppet.send(message, KEEPALIVE)
        kinds = [await puppet.receive() for _ in range(3)]
        assert kinds == [MessageType.OPEN, MessageType.KEEPALIVE, MessageType.UPDATE]
        return puppet
