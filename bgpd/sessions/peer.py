"""One neighbor: what the operator does to it, what ``show protocols`` says of it, whom it lets in."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from socket import socket
from typing import Final, NamedTuple, Protocol

from bgpd.health.backoff import Backoff, Fault
from bgpd.health.faults import FAULTS
from bgpd.logs.about import LogEvent
from bgpd.logs.dialects import NOT_IN_BIRD
from bgpd.logs.journal import Journal
from bgpd.sessions.connections import Connections
from bgpd.sessions.countdown import Countdowns
from bgpd.sessions.history import Loss, NotificationNote, Transition
from bgpd.sessions.message_counters import MessageCounters
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.refusal import Refusal, reject
from bgpd.sessions.session import MessageHandler, Session
from fsm.failure import Failure, FailureKind
from fsm.state import State
from messages.families import Family
from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification, shutdown_communication

_log: Final = logging.getLogger("bgpd.session")
_QUIET_SECONDS: Final = 5.0
"""A neighbor that connects more often than this is logged once."""
_ACCEPTED: Final = "Incoming connection from %s (port %d) accepted"
_REJECTED: Final = "Incoming connection from %s (port %d) rejected: %s"
_LOST: Final = LogEvent.CONNECTION_LOST
_EVENTS: Final = {
    FailureKind.RECEIVED: LogEvent.ERROR_RECEIVED,
    FailureKind.AUTOMATIC: LogEvent.ERROR_SENT,
}
_COLLISION: Final = (ErrorCode.CEASE, CeaseSubcode.CONNECTION_COLLISION_RESOLUTION)


class PeerHandler(MessageHandler, Protocol):
    """Who lives from the neighbor's sessions."""

    def session_up(self, session: Session) -> None:
        """Begin to exchange routes."""

    def session_down(self, reason: str, retained: Sequence[Family]) -> None:
        """The established session ended; ``Peer.last_failure`` says more if nobody ordered it.

        The routes of the ``retained`` families are kept, since the peer will be back (RFC 4724 §4.2).
        """

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
        journal: Journal | None = None,
    ) -> None:
        self.name = settings.name
        self.journal = journal or Journal(settings.name)
        self.journal.neighbor = settings.endpoint.address
        self.established_at: float | None = None
        """Unix time."""
        self.last_failure: Failure | None = None
        """Why the last connection ended, if nobody had ordered it."""
        self.backoff = Backoff()
        self.last_fault: Fault | None = None
        """The last bug of ours that ended a session, or an attempt."""
        self.last_refusal: Refusal | None = None
        """The last connection of the neighbor that was not accepted."""
        self._quiet_until = 0.0
        self._handler = handler
        self._loop = loop
        self._connections = Connections(settings, self, handler, loop, jitter, self.backoff)
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
    def last_loss(self) -> Loss | None:
        """The end of the last session that was established, if one has ended."""
        return self._connections.history.last_loss

    @property
    def counters(self) -> MessageCounters:
        """Messages of all sessions."""
        return self._connections.counters

    # What the operator does

    def start(self) -> None:
        """Begin to connect and to accept; ends a wait after an error."""
        self.journal.note("events", "Started")
        self.last_failure = None
        self._connections.start()

    def stop(self, subcode: int = CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, communication: str = "") -> None:
        """Cease with this subcode and these words (RFC 9003), and stay in Idle until ``start``."""
        self.journal.note("events", "Shutdown requested")
        self.last_failure = None
        data = shutdown_communication(communication) if communication else b""
        self._connections.stop(Notification(ErrorCode.CEASE, subcode, data))

    def change_password(self, password: bytes) -> None:
        """Use another TCP MD5 password without a new session. Raises OSError if the kernel refuses it."""
        self._connections.change_password(password)

    def follow(self, settings: PeerSettings) -> None:
        """Go by these settings; what was agreed with the neighbor stays until the next session."""
        self.name = settings.name
        self._connections.follow(settings)

    def cease(self, notification: Notification, rest: float | None) -> None:
        """End the session for a reason of our own; take another one after ``rest`` seconds.

        Without ``rest`` the neighbor stays in Idle until ``start``.
        """
        self._connections.cease(notification, rest)

    def close_silently(self) -> None:
        """Close without a NOTIFICATION, so that the peer keeps our routes (RFC 4724 §4)."""
        self.journal.note("events", "Shutdown requested")
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
        with self._connections.contained():
            self._connections.settle()

    # Whom it lets in

    def incoming(self, sock: socket, remote: str, port: int) -> None:
        """Take a connection that the neighbor opened from this port, or refuse it."""
        refusal = self._reason_to_refuse()
        if refusal is not None:
            reject(sock, refusal.subcode)
            self._note(refusal, remote, port)
            return
        now = self._loop.time()
        level = logging.INFO if now >= self._quiet_until else logging.DEBUG
        self._quiet_until = now + _QUIET_SECONDS
        self.journal.note("events", _ACCEPTED, remote, port, level=level, event=LogEvent.CONNECTION_ACCEPTED)
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
        if self._connections.main.state is State.ESTABLISHED and not self._connections.may_be_succeeded:
            return Refusal(now, "a session is established", collision)
        if rival is not None and rival.state is State.OPEN_CONFIRM:
            return Refusal(now, "another connection is about to be established", collision)
        return None

    def _note(self, refusal: Refusal, remote: str, port: int) -> None:
        """Remember a refusal, and log it unless it only repeats itself."""
        is_new = self.last_refusal is None or self.last_refusal.reason != refusal.reason
        level = logging.INFO if is_new else logging.DEBUG
        self.journal.note(
            "events", _REJECTED, remote, port, refusal.reason, level=level, event=LogEvent.CONNECTION_REFUSED
        )
        self.last_refusal = refusal

    # What becomes of the connections

    def session_up(self, session: Session) -> None:
        """A session was established."""
        self.journal.note("events", "BGP session established", level=logging.INFO, event=LogEvent.SESSION_UP)
        self.last_failure = None
        self.established_at = time.time()
        self._handler.session_up(session)

    def session_down(self, reason: str, retained: Sequence[Family]) -> None:
        """The established session ended; the routes of these families are kept."""
        self.journal.note("events", "BGP session closed", level=logging.INFO, event=LogEvent.SESSION_DOWN)
        self.established_at = None
        self._handler.session_down(reason, retained)

    def failed(self, failure: Failure) -> None:
        """Show a failure, and log it unless it only repeats itself or another connection lives on."""
        is_collision = failure.notification is not None and failure.notification[:2] == _COLLISION
        repeated = is_collision or failure == self.last_failure
        level = logging.DEBUG if repeated else logging.INFO
        if not is_collision or self.session is None:
            self.last_failure = failure
        text = f"{failure.text}: {failure.detail}" if failure.detail else failure.text
        match failure.kind:
            case FailureKind.SOCKET if failure.text == "Connection closed":
                self.journal.note("events", "Connection closed", level=level, event=_LOST)
            case FailureKind.SOCKET:
                self.journal.note("events", "Connection lost (%s)", text, level=level, event=_LOST)
            case FailureKind.SENT:
                self.journal.note_remote("Error: %s", text, repeated=repeated, event=LogEvent.ERROR_SENT)
            case _:
                event = _EVENTS.get(failure.kind, _LOST)
                self.journal.note_remote(f"{failure.kind}: %s", text, repeated=repeated, event=event)

    def broke(self, error: Exception, rest: float) -> None:
        """A bug has ended the connections; note it, so that the operator sees more than a Cease."""
        now = time.time()
        self.last_fault = Fault(now, FAULTS.note("session", error, self.name), now + rest)

    def lost(self) -> None:
        """There are no connections any more: the handler may still believe in a session."""
        if self.established_at is not None:
            with FAULTS.contained("session", self.name):
                self.session_down("a bug", ())

    def give_up(self, error: Exception) -> None:
        """End all connections because of a bug in what hangs on them, and come back after a while."""
        self._connections.give_up(error)

    def settled(self) -> None:
        """Tell the handler if there is something new to show."""
        shown = _Shown(self.state, self.last_error)
        if shown != self._shown:
            _log.debug("%s: State changed to %s", self.name, shown.state, extra=NOT_IN_BIRD)
            self._shown = shown
            self._handler.state_changed()
