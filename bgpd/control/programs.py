"""The commands that the daemon does not know, and the modules that do them."""

from collections.abc import Sequence
from typing import Final, NamedTuple


class ProgramWord(NamedTuple):
    """A word that may follow, or a value without one; ``bgpd.show.command.Argument`` begins likewise."""

    word: str
    help: str
    value: str = ""


class ClientProgram(NamedTuple):
    """One of them; its module has a ``main`` that takes the arguments."""

    words: tuple[str, ...]
    module: str
    example: str
    help: str
    asks: bool
    """Whether it asks a daemon, and so takes ``-s``."""
    arguments: Sequence[ProgramWord] = ()
    """Beside its options."""


MONITOR: Final = ClientProgram(
    ("monitor",),
    "bgpd.monitor.program",
    "monitor sessions",
    "Print what changes, routes or sessions, until Ctrl-C",
    asks=True,
    arguments=(
        ProgramWord("routes", "Only changes of best routes"),
        ProgramWord("sessions", "Only changes of sessions"),
        ProgramWord("from", "Only what is about this neighbor, or those that match", 'NAME|"PATTERN"'),
        ProgramWord("table", "Only routes of this table", "TABLE"),
        ProgramWord("", "Only routes to this prefix, and those within it", "PREFIX"),
    ),
)

PROGRAMS: Final = (
    ClientProgram(
        ("decode",),
        "bgpd.control.decode",
        "decode HEX",
        "Explain BGP messages, octet by octet; no daemon is needed",
        asks=False,
    ),
    ClientProgram(
        ("top",),
        "bgpd.top.program",
        "top",
        "The neighbors on a whole screen: states, routes, rates",
        asks=True,
    ),
    MONITOR,
    ClientProgram(
        ("node", "status"),
        "bgpd.control.node_status",
        "node status --watch",
        "The peers of a Calico node, as calicoctl shows them",
        asks=True,
    ),
    ClientProgram(
        ("cluster", "graph"),
        "bgpd.control.cluster_graph",
        "cluster graph -o mesh.svg",
        "A picture of the sessions, of one node or many",
        asks=True,
    ),
)

_WITH_VALUE: Final = ("-s", "--socket", "--color", "-o", "--output", "--format")
"""The options that have a value as their next argument."""


def find_program(arguments: Sequence[str]) -> tuple[ClientProgram | None, Sequence[str]]:
    """Return who does a command, and the arguments without its words; options may stand before them."""
    for program in PROGRAMS:
        start = _position(program.words, arguments)
        if start is not None:
            return program, [*arguments[:start], *arguments[start + len(program.words) :]]
    return None, arguments


def _position(words: Sequence[str], arguments: Sequence[str]) -> int | None:
    """Return where the words are, if they are the first that are neither options nor their values."""
    is_value = False
    for position, argument in enumerate(arguments):
        if not argument.startswith("-") and not is_value:
            found = tuple(arguments[position : position + len(words)]) == words
            return position if found else None
        is_value = argument in _WITH_VALUE
    return None
