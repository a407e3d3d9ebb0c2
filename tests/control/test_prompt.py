"""bgpdcl's prompt, as somebody at a terminal sees it."""

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgpd.control.history import History, history_file
from tests.control.scripted_server import HANG_UP, ScriptedServer
from tests.control.typist import Typist

PROMPT = "bgpd> "
ANSWERS = {
    "show memory": b"".join(b"1018-%d\n" % number for number in range(20)) + b"0000 \n",
    "show protocols": b"2002-name proto\n1002-tor1 BGP\n tor2 BGP\n leaf BGP\n0000 \n",
    "show status": b"1000-BIRD 9\n0013 up\n",
    "echo all": b"0000 \n+Started\n+\x1b[2J\n",
    "json cluster status": b'1900-{"router_id":"10.0.0.1","asn":1,"at":"now","peers":[]}\n0000 \n',
    "restrict": b"0016 Access restricted\n",
    "down": HANG_UP,
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedServer]:
    with ScriptedServer(tmp_path / "ctl", ANSWERS) as running:
        yield running


def bgpdcl(server: ScriptedServer, rows: int = 24) -> Typist:
    environment = {"XDG_STATE_HOME": str(server.path.parent / "state")}
    return Typist([sys.executable, "-m", "bgpd.control.client", "-s", server.path], environment, rows)


def test_a_question_mark_shows_help_at_once(server: ScriptedServer) -> None:
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type("show inter?")
        assert typist.until(f"\n{PROMPT}show inter").split("\n")[1:-1] == [
            "show interfaces                                Interfaces and their addresses"
        ]
        typist.type("\t?")
        shown = typist.until(f"\n{PROMPT}show interfaces ")
        assert "\nshow interfaces summary                        One line for each" in shown
        typist.type("\n")
        typist.until(PROMPT)
        assert server.asked == ["show interfaces"]


def test_a_question_mark_in_quotes_is_typed(server: ScriptedServer) -> None:
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type('show protocols "tor?"\n')
        typist.until(PROMPT)
        assert server.asked == ['show protocols "tor?"']


def test_names_are_completed_and_listed(server: ScriptedServer) -> None:
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type("reload l\t\n")
        typist.until(PROMPT)
        assert server.asked[-1] == "reload leaf"
        typist.type("reload t?")
        shown = typist.until(f"\n{PROMPT}reload t")
        assert shown.endswith(f"\ntor1  tor2\n{PROMPT}reload t")


def test_an_answer_is_shown_page_by_page(server: ScriptedServer) -> None:
    """As birdc does: blank is a page, Enter a line, q the end."""
    with bgpdcl(server, rows=8) as typist:
        typist.until(PROMPT)
        typist.type("show memory\n")
        assert typist.until("--More--\r").split("\n")[1:-1] == ["0", "1", "2", "3", "4", "5"]
        typist.type("\n")
        assert typist.until("--More--\r").split() == ["6", "--More--"]
        typist.type(" ")
        assert typist.until("--More--\r").split() == ["7", "8", "9", "10", "11", "12", "--More--"]
        typist.type("q")
        assert typist.until(PROMPT).strip() == PROMPT.strip()
        typist.type("show status\n")
        assert "BIRD 9\nup\n" in typist.until(PROMPT)


def test_the_rest_of_an_answer_is_left_out_after_an_interrupt(server: ScriptedServer) -> None:
    with bgpdcl(server, rows=8) as typist:
        typist.until(PROMPT)
        typist.type("show memory\n")
        typist.until("--More--\r")
        typist.type("\x03")
        typist.until(PROMPT)
        typist.type("show status\n")
        assert "BIRD 9\nup\n" in typist.until(PROMPT)


def test_log_lines_are_shown_while_nobody_asks(server: ScriptedServer) -> None:
    """What is being typed is shown again below them; a neighbor's text does not steer the terminal."""
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type("echo all\n")
        assert ">>> Started\n" in typist.until(">>> ?[2J\r\n")
        typist.until(PROMPT)
        typist.type("show status\n")
        assert "up\n" in typist.until(PROMPT)


def test_a_server_that_hangs_up_ends_the_prompt(server: ScriptedServer) -> None:
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type("down\n")
        assert "Connection closed by server\n" in typist.rest()
        assert typist.process.wait(10) == 1


@pytest.mark.parametrize("keys", ["quit\n", "exit\n", "\x04"])
def test_the_history_is_there_the_next_time(keys: str, server: ScriptedServer) -> None:
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type("show status\n")
        typist.until(PROMPT)
        typist.type(keys)
        typist.rest()
        assert typist.process.wait(10) == 0
    previous = "\x10" if keys == "\x04" else "\x10\x10"
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type(f"{previous}\n")
        typist.until(PROMPT)
    assert server.asked == ["show status", "show status"]


def test_the_history_keeps_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "state" / "bgpd" / "history"
    history = History(path)
    typed = ["show status", "show status", " show route", "eval password", "", "down"]
    assert [history.add(line) for line in typed] == [True, False, False, False, False, True]
    history.save()
    assert History(path).lines == ["show status", "down"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_history_that_cannot_be_kept_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file" / "history")
    assert history.lines == []
    history.add("show status")
    history.save()


def test_the_history_is_where_state_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert history_file() == Path("/home/ann/.local/state/bgpd/history")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert history_file() == Path("/state/bgpd/history")


def test_commands_of_the_client_work_at_the_prompt_too(server: ScriptedServer, tmp_path: Path) -> None:
    """It asks the same daemon, on a connection of its own."""
    picture = tmp_path / "mesh.dot"
    with bgpdcl(server) as typist:
        typist.until(PROMPT)
        typist.type(f"cluster gr\t-o {picture}\n")
        typist.until(PROMPT)
        typist.type("cluster graph --nonsense\n")
        assert "unrecognized arguments" in typist.until(PROMPT)
    assert picture.read_text().startswith("graph cluster {")
    assert server.asked == ["json cluster status"]
