"""From the models of control and log to their settings."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bgpd.config.control import TimeFormat as TimeFormatModel
from bgpd.config.control import TimeFormats
from bgpd.config.fields import is_set
from bgpd.config.logs import Log
from bgpd.settings import LogSettings, TimeFormat

_NAMED_FORMATS: Final[Mapping[object, TimeFormat]] = {
    "iso short": TimeFormat("%T", 20 * 3600, "%F"),
    "iso long": TimeFormat("%F %T"),
    "old short": TimeFormat("%H:%M", 20 * 3600, "%b%d"),
    "old long": TimeFormat("%d-%m-%Y %T"),
}


def time_formats(formats: TimeFormats) -> dict[str, TimeFormat]:
    """Return the formats that are not the default ones."""
    return {
        name: _time_format(getattr(formats, name))
        for name in type(formats).model_fields
        if is_set(formats, name)
    }


def _time_format(written: TimeFormatModel) -> TimeFormat:
    if isinstance(written, str):
        return _NAMED_FORMATS.get(written) or TimeFormat(written)
    return TimeFormat(*written)


def log_settings(logs: Iterable[Log]) -> Iterator[LogSettings]:
    """Yield the places that lines of the log go to."""
    for log in logs:
        classes = frozenset(log.classes)
        match log.to:
            case "stderr":
                yield LogSettings("stderr", "", classes)
            case "syslog":
                yield LogSettings("syslog", log.name or "bgpd", classes)
            case path:
                yield LogSettings("file", path, classes)
