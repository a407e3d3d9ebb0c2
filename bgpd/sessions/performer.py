"""Does what the machines of one neighbor ask for: the side effects of ``fsm.actions``."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import time
from typing import Any, Final, Protocol

from bgpd.logs.journal import Journal
from bgpd.sessions.connection import Connection
from bgpd.sessions.history import History, Loss, NotificationNote
from bgpd.sessions.message_counters import MessageCounters
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.session import MessageHandler, Session, SessionOwner
from bgpd.sessions.socket_options import outgoing_socket, remote_socket_address
from fsm.actions import (
    Action,
    DropConnection,
    ReportFailure,
    SendKeepalive,
    SendNotification,
    SendOpen,
    SessionDown,
    SessionUp,
    StartConnecting,
)
from fsm.events import Event, TcpConnectionFails
from fsm.failure import Failure
from messages.families import Family
from messages.keepalive import KEEPALIVE
from messages.notification import encode_notification
from messages.open import Open, encode_open


class Observer(Protocol):
    """Who is told what becomes of the connections."""

    journal: Journal

    def session_up(self, session: Session) -> None:
        """A session was established."""

    def session_down(self, reason: str, retained: Sequence[Family]) -> None:
        """The established session ended; the routes of these families are kept (RFC 4724 §4.2)."""

    def failed(self, failure: Failure) -> None:
        """A connection or an attempt ended, and nobody had ordered it."""

    def settled(self) -> None:
        """Everything that an event caused was done."""

    def broke(self, error: Exception, rest: float) -> None:
        """A bug has ended the connections; there will be others after so many seconds."""

    def lost(self) -> None:
        """There are no connections any more, whatever was said before."""


class MachineOwner(SessionOwner, Protocol):
    """Who drives the machines."""

    @property
    def settings(self) -> PeerSettings: ...

    def handle(self, connection: Connection, event: Event) -> None:
        """Let the machine of a connection handle an event."""


def opening_words(message: Open) -> str:
    """Return what is most important in an OPEN, as BIRD logs it."""
    return f"as={message.asn},hold={message.hold_time},id={message.router_id:08x}"


class Performer:
    """Has what the actions need, and what they leave behind."""

    def __init__(
        self,
        owner: MachineOwner,
        observer: Observer,
        handler: MessageHandler,
        history: History,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.counters = MessageCounters()
        self.leaving: set[asyncio.Future[None]] = set()
        """Sessions that ended, and whose sockets are not closed yet."""
        self._owner = owner
        self._observer = observer
        self._handler = handler
        self._history = history
        self._loop = loop

    def perform(self, connection: Connection, action: Action) -> None:
        """Do one thing."""
        _PERFORM[type(action)](self, connection, action)

    def new_session(self, connection: Connection) -> Session:
        """Give a connection a session that has no socket yet."""
        connection.session = Session(
            connection.machine, self._owner, self._handler, self.counters, self._loop
        )
        return connection.session

    def _start_connecting(self, connection: Connection, action: StartConnecting) -> None:
        self._drop(connection, action)
        endpoint = self._owner.settings.endpoint
        local = f" from local address {endpoint.source_address}" if endpoint.source_address else ""
        self._observer.journal.note("events", "Connecting to %s%s", endpoint, local)
        try:
            address = remote_socket_address(endpoint)
            sock = outgoing_socket(endpoint)
        except OSError as error:
            self._owner.handle(connection, TcpConnectionFails(error.strerror or str(error)))
            return
        self.new_session(connection).connect(sock, address)

    def _drop(self, connection: Connection, _action: DropConnection | StartConnecting) -> None:
        connection.waiting.clear()
        session, connection.session = connection.session, None
        if session is not None and not session.closed.done():
            self.leaving.add(session.closed)
            session.closed.add_done_callback(self.leaving.discard)
            session.close()

    def _send(self, connection: Connection, action: SendOpen | SendKeepalive | SendNotification) -> None:
        assert connection.session is not None  # the machine sends only while connected
        journal = self._observer.journal
        match action:
            case SendOpen(message):
                journal.note_packet("Sending OPEN(ver=4,%s)", opening_words(message))
                connection.session.write(encode_open(message))
            case SendKeepalive():
                journal.note_packet("Sending KEEPALIVE")
                connection.session.write(KEEPALIVE)
            case SendNotification(notification):
                journal.note_packet("Sending NOTIFICATION(code=%d.%d)", *notification[:2])
                words = notification.shutdown_communication
                self._history.last_sent = NotificationNote(time(), notification, words)
                self.counters.errors_sent[notification.code] += 1
                connection.session.write(encode_notification(notification))

    def _session_up(self, connection: Connection, _action: SessionUp) -> None:
        assert connection.session is not None  # the machine is connected
        connection.session.established()
        self._observer.session_up(connection.session)

    def _session_down(self, _connection: Connection, action: SessionDown) -> None:
        self._history.flaps += 1
        self._history.last_loss = Loss(time(), action.reason, self._history.last_received)
        self._observer.session_down(action.reason, action.retained)

    def _report_failure(self, _connection: Connection, action: ReportFailure) -> None:
        sent = self._history.last_sent
        if sent is not None and sent.notification is action.failure.notification and action.failure.detail:
            self._history.last_sent = sent._replace(detail=action.failure.detail)
        self._observer.failed(action.failure)


_PERFORM: Final[Mapping[type[Action], Callable[[Performer, Connection, Any], None]]] = {
    StartConnecting: Performer._start_connecting,
    DropConnection: Performer._drop,
    SendOpen: Performer._send,
    SendKeepalive: Performer._send,
    SendNotification: Performer._send,
    ReportFailure: Performer._report_failure,
    SessionUp: Performer._session_up,
    SessionDown: Performer._session_down,
}
