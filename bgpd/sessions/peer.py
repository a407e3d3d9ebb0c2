"""One neighbor: what the operator does to it, what ``show protocols`` says of it, whom it lets in."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from socket import socket
from typing import Final, NamedTuple, Protocol

from bgpd.sessions.connections import Connections
from bgpd.sessions.countdown import Countdowns
from bgpd.sessions.history import NotificationNote, Transition
from bgpd.sessions.message_counters import MessageCounters
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.refusal import Refusal, reject
from bgpd.sessions.session import MessageHandler, Session
from fsm.failure import Failure, FailureKind
from fsm.state import State
from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification, shutdown_communication

_log: Final = logging.getLogger("bgpd.session")
_QUIET_SECONDS: Final = 5.0
"""A neighbor that connects more often than this is logged once."""
_COLLISION: Final = (ErrorCode.CEASE, CeaseSubcode.CONNECTION_COLLISION_RESOLUTION)


class PeerHandler(MessageHandler, Protocol):
    """Who lives from the neighbor's sessions."""

    def session_up(self, session: Session) -> None:
        """Begin to exchange routes."""

    def session_down(self, reason: str) -> None:
        """The established session ended; ``Peer.last_failure`` says more if nobody ordered it."""

    def state_changed(self) -> None:
        """The state or the last error changed."""


class _Shown(NamedTuple):
    """What ``state_changed`` is about."""

    state: State
    last_error: str


def rfc_jitter() -> float:
    """Return a random factor for the timers (RFC 4271 §10)."""
    return random.uniform(0.75, 1.0)


