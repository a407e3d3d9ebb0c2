"""The connections with one neighbor: one as a rule, two during a collision (RFC 4271 §6.8, §8.2.1)."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import time
from typing import Final

from bgpd.health.backoff import Backoff
from bgpd.logs.about import LogEvent
from bgpd.sessions.connection import Connection
from bgpd.sessions.event_notes import EventNotes
from bgpd.sessions.history import History, NotificationNote, Transition
from bgpd.sessions.message_counters import MessageCounters
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.performer import Observer, Performer
from bgpd.sessions.postponed_events import PATIENCE
from bgpd.sessions.session import MessageHandler, Session
from bgpd.sessions.socket_options import change_password, tune
from fsm.actions import Actions
from fsm.collision import Verdict
from fsm.events import (
    EXPIRIES,
    AutomaticStart,
    AutomaticStop,
    Event,
    ManualStart,
    ManualStop,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenReceived,
    TcpConnectionConfirmed,
    TcpConnectionFails,
)
from fsm.failure import Failure, FailureKind
from fsm.machine import Machine
from fsm.restart import has_restarted
from fsm.state import State
from messages.errors import NotificationError
from messages.iana import CeaseSubcode, ErrorCode
from messages.keepalive import KEEPALIVE
from messages.notification import Notification

_INTERNAL_ERROR: Final = Notification(ErrorCode.CEASE, CeaseSubcode.UNSPECIFIC)


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
        backoff: Backoff,
    ) -> None:
        self.settings = settings
        self.main = Connection(Machine(settings.session, jitter))
        self.rival: Connection | None = None
        self.is_started = False
        self.is_held = False
        """Take no new session for now."""
        self.history = History()
        self._observer = observer
        self._notes = EventNotes(observer.journal)
        self._performer = Performer(self, observer, handler, self.history, loop)
        self._loop = loop
        self._jitter = jitter
        self._backoff = backoff
        self._timer: asyncio.TimerHandle | None = None

    def __iter__(self) -> Iterator[Connection]:
        yield self.main
        if self.rival is not None:
            yield self.rival

    @property
    def counters(self) -> MessageCounters:
        """Messages of all sessions."""
        return self._performer.counters

    @property
    def leaving(self) -> set[asyncio.Future[None]]:
        """Sessions that ended, and whose sockets are not closed yet."""
        return self._performer.leaving

    @property
    def foremost(self) -> Connection:
        """The connection that is closest to a session."""
        return max(self, key=lambda connection: connection.state)

    # What the operator and the listener do

    def start(self) -> None:
        """Begin to connect and to accept."""
        self.is_started = True
        if not self.is_held:
            with self.contained():
                self.handle(self.main, ManualStart())

    def stop(self, notification: Notification | None) -> None:
        """End everything, with this NOTIFICATION or silently, and stay in Idle."""
        self.is_started = False
        self.main.machine.error_wait.clear()
        for connection in tuple(self):
            with self.contained():
                self.handle(connection, ManualStop(notification))

    def cease(self, notification: Notification, rest: float | None) -> None:
        """End the session for a reason of our own; take another one after ``rest`` seconds, or never."""
        if rest is None:
            self.is_started = False
        with self.contained():
            self.handle(self.foremost, AutomaticStop(notification, damped=rest is not None, rest=rest))

    def accept(self, sock: socket.socket) -> None:
        """Go on with a connection that the peer opened: in the main machine if it waits for one."""
        try:
            tune(sock, self.settings.endpoint)
        except OSError as error:
            words, event = "Incoming connection lost (%s)", LogEvent.CONNECTION_LOST
            self._observer.journal.note("events", words, error.strerror, level=logging.WARNING, event=event)
            sock.close()
            return
        with self.contained():
            is_waiting = self.main.state is State.ACTIVE and not self.main.is_alive
            if self.main.state is State.ESTABLISHED and self.main.session is not None:
                self.main.session.write(KEEPALIVE)  # a peer that has lost this connection says so
            connection = self.main if is_waiting else self._new_rival()
            self._performer.new_session(connection).adopt(sock)
            self.handle(connection, TcpConnectionConfirmed())

    def _new_rival(self) -> Connection:
        if self.rival is not None:  # the peer opened another one because it lost this one
            self.handle(self.rival, OpenCollisionDump())
        self.rival = Connection(self.main.machine.rival(), may_succeed=self.may_be_succeeded)
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

    def follow(self, settings: PeerSettings) -> None:
        """Go by these settings; so do the connections that there are, as far as it is our matter alone."""
        before, self.settings = self.settings.endpoint, settings
        now = settings.endpoint
        is_tuned = (before.hops, before.ttl_security) == (now.hops, now.ttl_security)
        with self.contained():
            for connection in self:
                connection.machine.follow(settings.session, self._loop.time())
                if not is_tuned and connection.session is not None and connection.session.socket is not None:
                    tune(connection.session.socket, now)
            self.settle()

    @property
    def may_be_succeeded(self) -> bool:
        """Whether a peer that is established may have restarted when it connects again (RFC 4724 §5).

        RFC 4724 has us take any such connection for a restart. But it may as well be one that lost the race
        when the two of us connected to each other, and the session would be torn down by mistake. So its OPEN
        decides: it has the Restart State bit after a restart. After one it is in all its OPENs for some time;
        so who takes part in the race, as it was there before the session, does not succeed it.
        """
        negotiated = self.main.machine.negotiated
        restart = negotiated and negotiated.restart
        return bool(self.main.state is State.ESTABLISHED and restart and restart.retained(None))

    def settle(self) -> None:
        """Restore what must hold between two events.

        A rival lives only beside a living main connection, there is one session at most, and the main machine
        is in Idle only for a reason.
        """
        if self.rival is not None:
            self._settle_rival(self.rival)
        idle_hold = self.main.machine.timers.idle_hold
        if self.main.state is State.IDLE and self.is_started and not self.is_held and not idle_hold.running:
            self.handle(self.main, AutomaticStart())
        if self.rival is None:
            self._go_on()
        self._arm()
        self._notes.rests(self.main.machine)
        self._observer.settled()

    def _go_on(self) -> None:
        """Process what waited for a collision to be decided."""
        waiting, session = self.main.waiting.take(), self.main.session
        if waiting and session is not None:
            with self.contained(session):
                for event in waiting:
                    self.dispatch(session, event)

    def _stop_waiting(self, connection: Connection, event: Event) -> None:
        """Give up a connection that the peer wanted, and then said nothing on."""
        other = self.main if connection is self.rival else self.rival
        if other is not None and connection.waiting.has(event):
            with self.contained():
                self.handle(other, OpenCollisionDump())

    def _settle_rival(self, rival: Connection) -> None:
        if not rival.is_alive:
            self.rival = None
        elif self.is_held:
            self.handle(rival, OpenCollisionDump())
        elif not self.main.is_alive:
            self.main, self.rival = rival, None
        elif rival.state is State.ESTABLISHED:
            self.handle(self.main, OpenCollisionDump())
        elif self.main.state is State.ESTABLISHED and not rival.may_succeed:
            self.handle(rival, OpenCollisionDump())

    # Events

    def dispatch(self, session: Session, event: Event) -> None:
        """Let the machine of a session handle an event; a session that was dropped has no say any more."""
        for connection in self:
            if connection.session is session:
                if connection.waiting.concern(event):
                    connection.waiting.add(event)
                else:
                    self.handle(connection, event)
                return

    @contextmanager
    def contained(self, session: Session | None = None) -> Iterator[None]:
        """End the session with the NOTIFICATION that an error names; a bug ends all that there is."""
        try:
            try:
                yield
            except NotificationError as error:
                if session is None:
                    raise
                session.reset(error)
        except Exception as error:
            self.give_up(error)

    def give_up(self, error: Exception) -> None:
        """A bug of ours: say Cease, leave nothing behind, and stay away, longer each time.

        It is a hard reset (RFC 8538): what is known to be wrong here is not to be kept there.
        """
        now = self._loop.time()
        rest = self._backoff.next(now)
        self._observer.broke(error, rest)
        try:
            for connection in tuple(self):
                if connection.session is not None:
                    self.handle(connection, AutomaticStop(_INTERNAL_ERROR, damped=True, rest=rest))
        except Exception as another:
            self._observer.broke(another, rest)
        if self.main.state is not State.IDLE or self.main.session is not None or self.rival is not None:
            self._begin_anew()
        idle_hold = self.main.machine.timers.idle_hold
        if self.is_started:
            idle_hold.start(rest, now)
        else:
            idle_hold.stop()
        self._arm()

    def _begin_anew(self) -> None:
        """Not even an orderly end is possible."""
        for connection in tuple(self):
            if connection.session is not None:
                connection.session.abort()
        self.main, self.rival = Connection(Machine(self.settings.session, self._jitter)), None
        self._observer.lost()

    def handle(self, connection: Connection, event: Event) -> None:
        """Let the machine of a connection handle an event."""
        self._notes.came(event)
        if isinstance(event, OpenReceived):
            decided = self._resolve_collision(connection, event)
            if decided is None:
                connection.waiting.add(event)
                self._loop.call_later(PATIENCE, self._stop_waiting, connection, event)
                return
            event = decided
        if isinstance(event, NotificationReceived | NotificationVersionError):
            notification = event.notification
            detail = notification.shutdown_communication or notification.flaw
            self.history.last_received = NotificationNote(time(), notification, detail)
            self.counters.errors_received[notification.code] += 1
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
        if other is None:
            return event
        if connection.may_succeed and self.may_be_succeeded and has_restarted(event.message):
            self.handle(other, TcpConnectionFails("Connection closed"))
            self._observer.failed(Failure(FailureKind.MISCELLANEOUS, "Graceful restart"))
            return event
        verdict = connection.machine.verdict(event.message, other.machine)
        if verdict is Verdict.DUMP_OTHER:
            self.handle(other, OpenCollisionDump())
        if verdict is Verdict.WAIT:
            return None
        return OpenCollisionDump() if verdict is Verdict.DUMP_OPENED else event

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
            with self.contained(connection.session):
                if connection.session is not None:
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

    def _perform(self, connection: Connection, actions: Actions) -> None:
        """Do all of it, even if some of it fails: what is first to be said is not the most important."""
        errors: list[Exception] = []
        for action in actions:
            try:
                self._performer.perform(connection, action)
            except Exception as error:
                errors.append(error)
        self.settle()
        if errors:
            raise errors[0]
