"""Every command's text, octet for octet, as the files in ``expected`` have it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.show import COMMANDS
from tests.show.cluster import reflector
from tests.show.kernel_host import host
from tests.show.listings import listings
from tests.show.moments import broken, ipv4_node, recovering
from tests.show.node import node
from tests.show.rack import rack
from tests.show.transcript import converse
from tests.show.world import StillDaemon

EXPECTED = sorted((Path(__file__).parent / "expected").glob("**/*.txt"))


def node_as_bird() -> StillDaemon:
    """Return the node as BIRD would speak of it."""
    return as_bird(node())


def as_bird(daemon: StillDaemon) -> StillDaemon:
    """Let a daemon speak as BIRD does."""
    daemon.dialect = "bird"
    return daemon


WORLDS: dict[str, Callable[[], StillDaemon]] = {
    "expected": node,
    "rack": rack,
    "kernel": host,
    "listings": listings,
    "cluster": reflector,
    "bird": node_as_bird,
    "bird_ipv4": lambda: as_bird(ipv4_node()),
    "bird_listings": lambda: as_bird(listings()),
    "bird_recovering": lambda: as_bird(recovering()),
    "bird_broken": lambda: as_bird(broken()),
}
"""By the directory that the file is in."""


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_answers_are_as_expected(path: Path) -> None:
    expected = path.read_text()
    commands = [line.removeprefix("C: ") for line in expected.splitlines() if line.startswith("C: ")]
    assert converse(WORLDS[path.parent.name](), commands) == expected


def test_every_command_has_expected_answers() -> None:
    asked = "".join(path.read_text() for path in EXPECTED)
    unasked = [command.words for command in COMMANDS if f"C: {command.words}" not in asked]
    assert unasked == ["show memory"]  # other numbers each time: see its own test


def test_every_example_is_answered() -> None:
    """The examples are what ``bgpdcl --help`` prints."""
    examples = [command.example for command in COMMANDS if command.words != "show bfd sessions"]
    transcript = converse(node(), examples)
    assert "S: 9" not in transcript


@pytest.mark.parametrize(
    ("command", "how"), [("down", None), ("down graceful", "graceful"), ("down withdraw", "withdraw")]
)
def test_down_asks_the_daemon_to_stop(command: str, how: str | None) -> None:
    daemon = node()
    converse(daemon, [command])
    assert daemon.shutting_down
    assert daemon.done == [f"shutdown {how}"]


def test_a_restricted_client_cannot_stop_the_daemon() -> None:
    daemon = node()
    converse(daemon, ["restrict", "down", "json down"])
    assert not daemon.shutting_down
