"""The classes of log lines, which are BIRD's, as levels of ``logging``."""

import logging
import syslog
from typing import Final, NamedTuple

TRACE: Final = 15
"""What happens to a protocol, as far as its ``debug`` asks for it."""
REMOTE: Final = 25
"""What a neighbor did wrong, or told us to be wrong."""
AUTH: Final = 45
"""Somebody does not sign as agreed."""
FATAL: Final = logging.CRITICAL
BUG: Final = 55


class LogClass(NamedTuple):
    """One row of the table of classes."""

    level: int
    name: str
    """In configurations and commands."""
    mark: str
    """In log lines."""
    priority: int
    """For the syslog."""


CLASSES: Final = (
    LogClass(logging.DEBUG, "debug", "DBG", syslog.LOG_DEBUG),
    LogClass(TRACE, "trace", "TRACE", syslog.LOG_DEBUG),
    LogClass(logging.INFO, "info", "INFO", syslog.LOG_INFO),
    LogClass(REMOTE, "remote", "RMT", syslog.LOG_WARNING),
    LogClass(logging.WARNING, "warning", "WARN", syslog.LOG_WARNING),
    LogClass(logging.ERROR, "error", "ERR", syslog.LOG_ERR),
    LogClass(AUTH, "auth", "AUTH", syslog.LOG_ERR),
    LogClass(FATAL, "fatal", "FATAL", syslog.LOG_CRIT),
    LogClass(BUG, "bug", "BUG", syslog.LOG_CRIT),
)
ALL: Final = frozenset(row.name for row in CLASSES)


def class_of(level: int) -> LogClass:
    """Return the class of a level, which may lie between two."""
    return next((row for row in reversed(CLASSES) if level >= row.level), CLASSES[0])
