"""``bgpdcl monitor`` at servers that say what a test wants, and at a daemon that comes and goes."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import pytest

from bgpd.control.client import main
from bgpd.control.reply import JSON_CODE
from bgpd.monitor import program
from bgpd.monitor.text import as_text
from tests.control.scripted_server import ScriptedServer
from tests.terminal.tmux import served

UP = {
    "kind": "change",
    "at": "2026-11-22T16:09:59+00:00",
    "unix": 1795363799.125,
    "neighbor": "tor1",
    "address": "10.10.0.4",
    "asn": 65001,
    "old": "OpenConfirm",
    "new": "Established",
    "reason": "KEEPALIVE received",
}
DOWN = {
    **UP,
    "unix": 1795363801.0,
    "old": "Established",
    "new": "Idle",
    "reason": "Received: Administrative shutdown (new line card)",
    "prefixes": 1,
    "lasted": 61.5,
}
ROUTE = {
    "kind": "change",
    "at": "2026-11-22T16:09:59+00:00",
    "unix": 1795363799.5,
    "table": "master",
    "family": "ipv4",
    "prefix": "203.0.113.0/24",
    "what": "replaced",
    "before": "tor1",
    "after": "tor2",
    "to": "via 10.10.0.5 on eth0",
    "as_path": "65002 65009",
}


def session_place(position: int, missed: int = 0) -> dict[str, object]:
    return {"kind": "position", "position": position, "missed": missed}


def place(position: int, missed: int = 0, *, more: bool = False) -> dict[str, object]:
    return {"table": "master", "family": "ipv4", **session_place(position, missed), "more": more}


def said(document: object) -> bytes:
    return f"{JSON_CODE}-{json.dumps(document)}\n0000 \n".encode()


STATUS = {"json show status": said({"last_reboot": "2026-11-22T16:07:21+00:00"})}
_MOST_WAITS = 30
SESSIONS, ROUTES = "json show journal sessions", "json show journal"


@pytest.fixture(autouse=True)
def _for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for ever for what does not come."""
    waits = iter(range(_MOST_WAITS))
    is_read = program._is_read
    monkeypatch.setattr(
        program, "_is_read", lambda seconds: next(waits, None) is not None and is_read(seconds)
    )


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def monitor(path: Path, answers: Mapping[str, bytes], *words: str) -> tuple[int, list[str]]:
    """Return the exit status, and what was asked."""
    with ScriptedServer(path, STATUS | dict(answers)) as server:
        return main(["-s", str(path), "monitor", "-i", "0.1", *words]), server.asked


def test_what_changes_is_read_on_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {
        f"{SESSIONS} after now": said([session_place(7)]),
        f"{ROUTES} after now": said([place(40), place(9)]),
        f"{SESSIONS} after 7": said([UP, DOWN, session_place(9)]),
        f"{ROUTES} after 40,9": said([ROUTE, place(41), place(9)]),
    }
    status, asked = monitor(tmp_path / "ctl", answers, "-n", "3")
    assert status == 0
    assert asked == ["json show status", *answers]
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-22 16:09:59.125  up         tor1  OpenConfirm -> Established  KEEPALIVE received",
        "2026-11-22 16:09:59.500  replaced   203.0.113.0/24  tor1 -> tor2 via 10.10.0.5 on eth0 "
        "[65002 65009]",
        "2026-11-22 16:10:01.000  down       tor1  Established -> Idle  Received: Administrative shutdown "
        "(new line card); it had brought 1 prefix, and was up for 00:01:01",
    ]


def test_json_is_an_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {SESSIONS: said([UP, session_place(1)]), ROUTES: said([ROUTE, place(1)])}
    assert monitor(tmp_path / "ctl", answers, "-j", "--past", "-n", "2")[0] == 0
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (first, second) == ({**UP, "kind": "session"}, {**ROUTE, "kind": "route"})


def test_a_slow_reader_is_told_what_it_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is forgotten before the first question is nobody's loss."""
    answers = {
        f"{ROUTES} from tor1 after now": said([place(40)]),
        f"{ROUTES} from tor1 after 40": said([ROUTE, place(99_999, 958, more=True)]),
        f"{ROUTES} from tor1 after 99999": said([ROUTE, place(100_000)]),
        "json show protocols tor1": said([{"name": "tor1"}]),
    }
    for words in ([], ["-j"]):
        path = tmp_path / f"ctl{len(words)}"
        assert monitor(path, answers, "routes", "from", "tor1", "-n", "3", *words)[0] == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "958 changes of routes of master ipv4 are missing here: the daemon has forgotten them by now"
    )
    assert "203.0.113.0/24" in lines[1]
    assert json.loads(lines[3]) == {
        "kind": "missed",
        "of": "route",
        "table": "master",
        "family": "ipv4",
        "missed": 958,
        "unix": ROUTE["unix"],
    }


