"""Our server with BIRD's client, and our client with BIRD."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bgpd.control.client import main
from bgpd.control.server import ControlServer
from tests.interop.packages import folder, library_path
from tests.interop.process import Process
from tests.interop.routers import bird_control
from tests.interop.waiting import eventually

CONFIGURATION = """
router id 192.0.2.1;
protocol device { }
protocol static preset { ipv4; route 10.0.0.0/8 blackhole; }
"""


def program(name: str) -> Path:
    """Return one of BIRD 2's programs, or skip the test."""
    package = folder("bird2")
    if package is None:
        pytest.skip("BIRD 2 is not there; python -m tests.interop.packages fetches it")
    return package / "usr" / "sbin" / name


async def birdcl(path: Path, *words: str) -> tuple[str, int]:
    """Run BIRD's client; return its output after the banner, and its exit status."""
    process = await asyncio.create_subprocess_exec(
        program("birdcl"),
        "-s",
        path,
        *words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "LD_LIBRARY_PATH": library_path()},
    )
    output, _ = await process.communicate()
    banner, _, answer = output.decode().partition("\n")
    assert banner == "BIRD bgpd-0.1.0 ready."
    return answer, process.returncode or 0


async def test_birds_client_reads_our_answers(server: ControlServer, tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    assert await birdcl(path, "show", "route", "count") == ("15 of 15 routes for 14 networks\n", 0)
    protocols, status = await birdcl(path, "show", "protocols", "all", "tor1")
    assert status == 0
    heading, row, description = protocols.splitlines()[:3]
    assert heading == "name     proto    table    state  since       info"
    assert row.startswith("tor1     BGP      master   up     ")
    assert description == "  Description:    Top of the rack"
    routes, _ = await birdcl(path, "show", "route", "all")
    assert "\tBGP.large_community: (65001, 1, 2) (4200000000, 3, 4)\n" in routes


async def test_birds_client_sees_our_refusals(server: ControlServer, tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    assert await birdcl(path, "show", "protocols", "nope") == ("nope is not a protocol\n", 1)
    assert await birdcl(path, "-r", "down") == ("Access restricted\nAccess denied\n", 1)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("disable tor1", "tor1: disabled\n"),
        ('disable "tor?"', "tor1: disabled\ntor2: disabled\ntor3: disabled\ntor4: already disabled\n"),
        ('disable tor1 "fiber work"', "tor1: disabled\n"),
        ("enable tor4", "tor4: enabled\n"),
        ("enable tor1", "tor1: already enabled\n"),
        ("restart tor1", "tor1: restarted\n"),
        ("reload in tor1", "tor1: reloading\n"),
        ("reload out tor1", "tor1: reloading\n"),
        ("configure", "Reading configuration from /etc/bgpd/bgpd.toml\nReconfigured\n"),
        ("conf soft", "Reading configuration from /etc/bgpd/bgpd.toml\nReconfigured\n"),
        (
            "configure check",
            "Reading configuration from /etc/bgpd/bgpd.toml\nNothing would change\nConfiguration OK\n",
        ),
        (
            "configure timeout 9",
            "Reading configuration from /etc/bgpd/bgpd.toml\nUndo scheduled in 9 s\nReconfigured\n",
        ),
        ("configure undo", "Undo requested\nReconfigured\n"),
        ("debug tor1 {states}", ""),
        ("mrtdump tor1 off", ""),
        ("dump interfaces", ""),
        ("eval 1+2", "3\n"),
    ],
)
async def test_birds_client_operates_our_protocols(
    words: str, answer: str, server: ControlServer, tmp_path: Path
) -> None:
    assert await birdcl(tmp_path / "ctl", *words.split()) == (answer, 0)


async def test_birds_client_reads_what_a_neighbor_has_to_tell(server: ControlServer, tmp_path: Path) -> None:
    """It is confused by lines of more than 512 octets."""
    text, status = await birdcl(tmp_path / "ctl", "show", "protocols", "all", "tor1")
    assert status == 0
    assert "  Neighbor AS:      65001\n" in text
    assert "OpenConfirm -> Established  KEEPALIVE received (we connected)\n" in text
    assert "<line overflow>" not in text


@pytest.fixture
def bird(tmp_path: Path) -> Iterator[Path]:
    """Run BIRD; return its control socket."""
    (tmp_path / "bird.conf").write_text(CONFIGURATION)
    socket = tmp_path / "bird.ctl"
    arguments = (
        program("bird"),
        "-f",
        "-c",
        tmp_path / "bird.conf",
        "-s",
        socket,
        "-P",
        tmp_path / "bird.pid",
    )
    process = Process(arguments, tmp_path / "log", {"LD_LIBRARY_PATH": library_path()})
    eventually(partial(bird_control.ask, socket, "show status"))
    yield socket
    process.stop()


@pytest.mark.interop
def test_our_client_reads_the_answers_of_bird_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = folder("bird")
    if package is None:
        pytest.skip("BIRD 1.6 is not there; python -m tests.interop.packages fetches it")
    (tmp_path / "bird.conf").write_text(CONFIGURATION.replace("ipv4;", ""))
    socket = tmp_path / "bird.ctl"
    files = ("-c", tmp_path / "bird.conf", "-s", socket, "-P", tmp_path / "bird.pid")
    process = Process((package / "usr" / "sbin" / "bird", "-f", *files), tmp_path / "log", {})
    eventually(partial(bird_control.ask, socket, "show status"))
    path = str(socket)
    assert main(["-s", path, "sh", "ro"]) == 0
    assert capsys.readouterr().out.startswith("10.0.0.0/8         blackhole [preset ")
    assert main(["-s", path, "sh", "sym", "preset"]) == 0
    assert capsys.readouterr().out == "preset  \tprotocol\n"
    assert main(["-s", path, "configure", "check"]) == 0
    assert "Configuration OK" in capsys.readouterr().out
    assert main(["-s", path, "show", "kernel"]) == 1
    assert capsys.readouterr().err.startswith("syntax error")
    assert main(["-s", path, "node", "status"]) == 0
    assert "No IPv4 peers found." in capsys.readouterr().out
    process.stop()


@pytest.mark.interop
def test_our_client_reads_birds_answers(bird: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-s", str(bird), "sh", "ro"]) == 0
    table, route = capsys.readouterr().out.splitlines()
    assert table == "Table master4:"
    assert route.startswith("10.0.0.0/8           blackhole [preset ")
    assert main(["-s", str(bird), "configure", "check"]) == 0
    assert "Configuration OK" in capsys.readouterr().out
    assert main(["-s", str(bird), "-r", "configure"]) == 1
    assert capsys.readouterr().err == "Access denied\n"
