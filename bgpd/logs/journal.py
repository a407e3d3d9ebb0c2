"""What happens to one protocol, for the log (BIRD's ``debug { states, events, ... }``)."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from bgpd.logs.about import LogEvent, about
from bgpd.logs.classes import REMOTE, TRACE
from bgpd.logs.dialects import NOT_IN_BIRD, in_bird
from bgpd.logs.restraint import Restraint
from bgpd.logs.route_log import LINES_A_SECOND, RouteLog
from bgpd.settings import Trace

_log: Final = logging.getLogger("bgpd.protocol")
_TRACED: Final = in_bird(TRACE)
_REMOTE: Final = in_bird(REMOTE)
_OF_ROUTES: Final[frozenset[Trace]] = frozenset({"routes", "filters"})


class Journal:
    """Logs what the operator wants to know of a protocol; without being asked, the most important things.

    In BIRD's dialect nothing is said without being asked. Of lines with the same words some may come at once,
    and then there is one a second.
    """

    __slots__ = ("_restraints", "incoming", "name", "neighbor", "outgoing", "traces")

    def __init__(self, name: str, traces: frozenset[Trace] = frozenset()) -> None:
        self.name = name
        self.neighbor = ""
        """The address of the other side, if there is one."""
        self.traces = traces
        """What is asked for, as configured or as the operator said since."""
        self.incoming = RouteLog(name, ">")
        self.outgoing = RouteLog(name, "<")
        self._restraints: dict[str, Restraint] = {}
        """By the words without their figures, which are few."""

    def rename(self, name: str) -> None:
        """The protocol goes on under another name."""
        self.name = name
        self.incoming.rename(name)
        self.outgoing.rename(name)

    @property
    def traces_routes(self) -> bool:
        """Whether anybody wants to know what becomes of routes."""
        return not self.traces.isdisjoint(_OF_ROUTES)

    def note(
        self,
        trace: Trace,
        text: str,
        *values: object,
        level: int = logging.DEBUG,
        event: LogEvent | None = None,
    ) -> None:
        """Log an event of this kind; ``level`` is that for who did not ask."""
        if trace in self.traces:
            self._log(max(level, TRACE), text, values, {**_TRACED, **self._about(event, trace)})
        elif _log.isEnabledFor(level):
            self._log(level, text, values, {**NOT_IN_BIRD, **self._about(event)})

    def note_remote(
        self, text: str, *values: object, repeated: bool = False, event: LogEvent | None = None
    ) -> None:
        """Log what the neighbor did, or made us do; what is only repeated is for who debugs."""
        level = logging.DEBUG if repeated else logging.INFO
        self._log(level, text, values, {**_REMOTE, **self._about(event)})

    def note_packet(self, text: str, *values: object) -> None:
        """Log a message, if messages are asked for."""
        if "packets" in self.traces:
            self.note("packets", text, *values)

    def note_messages(self, text: str, number: int) -> None:
        """Log some messages of a kind of which there may be thousands a second."""
        if "packets" in self.traces:
            self._log(TRACE, text, (), {**_TRACED, **self._about(None, "packets")}, number)

    def _about(self, event: LogEvent | None, debug: str = "") -> Mapping[str, Any]:
        return about(event, protocol=self.name, neighbor=self.neighbor, debug=debug)

    def _log(
        self, level: int, text: str, values: tuple[object, ...], extra: Mapping[str, Any], times: int = 1
    ) -> None:
        restraint = self._restraints.get(text)
        if restraint is None:
            restraint = self._restraints[text] = Restraint(_log, LINES_A_SECOND)
        restraint.log(level, f"%s: {text}", self.name, *values, extra=extra, times=times)