def test_nothing_is_missing_at_the_beginning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {SESSIONS: said([DOWN, session_place(5000, 904)])}
    assert monitor(tmp_path / "ctl", answers, "sessions", "-p", "-n", "1")[0] == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["routes"], [ROUTES]),
        (["sessions"], [SESSIONS]),
        (["routes", "sessions"], [SESSIONS, ROUTES]),
        (["10.0.0.0/8"], [f"{ROUTES} 10.0.0.0/8"]),
        (["routes", "table", "blue"], [f"{ROUTES} table blue"]),
        (["sessions", "from", "tor*"], [f'{SESSIONS} from "tor*"']),
        (["routes 2001:db8::/32 from tor1"], [f"{ROUTES} from tor1 2001:db8::/32"]),
    ],
)
def test_words_say_what_is_asked_for(tmp_path: Path, words: list[str], asked: list[str]) -> None:
    names = {f"json show protocols {name}": said([{"name": "tor1"}]) for name in ("tor1", '"tor*"')}
    rows = {question: [DOWN if SESSIONS in question else ROUTE, session_place(1)] for question in asked}
    answers = {question: said(found) for question, found in rows.items()}
    status, found = monitor(tmp_path / "ctl", answers | names, "-p", "-n", "1", *words)
    assert (status, [each for each in found if "journal" in each]) == (0, asked)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nonsense"], "nonsense: 'nonsense' does not appear to be an IPv4 or IPv6 network"),
        (["sessions", "10.0.0.0/8"], "sessions have neither prefix nor table"),
        (["from"], "syntax error"),
        (["-i", "0"], "argument -i/--interval"),
    ],
)
def test_wrong_words_are_refused(
    tmp_path: Path, words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["-s", str(tmp_path / "no"), "monitor", *words])
    assert leaving.value.code == 2
    assert problem in capsys.readouterr().err


def test_who_is_no_neighbor_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = {"json show protocols tor9": b"9002 tor9 is not a protocol\n"}
    status, _ = monitor(tmp_path / "ctl", answers, "-j", "from", "tor9")
    shown = capsys.readouterr()
    assert (status, json.loads(shown.out), shown.err) == (
        1,
        {"error": "tor9 is not a protocol"},
        "tor9 is not a protocol\n",
    )


def test_nobody_to_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-s", str(tmp_path / "no"), "monitor"]) == 1
    assert "Unable to connect" in capsys.readouterr().err


def test_what_a_neighbor_says_does_not_steer_the_terminal() -> None:
    row = {**DOWN, "kind": "session", "reason": "Received: \x1b[2Jboo"}
    assert "\x1b" not in as_text(row, lambda text, _color: text)


def test_colors_tell_good_from_bad() -> None:
    def painted(row: Mapping[str, Any]) -> str:
        return as_text({**row, "kind": "session"}, lambda text, color: f"<{color} {text}>").split()[2]

    assert [painted(UP), painted(DOWN)] == ["<32", "<31"]


class Running:
    """``bgpdcl monitor`` as a process whose output is read."""

    def __init__(self, path: Path, *words: str) -> None:
        command = [sys.executable, "-m", "bgpd.control.client", "-s", str(path), "monitor", "-i", "0.1"]
        pipe = subprocess.PIPE
        self.process: subprocess.Popen[str] = subprocess.Popen(
            [*command, *words], stdout=pipe, stderr=pipe, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.communicate()

    def complaint(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


def test_a_restarted_daemon_is_waited_for_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "ctl"
    with served(path):
        running = Running(path, "-p")
        assert "10.10.0.0/24" in running.line()
    with running:
        assert running.complaint().endswith("; trying again\n")
        with served(path):
            assert running.complaint() == "the daemon is there again\n"
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0


def test_it_ends_when_nobody_reads_it_any_more(tmp_path: Path) -> None:
    with served(tmp_path / "ctl") as path, Running(path) as running:
        assert running.process.stdout is not None
        running.process.stdout.close()
        assert running.process.wait(60) == 0
        running.process.stdout = None
