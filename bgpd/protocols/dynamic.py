"""Neighbors that need no configuration of their own: whoever connects from a range of addresses."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from ipaddress import ip_network
from typing import NamedTuple

from bgpd.config.settings import NeighborSettings
from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.peer_settings import peer_settings
from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.protocols.surroundings import Surroundings
from bgpd.sessions.socket_options import Endpoint
from messages.families import Family

_log = logging.getLogger("bgpd.bgp")


class RangeDetails(NamedTuple):
    """What ``show protocols all`` tells of a range."""

    range: str
    neighbor_as: int
    neighbors: int
    limit: int
    problem: str | None
    """What keeps connections from being accepted."""

    def lines(self) -> Iterator[str]:
        """Return the text."""
        yield f"Neighbor range:     {self.range}"
        yield f"  Neighbor AS:      {self.neighbor_as}"
        yield f"  Neighbors:        {self.neighbors} of {self.limit}"
        if self.problem is not None:
            yield f"  Problem:          {self.problem}"


class NeighborRange(Protocol):
    """Makes a neighbor when somebody connects, and lets go of it when its session has ended."""

    kind = "BGP"

    def __init__(
        self,
        settings: NeighborSettings,
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(settings.name, surroundings.now, settings.description)
        self.settings = settings
        self.prefix = ip_network(f"{settings.address}/{settings.range_bits}")
        self.on_come: Callable[[BgpProtocol], None] = lambda _neighbor: None
        self.on_gone: Callable[[BgpProtocol], None] = lambda _neighbor: None
        self._pipelines = pipelines
        self._surroundings = surroundings
        self._loop = loop
        self._neighbors: dict[str, BgpProtocol] = {}
        self.is_disabled = settings.shutdown is not None

    def start(self) -> None:
        """Begin to let neighbors in, unless the range is shut down by configuration."""
        if not self.is_disabled:
            self.begin()

    def begin(self) -> None:
        self.enter(ProtocolState.UP)

    def end(self, reason: str) -> None:
        """End all sessions."""
        self.enter(ProtocolState.DOWN)
        for neighbor in tuple(self._neighbors.values()):
            neighbor.end(reason)
            self._let_go(neighbor)

    @property
    def endpoint(self) -> Endpoint:
        """Where the neighbors are."""
        return peer_settings(self.settings, self._surroundings.router_id).endpoint

    def change_password(self, password: bytes) -> None:
        """Use another TCP MD5 password for all. Raises OSError if the kernel does not take it."""
        self.settings = replace(self.settings, password=password)
        for neighbor in self._neighbors.values():
            neighbor.change_password(password)

    def admit(self, address: str, interface: str | None) -> BgpProtocol | str:
        """Return the new neighbor at an address of the range, or why there is none.

        ``interface`` is the scope of a link-local address.
        """
        if self.is_disabled:
            return f"{self.name} is disabled"
        if len(self._neighbors) >= self.settings.limit:
            return f"{self.name} has {self.settings.limit} neighbors, which is its limit"
        plain = address.translate(str.maketrans(".:", "__"))
        settings = replace(
            self.settings,
            name=f"{self.name}_{plain}",
            address=address,
            interface=interface,
            range_bits=None,
        )
        neighbor = BgpProtocol(settings, self._pipelines, self._surroundings, self._loop)
        neighbor.start()
        neighbor.on_waiting = partial(self._let_go_soon, neighbor)
        self._neighbors[address] = neighbor
        self.on_come(neighbor)
        return neighbor

    def _let_go_soon(self, neighbor: BgpProtocol) -> None:
        """The peer is in the middle of an event."""
        self._loop.call_soon(self._let_go_if_waiting, neighbor)

    def _let_go_if_waiting(self, neighbor: BgpProtocol) -> None:
        """The neighbor may have connected again meanwhile."""
        if neighbor.peer.is_waiting:
            self._let_go(neighbor)

    def _let_go(self, neighbor: BgpProtocol) -> None:
        if self._neighbors.pop(neighbor.settings.address, None) is not None:
            neighbor.on_waiting = None
            neighbor.peer.stop()
            self.on_gone(neighbor)

    def reload(self, *, incoming: bool, outgoing: bool) -> str:
        """Do it for all that have a session."""
        for neighbor in self._with_session():
            neighbor.reload(incoming=incoming, outgoing=outgoing)
        return "reloading"

    def drain(self, reason: str = "") -> str:
        """Do it for all; those that come meanwhile are not drained."""
        for neighbor in self._with_session():
            neighbor.drain(reason)
        return "draining"

    def undrain(self) -> str:
        """Do it for all."""
        for neighbor in self._with_session():
            neighbor.undrain()
        return "undrained"

    def _with_session(self) -> Iterator[BgpProtocol]:
        yield from (each for each in tuple(self._neighbors.values()) if each.state is ProtocolState.UP)

    def details(self) -> RangeDetails:
        problem = self._surroundings.listening_problem(self.endpoint, str(self.endpoint))
        return RangeDetails(
            str(self.prefix), self.settings.asn, len(self._neighbors), self.settings.limit, problem or None
        )

    @property
    def info(self) -> str:
        if self.is_disabled:
            return ""
        return f"{'Passive':<14}{len(self._neighbors)} of {self.settings.limit} neighbors from {self.prefix}"
