"""What a client is told besides its answers: log lines it asked for, and the end of a time it set."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgpd.control.framing import Framing
from bgpd.control.notices import Notices
from bgpd.control.server import ControlServer
from bgpd.logs.echo import ECHO
from tests.control.line_client import LineClient, until
from tests.show.world import StillDaemon


def test_what_does_not_fit_is_counted_first() -> None:
    """BIRD's buffer: a message takes its octets and one more, and one octet of the buffer stays free."""
    notices = Notices()
    notices.capacity = 12
    for text in ("12345", "1234", "1", "12"):
        notices.add(text)
    assert list(notices.take()) == ["<2 messages lost>", "+12345", "+1234"]
    notices.add("1234567890")
    assert list(notices.take()) == ["+1234567890"]
    assert not notices


def test_octets_count_and_not_characters() -> None:
    notices = Notices()
    notices.capacity = 5
    notices.add("üü")
    assert list(notices.take()) == ["<1 messages lost>"]


def test_a_notice_changes_nothing_for_the_lines_of_answers() -> None:
    framing = Framing()
    assert framing.encode_notice("+a\nb" + "x" * 600) == b"+a?b" + b"x" * 506 + b"\n"


@pytest.fixture(autouse=True)
def _nobody_is_left() -> Iterator[None]:
    yield
    assert ECHO._listeners == []


async def test_a_client_sees_the_log_lines_it_asked_for(client: LineClient) -> None:
    client.send("echo { warning, error }")
    assert await client.line() == "0000 "
    for word in ("info", "warning", "trace", "error"):
        ECHO.write(word, f"{word} of the log")
    assert [await client.line() for _ in range(2)] == ["+warning of the log", "+error of the log"]
    client.send("echo off", "restrict")
    assert [await client.line() for _ in range(2)] == ["0000 ", "0016 Access restricted"]


async def test_nobody_sees_log_lines_unasked(client: LineClient, tmp_path: Path) -> None:
    """Calico's readers take a line that belongs to no answer for an error."""
    async with LineClient(tmp_path / "ctl") as other:
        other.send("echo all")
        assert [await other.line() for _ in range(2)][1] == "0000 "
        ECHO.write("error", "the log")
        assert await other.line() == "+the log"
        client.send("restrict")
        assert await client.line() == "0016 Access restricted"
        other.send("echo off")
        await other.line()


async def test_log_lines_come_from_any_thread(client: LineClient) -> None:
    client.send("echo all")
    await client.line()
    await asyncio.to_thread(ECHO.write, "warning", "from the thread that writes routes")
    assert await client.line() == "+from the thread that writes routes"
    client.send("echo off")
    await client.line()


async def test_log_lines_of_a_command_come_behind_its_answer(client: LineClient, daemon: StillDaemon) -> None:
    daemon.log = lambda severity, text: ECHO.write(severity.name.lower(), text)  # type: ignore[method-assign]
    client.send("echo all", "restart tor1")
    expected = ["0000 ", "0012-tor1: restarted", "0000 ", "+Restarting protocol tor1"]
    assert [await client.line() for _ in expected] == expected
    client.send("echo off")
    assert await client.line() == "0000 "


async def test_what_does_not_fit_is_told_as_lost(client: LineClient) -> None:
    client.send("echo all 256")
    await client.line()
    for number in range(100):
        ECHO.write("info", f"message {number:3}")
    lines = [await client.line() for _ in range(22)]
    assert lines[0] == "<79 messages lost>"
    assert lines[-1] == "+message  20"
    client.send("echo off")
    assert await client.line() == "0000 "


async def test_who_vanishes_is_told_no_more(server: ControlServer, tmp_path: Path) -> None:
    async with LineClient(tmp_path / "ctl") as client:
        client.send("echo all")
        assert [await client.line() for _ in range(2)][1] == "0000 "
        assert len(ECHO._listeners) == 1
    await until(lambda: not ECHO._listeners)


async def test_the_end_of_the_time_is_told_to_who_set_it(client: LineClient, daemon: StillDaemon) -> None:
    client.send("configure timeout 4")
    assert (await client.answer())[1:] == ["0022-Undo scheduled in 4 s", "0003 Reconfigured"]
    daemon.expired()
    assert await client.line() == "+Config timeout expired, starting undo"


async def test_the_end_of_the_time_is_told_to_nobody_who_is_gone(
    server: ControlServer, daemon: StillDaemon, tmp_path: Path
) -> None:
    async with LineClient(tmp_path / "ctl") as client:
        client.send("configure timeout 4")
        await client.line()
        await client.answer()
    await until(lambda: not server._connections)
    daemon.expired()
