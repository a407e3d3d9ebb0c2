"""What the daemon knows, line by line on the debug output: the command ``dump``, and SIGUSR1."""

import asyncio
import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from bgpd.control.interpreter import Interpreter
from bgpd.control.turns import More, Turns
from bgpd.pipeline import Pipeline
from bgpd.show.attributes import attribute_lines
from bgpd.show.command import Line
from bgpd.show.dump import EVERYTHING, SUBJECTS
from bgpd.show.view import Daemon
from messages.attribute_set import AttributeSet
from messages.families.prefix import render_address
from rib.route import Destination

_log: Final = logging.getLogger("bgpd.dump")

_SLICE_SECONDS: Final = 0.004
_SLICE: Final = 1_000
"""Prefixes looked at between two points at which others may have their turn."""
_DESCRIPTORS: Final = Path("/proc/self/fd")


def _log_line(line: str) -> None:
    _log.info("%s", line)


class Dump:
    """Writes one subject after the other, a few lines at a time, so that nobody else has to wait."""

    def __init__(
        self,
        daemon: Daemon,
        loop: asyncio.AbstractEventLoop,
        write: Callable[[str], None] = _log_line,
    ) -> None:
        self._daemon = daemon
        self._turns = Turns(loop)
        self._write = write
        self._waiting: deque[str] = deque()
        """The subject that is being written, and those that come after it."""
        self._rest: Iterator[str | None] = iter(())
        """What is still to be written of the first of them."""

    @property
    def is_busy(self) -> bool:
        """Whether there is more to write."""
        return bool(self._waiting)

    def begin(self, subject: str) -> None:
        """Write what is known of a subject, or of all, from the next pass of the event loop on.

        One that waits for its turn is written once, however often it was asked for.
        """
        if subject in islice(self._waiting, 1, None):
            return
        self._waiting.append(subject)
        if len(self._waiting) == 1:
            self._rest = self._lines(subject)
            self._turns.join(self._go_on, goes_on=True)

    def _go_on(self) -> More:
        """Write for a few milliseconds; return whether there is more."""
        end = perf_counter() + _SLICE_SECONDS
        for line in self._rest:
            if line is not None:
                self._write(line)
            if perf_counter() > end:
                return More.AFTER_OTHERS
        self._waiting.popleft()
        if not self._waiting:
            return More.NOTHING
        self._rest = self._lines(self._waiting[0])
        return More.AFTER_OTHERS

    def _lines(self, subject: str) -> Iterator[str | None]:
        for each in SUBJECTS if subject == EVERYTHING else (subject,):
            yield from _DUMPS[each](self._daemon)
            yield ""


def _said(daemon: Daemon, command: str) -> Iterator[str | None]:
    """Yield what a command answers, without its codes."""
    for step in Interpreter(daemon).answer(command):
        if not isinstance(step, Line):
            yield None
        elif step.text or not step.last:
            yield step.text


def _interfaces(daemon: Daemon) -> Iterator[str | None]:
    yield "Known network interfaces:"
    yield from _said(daemon, "show interfaces")
    yield f"Router ID: {daemon.router_id:08x}"


def _neighbors(daemon: Daemon) -> Iterator[str | None]:
    yield "Known neighbors:"
    for pipeline in daemon.pipelines:
        for address, resolution in pipeline.next_hops.remembered():
            link_local = address[16:]
            shown = render_address(address[: len(address) - len(link_local)])
            yield f"{_name(pipeline)}\t{shown} {_way(daemon, resolution.destination)}"
        yield None


def _way(daemon: Daemon, destination: Destination) -> str:
    hops = []
    for hop in destination.next_hops:
        interface = daemon.interfaces.get(hop.interface)
        device = "dev ?" if interface is None else f"dev {interface.name}"
        hops.append(f"via {render_address(hop.gateway)} {device}" if hop.gateway else device)
    return ", ".join(hops) or destination.kind.name.lower()


def _attributes(daemon: Daemon) -> Iterator[str | None]:
    """Each set once, with the number of routes that have it."""
    for pipeline in daemon.pipelines:
        counts: Counter[bytes] = Counter()
        keys = iter(list(pipeline.table.slots))
        while part := list(islice(keys, _SLICE)):
            counts.update(route.attributes.wire for key in part for route in pipeline.table.routes(key))
            yield None
        yield f"Route attributes of table {_name(pipeline)} ({len(counts)} entries)"
        for wire, count in counts.items():
            yield f"{count} routes"
            yield from attribute_lines(AttributeSet(wire))


def _routes(daemon: Daemon) -> Iterator[str | None]:
    for name in dict.fromkeys(table.name for table in daemon.tables):
        yield f"Dump of routing table <{name}>"
        yield from _said(daemon, f"show route table {name} all")


def _protocols(daemon: Daemon) -> Iterator[str | None]:
    yield "Protocols:"
    yield from _said(daemon, "show protocols all")


def _resources(daemon: Daemon) -> Iterator[str | None]:
    yield from _said(daemon, "show memory")


def _sockets(_daemon: Daemon) -> Iterator[str]:
    yield "Open files and sockets:"
    for name in sorted(os.listdir(_DESCRIPTORS), key=int):
        with suppress(OSError):  # the one that the folder was read by is closed again
            yield f"{name} {(_DESCRIPTORS / name).readlink()}"


def _events(_daemon: Daemon) -> Iterator[str]:
    yield "Tasks:"
    for task in asyncio.all_tasks():
        yield f"{task.get_name()} {task.get_coro()}"


def _name(pipeline: Pipeline) -> str:
    return f"{pipeline.table.name} {pipeline.table.family.name}"


_DUMPS: Final[Mapping[str, Callable[[Daemon], Iterator[str | None]]]] = {
    "interfaces": _interfaces,
    "neighbors": _neighbors,
    "attributes": _attributes,
    "routes": _routes,
    "protocols": _protocols,
    "resources": _resources,
    "sockets": _sockets,
    "events": _events,
}
