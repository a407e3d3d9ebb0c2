"""Colors on a terminal, plain text elsewhere, and errors that programs can read."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bgpd.control.client import main
from bgpd.control.colors import with_state_colored
from tests.control.scripted_server import ScriptedServer
from tests.control.typist import Typist

ROWS = (
    "tor1     BGP      master   up     12:00:00    Established",
    "tor2     BGP      master   start  12:00:00    Connect       Socket: Connection refused",
    "down     BGP      master   down   12:00:00    ",
)
ANSWERS = {
    "show protocols": "".join(
        [
            "2002-name     proto    table    state  since       info\n",
            *(f"1002-{row}\n" for row in ROWS),
            "0000 \n",
        ]
    ).encode(),
    "json show protocols": b"1900 []\n0000 \n",
    "json reload tor1": b'1900-[{"ok":false}]\n8000 tor1: not now\n',
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedServer]:
    with ScriptedServer(tmp_path / "ctl", ANSWERS) as running:
        yield running


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ROWS[0], "master   \x1b[32mup\x1b[0m     12"),
        (ROWS[1], "master   \x1b[33mstart\x1b[0m  12"),
        (ROWS[2], "down     BGP      master   \x1b[31mdown\x1b[0m   12"),
        ("p BGP master flush 12:00", "master \x1b[33mflush\x1b[0m 12"),
        ("p BGP master odd 12:00", "p BGP master odd 12:00"),
        ("no row", "no row"),
        ("", ""),
    ],
)
def test_the_state_alone_is_colored(row: str, expected: str) -> None:
    assert expected in with_state_colored(row)


@pytest.mark.parametrize(
    ("environment", "is_colored"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_there_are_colors_on_a_terminal_that_has_them(
    server: ScriptedServer, environment: Mapping[str, str], is_colored: bool
) -> None:
    program = [sys.executable, "-m", "bgpd.control.client", "-s", str(server.path), "show", "protocols"]
    with Typist(program, environment) as typist:
        shown = typist.rest()
    assert ("\x1b[32mup\x1b[0m" in shown) is is_colored
    assert ("\x1b" in shown) is is_colored


def test_there_are_none_in_a_pipe(server: ScriptedServer) -> None:
    program = [sys.executable, "-m", "bgpd.control.client", "-s", str(server.path), "show", "protocols"]
    shown = subprocess.check_output(program, text=True)
    assert shown.splitlines()[1:] == [*ROWS]


@pytest.mark.parametrize(
    ("command", "status", "document"),
    [
        ("show protocols", 0, []),
        (
            "show nonsense",
            1,
            {"error": "syntax error; nonsense is unknown here: 'show ?' lists what may be typed"},
        ),
        ("show route p", 2, {"error": "p is ambiguous: primary, protocol, preexport"}),
        ("reload tor1", 1, [{"ok": False}]),
    ],
)
def test_an_error_is_json_for_who_wants_json(
    server: ScriptedServer,
    command: str,
    status: int,
    document: object,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """People still find it on stderr, and so does who reads the document of an answer."""
    assert main(["-s", str(server.path), "-j", *command.split()]) == status
    output, errors = capsys.readouterr()
    assert json.loads(output) == document
    assert bool(errors) is bool(status)


def test_that_nobody_is_there_is_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-s", str(tmp_path / "no"), "-j", "show", "status"]) == 1
    assert "No such file" in json.loads(capsys.readouterr().out)["error"]
