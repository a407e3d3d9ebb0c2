"""The connections with one neighbor: one as a rule, two during a collision (RFC 4271 §6.8, §8.2.1)."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import time
from typing import Any, Final, Protocol

from bgpd.sessions.history import History, NotificationNote, Transition
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.session import MessageCounters, MessageHandler, Session
from bgpd.sessions.socket_options import change_password, outgoing_socket, remote_socket_address, tune
from fsm.actions import (
    Action,
    Actions,
    DropConnection,
    ReportFailure,
    SendKeepalive,
    SendNotification,
    SendOpen,
    SessionDown,
    SessionUp,
    StartConnecting,
)
from fsm.collision import Speaker, Verdict, dominant, resolve
from fsm.events import (
    EXPIRIES,
    AutomaticStart,
    AutomaticStop,
    Event,
    KeepaliveReceived,
    ManualStart,
    ManualStop,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenReceived,
    TcpConnectionConfirmed,
    TcpConnectionFails,
)
from fsm.failure import Failure
from fsm.machine import Machine
from fsm.open_check import check_open
from fsm.state import State
from messages.errors import NotificationError
from messages.iana import CeaseSubcode, ErrorCode
from messages.keepalive import KEEPALIVE
from messages.notification import Notification, encode_notification
from messages.open import Open, encode_open

_log: Final = logging.getLogger("bgpd.session")
_PATIENCE: Final = 10.0
"""Seconds for the dominant speaker to send the OPEN that decides a collision."""
_MOST_WAITING: Final = 2
_WAITS: Final = OpenReceived | KeepaliveReceived
_INTERNAL_ERROR: Final = Notification(ErrorCode.CEASE, CeaseSubcode.UNSPECIFIC)


@dataclass(slots=True, eq=False)
class Connection:
    """A machine and the TCP connection it has or attempts, if any."""

    machine: Machine
    session: Session | None = None
    waiting: list[Event] = field(default_factory=list)
    """An OPEN that is unanswered until a collision is decided, and what followed it."""

    @property
    def state(self) -> State:
        """The state of the machine."""
        return self.machine.state

    @property
    def is_alive(self) -> bool:
        """Whether there is a TCP connection, or an attempt."""
        return self.machine.is_alive

    def put_off(self, event: Event) -> None:
        """Keep an event for later; a peer that says more than an OPEN and a KEEPALIVE repeats itself."""
        if len(self.waiting) < _MOST_WAITING:
            self.waiting.append(event)

    @property
    def initiator(self) -> str:
        """Who opened the TCP connection, in the words of ``Transition``."""
        if self.session is None:
            return "local" if self.state is State.CONNECT else ""
        return "remote" if self.session.is_incoming else "local"


class Observer(Protocol):
    """Who is told what becomes of the connections."""

    def session_up(self, session: Session) -> None:
        """A session was established."""

    def session_down(self, reason: str) -> None:
        """The established session ended."""

    def failed(self, failure: Failure) -> None:
        """A connection or an attempt ended, and nobody had ordered it."""

    def settled(self) -> None:
        """Everything that an event caused was done."""


class Connections:
    """The machines of one neighbor, their sessions, and their one timer.

    The main machine is the one that connects. A connection that comes in while it is busy gets a machine of
    its own, the rival, until the collision is resolved; if the main machine loses, the rival takes its place.
    """

    def __init__(
        self,
        settings: PeerSettings,
        observer: Observer,
        handler: MessageHandler,
        loop: asyncio.AbstractEventLoop,
        jitter: Callable[[], float],
    ) -> None:
        self.settings = settings
        self.counters = MessageCounters()
        self.main = Connection(Machine(settings.session, jitter))
        self.rival: Connection | None = None
        self.is_started = False
        self.is_held = False
        """Take no new session for now."""
        self.history = History()
        self.leaving: set[asyncio.Future[None]] = set()
        """Sessions that ended, and whose sockets are not closed yet."""
        self._observer = observer
        self._handler = handler
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def __iter__(self) -> Iterator[Connection]:
        yield self.main
        if self.rival is not None:
            yield self.rival

    @property
    def foremost(self) -> Connection:
        """The connection that is closest to a session."""
        return max(self, key=lambda connection: connection.state)

    # What the operator and the listener do

    def start(self) -> None:
        """Begin to connect and to accept."""
        self.is_started = True
        if not self.is_held:
            self._handle(self.main, ManualStart())

    def stop(self, notification: Notification | None) -> None:
        """End everything, with this NOTIFICATION or silently, and stay in Idle."""
        self.is_started = False
        self.main.machine.error_wait.clear()
        for connection in tuple(self):
            self._handle(connection, ManualStop(notification))

    def cease(self, notification: Notification, rest: float | None) -> None:
        """End the session for a reason of our own; take another one after ``rest`` seconds, or never."""
        if rest is None:
            self.is_started = False
        self._handle(self.foremost, AutomaticStop(notification, damped=rest is not None, rest=rest))

    def accept(self, sock: socket.socket) -> None:
        """Go on with a connection that the peer opened: in the main machine if it waits for one."""
        try:
            tune(sock, self.settings.endpoint)
        except OSError as error:
            _log.warning("%s: Incoming connection lost (%s)", self.settings.name, error.strerror)
            sock.close()
            return
        is_waiting = self.main.state is State.ACTIVE and not self.main.is_alive
        connection = self.main if is_waiting else self._new_rival()
        connection.session = self._new_session(connection)
        connection.session.adopt(sock)
        self._handle(connection, TcpConnectionConfirmed())

    def _new_rival(self) -> Connection:
        if self.rival is not None:  # the peer opened another one because it lost this one
            self._handle(self.rival, OpenCollisionDump())
        self.rival = Connection(self.main.machine.rival())
        return self.rival

    def change_password(self, password: bytes) -> None:
        """Sign with another TCP MD5 password from now on, on the connections that there are, too.

        The neighbor may change later: what is signed otherwise is lost, and sent again for some time.
        """
        endpoint = replace(self.settings.endpoint, password=password)
        self.settings = replace(self.settings, endpoint=endpoint)
        for connection in self:
            if connection.session is not None and connection.session.socket is not None:
                change_password(connection.session.socket, endpoint, password)

    def lose_main(self, reason: str) -> None:
        """Treat the main connection as lost."""
        self._handle(self.main, TcpConnectionFails(reason))

    def settle(self) -> None:
        """Restore what must hold between two events.

        A rival lives only beside a living main connection, there is one session at most, and the main machine
        is in Idle only for a reason.
        """
        if self.rival is not None:
            self._settle_rival(self.rival)
        idle_hold = self.main.machine.timers.idle_hold
        if self.main.state is State.IDLE and self.is_started and not self.is_held and not idle_hold.running:
            self._handle(self.main, AutomaticStart())
        if self.rival is None:
            self._go_on()
        self._arm()
        self._observer.settled()

    def _go_on(self) -> None:
        """Process what waited for a collision to be decided."""
        waiting, self.main.waiting = self.main.waiting, []
        session = self.main.session
        if waiting and session is not None:
            with self.contained(session):
                for event in waiting:
                    self.dispatch(session, event)

    def _stop_waiting(self, connection: Connection, event: Event) -> None:
        """Give up a connection that the peer wanted, and then said nothing on."""
        other = self.main if connection is self.rival else self.rival
        if other is not None and any(each is event for each in connection.waiting):
            self._handle(other, OpenCollisionDump())

    def _settle_rival(self, rival: Connection) -> None:
        if not rival.is_alive:
            self.rival = None
        elif not self.main.is_alive:
            self.main, self.rival = rival, None
        elif rival.state is State.ESTABLISHED:
            self._handle(self.main, OpenCollisionDump())
        elif self.main.state is State.ESTABLISHED:
            self._handle(rival, OpenCollisionDump())

    # Events

    def dispatch(self, session: Session, event: Event) -> None:
        """Let the machine of a session handle an event; a session that was dropped has no say any more."""
        for connection in self:
            if connection.session is session:
                if connection.waiting and isinstance(event, _WAITS):
                    connection.put_off(event)
                else:
                    self._handle(connection, event)
                return

    @contextmanager
    def contained(self, session: Session) -> Iterator[None]:
        """End the session with the NOTIFICATION that an error names, or with a Cease if there is a bug."""
        try:
            yield
        except NotificationError as error:
            session.reset(error)
        except Exception:
            _log.exception("%s: A bug ends the session", self.settings.name)
            self.dispatch(session, AutomaticStop(_INTERNAL_ERROR, damped=True))

    def _handle(self, connection: Connection, event: Event) -> None:
        if isinstance(event, OpenReceived):
            decided = self._resolve_collision(connection, event)
            if decided is None:
                connection.put_off(event)
                self._loop.call_later(_PATIENCE, self._stop_waiting, connection, event)
                return
            event = decided
        if isinstance(event, NotificationReceived | NotificationVersionError):
            notification = event.notification
            detail = notification.shutdown_communication or notification.flaw
            self.history.last_received = NotificationNote(time(), notification, detail)
        before = connection.state
        actions = connection.machine.handle(event, self._loop.time())
        self._note_transition(connection, before, event)
        self._perform(connection, actions)

    def _note_transition(self, connection: Connection, before: State, event: Event) -> None:
        if connection.state is not before:
            initiator = connection.initiator
            self.history.transitions.append(
                Transition(time(), before, connection.state, str(event), initiator)
            )

    def _resolve_collision(self, connection: Connection, event: OpenReceived) -> Event | None:
        """Decide which connection goes before the OPEN is processed (RFC 4271 §6.8); None is not yet."""
        other = self.main if connection is self.rival else self.rival
        if other is None or not self._is_acceptable(event.message):
            return event
        ours, theirs = self.settings.session, event.message
        winner = dominant(Speaker(ours.router_id, ours.local_asn), Speaker(theirs.router_id, theirs.asn))
        verdict = resolve(
            winner,
            connection.machine.initiator,
            other.machine.initiator,
            other_state=other.machine.collision_state,
        )
        if verdict is Verdict.DUMP_OTHER:
            self._handle(other, OpenCollisionDump())
        if verdict is Verdict.WAIT:
            return None
        return OpenCollisionDump() if verdict is Verdict.DUMP_OPENED else event

    def _is_acceptable(self, message: Open) -> bool:
        """An OPEN that is refused anyway must not cost the other connection its life."""
        try:
            check_open(message, self.settings.session)
        except NotificationError:
            return False
        return True

    # The one timer

    def _arm(self) -> None:
        """Make sure to be called at the next deadline; a call that comes too early does no harm."""
        deadlines = [connection.machine.next_deadline() for connection in self]
        deadline = min((at for at in deadlines if at is not None), default=None)
        if self._timer is not None and (deadline is None or deadline < self._timer.when()):
            self._timer.cancel()
            self._timer = None
        if self._timer is None and deadline is not None:
            self._timer = self._loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now = self._loop.time()
        for connection in tuple(self):
            if connection.session is None:
                self._expire_timers(connection, now)
                continue
            with self.contained(connection.session):
                connection.session.before_expiry(now)
                self._expire_timers(connection, now)
        self._arm()

    def _expire_timers(self, connection: Connection, now: float) -> None:
        timers, before = connection.machine.timers, connection.state
        due = [event for timer, event in zip(timers.in_order, EXPIRIES, strict=True) if timer.deadline <= now]
        actions = connection.machine.expire(now)
        if due:
            self._note_transition(connection, before, due[0])
        self._perform(connection, actions)

    # Actions

    def _perform(self, connection: Connection, actions: Actions) -> None:
        try:
            for action in actions:
                _PERFORM[type(action)](self, connection, action)
        finally:
            self.settle()

    def _start_connecting(self, connection: Connection, action: StartConnecting) -> None:
        self._drop(connection, action)
        endpoint = self.settings.endpoint
        local = f" from local address {endpoint.source_address}" if endpoint.source_address else ""
        _log.debug("%s: Connecting to %s%s", self.settings.name, endpoint, local)
        try:
            address = remote_socket_address(endpoint)
            sock = outgoing_socket(endpoint)
        except OSError as error:
            self._handle(connection, TcpConnectionFails(error.strerror or str(error)))
            return
        connection.session = self._new_session(connection)
        connection.session.connect(sock, address)

    def _new_session(self, connection: Connection) -> Session:
        return Session(connection.machine, self, self._handler, self.counters, self._loop)

    def _drop(self, connection: Connection, _action: DropConnection | StartConnecting) -> None:
        connection.waiting.clear()
        session, connection.session = connection.session, None
        if session is not None and not session.closed.done():
            self.leaving.add(session.closed)
            session.closed.add_done_callback(self.leaving.discard)
            session.close()

    def _send(self, connection: Connection, action: SendOpen | SendKeepalive | SendNotification) -> None:
        assert connection.session is not None  # the machine sends only while connected
        match action:
            case SendOpen(message):
                connection.session.write(encode_open(message))
            case SendKeepalive():
                connection.session.write(KEEPALIVE)
            case SendNotification(notification):
                words = notification.shutdown_communication
                self.history.last_sent = NotificationNote(time(), notification, words)
                connection.session.write(encode_notification(notification))

    def _session_up(self, connection: Connection, _action: SessionUp) -> None:
        assert connection.session is not None  # the machine is connected
        connection.session.established()
        self._observer.session_up(connection.session)

    def _session_down(self, _connection: Connection, action: SessionDown) -> None:
        self.history.flaps += 1
        self._observer.session_down(action.reason)

    def _report_failure(self, _connection: Connection, action: ReportFailure) -> None:
        sent = self.history.last_sent
        if sent is not None and sent.notification is action.failure.notification and action.failure.detail:
            self.history.last_sent = sent._replace(detail=action.failure.detail)
        self._observer.failed(action.failure)


_PERFORM: Final[Mapping[type[Action], Callable[[Connections, Connection, Any], None]]] = {
    StartConnecting: Connections._start_connecting,
    DropConnection: Connections._drop,
    SendOpen: Connections._send,
    SendKeepalive: Connections._send,
    SendNotification: Connections._send,
    ReportFailure: Connections._report_failure,
    SessionUp: Connections._session_up,
    SessionDown: Connections._session_down,
}
