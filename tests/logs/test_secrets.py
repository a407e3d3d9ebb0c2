"""Passwords and keys are in no line of the log, no complaint, no answer, no figure and no state file."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest

from tests.daemon.command import ENVIRONMENT, bgpd, inside
from tests.interop.routers import bird_control
from tests.interop.waiting import eventually
from tests.sessions.speakers import free_port

SECRET: Final = "correct-horse-battery"
_ROUTER: Final = "[router]\nid = '10.0.0.1'\nasn = 64512\n"
_NEIGHBOR: Final = _ROUTER + "[[neighbors]]\naddress = '127.0.0.9'\nasn = 65001\n"
_BIRD: Final = (
    "router id 10.0.0.1;\nprotocol device {}\nprotocol bgp a { local as 1; neighbor 10.0.0.2 as 2; "
)


def shown(text: str) -> list[str]:
    """Return the forms of the secret that are in a text, in whole or for the most part."""
    half = len(SECRET) // 2
    forms = (SECRET, SECRET.encode().hex(), SECRET.encode().hex(" "), SECRET[:half], SECRET[half:])
    return [form for form in forms if form in text]


@pytest.mark.parametrize(
    "text",
    [
        _NEIGHBOR + f'password = "{SECRET}',
        _NEIGHBOR + f'password = "{SECRET}" x',
        _NEIGHBOR + f"password = {SECRET}",
        _NEIGHBOR + f'password = ["{SECRET}"]',
        _NEIGHBOR + f'password = {{ text = "{SECRET}" }}',
        _NEIGHBOR + f'password = "{SECRET * 10}"',
        _NEIGHBOR + f'passwort = "{SECRET}"',
        _NEIGHBOR + f'password = "{SECRET}"\npassword = "{SECRET}"',
        _NEIGHBOR + f'password = "{SECRET}"\nhold_time = 1',
        _NEIGHBOR + f'password = "{SECRET}"\ntcp_ao = {{ password = "{SECRET}" }}',
        _NEIGHBOR + f'tcp_ao = "{SECRET}"',
        _NEIGHBOR + f'tcp_ao = {{ password = "{SECRET}", algorithm = "none" }}',
        _NEIGHBOR + f'tcp_ao = {{ key = "{SECRET}" }}',
        _ROUTER + f'password = "{SECRET}"',
    ],
)
def test_what_is_wrong_in_a_file_is_said_without_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bgpd.toml"
    file.write_text(text)
    ended = inside("-c", file, "--check")
    assert ended.status == 2
    assert ended.complaint
    assert not shown(ended.output + ended.complaint)


@pytest.mark.parametrize(
    "text",
    [
        f'password "{SECRET}" }}',
        f'password "{SECRET};\n}}',
        f"password {SECRET}; }}",
        f"password '{SECRET}'; }}",
        f'passwort "{SECRET}"; }}',
        f'password "{SECRET * 10}"; }}',
    ],
)
def test_what_is_wrong_in_a_file_of_bird_is_said_without_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bird.cfg"
    file.write_text(_BIRD + text)
    ended = inside("-c", file, "--check")
    assert ended.status == 1
    assert not shown(ended.output + ended.complaint)


@pytest.mark.parametrize("line", [f'password = "{SECRET}"', f'tcp_ao = {{ password = "{SECRET}" }}'])
def test_a_good_configuration_is_shown_without_it(tmp_path: Path, line: str) -> None:
    file = tmp_path / "bgpd.toml"
    file.write_text(_NEIGHBOR + line)
    checked, printed = inside("-c", file, "--check"), inside("-c", file, "--print-config")
    assert (checked.status, printed.status) == (0, 0)
    assert not shown(checked.output + checked.complaint + printed.output + printed.complaint)


def answers(path: Path, *commands: str) -> str:
    """Return all that a daemon says to these commands, which it may refuse."""
    said = []
    for command in commands:
        try:
            said += bird_control.ask(path, command)
        except bird_control.CommandError as error:
            said.append(str(error))
    return "\n".join(said)


_COMMANDS: Final = (
    "debug all all",
    "show protocols all",
    "json show protocols all",
    "show status",
    "show debug",
    "configure check",
    "configure",
    "restart md5",
    "show protocols all",
    "dump protocols",
    "show nothing",
)


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_daemon_at_work_never_says_it(tmp_path: Path, style: str) -> None:
    """It is debugged and dumped, its file is broken and mended, and it is asked for everything."""
    control, file, log = tmp_path / "ctl", tmp_path / "bgpd.toml", tmp_path / "log"
    port = free_port("127.0.0.1")
    good = (
        _ROUTER
        + f"listen = ['127.0.0.1']\nport = {free_port('127.0.0.1')}\n"
        + f"[control]\nsocket = '{control}'\n[metrics]\nlisten = '127.0.0.1:{port}'\n"
        + "[[neighbors]]\nname = 'md5'\naddress = '127.0.0.9'\nasn = 65001\n"
        + f"password = '{SECRET}'\nimport = 'all'\nexport = 'all'\n"
    )
    file.write_text(good)
    command = [*bgpd("-c", file, "-d", "--log-format", style)]
    with log.open("w") as stream:
        process = subprocess.Popen(command, stderr=stream, env={**os.environ, **ENVIRONMENT})
    try:
        eventually(lambda: "Started" in log.read_text())
        said = answers(control, *_COMMANDS)
        process.send_signal(signal.SIGUSR1)
        for wrong in (f'{good}password = "{SECRET}"\n', good.replace("'all'", f"'{SECRET}", 1)):
            file.write_text(wrong)
            before = log.read_text().count("stays as it was")
            said += answers(control, "configure", "configure check")
            process.send_signal(signal.SIGHUP)
            eventually(lambda before=before: log.read_text().count("stays as it was") > before)  # type: ignore[misc]
        with urlopen(f"http://127.0.0.1:{port}/metrics") as page:
            said += page.read().decode()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert "md5" in said
    for path in tmp_path.iterdir():
        if path != file and path.is_file():
            assert not shown(path.read_text()), path
    assert not shown(said)
