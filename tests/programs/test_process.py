"""``bird`` as a process: its title, its signals, its place in the system."""

import os
import signal
import socket
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.daemon.command import ENVIRONMENT
from tests.interop.lab import Host
from tests.interop.process import Process
from tests.interop.routers import bird_control
from tests.interop.waiting import eventually
from tests.programs.commands import ours

GOOD = "router id 192.0.2.1;\nprotocol device {}\nprotocol static { route 10.0.0.0/8 blackhole; }\n"


class Bird:
    """One daemon on a host."""

    def __init__(self, host: Host, text: str | None = GOOD, name: str = "bird") -> None:
        self.host, self.name = host, name
        self.file, self.socket = host.directory / f"{name}.cfg", host.directory / f"{name}.ctl"
        if text is not None:
            self.file.write_text(text)

    def command(self, *options: str | Path) -> list[str | Path]:
        return ours(self.name, *options, "-c", self.file, "-s", self.socket)

    def start(self, *options: str | Path) -> Process:
        process = self.host.spawn(self.name, self.command(*options), ENVIRONMENT)
        eventually(partial(self.ask, "show status"))
        return process

    def ask(self, command: str) -> list[str]:
        return bird_control.ask(self.socket, command)

    def protocols(self) -> list[str]:
        return [line.split()[0] for line in self.ask("show protocols")[1:-1] if line]


@pytest.mark.parametrize("name", ["bird", "bird6"])
def test_it_is_found_by_its_name(host: Host, name: str) -> None:
    """Whoever looks for BIRD compares the first argument of every process; pgrep takes the short name."""
    bird = Bird(host, GOOD.replace("10.0.0.0/8", "2001:db8::/32") if name == "bird6" else GOOD, name)
    process = bird.start("-d", "-R")
    place = Path(f"/proc/{process.pid}")
    words = (place / "cmdline").read_bytes().rstrip(b"\0").decode().split("\0")
    assert words == [name, "-d", "-R", "-c", str(bird.file), "-s", str(bird.socket)]
    assert (place / "comm").read_text() == f"{name}\n"
    assert str(process.pid) in subprocess.check_output(["pgrep", "-x", name], text=True).split()


def test_a_second_one_says_who_is_there(host: Host) -> None:
    bird = Bird(host)
    process = bird.start("-d")
    for option in ("-d", "-R"):
        again = subprocess.run(
            bird.command(option),
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            check=False,
        )
        expected = f"bird: I found another BIRD running. Its pid is {process.pid}.\n"
        assert (again.returncode, again.stdout, again.stderr) == (1, "", expected)
    assert bird.ask("show status")


def test_signals(host: Host) -> None:
    """Several SIGHUPs at once lose nothing; a broken file changes nothing; SIGTERM ends in good order."""
    bird = Bird(host)
    process = bird.start("-d")
    bird.file.write_text(GOOD + "protocol static second { route 10.0.0.0/8 unreachable; }\n")
    for _ in range(5):
        process.signal(signal.SIGHUP)
    eventually(lambda: "second" in bird.protocols())
    bird.file.write_text("garbage")
    process.signal(signal.SIGHUP)
    eventually(lambda: f"bird: {bird.file}:1:1 syntax error" in process.log_tail())
    assert "second" in bird.protocols()
    process.signal(signal.SIGUSR1)
    eventually(lambda: "10.0.0.0/8" in process.log_tail(200))
    assert process.stop() == 0
    assert process.log_tail(2).splitlines() == ["bird: Shutting down", "bird: Shutdown completed"]
    assert not bird.socket.exists()


def test_a_signal_that_comes_too_early_does_not_end_it(host: Host) -> None:
    """Whoever renders the file sends SIGHUP at once, be the daemon ready or not."""
    bird = Bird(host)
    process = host.spawn("bird", bird.command("-d"), ENVIRONMENT)
    status = Path(f"/proc/{process.pid}/status")
    hangup = 1 << signal.SIGHUP - 1
    eventually(lambda: int(status.read_text().partition("SigBlk:")[2].split()[0], 16) & hangup)
    process.signal(signal.SIGHUP)
    eventually(lambda: bird.protocols() == ["device1", "static1"])
    assert process.running


