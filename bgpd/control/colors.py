"""Colors of a terminal, and which of them tells how a protocol is."""

import re
from collections.abc import Mapping
from typing import Final

BOLD: Final = "1"
FAINT: Final = "2"
REVERSED: Final = "7"
RED: Final = "31"
GREEN: Final = "32"
YELLOW: Final = "33"

STATES: Final[Mapping[str, str]] = {
    "up": GREEN,
    "down": RED,
    **dict.fromkeys(("start", "wait", "stop", "flush"), YELLOW),
}
"""The states of ``show protocols``; green is good, yellow is on its way."""

PROTOCOL_ROW: Final = 1002
"""The code of their lines."""

_ROW: Final = re.compile(r"(\S+\s+\S+\s+\S+\s+)(\w+)(\s.*|)")


def colored(text: str, color: str) -> str:
    """Return a text in a color."""
    return f"\x1b[{color}m{text}\x1b[0m"


def with_state_colored(row: str) -> str:
    """Return a line of ``show protocols`` with its fourth column in color, if that is a state we know."""
    found = _ROW.fullmatch(row)
    if found is None or found[2] not in STATES:
        return row
    return found[1] + colored(found[2], STATES[found[2]]) + found[3]
