"""Log lines for people or for machines, on standard error."""

import json
import logging
import time


class TextFormatter(logging.Formatter):
    """BIRD's way: ``2026-11-22 15:49:48 <INFO> Started``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s <%(levelname)s> %(message)s", "%Y-%m-%d %H:%M:%S")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the trace of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def set_up(style: str, *, debug: bool) -> None:
    """Send all log lines to standard error in ``text`` or ``json``."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    logging.basicConfig(level=logging.DEBUG if debug else logging.INFO, handlers=[handler])
