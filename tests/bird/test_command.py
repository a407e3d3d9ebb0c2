"""``bgpd -p``: streams, exit status, which files are BIRD's."""

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


def test_the_name_of_the_file_tells_the_family() -> None:
    Path("file.conf").write_text(IPV6)
    Path("bird6.conf").write_text(IPV6)
    assert main(["-p", "-c", "file.conf"]) == 1
    assert main(["-p", "-c", "bird6.conf"]) == 0


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-p", "-c", "none.conf"]) == 1
    problem = "Unable to open configuration file none.conf: No such file or directory"
    assert capsys.readouterr().err == f"bird: {problem}\n"


def test_two_files_are_one_configuration() -> None:
    Path("bird.cfg").write_text(GOOD)
    Path("bird6.cfg").write_text(IPV6)
    assert main(["-p", "-c", "bird.cfg", "-c", "bird6.cfg"]) == 0
    Path("bird6.cfg").write_text(GOOD)
    assert main(["-p", "-c", "bird.cfg", "-c", "bird6.cfg"]) == 1


def test_our_own_files_can_not_be_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["-c", "a.toml", "-c", "b.toml"])
    assert "only files in BIRD's language may be two" in capsys.readouterr().err


def test_files_are_converted(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bird.cfg").write_text(GOOD)
    Path("bird6.cfg").write_text(IPV6.replace("static", "static blue"))
    assert main(["--convert", "bird.cfg", "--convert", "bird6.cfg"]) == 0
    output = capsys.readouterr()
    assert output.err == "hello\n"
    Path("both.toml").write_text(output.out)
    assert main(["--check", "-c", "both.toml"]) == 0
    assert "[statics.blue]" in output.out
    assert 'dialect = "bird"' in output.out


def test_the_last_of_the_files_is_that_of_ipv6(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a").write_text(IPV6)
    assert main(["--convert", "a"]) == 2
    assert capsys.readouterr().err.startswith("a:1:38 This is an IPv4 router")
    assert main(["--convert", "a", "-6"]) == 0


def test_a_conversion_that_needs_work(capsys: pytest.CaptureFixture[str]) -> None:
    """In our own files no filter may end without a verdict; the text is printed all the same."""
    Path("bird.cfg").write_text(
        "filter f { if net.len > 24 then accept; } protocol static { import filter f; }"
    )
    assert main(["--convert", "bird.cfg"]) == 1
    output = capsys.readouterr()
    assert "filter f" in output.out
    assert "the converted file:" in output.err


def test_our_own_file_is_read_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bgpd.toml").write_text(TOML)
    assert main(["-p", "-c", "bgpd.toml"]) == 0
    assert capsys.readouterr() == ("", "")
    Path("bgpd.toml").write_text(TOML.replace("asn =", "ass ="))
    assert main(["-p", "-c", "bgpd.toml"]) == 2
    assert "bgpd.toml" in capsys.readouterr().err
