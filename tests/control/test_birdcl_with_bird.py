"""Our birdcl and BIRD's own clients, before the same servers: what they print, send and return is compared.

BIRD 1.6.8 has its client with readline only, which is the same as long as nobody types; what is typed is
compared with the client of BIRD 2 that has none, like Calico's. Help is in other words than theirs.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from bgpd.control.bird_commands import BIRD_COMMANDS
from tests.control.birdcl_cases import ANSWERS, COMMANDS, SESSIONS
from tests.control.scripted_server import ScriptedServer
from tests.control.typist import Typist
from tests.interop.packages import folder, library_path
from tests.interop.process import Process
from tests.interop.routers import bird_control
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

CONFIGURATION = """
router id 192.0.2.1;
protocol device { }
protocol static preset { route 10.0.0.0/8 blackhole; }
protocol bgp Mesh_192_0_2_9 { local as 65001; neighbor 192.0.2.9 as 65001; disabled; }
"""

ON_BIRD = (
    "show status",
    "show protocols",
    "sh pr a",
    'show protocols "Mesh*"',
    "show protocols nonsense",
    "sh ro",
    "show route all",
    "show route for 10.1.2.3",
    "show route for 11.1.2.3",
    "show route nonsense",
    "sh int",
    "show interfaces sum",
    "show symbols",
    "show symbols preset",
    "show static",
    "show bfd ses",
    "conf",
    "configure check",
    "conf check",
    "eval 1 + 1",
    "dis preset",
    "en preset",
    "reload preset",
    "down",
)
"""The last one is refused: all are asked on restricted connections, and on others up to there."""

OURS = [
    sys.executable,
    "-c",
    "import sys; from bgpd.control.birdcl import main; sys.exit(main(sys.argv[1:]))",
]
FOREIGN = re.compile(r"(show (ospf|rip)|mrt) ")
"""Commands of Debian's build that Calico's lacks."""

AMBIGUOUS = "Ambiguous command, possible expansions are:"


def theirs(package: str, name: str) -> Sequence[str]:
    place = folder(package)
    if place is None:
        pytest.skip(f"{package} is not there; python -m tests.interop.packages fetches it")
    return [str(place / "usr" / "sbin" / name)]


def run(program: Sequence[str], *arguments: str, typed: str = "") -> tuple[list[str], list[str], int]:
    done = subprocess.run(
        [*program, *arguments],
        input=typed.encode(),
        capture_output=True,
        check=False,
        timeout=30,
        env={**os.environ, "LD_LIBRARY_PATH": library_path(), "TERM": "dumb"},
    )
    output, errors = (text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr))
    return normal(output), normal(errors.replace(program[0], "birdcl")), done.returncode


def normal(output: str) -> list[str]:
    """Leave out the hour, the words of help, and the commands that are not in Calico's build."""
    lines = re.sub(r"\d\d:\d\d:\d\d", "<time>", output).split("\n")
    if AMBIGUOUS in lines:
        lines = [re.split(r" {2,}", line.ljust(46) + "  ")[0] for line in lines if not FOREIGN.match(line)]
    return lines


@pytest.mark.parametrize("option", ["", "-v", "-r"])
@pytest.mark.parametrize("command", COMMANDS)
def test_one_command(command: str, option: str, tmp_path: Path) -> None:
    birdc = theirs("bird", "birdc")
    with ScriptedServer(tmp_path / "ctl", ANSWERS) as server:
        arguments = [*option.split(), "-s", str(server.path), command]
        expected, asked = run(birdc, *arguments), list(server.asked)
        server.asked.clear()
        assert run(OURS, *arguments) == expected
        assert server.asked == asked


@pytest.mark.parametrize("arguments", ["-x", "-h", "--help", "-s", "-s /nonexistent/ctl", "show -q status"])
def test_a_wrong_command_line(arguments: str) -> None:
    expected, errors, status = run(theirs("bird", "birdc"), *arguments.split())
    ours = run(OURS, *arguments.split())
    assert ours == (expected, errors, status)


