"""``bgpd -p``: streams, exit status, which files are BIRD's."""

import sys
from pathlib import Path

import pytest

from bgpd.__main__ import main

GOOD = 'function f() { print "hello"; return 1; } eval f(); protocol device {}\n'
IPV6 = "router id 1; protocol static { route 2001:db8::/32 drop; }\n"
TOML = '[router]\nid = "192.0.2.1"\nasn = 65000\n'


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "arguments", "status", "errors"),
    [
        (GOOD, [], 0, ["bird: hello"]),
        (GOOD + "foo", [], 1, ["bird: hello", "bird: file.conf:2:1 syntax error"]),
        (
            GOOD + "function g() { quitbird; } eval g();",
            [],
            1,
            ["bird: hello", "bird: Filter asked me to die"],
        ),
        (IPV6, ["-6"], 0, []),
        (IPV6, ["--ipv6"], 0, []),
    ],
)
def test_a_file_of_bird(
    text: str, arguments: list[str], status: int, errors: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file.conf").write_text(text)
    assert main(["-p", "-c", "file.conf", *arguments]) == status
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.splitlines() == errors


def test_the_name_of_the_program_tells_the_family(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file.conf").write_text(IPV6)
    assert main(["-p", "-c", "file.conf"]) == 1
    monkeypatch.setattr(sys, "argv", ["/usr/sbin/bird6"])
    assert main(["-p", "-c", "file.conf"]) == 0


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-p", "-c", "none.conf"]) == 1
    problem = "Unable to open configuration file none.conf: No such file or directory"
    assert capsys.readouterr().err == f"bird: {problem}\n"


def test_the_daemon_does_not_run_with_it_yet(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bird.cfg").write_text(GOOD)
    assert main(["-c", "bird.cfg"]) == 2
    assert "not supported yet" in capsys.readouterr().err


def test_our_own_file_is_read_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bgpd.toml").write_text(TOML)
    assert main(["-p", "-c", "bgpd.toml"]) == 0
    assert capsys.readouterr() == ("", "")
    Path("bgpd.toml").write_text(TOML.replace("asn =", "ass ="))
    assert main(["-p", "-c", "bgpd.toml"]) == 2
    assert "bgpd.toml" in capsys.readouterr().err
