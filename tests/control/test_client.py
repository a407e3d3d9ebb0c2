"""bgpdcl, from its arguments to its exit status."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bgpd.control.client import main
from bgpd.control.server import ControlServer
from tests.show.world import StillDaemon


@pytest.fixture
def path(server: ControlServer, tmp_path: Path) -> str:
    """Return the socket of a server that is running."""
    return str(tmp_path / "ctl")


async def test_an_answer_is_printed_without_codes(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(main, ["-s", path, "sh", "ro", "10.10.0.0/24", "all"]) == 0
    output, errors = capsys.readouterr()
    assert output.splitlines()[0].startswith("10.10.0.0/24       dev eth0 [direct1 ")
    assert output.splitlines()[1] == "\tType: device unicast univ"
    assert errors == ""


async def test_json_is_one_document(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(main, ["-s", path, "-j", "show", "route", "all"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 15


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("show route 9.9.9.9/32", "Network not in table"),
        ("show protocols x", "x is not a protocol; show protocols lists them"),
    ],
)
@pytest.mark.parametrize("options", [[], ["-j"]])
async def test_a_refusal_goes_to_stderr_with_status_1(
    path: str, command: str, message: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main, ["-s", path, *options, *command.split()]) == 1
    assert capsys.readouterr().err == f"{message}\n"


async def test_an_ambiguous_word_is_wrong_usage(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(main, ["-s", path, "show", "route", "p"]) == 2
    assert capsys.readouterr().err == "p is ambiguous: primary, protocol, preexport\n"


async def test_a_restricted_client_changes_nothing(
    path: str, daemon: StillDaemon, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main, ["-s", path, "-r", "down"]) == 1
    assert capsys.readouterr() == ("", "Access denied\n")
    assert not daemon.shutting_down
    assert await asyncio.to_thread(main, ["-s", path, "down"]) == 0
    assert daemon.shutting_down


@pytest.mark.parametrize("options", [[], ["-j"]])
@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["reload", "static1"], "static1: reload failed: only neighbors can be reloaded"),
        (["drain", "kernel1"], "kernel1: drain failed: only neighbors can be drained"),
        (["disable", "nope"], "nope is not a protocol; show protocols lists them"),
        (["enable"], 'enable what? Name a protocol, a "pattern", or all'),
    ],
)
async def test_an_operation_that_is_refused_is_status_1(
    path: str, command: list[str], message: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main, ["-s", path, *options, *command]) == 1
    assert capsys.readouterr().err == f"{message}\n"


async def test_an_operation_that_was_done_is_status_0(
    path: str, daemon: StillDaemon, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shell takes the quotes away."""
    assert await asyncio.to_thread(main, ["-s", path, "disable", "tor*", "Umbau bis 5 Uhr ☕"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "tor1: disabled"
    assert daemon.still("tor1").done == ["end Umbau bis 5 Uhr ☕"]


async def test_a_broken_configuration_is_status_1(
    path: str, daemon: StillDaemon, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon.broken = "bgpd.toml:3: asn = 0 is wrong\nbgpd.toml:9: unknown key"
    assert await asyncio.to_thread(main, ["-s", path, "configure"]) == 1
    assert capsys.readouterr() == (
        "Reading configuration from /etc/bgpd/bgpd.toml\n",
        f"{daemon.broken}\n",
    )


async def test_a_pattern_needs_no_quotes_within_quotes(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(main, ["-s", path, "show", "protocols", "tor*"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "name",
        "tor1",
        "tor2",
        "tor3",
        "tor4",
    ]


def test_no_daemon_is_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ctl"
    assert main(["-s", str(path), "show", "status"]) == 1
    assert capsys.readouterr().err == (
        f"Unable to connect to server control socket ({path}): No such file or directory; "
        "is bgpd running (systemctl status bgpd)? Another socket is named by -s\n"
    )


def test_a_question_mark_needs_no_daemon(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "interfaces", "?"]) == 0
    assert "summary" in capsys.readouterr().out


def test_a_wrong_option_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["--nonsense"])
    assert leaving.value.code == 2
    assert "usage: bgpdcl" in capsys.readouterr().err


async def test_help_has_an_example_of_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert "bgpdcl show route for 192.0.2.1 all" in text
    assert 'bgpdcl disable tor1 "new line card"' in text
    assert max(map(len, text.splitlines())) <= 110


async def test_commands_may_come_from_a_pipe(path: str) -> None:
    """Up to the first that fails."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bgpd.control.client", "-s", path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, errors = await process.communicate(b"sh ro count\n\nshow route 9.9.9.9/32\nshow status\n")
    assert output == b"15 of 15 routes for 14 networks\n"
    assert (errors, process.returncode) == (b"Network not in table\n", 1)


async def test_the_prompt_completes_and_helps(path: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bgpd.control.client", "-s", path),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "dumb", "XDG_STATE_HOME": str(tmp_path)},
    )
    os.close(theirs)
    for typed, expected in (
        ("", "BIRD bgpd-0.1.0 ready."),
        ("show interf\tsumm\t\n", "eth0      up    10.10.0.1/24"),
        ("show protocols Mesh_1\t\n", "Mesh_10_10_0_2 BGP      master"),
        ("show route protocol Mesh_f\t count\n", "1 of 15 routes"),
        (
            "show route ?",
            "show route protocol NAME                       Only routes that come from this protocol",
        ),
        ("\n", "10.10.0.0/24       dev eth0 [direct1 "),
        ("reload in Mesh_1\t\n", "Mesh_10_10_0_2: reloading"),
        ("dis\ttor3 fiber work\n", "tor3: disabled"),
        ("enable al\t\n", "tor3: enabled"),
        ("disable tor3 ?", 'disable tor3 "REASON"                          Why'),
        ("\n", "tor3: disabled"),
        ("help\n", "Press `?' for context sensitive help."),
        ("show route p\n", "p is ambiguous: primary, protocol"),
        ('show protocols "tor1\n', "syntax error"),
        ("\n", ""),
    ):
        os.write(ours, typed.encode())
        assert expected in await asyncio.to_thread(read_to_prompt, ours)
    os.write(ours, b"quit\n")
    assert await process.wait() == 0
    os.close(ours)


def read_to_prompt(terminal: int) -> str:
    """Return what is printed up to the next prompt, or what is typed after it."""
    printed = b""
    while b"bgpd> " not in printed.split(b"\n")[-1]:
        printed += os.read(terminal, 4096)
    return printed.decode()


async def test_the_reader_of_our_output_may_leave_early(path: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bgpd.control.client", "-s", path, "show", "route"),
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (1, b"")


def test_the_client_does_without_the_daemon() -> None:
    """It has to start fast; the configuration's and the kernel's packages take most of a second."""
    code = "import sys, bgpd.control.client, bgpd.control.questions; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"pydantic", "pyroute2", "prometheus_client", "asyncio", "logging", "bgpd.daemon"}
