"""How log lines are written."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias

from bgpd.logs.about import fields_of
from bgpd.logs.dialects import Line
from bgpd.settings import TimeFormat

Layout: TypeAlias = Callable[[Line], str]

ISO_LONG: Final = TimeFormat("%Y-%m-%d %H:%M:%S")


def plain(line: Line) -> str:
    """Return what BIRD writes while nobody has configured a log: ``bird: Started``."""
    return f"bird: {line.text}"


def bare(line: Line) -> str:
    """Return the text alone, as the syslog wants it."""
    return line.text


def as_json(line: Line) -> str:
    """Return one JSON object in ASCII, with what the record is about; absent keys have nothing to say."""
    record = line.record
    entry = {
        "time": rfc_3339(record.created),
        "level": line.log_class.name,
        **fields_of(record),
        "message": line.message,
        "logger": record.name,
    }
    if line.trace:
        entry["trace"] = line.trace
    return json.dumps({key: _whole(value) for key, value in entry.items()})


def rfc_3339(at: float) -> str:
    """Return a Unix time as ``2026-11-22T15:49:48.250Z``."""
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return f"{moment.removesuffix('+00:00')}Z"


def _whole(text: str) -> str:
    """Return text without the halves of characters that strict readers refuse."""
    return text.encode(errors="backslashreplace").decode()


def dated(time_format: TimeFormat = ISO_LONG) -> Layout:
    """Return the layout with time and class: ``2026-11-22 15:49:48 <INFO> Started``."""
    is_old = time_format.limit is not None and time_format.limit <= 0
    shown = (time_format.older if is_old else None) or time_format.recent

    def layout(line: Line) -> str:
        at = time.strftime(shown, time.localtime(line.record.created))
        return f"{at} <{line.log_class.mark}> {line.text}"

    return layout
