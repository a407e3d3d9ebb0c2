"""Log lines to write somewhere."""

import logging
from collections.abc import Mapping
from typing import Any

from bgpd.logs.dialects import Line, line_of


def line(
    text: str,
    level: int = logging.INFO,
    extra: Mapping[str, Any] | None = None,
    error: BaseException | None = None,
) -> Line:
    """Return a line with a record made at a fixed time, at a place of its own."""
    told = None if error is None else (type(error), error, error.__traceback__)
    record = logging.getLogger("bgpd.tests").makeRecord(
        "bgpd.tests", level, "/opt/bgpd/rooms.py", 12, text, (), told, "door", extra=dict(extra or {})
    )
    record.created = 1763826588.25
    made = line_of(record, "bgpd")
    assert made is not None
    return made
