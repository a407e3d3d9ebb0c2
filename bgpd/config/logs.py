"""Where the log goes: ``[[logs]]``."""

from pathlib import PurePosixPath
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from bgpd.config.faults import Complaints
from bgpd.config.section import Section
from bgpd.config.values import Line
from bgpd.config.wording import Allowed, Unset, at_least_one, quoted, refusal

_TARGETS: Final = '"stderr", "syslog" or the absolute path of a file'
_Class = Literal["debug", "trace", "info", "remote", "warning", "error", "auth", "fatal", "bug"]
EVERY_CLASS: Final[tuple[_Class, ...]] = get_args(_Class)
_CLASSES: Final = '"debug", "trace", "info", "remote", "warning", "error", "auth", "fatal" or "bug"'


def _target(text: str) -> str:
    is_path = PurePosixPath(text).is_absolute() and "\0" not in text
    if text not in {"stderr", "syslog"} and not is_path:
        raise refusal(f"{quoted(text)} is no place for a log; write {_TARGETS}")
    return text


def _all_of_them(value: object) -> object:
    return EVERY_CLASS if value == "all" else value


LogTarget = Annotated[str, AfterValidator(_target), Allowed(_TARGETS)]
LogClasses = Annotated[
    tuple[Annotated[_Class, Allowed(_CLASSES)], ...],
    Field(strict=False),
    AfterValidator(at_least_one),
    BeforeValidator(_all_of_them),
    Allowed('"all", or a list like ["warning", "error"]'),
]


class Log(Section):
    """One place that lines of the log go to. Without any, all of them go to standard error."""

    to: LogTarget
    """`"stderr"`, `"syslog"`, or the path of a file, which lines are added to."""

    name: Annotated[Line | None, Unset('`"bgpd"`')] = None
    """What the syslog knows the daemon by."""

    classes: Annotated[LogClasses, Unset('`"all"`')] = EVERY_CLASS
    """Which lines: those of `"debug"`, `"trace"`, `"info"`, `"remote"`, `"warning"`, `"error"`, `"auth"`,
    `"fatal"` and `"bug"`."""


def log_complaints(log: Log) -> Complaints:
    """Find what is wrong between the values of one place."""
    if log.name is not None and log.to != "syslog":
        yield "name", f"only the syslog has names, and this goes to {quoted(log.to)}; leave it out"