def test_interrupted_it_dies_at_once(host: Host) -> None:
    """As BIRD: neighbors see no Cease, and keep our routes for a while."""
    bird = Bird(host)
    process = bird.start("-d")
    process.signal(signal.SIGINT)
    assert process.end(5) == -signal.SIGINT
    assert bird.socket.exists()
    bird.start("-d")  # what is left over is in nobody's way


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "Unable to open configuration file {file}: No such file or directory"),
        ("protocol garbage {}", "{file}:1:10 syntax error"),
    ],
)
def test_a_broken_configuration_is_waited_for(host: Host, text: str | None, problem: str) -> None:
    """Whoever asks learns what is wrong, and mends it without a restart."""
    bird = Bird(host, text)
    process = bird.start("-d")
    problem = problem.format(file=bird.file)
    assert f"Configuration is broken: {problem}" in "\n".join(bird.ask("show status"))
    with pytest.raises(bird_control.CommandError, match="8002"):
        bird.ask("show protocols")
    assert f"bird: {problem}" in process.log_tail()
    bird.file.write_text("protocol {}")
    process.signal(signal.SIGHUP)
    eventually(lambda: f"is broken: {bird.file}:1:10 syntax error" in "\n".join(bird.ask("show status")))
    bird.file.write_text(GOOD)
    if text is not None:  # else nobody says so: the file is just there at last
        process.signal(signal.SIGHUP)
    eventually(lambda: "bird: Started" in process.log_tail())
    assert bird.protocols() == ["device1", "static1"]


def test_a_port_that_is_taken_is_waited_for(host: Host) -> None:
    """Its process may be about to end; nobody sees why we would have ended."""
    with host.entered():
        taken = socket.create_server(("0.0.0.0", 179))
    with taken:
        bird = Bird(host)
        process = bird.start("-d")
        eventually(lambda: "Address already in use" in "\n".join(bird.ask("show status")))
        taken.close()
        eventually(lambda: "bird: Started" in process.log_tail())
    assert bird.protocols() == ["device1", "static1"]


def test_the_background(host: Host) -> None:
    """Without -d and -f the command ends when the daemon has its place."""
    bird, pid_file = Bird(host), host.directory / "bird.pid"
    host.run(*bird.command("-P", pid_file), environment=ENVIRONMENT)
    eventually(partial(bird.ask, "show status"))
    pid = int(pid_file.read_text())
    try:
        assert os.getsid(pid) == pid
        assert {os.readlink(f"/proc/{pid}/fd/{number}") for number in range(3)} == {"/dev/null"}
    finally:
        os.kill(pid, signal.SIGTERM)
    eventually(lambda: not Path(f"/proc/{pid}").exists())
    assert not pid_file.exists()


def test_another_user_may_still_write_routes(host: Host) -> None:
    """It keeps the four capabilities that BIRD keeps, and no other right of root."""
    bird = Bird(host, GOOD + "protocol kernel { export all; persist; }\n")
    host.directory.chmod(0o777)
    process = bird.start("-d", "-u", "65534", "-g", "65534")
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    assert status["Uid"].split() == ["65534"] * 4
    assert status["Gid"].split() == ["65534"] * 4
    assert status["Groups"].split() == []
    assert int(status["CapEff"], 16) == 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13
    eventually(lambda: "10.0.0.0/8" in host.ip("route", "show", "proto", "bird"))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("-d", "-P", "{folder}/x"), "Cannot create PID file {folder}/x: No such file or directory"),
        (("-D", "{folder}/x"), "Unable to open debug file {folder}/x: No such file or directory"),
        (("-d", "-u", "nosuch"), "Cannot find user 'nosuch'"),
        (("-d", "-g", "nosuch"), "Cannot find group 'nosuch'"),
    ],
)
def test_what_keeps_it_from_starting(tmp_path: Path, options: tuple[str, ...], complaint: str) -> None:
    folder = tmp_path / "missing"
    file = tmp_path / "bird.cfg"
    file.write_text(GOOD)
    words = [word.format(folder=folder) for word in options]
    done = subprocess.run(
        ours("bird", *words, "-c", file, "-s", tmp_path / "bird.ctl"),
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"bird: {complaint.format(folder=folder)}\n"


def test_a_check_is_quick() -> None:
    """Whoever renders files waits for it; the bound is generous, since machines differ."""
    before = os.times()
    subprocess.run(ours("bird", "-p", "-c", "/nonexistent"), env={**os.environ, **ENVIRONMENT}, check=False)
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 2
