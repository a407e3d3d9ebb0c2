"""Accepts BGP connections and hands each to the peer it comes from."""

import asyncio
import errno
import logging
import socket
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import Any, Final, NamedTuple, Self

from bgpd.health.faults import FAULTS
from bgpd.logs.restraint import Restraint
from bgpd.sessions.listening_keys import Key
from bgpd.sessions.listening_sockets import ANY_DEVICE, ListeningSockets
from bgpd.sessions.peer import Peer
from bgpd.sessions.refusal import reject
from bgpd.sessions.socket_options import Endpoint, flaw_of_ttl
from bgpd.sessions.strangers import StrangerNote, Strangers
from fsm.state import State
from messages.iana import BGP_PORT, CeaseSubcode

_log: Final = logging.getLogger("bgpd.listener")
_ACCEPTS_PER_CALL: Final = 16
_EXHAUSTED: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_FAILURE_INTERVAL: Final = 10.0
"""Seconds between two lines about connections that cannot be accepted, after the first ones."""
_EXHAUSTION_PAUSE: Final = 1.0
_RELUCTANCE: Final = {State.IDLE: 1, State.ESTABLISHED: 2}


class Remote(NamedTuple):
    """Where a connection comes from."""

    address: bytes
    interface: str
    """The scope of a link-local address, else empty."""
    device: str = ANY_DEVICE
    """The device of the listening socket, for neighbors that are bound to one."""

    @classmethod
    def of_socket_address(cls, address: tuple[Any, ...], device: str = ANY_DEVICE) -> Self:
        """Read what ``accept`` returned."""
        host = ip_address(str(address[0]).partition("%")[0])
        scope = address[3] if len(address) > 3 and host.is_link_local else 0
        interface = socket.if_indextoname(scope) if scope else ""
        return cls(host.packed, interface, device)

    @classmethod
    def of_endpoint(cls, endpoint: Endpoint) -> Self:
        """Name the neighbor's connections in advance."""
        return cls(endpoint.packed, endpoint.scope, endpoint.device)

    def __str__(self) -> str:
        host = str(ip_address(self.address))
        return f"{host}%{self.interface}" if self.interface else host


def no_peer(remote: Remote) -> str:
    """Say that a connection comes from no neighbor."""
    on_device = f" and device {remote.device}" if remote.device else ""
    return f"no neighbor has this address{on_device}"


