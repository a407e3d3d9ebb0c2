"""Protocols that a bug of ours has stopped, and how they begin again: later each time.

A neighbor rests by itself, as after any other error. What only reads and writes tables of ours, or one of the
kernel, stops, leaves the kernel's routes where they are, and is started again.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from bgpd.health.backoff import Backoff, Fault
from bgpd.health.faults import FAULTS
from bgpd.pipeline import Follower, Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Protocol
from rib.route import Route, Source

_PLACE: Final = "protocol"


class Reviver:
    """Ends what a bug has left half done, and begins it anew."""

    def __init__(
        self, protocols: Mapping[str, Protocol], now: Callable[[], float], loop: asyncio.AbstractEventLoop
    ) -> None:
        """``now`` is the Unix time."""
        self._protocols = protocols
        self._now = now
        self._loop = loop
        self._resting: dict[Protocol, asyncio.TimerHandle] = {}
        self._halted: dict[Pipeline, Backoff] = {}

    def watch(self, pipeline: Pipeline) -> None:
        """Take care of the bugs that come up when this table is worked on."""
        pipeline.failed = partial(self._of_table, pipeline)
        pipeline.follower_failed = _note_follower
        pipeline.route_failed = _note_route

    def stop(self) -> None:
        """The daemon ends: begin nothing any more."""
        for handle in self._resting.values():
            handle.cancel()

    # One protocol

    def failed(self, protocol: Protocol, error: Exception) -> None:
        """Stop a protocol, and start it again after a while."""
        if isinstance(protocol, BgpProtocol):
            protocol.give_up(error)
            return
        what = FAULTS.note(_PLACE, error, protocol.name)
        if protocol in self._resting:
            return  # what came of the same bug
        rest = protocol.backoff.next(self._loop.time())
        protocol.note_fault(Fault(self._now(), what, self._now() + rest))
        self._resting[protocol] = self._loop.call_later(rest, self._again, protocol)
        with FAULTS.contained(_PLACE, protocol.name):
            protocol.halt()

    def _again(self, protocol: Protocol) -> None:
        del self._resting[protocol]
        is_gone = self._protocols.get(protocol.name) is not protocol
        if is_gone or protocol.is_disabled or protocol.is_up:  # the operator may have been faster
            return
        try:
            protocol.begin()
        except Exception as error:
            self.failed(protocol, error)

    # Tables

    def _of_table(self, pipeline: Pipeline, source: Source | None, error: Exception) -> None:
        if source is None:
            self._table_failed(pipeline, error)
            return
        protocol = self._protocols.get(source.name)
        if protocol is None:
            FAULTS.note("table", error, source.name)
        else:
            self.failed(protocol, error)

    def _table_failed(self, pipeline: Pipeline, error: Exception) -> None:
        """What has been settled, and who knows of it, cannot be told any more: all begin anew."""
        table = pipeline.table
        FAULTS.note("table", error, f"{table.name} {table.family}")
        rest = self._halted.setdefault(pipeline, Backoff()).next(self._loop.time())
        for protocol in tuple(self._protocols.values()):
            if _uses(protocol, table.name):
                self.failed(protocol, error)
        self._loop.call_later(rest, pipeline.go_on)


def _note_route(route: Route, error: Exception) -> None:
    FAULTS.note("route", error, f"a route of {route.source.name} is not sent")


def _note_follower(follower: Follower, error: Exception) -> None:
    FAULTS.note("table", error, type(follower).__name__)


def _uses(protocol: Protocol, table: str) -> bool:
    if isinstance(protocol, PipeProtocol) and protocol.peer_table == table:
        return True
    return protocol.table == table and bool(protocol.channels)