@pytest.mark.parametrize("typed", SESSIONS)
def test_commands_of_a_pipe(typed: str, tmp_path: Path) -> None:
    light = theirs("bird2", "birdcl")
    with ScriptedServer(tmp_path / "ctl", ANSWERS) as server:
        arguments = ["-s", str(server.path)]
        expected, asked = run(light, *arguments, typed=typed), list(server.asked)
        server.asked.clear()
        assert run(OURS, *arguments, typed=typed) == expected
        assert server.asked == asked


@pytest.mark.parametrize(
    "steps",
    [
        [("show symbols\n", "--More--\r"), ("x ", "--More--\r"), ("\n", "--More--\r"), ("q", "bird> ")],
        [("show memory\n", "--More--\r"), (" ", "bird> "), ("help\n", "bird> ")],
        [("sh\b\bshow status\n", "bird> "), ("\n", "bird> "), ("   \n", "bird> ")],
    ],
)
def test_what_is_typed(steps: list[tuple[str, str]], tmp_path: Path) -> None:
    light = theirs("bird2", "birdcl")

    def shown(program: Sequence[str], path: Path) -> list[str]:
        with Typist([*program, "-s", path], {"LD_LIBRARY_PATH": library_path()}, rows=10) as typist:
            pages = [typist.until("bird> ")]
            for keys, expected in steps:
                typist.type(keys)
                pages.append(typist.until(expected))
            typist.type("exit\n")
            return [*pages, typist.rest(), str(typist.process.wait(10))]

    with ScriptedServer(tmp_path / "ctl", ANSWERS) as server:
        assert shown(OURS, server.path) == shown(light, server.path)


def test_our_table_is_theirs(tmp_path: Path) -> None:
    """Words and syntax of every command."""
    birdc = theirs("bird", "birdc")
    beginnings = sorted({"", *(command.words for command in BIRD_COMMANDS)})

    def syntax(program: Sequence[str], beginning: str) -> list[str]:
        with Typist([*program, "-s", server.path], {"LD_LIBRARY_PATH": library_path()}) as typist:
            typist.until("bird> ")
            typist.type(f"{beginning} ?" + "\n" * (program is OURS))
            lines = typist.until("\nbird> ").split("\n")[1:-1]
        return sorted(re.split(r"  ", line.ljust(47))[0] for line in lines if not FOREIGN.match(line))

    with ScriptedServer(tmp_path / "ctl", {}) as server:
        for beginning in beginnings:
            assert syntax(OURS, beginning) == syntax(birdc, beginning)


@pytest.fixture(scope="module")
def bird(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run BIRD 1.6.8; return its control socket."""
    place = tmp_path_factory.mktemp("bird")
    (place / "bird.conf").write_text(CONFIGURATION)
    socket = place / "bird.ctl"
    files = ("-c", place / "bird.conf", "-s", socket, "-P", place / "bird.pid")
    process = Process(
        (*theirs("bird", "bird"), "-f", *files), place / "log", {"LD_LIBRARY_PATH": library_path()}
    )
    eventually(partial(bird_control.ask, socket, "show status"))
    yield socket
    process.stop()


@pytest.mark.parametrize("options", ["-r", "-v -r", "", "-v"])
@pytest.mark.parametrize("command", ON_BIRD)
def test_before_bird(command: str, options: str, bird: Path) -> None:
    if command == "down" and "-r" not in options:
        return
    birdc = theirs("bird", "birdc")
    arguments = [*options.split(), "-s", str(bird), *command.split()]
    ours, expected = run(OURS, *arguments), run(birdc, *arguments)
    if command.startswith(("dis", "en")):  # the second one is told that it is so already
        expected = run(birdc, *arguments)
        ours = run(OURS, *arguments)
    assert ours == expected