class Listener:
    """Listens on several addresses for all peers; strangers are closed at once.

    Peers with a device have sockets of their own, bound to it, and are expected on no others.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        addresses: tuple[str, ...] = ("0.0.0.0", "::"),
        port: int = BGP_PORT,
        make_peer: Callable[[Remote], Peer | str] = no_peer,
    ) -> None:
        self.accepted = 0
        """Connections handed to a peer."""
        self._make_peer = make_peer
        """Asked about strangers, for neighbors that are a range of addresses; says why there is none."""
        self._peers: dict[Remote, list[Peer]] = {}
        self._ranges: list[Endpoint] = []
        """The narrowest are first."""
        self._strangers = Strangers(loop)
        self._failures = Restraint(_log, 3, _FAILURE_INTERVAL, loop.time)
        self._sockets = ListeningSockets(loop, addresses, port, self._accept)
        self._keys = self._sockets.keys

    @property
    def strangers(self) -> int:
        """Connections that no peer was handed."""
        return self._strangers.count

    @property
    def refusals(self) -> deque[StrangerNote]:
        """The last of them, the newest at the end."""
        return self._strangers.notes

    @property
    def password_problems(self) -> dict[str, str]:
        """Neighbors whose key the kernel does not take, by name; tried again from time to time."""
        return self._keys.problems

    def problem(self, endpoint: Endpoint, name: str) -> str:
        """Return what keeps the connections of a neighbor from being accepted, in words; empty if nothing."""
        return self.password_problems.get(name) or self.device_problems.get(endpoint.device) or ""

    @property
    def device_problems(self) -> dict[str, str]:
        """Why there is no listening on a device, by its name; tried again from time to time."""
        return self._sockets.problems

    def open(self) -> None:
        """Take the addresses; ``OSError`` names the one that cannot be had, and nothing is taken then.

        Who connects from now on waits until ``start``.
        """
        self._sockets.open()

    def start(self) -> None:
        """Accept connections; opens first what is not open yet."""
        self._sockets.start()

    def stop(self) -> None:
        """Stop listening; sessions go on."""
        self._sockets.stop()

    def check_devices(self, names: Iterable[str]) -> None:
        """Learn that interfaces came or went; without being told it takes half a minute."""
        self._sockets.check_devices(names)

    # Whom it expects

    def add(self, peer: Peer, *, of_range: bool = False) -> None:
        """Accept connections of this peer from now on; one of a range signs with the key of the range."""
        endpoint = peer.settings.endpoint
        self._peers.setdefault(Remote.of_endpoint(endpoint), []).append(peer)
        self._sockets.use(endpoint.device)
        if not of_range:
            self._keys.use(peer.name, endpoint, _key(endpoint))

    def remove(self, peer: Peer) -> None:
        """Treat this peer as a stranger from now on."""
        endpoint = peer.settings.endpoint
        remote = Remote.of_endpoint(endpoint)
        self._peers[remote].remove(peer)
        if not self._peers[remote]:
            del self._peers[remote]
        self._forget(peer.name, endpoint)

    def add_range(self, endpoint: Endpoint) -> None:
        """Let a range of neighbors sign; ``make_peer`` is asked about each."""
        self._ranges.append(endpoint)
        self._ranges.sort(key=lambda each: each.signers.bits, reverse=True)
        self._sockets.use(endpoint.device)
        self._keys.use(str(endpoint), endpoint, _key(endpoint))

    def remove_range(self, endpoint: Endpoint) -> None:
        """Treat a range of neighbors as strangers from now on."""
        self._ranges = [
            each for each in self._ranges if (str(each), each.device) != (str(endpoint), endpoint.device)
        ]
        self._forget(str(endpoint), endpoint)

    def change_range(self, old: Endpoint, new: Endpoint) -> None:
        """Look at another TTL, or none, from now on."""
        self._ranges = [
            new if (str(each), each.device) == (str(old), old.device) else each for each in self._ranges
        ]

    def rename(self, names: Mapping[str, str]) -> None:
        """Neighbors go on under other names; ``names`` has those, by the former ones."""
        self._keys.rename(names)

    def change_password(self, name: str, endpoint: Endpoint, password: bytes) -> None:
        """Expect another TCP MD5 password of a neighbor or range from now on; an empty one is none."""
        self._keys.use(name if endpoint.prefix_bits is None else str(endpoint), endpoint, password)

    def _forget(self, name: str, endpoint: Endpoint) -> None:
        self._keys.use(name, endpoint, b"")
        self._sockets.release(endpoint.device)

    # Accepting

    def _accept(self, listening: socket.socket, device: str) -> None:
        """Accept some connections; the loop calls again if there are more."""
        for _ in range(_ACCEPTS_PER_CALL):
            try:
                sock, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause_if_exhausted(error)
                return
            sock.setblocking(False)
            self._take(sock, address, device)

    def _take(self, sock: socket.socket, address: tuple[Any, ...], device: str) -> None:
        try:
            self._hand_over(sock, Remote.of_socket_address(address, device), address[1])
        except OSError:  # the interface or the connection is gone already
            sock.close()
        except Exception as error:
            FAULTS.note("connection", error, f"incoming connection from {address[0]}")
            sock.close()

    def _hand_over(self, sock: socket.socket, remote: Remote, port: int) -> None:
        """Give a connection to its peer, or close it."""
        local = str(sock.getsockname()[0])
        chosen = self._choose(sock, remote, local)
        if isinstance(chosen, str):
            reject(sock, CeaseSubcode.CONNECTION_REJECTED)
            self._strangers.note(str(remote), port, local, chosen)
        else:
            self.accepted += 1
            chosen.incoming(sock, str(remote), port)

    def _choose(self, sock: socket.socket, remote: Remote, local: str) -> Peer | str:
        """Return the peer that a connection is for, or why there is none."""
        unchecked = self._keys.problem_of(remote.device, remote.address)
        if unchecked:
            return unchecked  # a neighbor with a password must not get in without
        peer = self._find(remote, local)
        if peer is None:
            return self._flaw_in_range(sock, remote) or self._make(remote)
        return flaw_of_ttl(sock, peer.settings.endpoint) or peer

    def _find(self, remote: Remote, local: str) -> Peer | None:
        """Return the peer at this address; several may differ in the local address or the port they use.

        The port that a neighbor connects from says nothing, so who waits for a connection comes first.
        """
        peers = [peer for peer in self._peers.get(remote, ()) if _may_use(peer, local)]
        return min(peers, key=_reluctance, default=None)

    def _flaw_in_range(self, sock: socket.socket, remote: Remote) -> str:
        """Look at the TTL before anybody makes a peer of a stranger from too far away."""
        for endpoint in self._ranges:
            if endpoint.device == remote.device and remote.address in endpoint.signers:
                return flaw_of_ttl(sock, endpoint)
        return ""

    def _make(self, remote: Remote) -> Peer | str:
        made = self._make_peer(remote)
        is_known = isinstance(made, str) and remote in self._peers
        return "no neighbor uses this local address" if is_known else made

    def _pause_if_exhausted(self, error: OSError) -> None:
        """Without file descriptors or memory, accepting again at once would only burn time."""
        if error.errno not in _EXHAUSTED:
            self._failures.log(logging.WARNING, "Accepting a connection failed: %s", error.strerror)
            return
        text = "Accepting connections pauses for %g s: %s"
        self._failures.log(logging.ERROR, text, _EXHAUSTION_PAUSE, error.strerror)
        self._sockets.pause(_EXHAUSTION_PAUSE)


def _key(endpoint: Endpoint) -> Key:
    return endpoint.authentication or endpoint.password


def _may_use(peer: Peer, local: str) -> bool:
    """Tell whether connections with a peer may have this address at our end."""
    source = peer.settings.endpoint.source_address
    return not source or ip_address(source) == ip_address(local.partition("%")[0])


def _reluctance(peer: Peer) -> int:
    """Order peers by how they would take a connection: an established one refuses, an idle one mostly."""
    return _RELUCTANCE.get(peer.state, 0)
