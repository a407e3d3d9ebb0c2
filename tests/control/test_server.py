"""The socket: clients that come, ask, hurry, dawdle and vanish."""

import asyncio
import os
import socket
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest

from bgpd.control import server as server_module
from bgpd.control.connection import COMMAND_OCTETS
from bgpd.control.server import AlreadyRunningError, ControlServer
from messages.attributes import AS_PATH, AsPath
from messages.families import IPV4_UNICAST
from messages.families.prefix import make_key
from rib.loc_rib import LocRib
from rib.route import Route
from tests.control.line_client import LineClient
from tests.show.node import announced, node
from tests.show.world import StillDaemon, via

MANY = 100_000


def fill(daemon: StillDaemon, number: int) -> None:
    """Announce many prefixes."""
    route = Route(daemon.source("tor1"), announced(AS_PATH, AsPath.of(65001)), via("10.10.0.4"), 0)
    table = daemon.pipeline("master", IPV4_UNICAST).table
    table.announce(route, [make_key((0x20000000 + (count << 8)).to_bytes(4), 24) for count in range(number)])
    LocRib(table).run(limit=number)


async def test_the_server_speaks_first(server: ControlServer, tmp_path: Path) -> None:
    async with LineClient(tmp_path / "ctl") as client:
        assert await client.line() == "0001 BIRD bgpd-0.1.0 ready."


async def test_pipelined_commands_are_answered_in_order(client: LineClient) -> None:
    client.send("show status", "nonsense", "show route count")
    assert (await client.answer())[-1] == "0013 Daemon is up and running"
    assert await client.answer() == ["9001 syntax error"]
    assert await client.answer() == ["0014 15 of 15 routes for 14 networks"]


async def test_carriage_returns_are_ignored(client: LineClient) -> None:
    client.send("restrict\r")
    assert await client.line() == "0016 Access restricted"


async def test_a_command_may_come_in_pieces(client: LineClient) -> None:
    for piece in (b"rest", b"ri", b"ct\nrestr"):
        client.writer.write(piece)
        await client.writer.drain()
        await asyncio.sleep(0)
    assert await client.line() == "0016 Access restricted"
    client.writer.write(b"ict\n")
    assert await client.line() == "0016 Access restricted"


async def test_restriction_is_of_one_client(client: LineClient, tmp_path: Path, daemon: StillDaemon) -> None:
    client.send("restrict", "down")
    assert [await client.line() for _ in range(2)] == ["0016 Access restricted", "8007 Access denied"]
    async with LineClient(tmp_path / "ctl") as other:
        other.send("down")
        while await other.line() != "0007 Shutdown requested":
            pass  # what will come of the routes
    assert daemon.shutting_down


@pytest.mark.parametrize("octets", [COMMAND_OCTETS + 1, 100_000, 1_000_000])
async def test_a_command_too_long_is_refused_and_the_next_one_answered(
    client: LineClient, octets: int
) -> None:
    client.send("x" * octets, "restrict")
    assert await client.line() == "9000 Command too long"
    assert await client.line() == "0016 Access restricted"


async def test_a_command_of_the_greatest_length_is_read(client: LineClient) -> None:
    client.send("restrict".ljust(COMMAND_OCTETS))
    assert await client.line() == "0016 Access restricted"


async def test_binary_rubbish_is_a_syntax_error(client: LineClient) -> None:
    client.writer.write(bytes(range(256)).replace(b"\n", b"") + b"\nrestrict\n")
    assert await client.line() == "9001 syntax error"
    assert await client.line() == "0016 Access restricted"


async def test_a_reason_is_utf_8(client: LineClient, daemon: StillDaemon) -> None:
    """RFC 9003 §2: what an operator says to a neighbor may be in any language."""
    client.send('disable tor1 "Umbau ☕"')
    assert await client.answer() == ["0009-tor1: disabled", "0000 "]
    assert daemon.still("tor1").done == ["end Umbau ☕"]


async def test_a_client_that_says_no_more_still_gets_its_answers(client: LineClient) -> None:
    """``echo show status | nc -U`` closes its half of the connection at once."""
    client.send("show status", "restrict")
    client.writer.write_eof()
    rest = (await client.reader.read()).decode().splitlines()
    assert rest[-1] == "0016 Access restricted"


