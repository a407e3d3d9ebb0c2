"""Neighbors that need no configuration of their own: whoever connects from a range of addresses."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from bgpd.health.faults import FAULTS
from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.peer_settings import peer_settings
from bgpd.protocols.protocol import Leaving, ProtocolError, ProtocolState
from bgpd.protocols.surroundings import Surroundings
from bgpd.protocols.terms import Terms
from bgpd.restart.convergence import PASSIVE_PATIENCE
from bgpd.restart.deferral import CONNECTING
from bgpd.sessions.socket_options import Endpoint
from bgpd.settings import NeighborSettings, Trace
from messages.families import Family

_LOOK_SECONDS: Final = 5.0
"""How often to look whether a neighbor is still there."""


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

    def lines_of_bird(self) -> Iterator[str]:
        """BIRD 1.6 has no ranges, so it is told as it is."""
        return self.lines()

    def limit_lines(self) -> Iterator[str]:
        """A range has none; its neighbors do."""
        return iter(())


class NeighborRange(LoggedProtocol):
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
        self.is_taken: Callable[[str], bool] = lambda _name: False
        """Tells whether a protocol has this name."""
        self.on_come: Callable[[BgpProtocol], None] = lambda _neighbor: None
        self.on_gone: Callable[[BgpProtocol], None] = lambda _neighbor: None
        self._pipelines = pipelines
        self._surroundings = surroundings
        self._loop = loop
        self._neighbors: dict[str, BgpProtocol] = {}
        self._prepare_filters()
        if settings.shutdown is not None:
            self.is_disabled, self.message = True, settings.shutdown

    def trace(self, traces: frozenset[Trace]) -> None:
        """Log it of all."""
        super().trace(traces)
        for neighbor in self._neighbors.values():
            neighbor.trace(traces)

    def leave(self, why: Leaving) -> None:
        """No neighbor is let in any more, and those there are have to go."""
        self.is_disabled = True
        self._dismiss()
        self.enter(ProtocolState.DOWN)
        for neighbor in tuple(self._neighbors.values()):
            neighbor.leave(why)
            self._let_go(neighbor)

    def start(self) -> None:
        """Begin to let neighbors in, unless the range is shut down by configuration."""
        if not self.is_disabled:
            for name in self._awaited:
                self._surroundings.convergence.expect(name, PASSIVE_PATIENCE, self._loop.time())
                self._surroundings.deferral.expect(name, self.settings.families, CONNECTING)
            self.begin()

    @property
    def _awaited(self) -> Sequence[str]:
        """Who was there before a restart; if nobody knows that, the range as a whole."""
        visitors = self._surroundings.remembered.visitors.get(self.name, ())
        names = [
            self._settings_of(each.address, each.interface or None).name
            for each in visitors
            if ip_address(each.address) in self.prefix
        ]
        return names or [self.name]

    def begin(self) -> None:
        self.enter(ProtocolState.UP)

    def end(self, reason: str) -> None:
        """End all sessions."""
        self._dismiss()
        self.enter(ProtocolState.DOWN)
        for neighbor in tuple(self._neighbors.values()):
            neighbor.end(reason)
            self._let_go(neighbor)

    def _dismiss(self) -> None:
        for name in self._awaited:
            self._surroundings.convergence.dismiss(name)
            self._surroundings.deferral.dismiss(name)

    @property
    def endpoint(self) -> Endpoint:
        """Where the neighbors are."""
        return peer_settings(self.settings, self._surroundings.router_id).endpoint

    @property
    def names(self) -> Sequence[str]:
        """What the neighbors are called that it has now."""
        return [*self._neighbors]

    @property
    def places(self) -> Sequence[tuple[str, str | None]]:
        """Return where they are: the address, and the scope of a link-local one."""
        return [(each.settings.address, each.settings.interface) for each in self._neighbors.values()]

    # Neighbors that come and go

    def admit(self, address: str, interface: str | None) -> BgpProtocol | str:
        """Return the new neighbor at an address of the range, or why there is none.

        ``interface`` is the scope of a link-local address.
        """
        if self.is_disabled:
            return f"{self.name} is disabled"
        settings = self._settings_of(address, interface)
        if self.is_taken(settings.name):
            return f"another neighbor is called {settings.name}"
        if len(self._neighbors) >= self.settings.limit and not self._make_room():
            return f"{self.name} has {self.settings.limit} neighbors, which is its limit"
        neighbor = BgpProtocol(settings, self._pipelines, self._surroundings, self._loop)
        neighbor.trace(self.traces)
        neighbor.start()
        self._neighbors[neighbor.name] = neighbor
        self.on_come(neighbor)
        self._loop.call_later(_LOOK_SECONDS, self._look_after, neighbor)
        return neighbor

    def _settings_of(self, address: str, interface: str | None) -> NeighborSettings:
        scope = f"_{interface}" if interface else ""
        plain = address.translate(str.maketrans(".:", "__"))
        return replace(
            self.settings,
            name=f"{self.name}_{plain}{scope}",
            address=address,
            interface=interface,
            range_bits=None,
            shutdown=None,
        )

    def _make_room(self) -> bool:
        """Let go of a neighbor that has no connection, if there is one."""
        idle = next((each for each in self._neighbors.values() if _is_idle(each)), None)
        if idle is not None:
            self._let_go(idle)
        return idle is not None

    def _look_after(self, neighbor: BgpProtocol) -> None:
        """Let go of a neighbor that has no connection any more; one that comes back at once is the same."""
        if self._neighbors.get(neighbor.name) is not neighbor:
            return  # it is gone, and has perhaps come again
        with FAULTS.contained("protocol", self.name):
            if _is_idle(neighbor):
                self._let_go(neighbor)
                return
        self._loop.call_later(_LOOK_SECONDS, self._look_after, neighbor)

    def _let_go(self, neighbor: BgpProtocol) -> None:
        del self._neighbors[neighbor.name]
        neighbor.is_leaving = neighbor.is_disabled = True  # whoever still has it can't start it
        neighbor.peer.stop()
        self._surroundings.lifelines.let_go(neighbor.settings.address)
        self.on_gone(neighbor)

    # What the operator does

    def restart(self, reason: str = "") -> str:
        """Do it for all neighbors there are."""
        if self.is_disabled:
            return "already disabled"
        for neighbor in self._neighbors.values():
            neighbor.restart(reason)
        return "restarted"

    def reload(self, *, incoming: bool, outgoing: bool) -> str:
        """Do it for all that have a session."""
        refusals = []
        for neighbor in self._with_session():
            try:
                neighbor.reload(incoming=incoming, outgoing=outgoing)
            except ProtocolError as error:
                refusals.append(f"{neighbor.name}: {error}")
        if refusals:
            raise ProtocolError("; ".join(refusals))
        return "reloading"

    def drain(self, reason: str = "") -> str:
        """Do it for all; those that come meanwhile are not drained."""
        if self.is_disabled:
            return "already disabled"
        for neighbor in self._with_session():
            neighbor.drain(reason)
        return "draining"

    def undrain(self) -> str:
        """Do it for all."""
        for neighbor in self._neighbors.values():
            neighbor.undrain()
        return "undrained"

    def _with_session(self) -> Iterator[BgpProtocol]:
        yield from (each for each in tuple(self._neighbors.values()) if each.is_up)

    def change_password(self, password: bytes) -> None:
        """Use another TCP MD5 password for all. Raises OSError if the kernel does not take it."""
        self.settings = replace(self.settings, password=password or None)
        refusal: OSError | None = None
        for neighbor in self._neighbors.values():
            try:
                neighbor.change_password(password)
            except OSError as error:
                refusal = error
        if refusal is not None:
            raise refusal

    def rename(self, name: str) -> None:
        """Go on under another name; ``follow`` has to be next, with settings of that name."""
        before, self.name = self.name, name
        self.journal.rename(name)
        for neighbor in self._neighbors.values():
            neighbor.rename(f"{name}{neighbor.name.removeprefix(before)}")
        self._neighbors = {neighbor.name: neighbor for neighbor in self._neighbors.values()}

    def follow(self, settings: NeighborSettings) -> str:
        """Let all go on with other settings; return what came of it, in words."""
        self.settings = settings
        self._prepare_filters()
        changes = [self._let_follow(neighbor) for neighbor in tuple(self._neighbors.values())]
        return next(filter(None, changes), "")

    def _let_follow(self, neighbor: BgpProtocol) -> str:
        settings = self._settings_of(neighbor.settings.address, neighbor.settings.interface)
        neighbor.description = settings.description
        return neighbor.follow(settings)

    def _prepare_filters(self) -> None:
        """They are there when the first neighbor comes, whatever becomes of the configuration."""
        terms = Terms(self.settings, self._surroundings)
        for family in self.settings.families:
            terms.import_policy(family)
            terms.export_policy(family)

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


def _is_idle(neighbor: BgpProtocol) -> bool:
    """Tell whether there is neither a connection, nor routes of the last one, nor a rest after an error.

    One that restarts is awaited.
    """
    is_done = neighbor.state is not ProtocolState.FLUSH and not neighbor.stale.families
    return neighbor.peer.is_waiting and is_done
