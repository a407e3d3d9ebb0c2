"""Who says what: the lines of the log in our own dialect, and in that of BIRD.

Both are made of the same records. Where BIRD would say something else, or nothing, a record carries that::

    _log.info("Shutdown completed", extra=in_bird(FATAL))
    _log.info("%s: Draining", name, extra=NOT_IN_BIRD)
"""

import logging
import traceback
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from bgpd.logs.classes import BUG, LogClass, class_of
from bgpd.logs.one_line import BREAK, cut, one_line

Dialect = Literal["bgpd", "bird"]
_KEY: Final = "bird"


class BirdLine(NamedTuple):
    """What BIRD would say instead."""

    level: int
    text: str
    """Empty: the same words."""


NOT_IN_BIRD: Final[Mapping[str, BirdLine | None]] = {_KEY: None}


class Line(NamedTuple):
    """One line of the log."""

    log_class: LogClass
    message: str
    """In one line, whatever was said."""
    trace: str
    """The lines of a traceback, if there is one."""
    record: logging.LogRecord

    @property
    def text(self) -> str:
        """The message, and behind it the traceback, in one line."""
        return f"{self.message}{BREAK}{one_line(self.trace)}" if self.trace else self.message


def in_bird(level: int, text: str = "") -> Mapping[str, BirdLine | None]:
    """Return what ``extra`` a record needs so that BIRD's dialect has another level, or other words."""
    return {_KEY: BirdLine(level, text)}


def with_more(extra: Mapping[str, Any], more: str) -> Mapping[str, Any]:
    """Return the same ``extra`` with something added to the words of BIRD, if these are others."""
    said = extra.get(_KEY)
    if isinstance(said, BirdLine) and said.text:
        return {**extra, _KEY: said._replace(text=f"{said.text}{more}")}
    return extra


def line_of(record: logging.LogRecord, dialect: Dialect) -> Line | None:
    """Return what a record is in this dialect; None if there is nothing to say."""
    if dialect == "bgpd":
        return _line(record, record.levelno, record.getMessage())
    said: BirdLine | None = getattr(record, _KEY, BirdLine(record.levelno, ""))
    if said is None or said.level <= logging.DEBUG:
        return None
    return _line(record, said.level, said.text or record.getMessage())


def _line(record: logging.LogRecord, level: int, text: str) -> Line:
    trace = ""
    if record.exc_info and record.exc_info[0] is not None:
        trace = cut("".join(traceback.format_exception(*record.exc_info)).rstrip())
        level = max(level, BUG)
    return Line(class_of(level), one_line(text), trace, record)
