"""Answers begin at once, whatever else goes on: in passes of the event loop, each of which is bounded."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bgpd.control.server import ControlServer
from bgpd.pipeline import Pipeline
from messages.attributes import AS_PATH, AsPath
from messages.families import IPV4_UNICAST
from messages.families.prefix import make_key
from rib.route import Route
from tests.control.line_client import LineClient, until
from tests.show.node import announced
from tests.show.world import StillDaemon, via

ROUTES = 100_000
PART = 2_000
"""Prefixes that come in between two passes."""
FEW = 6
"""Passes of the loop: the command comes in, is answered, the answer goes out, and the client's own ones."""


@contextmanager
def passes_of(loop: asyncio.AbstractEventLoop) -> Iterator[list[int]]:
    """Count the passes of the loop; the number is in the list."""
    passes = [0]
    ends = False

    def another() -> None:
        passes[0] += 1
        if not ends:
            loop.call_soon(another)

    loop.call_soon(another)
    yield passes
    ends = True


def full_table(daemon: StillDaemon) -> Pipeline:
    """Add a table that is settled in ticks of the running loop."""
    daemon.loop = asyncio.get_running_loop()  # type: ignore[assignment]  # from now on things happen
    daemon.add_table("full")
    return daemon.pipeline("full", IPV4_UNICAST)


def announce(daemon: StillDaemon, pipeline: Pipeline, numbers: range) -> None:
    """Announce a part of a full table."""
    route = Route(daemon.source("tor1"), announced(AS_PATH, AsPath.of(65001)), via("10.10.0.4"), 0)
    keys = [make_key((0x20000000 + (number << 8)).to_bytes(4), 24) for number in numbers]
    pipeline.table.announce(route, keys)
    pipeline.touched()


async def load(daemon: StillDaemon, pipeline: Pipeline) -> None:
    """Fill the table as a neighbor would that sends as fast as it is read."""
    for first in itertools.cycle(range(0, ROUTES, PART)):
        announce(daemon, pipeline, range(first, first + PART))
        await asyncio.sleep(0)


async def test_an_answer_begins_within_a_few_passes_while_a_full_table_loads(
    client: LineClient, daemon: StillDaemon
) -> None:
    pipeline = full_table(daemon)
    loading = asyncio.create_task(load(daemon, pipeline))
    with passes_of(asyncio.get_running_loop()) as passes:
        for _ in range(10):
            before = passes[0]
            client.send("show status")
            await client.line()
            assert passes[0] - before <= FEW
            await client.answer()
    assert len(pipeline.table.slots) > 10 * PART
    loading.cancel()


async def test_an_answer_begins_within_a_few_passes_next_to_many_dumps(
    client: LineClient, daemon: StillDaemon, tmp_path: Path
) -> None:
    """Twenty clients that read everything there is have one slice together in each pass."""
    pipeline = full_table(daemon)
    announce(daemon, pipeline, range(ROUTES))
    await until(lambda: not pipeline.table.unsettled)
    dumps = [LineClient(tmp_path / "ctl") for _ in range(20)]
    for dump in dumps:
        await dump.__aenter__()
        await dump.line()
        dump.send("show route table full all")
    for dump in dumps:
        await dump.line()
    with passes_of(asyncio.get_running_loop()) as passes:
        for _ in range(10):
            before = passes[0]
            client.send("show status")
            await client.line()
            assert passes[0] - before <= FEW
            await client.answer()
    for dump in dumps:
        dump.writer.transport.abort()


async def test_others_are_answered_while_a_configuration_is_read(
    client: LineClient, daemon: StillDaemon, tmp_path: Path
) -> None:
    daemon.gate = asyncio.Event()
    client.send("configure", "restrict")
    assert await client.line() == "0002-Reading configuration from /etc/bgpd/bgpd.toml"
    async with LineClient(tmp_path / "ctl") as other:
        other.send("restrict")
        assert [await other.line() for _ in range(2)][1] == "0016 Access restricted"
    daemon.gate.set()
    assert [await client.line() for _ in range(2)] == ["0003 Reconfigured", "0016 Access restricted"]


async def test_what_is_told_meanwhile_comes_behind_the_answer(
    client: LineClient, server: ControlServer, daemon: StillDaemon
) -> None:
    daemon.gate = asyncio.Event()
    client.send("configure")
    await client.line()
    (connection,) = server._connections
    connection.tell("Reconfiguring")
    for _ in range(10):
        await asyncio.sleep(0)
    daemon.gate.set()
    assert [await client.line() for _ in range(2)] == ["0003 Reconfigured", "+Reconfiguring"]


async def test_a_client_that_vanishes_while_it_waits_does_no_harm(
    client: LineClient, server: ControlServer, daemon: StillDaemon, tmp_path: Path
) -> None:
    daemon.gate = asyncio.Event()
    async with LineClient(tmp_path / "ctl") as rude:
        rude.send("configure")
        assert [await rude.line() for _ in range(2)][1].startswith("0002-")
        rude.writer.transport.abort()
    for _ in range(10):
        await asyncio.sleep(0)
    daemon.gate.set()
    await until(lambda: len(server._connections) == 1)
    client.send("restrict")
    assert await client.line() == "0016 Access restricted"
