"""What happens to one protocol, for the log (BIRD's ``debug { states, events, ... }``)."""

import logging
from typing import Final

from bgpd.logs.classes import REMOTE, TRACE
from bgpd.logs.dialects import NOT_IN_BIRD, in_bird
from bgpd.logs.route_log import LINES_A_SECOND, RouteLog
from bgpd.restraint import Restraint
from bgpd.settings import Trace

_log: Final = logging.getLogger("bgpd.protocol")
_TRACED: Final = in_bird(TRACE)
_REMOTE: Final = in_bird(REMOTE)
_OF_ROUTES: Final[frozenset[Trace]] = frozenset({"routes", "filters"})


class Journal:
    """Logs what the operator wants to know of a protocol; without being asked, the most important things.

    In BIRD's dialect nothing is said without being asked.
    """

    __slots__ = ("_restraint", "incoming", "name", "outgoing", "traces")

    def __init__(self, name: str, traces: frozenset[Trace] = frozenset()) -> None:
        self.name = name
        self.traces = traces
        """What is asked for, as configured or as the operator said since."""
        self.incoming = RouteLog(name, ">")
        self.outgoing = RouteLog(name, "<")
        self._restraint = Restraint(LINES_A_SECOND)

    def rename(self, name: str) -> None:
        """The protocol goes on under another name."""
        self.name = name
        self.incoming.rename(name)
        self.outgoing.rename(name)

    @property
    def traces_routes(self) -> bool:
        """Whether anybody wants to know what becomes of routes."""
        return not self.traces.isdisjoint(_OF_ROUTES)

    def note(self, trace: Trace, text: str, *values: object, level: int = logging.DEBUG) -> None:
        """Log an event of this kind; ``level`` is that for who did not ask."""
        is_traced = trace in self.traces
        _log.log(
            max(level, TRACE) if is_traced else level,
            f"%s: {text}",
            self.name,
            *values,
            extra=_TRACED if is_traced else NOT_IN_BIRD,
        )

    def note_remote(self, text: str, *values: object, repeated: bool = False) -> None:
        """Log what the neighbor did, or made us do; what is only repeated is for who debugs."""
        level = logging.DEBUG if repeated else logging.INFO
        _log.log(level, f"%s: {text}", self.name, *values, extra=_REMOTE)

    def note_packet(self, text: str, *values: object) -> None:
        """Log a message, if messages are asked for."""
        if "packets" in self.traces:
            self.note("packets", text, *values)

    def note_messages(self, text: str, number: int) -> None:
        """Log some messages of a kind of which there may be thousands a second."""
        for _ in range(number):
            words = self._restraint.words(text)
            if words is not None:
                self.note_packet("%s", words)
