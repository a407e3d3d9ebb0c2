"""All neighbors, from the configuration and from ranges, and the listener they connect to."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address

from bgpd.config.settings import DaemonSettings
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.sessions.listener import Listener, Remote, no_peer
from bgpd.sessions.peer import Peer
from bgpd.sessions.strangers import StrangerNote
from bgpd.tables import RoutingTables
from kernel_sync.interface_changes import InterfaceChanges


class Neighborhood:
    """Keeps ``protocols`` and the listener in step with the neighbors there are."""

    def __init__(
        self,
        settings: DaemonSettings,
        protocols: dict[str, Protocol],
        tables: RoutingTables,
        surroundings: Surroundings,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._protocols = protocols
        self._ranges: list[NeighborRange] = []
        self._listener = Listener(loop, settings.listen, settings.port, self._admit)
        surroundings.listening_problem = self._listener.problem
        self._surroundings = surroundings
        for neighbor in settings.neighbors:
            pipelines = tables[neighbor.table]
            if neighbor.range_bits is None:
                self._add(BgpProtocol(neighbor, pipelines, surroundings, loop))
            else:
                self._add_range(NeighborRange(neighbor, pipelines, surroundings, loop))

    def _add(self, neighbor: BgpProtocol, *, of_range: bool = False) -> None:
        self._protocols[neighbor.name] = neighbor
        self._listener.add(neighbor.peer, of_range=of_range)

    def _add_range(self, neighbors: NeighborRange) -> None:
        neighbors.is_taken = self._protocols.__contains__
        neighbors.on_come, neighbors.on_gone = self._come, self._gone
        self._protocols[neighbors.name] = neighbors
        self._ranges.append(neighbors)
        self._ranges.sort(key=lambda each: each.prefix.prefixlen, reverse=True)
        self._listener.add_range(neighbors.endpoint)

    # The life of the daemon

    def listen(self) -> None:
        """Take the addresses to listen on; ``OSError`` names the one that cannot be had."""
        self._listener.open()

    def start(self) -> None:
        """Look for the neighbors, and accept them."""
        for neighbors in self._ranges:
            neighbors.start()
        for neighbor in self._neighbors:
            neighbor.start()
        self._listener.start()

    async def stop(self, *, silently: bool) -> None:
        """End all sessions, with a Cease or without a word, and wait until that is out."""
        self._listener.stop()
        neighbors = self._neighbors
        for neighbor in neighbors:
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
        self._add(neighbor, of_range=True)

    def _gone(self, neighbor: BgpProtocol) -> None:
        del self._protocols[neighbor.name]
        self._listener.remove(neighbor.peer)

    # What the operator does

    @property
    def strangers(self) -> int:
        """How many connections were refused because they came from no neighbor."""
        return self._listener.strangers

    @property
    def refusals(self) -> Sequence[StrangerNote]:
        """The last of them, the newest last."""
        return self._listener.refusals

    def change_password(self, name: str, password: bytes) -> str:
        """Use another TCP MD5 password for a neighbor or a range; return what came of it, in words."""
        protocol = self._protocols[name]
        assert isinstance(protocol, BgpProtocol | NeighborRange)
        self._listener.change_password(name, protocol.endpoint, password)
        try:
            protocol.change_password(password)
        except OSError as error:
            return f"{name}: the password of the session could not be changed: {error.strerror or error}"
        return f"{name}: the password changed"