async def test_a_fault_of_ours_ends_the_answer_only(
    client: LineClient, daemon: StillDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    daemon.router_id = -1
    client.send("show status", "restrict")
    assert (await client.line()).startswith("8008 ")
    assert await client.line() == "0016 Access restricted"
    assert "OverflowError" in caplog.text


async def test_a_long_dump_holds_nobody_up(client: LineClient, daemon: StillDaemon, tmp_path: Path) -> None:
    fill(daemon, MANY)
    client.send("show route")
    assert "10.10.0.0/24" in await client.line()
    async with LineClient(tmp_path / "ctl") as other:
        for _ in range(20):
            other.send("restrict")
        answers = [await other.line() for _ in range(21)]
        assert answers[1:] == ["0016 Access restricted"] * 20
    seen = 1
    while not (await client.line()).startswith("0000 "):
        seen += 1
    assert seen == MANY + 17


async def test_no_pass_of_the_loop_belongs_to_dumps_alone(daemon: StillDaemon, tmp_path: Path) -> None:
    """Five clients that read everything leave a turn to others after every slice."""
    fill(daemon, 8_000)
    server = ControlServer(tmp_path / "ctl", daemon)
    await server.start()
    loop = asyncio.get_running_loop()
    passes = 0

    def count() -> None:
        nonlocal passes
        passes += 1
        loop.call_soon(count)

    async def dump() -> int:
        async with LineClient(tmp_path / "ctl") as client:
            await client.line()
            client.send("show route")
            return len(await client.answer())

    loop.call_soon(count)
    lengths = await asyncio.gather(*(dump() for _ in range(5)))
    assert set(lengths) == {8_000 + 18}
    assert passes > 100
    await server.stop()


async def test_a_slow_reader_is_not_written_to_without_end(
    daemon: StillDaemon, server: ControlServer, tmp_path: Path
) -> None:
    fill(daemon, MANY)
    slow = socket.socket(socket.AF_UNIX)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(str(tmp_path / "ctl"))
    slow.sendall(b"show route\n" * 5)
    slow.setblocking(False)
    async with LineClient(tmp_path / "ctl") as other:
        await other.line()
        for _ in range(200):  # as many passes of the loop as would make some megabytes
            other.send("restrict")
            await other.line()
    (connection,) = (kept for kept in server._connections if not kept._has_room)
    assert connection._transport is not None
    assert connection._transport.get_write_buffer_size() < 1_000_000
    slow.close()


async def test_a_crowd_that_comes_while_the_daemon_is_busy_is_let_in(
    client: LineClient, tmp_path: Path
) -> None:
    """A client that does not wait for its connection, as one with a timeout, is refused without room."""
    with ExitStack() as connections:
        for _ in range(500):
            impatient = connections.enter_context(socket.socket(socket.AF_UNIX))
            impatient.setblocking(False)
            impatient.connect(str(tmp_path / "ctl"))
        client.send("restrict")
        assert "restricted" in await client.line()


async def test_of_too_many_clients_those_go_that_have_asked_nothing_for_long(
    client: LineClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_CLIENTS", 10)
    with ExitStack() as connections:
        for _ in range(50):
            silent = connections.enter_context(socket.socket(socket.AF_UNIX))
            silent.connect(str(tmp_path / "ctl"))
            client.send("show status")
            assert (await client.answer())[-1].startswith("0013 ")
            async with LineClient(tmp_path / "ctl") as late:
                assert (await late.line()).startswith("0001 ")


async def test_a_client_that_vanishes_in_mid_answer_does_no_harm(
    client: LineClient, daemon: StillDaemon, server: ControlServer, tmp_path: Path
) -> None:
    fill(daemon, MANY)
    async with LineClient(tmp_path / "ctl") as rude:
        rude.send("show route", "show route")
        await rude.line()
        rude.writer.transport.abort()
    client.send("show route count")
    assert (await client.answer())[-1].startswith("0014 ")
    while len(server._connections) > 1:
        client.send("restrict")
        await client.line()


async def test_socket_is_for_owner_and_group_and_goes_when_the_server_stops(
    daemon: StillDaemon, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "folder" / "ctl"
    server = ControlServer(path, daemon)
    await server.start()
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    await server.stop()
    assert not path.exists()
    await server.stop()


async def test_stopping_hangs_up_on_clients(daemon: StillDaemon, tmp_path: Path) -> None:
    server = ControlServer(tmp_path / "ctl", daemon)
    await server.start()
    async with LineClient(tmp_path / "ctl") as client:
        await client.line()
        await server.stop()
        assert await client.reader.read() == b""


async def test_a_socket_that_nobody_listens_on_is_replaced(daemon: StillDaemon, tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(str(path))
    server = ControlServer(path, daemon)
    await server.start()
    async with LineClient(path) as client:
        assert await client.line() == "0001 BIRD bgpd-0.1.0 ready."
    await server.stop()


async def test_another_daemon_on_the_socket_is_named(server: ControlServer, tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    with pytest.raises(
        AlreadyRunningError, match=rf"another bgpd is running on {path} \(pid {os.getpid()}\)"
    ):
        await ControlServer(path, node()).start()


async def test_a_file_that_is_no_socket_is_left_alone(daemon: StillDaemon, tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="no socket"):
        await ControlServer(path, daemon).start()
    assert path.read_text() == "mine"


async def test_the_socket_of_a_successor_is_left_alone(daemon: StillDaemon, tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    server = ControlServer(path, daemon)
    await server.start()
    path.rename(tmp_path / "old")
    with socket.socket(socket.AF_UNIX) as successor:
        successor.bind(str(path))
        await server.stop()
    assert path.exists()
