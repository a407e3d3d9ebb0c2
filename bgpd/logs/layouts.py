"""How log lines are written."""

import json
import time
import traceback
from collections.abc import Callable
from typing import Final, TypeAlias

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
    """Return one JSON object: time, level, logger, message, and the trace of an exception."""
    record = line.record
    entry = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created)),
        "level": line.log_class.name,
        "logger": record.name,
        "message": record.getMessage(),
    }
    if record.exc_info:
        entry["trace"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return json.dumps(entry)


def dated(time_format: TimeFormat = ISO_LONG) -> Layout:
    """Return the layout with time and class: ``2026-11-22 15:49:48 <INFO> Started``."""
    is_old = time_format.limit is not None and time_format.limit <= 0
    shown = (time_format.older if is_old else None) or time_format.recent

    def layout(line: Line) -> str:
        at = time.strftime(shown, time.localtime(line.record.created))
        return f"{at} <{line.log_class.mark}> {line.text}"

    return layout
