"""How the daemon talks: the control socket, the log, points in time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bgpd.bird.translation import spelling
from bgpd.bird.translation.draft import Draft
from bgpd.bird.translation.protocol import SECOND_FILE, Part
from bgpd.bird.tree import Item, Log

_ALL: Final = ("debug", "trace", "info", "remote", "warning", "error", "auth", "fatal", "bug")
_FORMATS: Final = ("route", "protocol", "base", "log")
_SYSLOG_NAME: Final = "bird"


def write_reports(parts: Sequence[Part], draft: Draft) -> None:
    """Write ``[control]`` and ``[[logs]]``."""
    draft.table("control").put("dialect", "bird")
    for name in _FORMATS:
        items = _agreed([part.items(f"timeformat {name}")[-1:] for part in parts], draft)
        for item in items:
            draft.table("control", "timeformats").put(name, spelling.time_format(item.value), item.at)
    for item in _agreed([part.items("log") for part in parts], draft):
        row = draft.row("logs")
        for key, value in _log(item.value).items():
            row.put(key, value, item.at)


def _agreed(said: Sequence[Sequence[Item]], draft: Draft) -> Sequence[Item]:
    """Return what the first file says that says something; what another one says instead is remarked."""
    first, *others = [items for items in said if items] or [()]
    for items in others:
        if [item.value for item in items] != [item.value for item in first]:
            draft.remark(items[0].at, f"{items[0].name}: {SECOND_FILE}")
    return first


def _log(log: Log) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "to": str(Path(log.name or "").absolute()) if log.target == "file" else log.target
    }
    if log.target == "syslog":
        keys["name"] = spelling.line(log.name or _SYSLOG_NAME)
    if not log.classes.issuperset(_ALL):
        keys["classes"] = [word for word in _ALL if word in log.classes]
    return keys
