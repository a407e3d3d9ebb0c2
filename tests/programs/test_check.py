"""``bird -p``: says what BIRD says, and touches nothing."""

from pathlib import Path

import pytest

from tests.programs.commands import ended, ours, real

GOOD = "router id 1.2.3.4;\nprotocol device {}\nprotocol static { route 10.0.0.0/8 blackhole; }\n"
FILES = (
    GOOD,
    "",
    "garbage",
    f"{GOOD}protocol bgp {{ local as 1; neighbor 10.0.0.1 as 2; export fil",
    f"{GOOD}protocol bgp one from two {{ }}",
    f'{GOOD}include "nosuch";',
    f"{GOOD}protocol kernel {{ scan time -1; }}",
    f"{GOOD}eval 1 + 2;",
    f'{GOOD}define A = 5; eval [ A, 7..9 ]; protocol pipe {{ peer table "x"; }}',
)


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize("name", ["bird", "bird6"])
def test_it_says_what_bird_says(tmp_path: Path, name: str, text: str) -> None:
    text = text.replace("10.0.0.0/8", "2001:db8::/32").replace("10.0.0.1", "::1") if name == "bird6" else text
    file = tmp_path / "bird.cfg"
    file.write_text(text)
    options = ("-p", "-c", file)
    assert ended(ours(name, *options)) == ended(real(name, *options))


def test_nothing_is_touched(tmp_path: Path) -> None:
    """A file is checked beside the daemon that runs: its socket is not the check's affair."""
    file = tmp_path / "bird.cfg"
    file.write_text(GOOD)
    done = ended(ours("bird", "-p", "-c", file, "-s", tmp_path / "bird.ctl", "-P", tmp_path / "bird.pid"))
    assert done == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["bird.cfg"]