class Peer:
    """One neighbor; ``Connections`` does the work."""

    def __init__(
        self,
        settings: PeerSettings,
        handler: PeerHandler,
        loop: asyncio.AbstractEventLoop,
        jitter: Callable[[], float] = rfc_jitter,
    ) -> None:
        self.name = settings.name
        self.established_at: float | None = None
        """Unix time."""
        self.last_failure: Failure | None = None
        """Why the last connection ended, if nobody had ordered it."""
        self.last_refusal: Refusal | None = None
        """The last connection of the neighbor that was not accepted."""
        self._quiet_until = 0.0
        self.yields_to_restart = False
        """Take an incoming connection for the restart of an established peer (RFC 4724 §4.2)."""
        self._handler = handler
        self._loop = loop
        self._connections = Connections(settings, self, handler, loop, jitter)
        self._shown = _Shown(State.IDLE, "")

    @property
    def settings(self) -> PeerSettings:
        """As they are now: a password may change while the neighbor lives."""
        return self._connections.settings

    # What is shown

    @property
    def state(self) -> State:
        """The larger state of the two connections; ``str`` gives BIRD's name."""
        return self._connections.foremost.state

    @property
    def is_waiting(self) -> bool:
        """Whether there is neither a connection nor an attempt, nor a rest after an error."""
        connections = self._connections
        return connections.main.state is State.ACTIVE and not connections.main.is_alive

    @property
    def omits_capabilities(self) -> bool:
        """Whether our next OPEN has no capabilities, since the neighbor refused them."""
        return self._connections.main.machine.omits_capabilities

    @property
    def last_error(self) -> str:
        """Why the last connection ended, until a session is established or the operator intervenes."""
        return str(self.last_failure or "")

    @property
    def session(self) -> Session | None:
        """The established session."""
        foremost = self._connections.foremost
        return foremost.session if foremost.state is State.ESTABLISHED else None

    @property
    def countdowns(self) -> Countdowns:
        """What the timers of the foremost connection say."""
        return Countdowns.of(self._connections.foremost.machine, self._loop.time())

    @property
    def transitions(self) -> Sequence[Transition]:
        """The last changes of state, the newest last."""
        return self._connections.history.transitions

    @property
    def last_sent(self) -> NotificationNote | None:
        """The last NOTIFICATION that we sent on an accepted connection."""
        return self._connections.history.last_sent

    @property
    def last_received(self) -> NotificationNote | None:
        """The last NOTIFICATION of the neighbor."""
        return self._connections.history.last_received

    @property
    def flaps(self) -> int:
        """How many established sessions ended."""
        return self._connections.history.flaps

    @property
    def counters(self) -> MessageCounters:
        """Messages of all sessions."""
        return self._connections.counters

    # What the operator does

    def start(self) -> None:
        """Begin to connect and to accept; ends a wait after an error."""
        self.last_failure = None
        self._connections.start()

    def stop(self, subcode: int = CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, communication: str = "") -> None:
        """Cease with this subcode and these words (RFC 9003), and stay in Idle until ``start``."""
        self.last_failure = None
        data = shutdown_communication(communication) if communication else b""
        self._connections.stop(Notification(ErrorCode.CEASE, subcode, data))

    def change_password(self, password: bytes) -> None:
        """Use another TCP MD5 password without a new session. Raises OSError if the kernel refuses it."""
        self._connections.change_password(password)

    def cease(self, notification: Notification, rest: float | None) -> None:
        """End the session for a reason of our own; take another one after ``rest`` seconds.

        Without ``rest`` the neighbor stays in Idle until ``start``.
        """
        self._connections.cease(notification, rest)

    def close_silently(self) -> None:
        """Close without a NOTIFICATION, so that the peer keeps our routes (RFC 4724 §4)."""
        self.last_failure = None
        self._connections.stop(None)

    async def wait_closed(self) -> None:
        """Wait until the sockets of sessions that ended are closed, a few seconds at most."""
        if self._connections.leaving:
            await asyncio.wait(self._connections.leaving)

    def hold(self) -> None:
        """Take no new session until ``release``, as while the routes of the last one are being removed."""
        self._connections.is_held = True

    def release(self) -> None:
        """Take sessions again."""
        self._connections.is_held = False
        self._connections.settle()

    # Whom it lets in

    def incoming(self, sock: socket, remote: str) -> None:
        """Take a connection that the neighbor opened, or refuse it."""
        if self.yields_to_restart and self._connections.main.state is State.ESTABLISHED:
            self._connections.lose_main("Connection closed")
            self.failed(Failure(FailureKind.MISCELLANEOUS, "Graceful restart"))
        refusal = self._reason_to_refuse()
        if refusal is not None:
            reject(sock, refusal.subcode)
            self._note(refusal, remote)
            return
        now = self._loop.time()
        level = logging.INFO if now >= self._quiet_until else logging.DEBUG
        self._quiet_until = now + _QUIET_SECONDS
        _log.log(level, "%s: Incoming connection from %s accepted", self.name, remote)
        self._connections.accept(sock)

    def _reason_to_refuse(self) -> Refusal | None:
        """Idle takes no connection, and Established yields to none (RFC 4271 §6.8, §8.2.2)."""
        rejected, collision = CeaseSubcode.CONNECTION_REJECTED, CeaseSubcode.CONNECTION_COLLISION_RESOLUTION
        now, rival = time.time(), self._connections.rival
        if not self._connections.is_started:
            return Refusal(now, "the neighbor is shut down", rejected)
        if self._connections.is_held:
            return Refusal(now, "routes of the last session are being removed", rejected)
        if self._connections.main.state is State.IDLE:
            return Refusal(now, f"waiting after an error ({self.last_error})", rejected)
        if self._connections.main.state is State.ESTABLISHED:
            return Refusal(now, "a session is established", collision)
        if rival is not None and rival.state is State.OPEN_CONFIRM:
            return Refusal(now, "another connection is about to be established", collision)
        return None

    def _note(self, refusal: Refusal, remote: str) -> None:
        """Remember a refusal, and log it unless it only repeats itself."""
        is_new = self.last_refusal is None or self.last_refusal.reason != refusal.reason
        level = logging.INFO if is_new else logging.DEBUG
        _log.log(level, "%s: Incoming connection from %s rejected: %s", self.name, remote, refusal.reason)
        self.last_refusal = refusal

    # What becomes of the connections

    def session_up(self, session: Session) -> None:
        """A session was established."""
        _log.info("%s: BGP session established", self.name)
        self.last_failure = None
        self.established_at = time.time()
        self._handler.session_up(session)

    def session_down(self, reason: str) -> None:
        """The established session ended."""
        _log.info("%s: BGP session closed", self.name)
        self.established_at = None
        self._handler.session_down(reason)

    def failed(self, failure: Failure) -> None:
        """Show a failure, and log it unless it only repeats itself or another connection lives on."""
        is_collision = failure.notification is not None and failure.notification[:2] == _COLLISION
        level = logging.DEBUG if is_collision or failure == self.last_failure else logging.INFO
        self.last_failure = failure
        text = f"{failure.text}: {failure.detail}" if failure.detail else failure.text
        match failure.kind:
            case FailureKind.SOCKET if failure.text == "Connection closed":
                _log.log(level, "%s: Connection closed", self.name)
            case FailureKind.SOCKET:
                _log.log(level, "%s: Connection lost (%s)", self.name, text)
            case FailureKind.SENT:
                _log.log(level, "%s: Error: %s", self.name, text)
            case _:
                _log.log(level, "%s: %s: %s", self.name, failure.kind, text)

    def settled(self) -> None:
        """Tell the handler if there is something new to show."""
        shown = _Shown(self.state, self.last_error)
        if shown != self._shown:
            _log.debug("%s: State changed to %s", self.name, shown.state)
            self._shown = shown
            self._handler.state_changed()
