"""Accepts BGP connections and hands each to the peer it comes from."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any, Final, NamedTuple, Self

from bgpd.sessions.peer import Peer
from bgpd.sessions.refusal import reject
from bgpd.sessions.socket_options import Endpoint, listening_socket, set_password
from messages.iana import BGP_PORT, CeaseSubcode

_log: Final = logging.getLogger("bgpd.listener")
_BACKLOG: Final = 128
_ACCEPTS_PER_CALL: Final = 16
_LOG_INTERVAL: Final = 10.0
"""Seconds between two lines about strangers."""
_EXHAUSTED: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_EXHAUSTION_PAUSE: Final = 1.0
_PASSWORD_RETRY: Final = 30.0


class Remote(NamedTuple):
    """Where a connection comes from."""

    address: bytes
    interface: str
    """The scope of a link-local address, else empty."""

    @classmethod
    def of_socket_address(cls, address: tuple[Any, ...]) -> Self:
        """Read what ``accept`` returned."""
        host = ip_address(str(address[0]).partition("%")[0])
        scope = address[3] if len(address) > 3 and host.is_link_local else 0
        interface = socket.if_indextoname(scope) if scope else ""
        return cls(host.packed, interface)

    @classmethod
    def of_endpoint(cls, endpoint: Endpoint) -> Self:
        """Name the neighbor's connections in advance."""
        return cls(endpoint.packed, endpoint.interface if endpoint.is_link_local else "")

    def __str__(self) -> str:
        host = str(ip_address(self.address))
        return f"{host}%{self.interface}" if self.interface else host


def _no_peer(_remote: Remote) -> Peer | None:
    return None


