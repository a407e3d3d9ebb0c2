"""Bugs of ours that the daemon survives: counted and logged.

Whatever a callback raises costs what it was about: a session, a command, a table of the kernel. Its owner
starts it again after a while (``Backoff``). There is one log and one event loop, so the process has one
``FAULTS``.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os.path import basename
from traceback import extract_tb
from typing import Any, Final

from bgpd.logs.about import LogEvent, about
from bgpd.logs.restraint import Restraint

_MOST_KNOWN: Final = 1000
"""Faults whose traceback is logged, once for each: by their type, and where they come from."""
_BURST: Final = 20
"""Lines about them that may be logged at once."""
_ELSEWHERE: Final = "event loop"
_BUG: Final = about(LogEvent.BUG)

_log: Final = logging.getLogger("bgpd")


class Faults:
    """Counts and logs them; the traceback of what has happened before is not worth the room."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._known: set[str] = set()
        self._restraint = Restraint(_log, _BURST)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there were, by what they have cost."""
        return self._counts

    def note(self, place: str, error: BaseException, name: str = "") -> str:
        """Count and log one; ``place`` is a kind of thing, ``name`` which of them. Return it in words."""
        self._counts[place] += 1
        what = described(error)
        whose = name or place
        kind = f"{type(error).__name__}{_where(error)}"  # what it says may be about one route of a million
        if kind in self._known or len(self._known) >= _MOST_KNOWN:
            self._restraint.log(logging.ERROR, "%s: the bug is back: %s", whose, what, extra=_BUG)
            return what
        self._known.add(kind)
        _log.error("%s: a bug, which costs only this: %s", whose, what, exc_info=error, extra=_BUG)
        return what

    @contextmanager
    def contained(self, place: str, name: str = "") -> Iterator[None]:
        """Let nothing out that goes wrong inside."""
        try:
            yield
        except Exception as error:
            self.note(place, error, name)

    def of_loop(self, _loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """Take what nobody else has taken: the exception handler of an event loop."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.note(_ELSEWHERE, error)
        else:
            self._counts[_ELSEWHERE] += 1
            words = context.get("message", "no message")
            self._restraint.log(logging.ERROR, "%s: %s", _ELSEWHERE, words, extra=_BUG)


def described(error: BaseException) -> str:
    """Return what an exception says, and the line that raised it."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' * bool(text)}{text}{_where(error)}"


def _where(error: BaseException) -> str:
    frames = extract_tb(error.__traceback__)
    return f" ({basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""


FAULTS: Final = Faults()
"""Those of this process."""
