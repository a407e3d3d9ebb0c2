"""birdcl: what BIRD 1.6's client prints, with which exit status (bird-control-socket.md §1)."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bgpd.control.abbreviations import CommandTree, NotACommandError
from bgpd.control.bird_commands import BIRD_COMMANDS
from tests.control.birdcl_cases import ANSWERS
from tests.control.scripted_server import ScriptedServer
from tests.control.typist import Typist

READY = "BIRD v0.3.3+birdv1.6.8 ready.\n"
TREE = CommandTree(BIRD_COMMANDS)


def program(name: str, *arguments: str) -> Sequence[str]:
    code = f"import sys; from bgpd.control.birdcl import main; sys.exit(main(sys.argv[1:], {name!r}))"
    return [sys.executable, "-c", code, *arguments]


def run(*arguments: str, typed: str = "", name: str = "birdcl") -> tuple[str, str, int]:
    """Return what it prints, what it complains of, and its exit status."""
    done = subprocess.run(
        program(name, *arguments), input=typed, capture_output=True, text=True, check=False, timeout=30
    )
    return done.stdout, done.stderr, done.returncode


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedServer]:
    with ScriptedServer(tmp_path / "ctl", ANSWERS) as running:
        yield running


@pytest.mark.parametrize(
    ("options", "command", "printed"),
    [
        ("", "show status", "BIRD 9\none\ntwo\nup\n"),
        ("-v", "show status", "1000-BIRD 9\n1011-one\n     two\n0013 up\n"),
        ("", "sh pr", "name\na\nb\n"),
        ("-r", "down", "Access restricted\nAccess denied\n"),
        ("", "show route", "syntax error\n"),
        ("", "nonsense", "No such command. Press `?' for help.\n"),
        ("", "show", "No such command. Press `?' for help.\n"),
        (
            "",
            "show memory",
            "??? <0000>\n??? <??>\n??? <abcd text>\n9001x\n>>> hello\n"
            "??? <12>\n??? <12345 x>\na\nb\n??? <>\n>>> \nend\n",
        ),
    ],
)
def test_one_command_is_answered_with_status_0(
    options: str, command: str, printed: str, server: ScriptedServer
) -> None:
    banner = f"0001 {READY}" if options == "-v" else READY
    arguments = [*options.split(), "-s", str(server.path), *command.split()]
    assert run(*arguments) == (banner + printed, "", 0)


def test_octets_pass_that_are_no_text(tmp_path: Path) -> None:
    answer = b"1000-caf\xe9 \xe2\x98\x95\n0000 \n"
    with ScriptedServer(tmp_path / "ctl", {"show status": answer}) as server:
        arguments = program("birdcl", "-s", str(server.path), "show", "status")
        assert subprocess.check_output(arguments).endswith(b"\ncaf\xe9 \xe2\x98\x95\n")


def test_commands_of_a_pipe_are_shown_with_the_prompt(server: ScriptedServer) -> None:
    typed = "sh pr\n\nhelp\nshow bfd\nshow status"
    assert run("-s", str(server.path), typed=typed) == (
        f"{READY}bird> sh pr\nname\na\nb\nbird> \nbird> help\nPress `?' for context sensitive help.\n"
        "bird> show bfd\nNo such command. Press `?' for help.\n"
        "bird> show status\nBIRD 9\none\ntwo\nup\nbird> \n",
        "",
        0,
    )
    assert server.asked == ["show protocols", "show status"]


def test_a_server_that_hangs_up_is_status_1(server: ScriptedServer) -> None:
    assert run("-s", str(server.path), "show", "interfaces") == (READY, "Connection closed by server\n", 1)


@pytest.mark.parametrize(
    ("arguments", "name", "complaint"),
    [
        (["-s", "/nonexistent/ctl"], "birdcl", "(/nonexistent/ctl): No such file or directory"),
        (["-l"], "birdcl", "(bird.ctl): No such file or directory"),
        (["show", "status", "-l"], "birdcl6", "(bird6.ctl): No such file or directory"),
    ],
)
def test_no_server_is_status_1(
    arguments: list[str], name: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    message = f"Unable to connect to server control socket {complaint}\n"
    assert run(*arguments, name=name) == ("", message, 1)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["-x"], "invalid option -- 'x'"),
        (["-h"], "invalid option -- 'h'"),
        (["--help"], "invalid option -- '-'"),
        (["-s"], "option requires an argument -- 's'"),
    ],
)
def test_wrong_options_are_status_1(arguments: list[str], problem: str) -> None:
    usage = "Usage: birdcl6 [-s <control-socket>] [-v] [-r] [-l]"
    assert run(*arguments, name="birdcl6") == ("", f"birdcl6: {problem}\n{usage}\n", 1)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("sh pr a", "show protocols all"),
        ("sh pr   all   x", "show protocols all   x"),
        ("show pro tocols all", "show protocols tocols all"),
        (" show\tstatus ", "show status "),
        ("sh ro", "show route"),
        ("sh roa", "show roa"),
        ("sh r", "show route"),
        ("conf so t 3", "configure soft timeout 3"),
        ("c", "configure"),
        ("dow n", "down n"),
        ("show route all filter { print; }", "show route all filter { print; }"),
    ],
)
def test_words_are_written_out_and_what_follows_left_alone(typed: str, sent: str) -> None:
    assert TREE.expand(typed) == sent


@pytest.mark.parametrize(
    ("typed", "possible"),
    [
        ("sh st", ["show static", "show status"]),
        ("d", ["debug", "delete", "disable", "down", "dump"]),
        ("re", ["reload", "restart", "restrict"]),
        ("conf c", ["configure check", "configure confirm"]),
    ],
)
def test_an_ambiguous_word_is_explained(typed: str, possible: list[str]) -> None:
    with pytest.raises(NotACommandError) as refusal:
        TREE.expand(typed)
    heading, *lines = refusal.value.lines
    assert heading == "Ambiguous command, possible expansions are:"
    assert len(lines) == len(possible)
    assert all(line.startswith(words) for line, words in zip(lines, possible, strict=True))


@pytest.mark.parametrize(
    ("typed", "commands"),
    [
        (
            "show protocols ",
            ['show protocols [<protocol> | "<pattern>"]', 'show protocols all [<protocol> | "<p'],
        ),
        (
            "show protocols a",
            ['show protocols [<protocol> | "<pattern>"]', 'show protocols all [<protocol> | "<p'],
        ),
        ("sh st ", ["show static [<name>]  ", "show status  "]),
        ("add ", ["add roa <prefix> max <num> as <num> [table <name>]  "]),
        ("dump r ", ["dump resources", "dump routes"]),
        ("eval 1 ", ["eval <expr>"]),
        ("show nonsense ", ["show bfd ...", "show interfaces  "]),
    ],
)
def test_help_lists_what_a_line_may_become(typed: str, commands: list[str]) -> None:
    lines = TREE.help(typed)
    assert all(line.startswith(command) for line, command in zip(lines, commands, strict=False)), lines
    assert len(lines) == len(commands) or "nonsense" in typed
    assert all(len(line[:45]) == 45 and "  " in line[40:] for line in lines)


def test_help_begins_with_the_first_words() -> None:
    words = [line.split()[0] for line in TREE.help("sh")]
    assert " ".join(words) == (
        "add configure debug delete disable down dump echo enable eval exit flush help mrtdump quit reload "
        "restart restrict show"
    )


def test_pages_end_where_the_screen_does(server: ScriptedServer) -> None:
    """Blank is a page, Enter a line, q the end, and no other key is anything."""
    with Typist(program("birdcl", "-s", str(server.path)), rows=6) as typist:
        typist.until("bird> ")
        typist.type("show symbols\n")
        page = typist.until("--More--\r").splitlines()
        assert [line[:3] for line in page[1:-1]] == ["000", "001", "002", "003"]
        typist.type("x\n")
        assert [line[:3] for line in typist.until("--More--\r").split("\n")][:-1] == ["   "]
        typist.type(" ")
        assert [line.lstrip()[:3] for line in typist.until("--More--\r").split("\n")][:-1] == [
            "005",
            "006",
            "007",
            "008",
        ]
        typist.type("q")
        assert typist.until("bird> ") == "        \rbird> "
        typist.type("sh pr\n")
        assert typist.until("bird> ") == "sh pr\nname\na\nb\nbird> "


@pytest.mark.parametrize("keys", ["exit\n", "qu\n", "\x04", "\x03"])
def test_the_user_may_leave(keys: str, server: ScriptedServer) -> None:
    with Typist(program("birdcl", "-s", str(server.path))) as typist:
        typist.until("bird> ")
        typist.type(keys)
        typist.rest()
        assert typist.process.wait(10) == 0


def test_it_starts_fast() -> None:
    """A liveness probe runs it every few seconds."""
    code = "import sys, bgpd.control.birdcl; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"pydantic", "asyncio", "logging", "argparse", "bgpd.show", "readline"}
