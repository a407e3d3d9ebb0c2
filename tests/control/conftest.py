"""A control socket with a daemon behind it, in a folder of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bgpd.control.server import ControlServer
from tests.control.line_client import LineClient
from tests.show.node import node
from tests.show.world import StillDaemon


@pytest.fixture
def daemon() -> StillDaemon:
    """Return a node with some routes."""
    return node()


@pytest.fixture
async def server(daemon: StillDaemon, tmp_path: Path) -> AsyncIterator[ControlServer]:
    """Serve the daemon at ``tmp_path/ctl``."""
    running = ControlServer(tmp_path / "ctl", daemon)
    await running.start()
    yield running
    await running.stop()
    await asyncio.sleep(0)  # the transports close in the next pass of the loop


@pytest.fixture
async def client(server: ControlServer, tmp_path: Path) -> AsyncIterator[LineClient]:
    """Return a client that has read the banner."""
    async with LineClient(tmp_path / "ctl") as connected:
        await connected.line()
        yield connected
