"""All neighbors, from the configuration and from ranges, and the listener they connect to."""

import asyncio
from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from bgpd.health.faults import FAULTS
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.sessions.listener import Listener, Remote, no_peer
from bgpd.sessions.peer import Peer
from bgpd.sessions.socket_options import Endpoint
from bgpd.sessions.strangers import StrangerNote
from bgpd.settings import DaemonSettings
from kernel_sync.interface_changes import InterfaceChanges


class Neighborhood:
    """Keeps the listener in step with the neighbors among ``protocols``, and those with who connects."""

    def __init__(
        self,
        settings: DaemonSettings,
        protocols: dict[str, Protocol],
        surroundings: Surroundings,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._protocols = protocols
        self._ranges: list[NeighborRange] = []
        self._loop = loop
        self._surroundings = surroundings
        self.is_listening = True
        """Whether there is no trouble with the addresses to listen on."""
        self._listener = self._new_listener(settings)

    def _new_listener(self, settings: DaemonSettings) -> Listener:
        listener = Listener(self._loop, settings.listen, settings.port, self._admit)
        self._surroundings.listening_problem = listener.problem
        return listener

    # Who is expected

    def add(self, neighbor: BgpProtocol | NeighborRange) -> None:
        """Expect a neighbor, or those of a range."""
        if isinstance(neighbor, BgpProtocol):
            self._listener.add(neighbor.peer)
            return
        neighbor.is_taken = self._protocols.__contains__
        neighbor.on_come, neighbor.on_gone = self._come, self._gone
        self._ranges.append(neighbor)
        self._ranges.sort(key=lambda each: each.prefix.prefixlen, reverse=True)
        self._listener.add_range(neighbor.endpoint)

    def remove(self, neighbor: BgpProtocol | NeighborRange) -> None:
        """Expect it no more."""
        if isinstance(neighbor, BgpProtocol):
            self._listener.remove(neighbor.peer)
        else:
            self._ranges.remove(neighbor)
            self._listener.remove_range(neighbor.endpoint)

    # The life of the daemon

    def listen(self) -> None:
        """Take the addresses to listen on; ``OSError`` names the one that cannot be had."""
        self._listener.open()

    def start(self) -> None:
        """Accept those who connect."""
        self._listener.start()

    def listen_elsewhere(self, settings: DaemonSettings) -> None:
        """Accept on other addresses from now on; ``OSError`` if they can't be had: then on none."""
        self._listener.stop()
        self.is_listening = False
        self._listener = self._new_listener(settings)
        of_ranges = {name for neighbors in self._ranges for name in neighbors.names}
        for neighbors in self._ranges:
            self._listener.add_range(neighbors.endpoint)
        for neighbor in self._neighbors:
            if not neighbor.is_leaving:
                self._listener.add(neighbor.peer, of_range=neighbor.name in of_ranges)
        self._listener.start()
        self.is_listening = True

    async def stop(self, *, silently: bool) -> None:
        """End all sessions, with a Cease or without a word, and wait until that is out."""
        self._listener.stop()
        neighbors = self._neighbors
        for neighbor in neighbors:
            with FAULTS.contained("stop", neighbor.name):
                neighbor.stop(silently=silently)
        for neighbor in neighbors:
            await neighbor.peer.wait_closed()

    @property
    def _neighbors(self) -> list[BgpProtocol]:
        return [protocol for protocol in self._protocols.values() if isinstance(protocol, BgpProtocol)]

    def interfaces_changed(self, changes: InterfaceChanges) -> None:
        """Devices to listen on may have come or gone, and addresses of ours."""
        self._listener.check_devices(changes.names)
        self._surroundings.interfaces_changed(changes)

    # Neighbors of ranges

    def _admit(self, remote: Remote) -> Peer | str:
        """Return the neighbor that a stranger becomes if a range has its address, the narrowest first."""
        address = ip_address(remote.address)
        for neighbors in self._ranges:
            if address in neighbors.prefix and remote.device == neighbors.endpoint.device:
                admitted = neighbors.admit(str(address), remote.interface or None)
                return admitted if isinstance(admitted, str) else admitted.peer
        return no_peer(remote)

    def _come(self, neighbor: BgpProtocol) -> None:
        self._protocols[neighbor.name] = neighbor
        self._listener.add(neighbor.peer, of_range=True)

    def _gone(self, neighbor: BgpProtocol) -> None:
        if self._protocols.get(neighbor.name) is neighbor:
            del self._protocols[neighbor.name]
        self._listener.remove(neighbor.peer)

    # Changed settings

    def rename(self, names: Mapping[str, str]) -> None:
        """Neighbors go on under other names; ``names`` has those, by the former ones."""
        self._listener.rename(names)
        self._surroundings.convergence.rename(names)
        self._surroundings.deferral.rename(names)

    def follow_range(self, neighbors: NeighborRange, before: Endpoint) -> None:
        """Whoever connects from the range has to look as its settings have it now."""
        self._listener.change_range(before, neighbors.endpoint)

    # What the operator does

    @property
    def strangers(self) -> int:
        """How many connections were refused because they came from no neighbor."""
        return self._listener.strangers

    @property
    def refusals(self) -> Sequence[StrangerNote]:
        """The last of them, the newest last."""
        return self._listener.refusals

    def change_password(self, protocol: BgpProtocol | NeighborRange, password: bytes) -> str:
        """Use another TCP MD5 password for a neighbor or a range; return what came of it, in words."""
        self._listener.change_password(protocol.name, protocol.endpoint, password)
        try:
            protocol.change_password(password)
        except OSError as error:
            return f"the password of the session could not be changed: {error.strerror or error}"
        return "the password changed"
