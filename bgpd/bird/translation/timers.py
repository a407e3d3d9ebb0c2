"""The timers of a session. BIRD takes any number; ours must make sense."""

from typing import Final

from bgpd.bird.translation.protocol import Bounds, Protocol
from bgpd.bird.tree import Item

_HOLD_TIME: Final = 240
_ERROR_WAIT: Final = (60, 300)
_LONGEST: Final = 0xFFFF
_DELAY: Final = Bounds(0, _LONGEST)
_SECONDS: Final = Bounds(1, _LONGEST)
_HELD: Final = Bounds(3, _LONGEST)


def write_timers(protocol: Protocol) -> None:
    """Write how long everything may take."""
    _write_hold_time(protocol)
    _write_startup_hold_time(protocol)
    delay = protocol.latest("connect delay time", "start delay time")
    if delay is not None:
        protocol.table.put("connect_delay", protocol.bounded(delay, delay.value, _DELAY), delay.at)
    protocol.number("connect retry time", "connect_retry", _SECONDS)
    protocol.number("error forget time", "error_forget", _SECONDS)
    wait = error_wait(protocol)
    protocol.table.put("error_wait", list(wait), protocol.at)


def error_wait(protocol: Protocol) -> tuple[int, int]:
    """Return how long is waited after an error, at first and at most."""
    item = protocol.latest("error wait time")
    if item is None:
        return _ERROR_WAIT
    first, last = (protocol.bounded(item, seconds, _SECONDS) for seconds in item.value)
    return first, max(first, last)


def _write_hold_time(protocol: Protocol) -> None:
    """Write the hold time, which is 0 or at least 3 seconds (RFC 4271 §4.2), and the time of KEEPALIVEs."""
    item = protocol.latest("hold time")
    hold_time = _HOLD_TIME
    if item is not None:
        hold_time = protocol.bounded(item, item.value, _HELD) if item.value else 0
    protocol.table.put("hold_time", hold_time, (item or protocol).at)
    keepalive = protocol.latest("keepalive time", of=bool)
    if keepalive is not None and hold_time:
        time = protocol.bounded(keepalive, keepalive.value, Bounds(1, hold_time - 1))
        protocol.table.put("keepalive_time", time, keepalive.at)


def _write_startup_hold_time(protocol: Protocol) -> None:
    """Write how long an OPEN is waited for; BIRD waits for ever if that is 0."""
    item: Item | None = protocol.latest("startup hold time")
    if item is not None:
        protocol.table.put(
            "startup_hold_time", protocol.bounded(item, item.value or _LONGEST, _SECONDS), item.at
        )
