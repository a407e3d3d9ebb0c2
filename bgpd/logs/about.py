"""What a line of the log is about, for programs: beside the text, and in no layout for people.

Whoever logs something that others may wait for names it::

    _log.warning("%s: more than %d prefixes", name, most, extra=about(LogEvent.LIMIT, protocol=name))
"""

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

_KEY: Final = "about"


class LogEvent(StrEnum):
    """What happened; the names stay, whatever becomes of the words."""

    STARTED = "started"
    """The daemon is at work."""
    STOPPING = "stopping"
    """It begins to end."""
    STOPPED = "stopped"
    """It ends."""
    CONFIGURED = "configured"
    """A configuration was applied."""
    CONFIGURATION_REFUSED = "configuration_refused"
    """One was not: the message says what is wrong where, and all stays as it was."""
    CONFIGURATION_NOTICE = "configuration_notice"
    """Something in it is right and may surprise."""
    SESSION_UP = "session_up"
    """A session was established."""
    SESSION_DOWN = "session_down"
    """An established session ended; the line before says why."""
    CONNECTION_ACCEPTED = "connection_accepted"
    """A neighbor has opened a connection."""
    CONNECTION_REFUSED = "connection_refused"
    """A neighbor's connection was closed at once; the message says why."""
    CONNECTION_LOST = "connection_lost"
    """A connection, or an attempt at one, ended without a word."""
    ERROR_RECEIVED = "error_received"
    """A neighbor has ended the session with a NOTIFICATION."""
    ERROR_SENT = "error_sent"
    """We have."""
    STRANGER = "stranger"
    """Somebody connected whom no neighbor is configured for."""
    MALFORMED = "malformed"
    """A path attribute is broken (RFC 7606); the session goes on."""
    LIMIT = "limit"
    """There are more prefixes than there may be, or nearly so (`max_prefixes`)."""
    RESTART = "restart"
    """Graceful restart of a neighbor: it began, is over, or took too long."""
    KERNEL_REFUSED = "kernel_refused"
    """The kernel does not have a route as it is wanted."""
    FILTER_PRINTED = "filter_printed"
    """A filter's `print`."""
    FILTER_FAILED = "filter_failed"
    """A filter broke off, and the route was refused."""
    SLOW = "slow"
    """Something has kept everything waiting."""
    BUG = "bug"
    """A fault of bgpd, which costs what the message says and nothing else."""
    LINES_LOST = "lines_lost"
    """Lines were lost here, since nobody took them or the disk was full."""


class About(NamedTuple):
    """Empty: nothing of this kind."""

    event: str = ""
    protocol: str = ""
    """By its name, as in ``show protocols``."""
    neighbor: str = ""
    """The address of the other side."""
    prefix: str = ""
    debug: str = ""
    """Which switch of the protocol's ``debug`` asks for the line."""


NOTHING: Final = About()


def about(
    event: LogEvent | None = None,
    *,
    protocol: str = "",
    neighbor: str = "",
    prefix: str = "",
    debug: str = "",
) -> Mapping[str, About]:
    """Return what ``extra`` a record needs so that programs find it."""
    return {_KEY: About("" if event is None else event.value, protocol, neighbor, prefix, debug)}


def about_of(record: logging.LogRecord) -> About:
    """Return what a record is about, as far as somebody said so."""
    found = getattr(record, _KEY, NOTHING)
    return found if isinstance(found, About) else NOTHING


def fields_of(record: logging.LogRecord) -> Mapping[str, str]:
    """Return what is known of it, by name, in a fixed order."""
    return {name: value for name, value in about_of(record)._asdict().items() if value}