class Listener:
    """Listens on several addresses for all peers; strangers are closed at once."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        addresses: tuple[str, ...] = ("0.0.0.0", "::"),
        port: int = BGP_PORT,
        make_peer: Callable[[Remote], Peer | None] = _no_peer,
    ) -> None:
        self.accepted = 0
        """Connections handed to a peer."""
        self.strangers = 0
        """Connections from addresses that no neighbor has."""
        self.password_problems: dict[str, str] = {}
        """Neighbors whose MD5 key the kernel does not take, by name; tried again from time to time."""
        self._loop = loop
        self._addresses = addresses
        self._port = port
        self._make_peer = make_peer
        """Asked about strangers, for neighbors that are a range of addresses."""
        self._sockets: list[socket.socket] = []
        self._peers: dict[Remote, list[Peer]] = {}
        self._pauses: dict[socket.socket, asyncio.TimerHandle] = {}
        self._password_timer: asyncio.TimerHandle | None = None
        self._silent_until = 0.0
        self._unlogged = 0

    def open(self) -> None:
        """Take the addresses; ``OSError`` names the one that cannot be had, and nothing is taken then.

        Who connects from now on waits until ``start``.
        """
        try:
            for address in self._addresses:
                self._sockets.append(listening_socket(address, self._port, _BACKLOG))
        except OSError:
            self.stop()
            raise
        for peer in self._all_peers():
            self._give_password(peer)

    def start(self) -> None:
        """Accept connections; opens first what is not open yet."""
        if not self._sockets:
            self.open()
        for sock in self._sockets:
            self._loop.add_reader(sock, self._accept, sock)

    def stop(self) -> None:
        """Stop listening; sessions go on."""
        for sock in self._sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()
        for pause in self._pauses.values():
            pause.cancel()
        self._pauses.clear()
        if self._password_timer is not None:
            self._password_timer.cancel()
            self._password_timer = None

    def add(self, peer: Peer) -> None:
        """Accept connections of this peer from now on."""
        self._peers.setdefault(_key(peer), []).append(peer)
        self._give_password(peer)

    def remove(self, peer: Peer) -> None:
        """Treat this peer as a stranger from now on."""
        peers = self._peers[_key(peer)]
        peers.remove(peer)
        if not peers:
            del self._peers[_key(peer)]
            self._set_password(peer.settings.endpoint, password=b"")
        self.password_problems.pop(peer.name, None)

    # Accepting

    def _accept(self, listening: socket.socket) -> None:
        """Accept some connections; the loop calls again if there are more."""
        for _ in range(_ACCEPTS_PER_CALL):
            try:
                sock, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause_if_exhausted(listening, error)
                return
            sock.setblocking(False)
            self._take(sock, address)

    def _take(self, sock: socket.socket, address: tuple[Any, ...]) -> None:
        try:
            remote = Remote.of_socket_address(address)
            local = sock.getsockname()[0]
        except OSError:  # the interface or the connection is gone already
            sock.close()
            return
        peer = self._find(remote, local)
        if peer is None:
            reject(sock, CeaseSubcode.CONNECTION_REJECTED)
            self._note_stranger(remote, local)
            return
        self.accepted += 1
        try:
            peer.incoming(sock, str(remote))
        except Exception:
            _log.exception("%s: A bug ends the incoming connection", peer.name)
            sock.close()

    def _find(self, remote: Remote, local: str) -> Peer | None:
        """Return the peer at this address; several may differ in the local address they use."""
        for peer in self._peers.get(remote, ()):
            if peer.settings.endpoint.source_address in {"", local}:
                return peer
        return self._make_peer(remote)

    def _note_stranger(self, remote: Remote, local: str) -> None:
        self.strangers += 1
        now = self._loop.time()
        if now < self._silent_until:
            self._unlogged += 1
            return
        more = f" ({self._unlogged} more since the last such line)" if self._unlogged else ""
        reason = (
            "no neighbor uses this local address" if remote in self._peers else "no neighbor has this address"
        )
        _log.warning("Connection from %s to %s rejected: %s%s", remote, local, reason, more)
        self._silent_until = now + _LOG_INTERVAL
        self._unlogged = 0

    def _pause_if_exhausted(self, listening: socket.socket, error: OSError) -> None:
        """Without file descriptors or memory, accepting again at once would only burn time."""
        if error.errno not in _EXHAUSTED:
            _log.warning("Accepting a connection failed: %s", error.strerror)
            return
        _log.error("Accepting connections pauses for %g s: %s", _EXHAUSTION_PAUSE, error.strerror)
        self._loop.remove_reader(listening)
        self._pauses[listening] = self._loop.call_later(_EXHAUSTION_PAUSE, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        del self._pauses[listening]
        self._loop.add_reader(listening, self._accept, listening)

    # TCP MD5

    def _give_password(self, peer: Peer) -> None:
        """Give the kernel the key of a neighbor; one it does not take is reported and tried again."""
        endpoint = peer.settings.endpoint
        if not endpoint.password:
            return
        try:
            self._set_password(endpoint, endpoint.password)
        except OSError as error:
            reason = error.strerror or str(error)
            if self.password_problems.get(peer.name) != reason:
                _log.error("%s: %s", peer.name, reason)
            self.password_problems[peer.name] = reason
            self._retry_later()
        else:
            self.password_problems.pop(peer.name, None)

    def _retry_later(self) -> None:
        if self._password_timer is None:
            self._password_timer = self._loop.call_later(_PASSWORD_RETRY, self._retry_passwords)

    def _retry_passwords(self) -> None:
        self._password_timer = None
        for peer in self._all_peers():
            if peer.name in self.password_problems:
                self._give_password(peer)

    def _set_password(self, endpoint: Endpoint, password: bytes) -> None:
        for sock in self._sockets:
            if sock.family == endpoint.family:
                set_password(sock, endpoint, password)

    def _all_peers(self) -> Iterator[Peer]:
        for peers in self._peers.values():
            yield from peers


def _key(peer: Peer) -> Remote:
    return Remote.of_endpoint(peer.settings.endpoint)
