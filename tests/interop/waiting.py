"""Waiting for something outside this process to become true."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0
_SHOWN: Final = 2000
_ANYTHING: Final = object()


class NotYetError(Exception):
    """Raised by a reader whose subject cannot be read yet; ``eventually`` asks again."""


def eventually(
    read: Callable[[], T],
    becomes: Callable[[T], bool] | None = None,
    *,
    equals: object = _ANYTHING,
    within: float = 60.0,
) -> T:
    """Return the value of ``read()`` as soon as it is the one waited for.

    The value must make ``becomes`` true, or be equal to ``equals``, or, with neither, be true itself.  A
    ``read`` that raises ``AssertionError`` or ``NotYetError`` is asked again, after as long as it took: what
    is waited for needs the processor as well.  There is enough time for a machine that has much else to do,
    and less than the hold time of a session.  When it is over the ``AssertionError`` shows the value (or the
    complaint) seen last.
    """
    deadline = time.monotonic() + within
    while True:
        began = time.monotonic()
        last: object
        try:
            value = last = read()
        except (AssertionError, NotYetError) as complaint:
            last = complaint
        else:
            if _arrived(value, becomes, equals):
                return value
        ended = time.monotonic()
        if ended > deadline:
            wanted = f"; wanted: {equals!r}" if equals is not _ANYTHING else ""
            raise AssertionError(f"not within {within:g} s; last seen: {_short(last)}{wanted}")
        time.sleep(min(max(_PAUSE, ended - began), _LONGEST_PAUSE))


def _arrived(value: T, becomes: Callable[[T], bool] | None, equals: object) -> bool:
    if becomes is not None:
        return becomes(value)
    if equals is not _ANYTHING:
        return value == equals
    return bool(value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"
