"""Changes as lines: for people, or as JSON."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Final

from bgpd.control.colors import GREEN, RED, YELLOW
from bgpd.control.terminal import printable
from bgpd.monitor.journals import Row
from bgpd.show.journal import change_text
from bgpd.show.session_journal import session_text
from bgpd.top.columns import duration

Paint = Callable[[str, str], str]
"""Returns a text in a color, if there are colors."""

_COLORS: Final[Mapping[str, str]] = {"appeared": GREEN, "up": GREEN, "withdrawn": RED, "down": RED}


def as_json(row: Row) -> str:
    """Return a change as a JSON object in one line."""
    return json.dumps(row if row["unix"] else {name: row[name] for name in row if name != "unix"})


def as_text(row: Row, paint: Paint) -> str:
    """Return a change as a line."""
    if row["kind"] == "missed":
        return paint(_missed(row), YELLOW)
    seconds, fraction = divmod(round(row["unix"] * 1000), 1000)
    clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    text = printable(_session(row) if row["kind"] == "session" else change_text(row))
    what, _, rest = text.partition(" ")
    shown = paint(what, _COLORS[what]) if what in _COLORS else what
    return f"{clock}.{fraction:03}  {shown} {rest}"


def _session(row: Row) -> str:
    text = session_text(row)
    return text if row.get("lasted") is None else f"{text}, and was up for {duration(row['lasted'])}"


def _missed(row: Row) -> str:
    whose = "sessions" if row["of"] == "session" else f"routes of {row['table']} {row['family']}"
    return f"{row['missed']} changes of {whose} are missing here: the daemon has forgotten them by now"
