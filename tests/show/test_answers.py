"""Every command's text, octet for octet, as the files in ``expected`` have it."""

from pathlib import Path

import pytest

from bgpd.show import COMMANDS
from tests.show.kernel_host import host
from tests.show.node import node
from tests.show.rack import rack
from tests.show.transcript import converse

EXPECTED = sorted((Path(__file__).parent / "expected").glob("**/*.txt"))
WORLDS = {"expected": node, "rack": rack, "kernel": host}
"""By the directory that the file is in."""


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_answers_are_as_expected(path: Path) -> None:
    expected = path.read_text()
    commands = [line.removeprefix("C: ") for line in expected.splitlines() if line.startswith("C: ")]
    assert converse(WORLDS[path.parent.name](), commands) == expected


def test_every_command_has_expected_answers() -> None:
    asked = "".join(path.read_text() for path in EXPECTED)
    assert [command.words for command in COMMANDS if f"C: {command.words}" not in asked] == []


def test_every_example_is_answered() -> None:
    """The examples are what ``bgpdcl --help`` prints."""
    transcript = converse(node(), [command.example for command in COMMANDS])
    assert "S: 9" not in transcript


def test_down_asks_the_daemon_to_stop() -> None:
    daemon = node()
    converse(daemon, ["down"])
    assert daemon.shutting_down


def test_a_restricted_client_cannot_stop_the_daemon() -> None:
    daemon = node()
    converse(daemon, ["restrict", "down", "json down"])
    assert not daemon.shutting_down
