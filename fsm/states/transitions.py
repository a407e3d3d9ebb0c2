"""Transitions that several states share; most of them end the connection (RFC 4271 §8.2.2)."""

from typing import Final

from fsm.actions import Actions, ReportFailure, SendKeepalive, SendNotification, SendOpen
from fsm.events import (
    AutomaticStop,
    Event,
    HoldTimerExpires,
    KeepaliveReceived,
    KeepaliveTimerExpires,
    ManualStop,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenCollisionDump,
    OpenMessageError,
    OpenReceived,
    RouteRefreshReceived,
    TcpConnectionFails,
    UpdateMessageError,
    UpdateReceived,
)
from fsm.failure import Failure, FailureKind
from fsm.negotiation import negotiate
from fsm.session_attributes import SessionAttributes
from fsm.settings import NO_CAPABILITIES
from fsm.state import State
from messages.errors import NotificationError
from messages.families import IPV4_UNICAST
from messages.iana import CeaseSubcode, ErrorCode, FsmSubcode, MessageType, OpenSubcode
from messages.notification import Notification, text

_COLLISION: Final = Notification(ErrorCode.CEASE, CeaseSubcode.CONNECTION_COLLISION_RESOLUTION)
_HOLD_TIMER_EXPIRED: Final = Notification(ErrorCode.HOLD_TIMER_EXPIRED, 0)
_UNSUPPORTED_OPTIONAL_PARAMETER: Final = (
    ErrorCode.OPEN_MESSAGE,
    OpenSubcode.UNSUPPORTED_OPTIONAL_PARAMETER,
)
_ROUTE_LIMIT: Final = CeaseSubcode.MAXIMUM_NUMBER_OF_PREFIXES_REACHED

_MESSAGE_TYPES: Final = {
    OpenReceived: MessageType.OPEN,
    OpenMessageError: MessageType.OPEN,
    KeepaliveReceived: MessageType.KEEPALIVE,
    UpdateReceived: MessageType.UPDATE,
    UpdateMessageError: MessageType.UPDATE,
    RouteRefreshReceived: MessageType.ROUTE_REFRESH,
}
_UNEXPECTED: Final = {
    State.OPEN_SENT: FsmSubcode.UNEXPECTED_MESSAGE_IN_OPEN_SENT,
    State.OPEN_CONFIRM: FsmSubcode.UNEXPECTED_MESSAGE_IN_OPEN_CONFIRM,
    State.ESTABLISHED: FsmSubcode.UNEXPECTED_MESSAGE_IN_ESTABLISHED,
}


def ignore(_session: SessionAttributes, _event: Event, _now: float) -> Actions:
    """Nothing happens, as with a start event outside of Idle."""
    return ()


def manual_stop(session: SessionAttributes, event: ManualStop, _now: float) -> Actions:
    """Event 2 once there is a connection: Cease, unless told to leave silently."""
    session.intervene()
    if event.notification is None:
        return session.leave("stopped")
    reason = text(event.notification.code, event.notification.subcode)
    return session.leave(reason, SendNotification(session.final(event.notification)))


def manual_stop_unconnected(session: SessionAttributes, _event: ManualStop, _now: float) -> Actions:
    """Event 2 while nobody listens: there is no one to send a NOTIFICATION to."""
    session.intervene()
    return session.leave("stopped")


def automatic_stop(session: SessionAttributes, event: AutomaticStop, now: float) -> Actions:
    """Event 8: Cease, and keep nothing: the reason would still be there when the peer comes back."""
    notification = session.final(event.notification)
    failure = Failure.sent(event.notification)._replace(
        notification=notification, damped=event.damped, rest=event.rest
    )
    if event.notification[:2] == (ErrorCode.CEASE, _ROUTE_LIMIT):
        failure = failure._replace(kind=FailureKind.AUTOMATIC, text="Route limit exceeded")
    return session.fail(failure, now, SendNotification(notification))


def hold_timer_expires(session: SessionAttributes, _event: HoldTimerExpires, now: float) -> Actions:
    """Event 10: the peer has been silent for the hold time (RFC 4271 §6.5)."""
    return session.fail(Failure.sent(_HOLD_TIMER_EXPIRED), now, SendNotification(_HOLD_TIMER_EXPIRED))


def keepalive_timer_expires(session: SessionAttributes, _event: KeepaliveTimerExpires, now: float) -> Actions:
    """Event 11: send a KEEPALIVE."""
    assert session.negotiated  # the timer runs from OpenConfirm on
    session.timers.keepalive.start(session.negotiated.keepalive_time, now, session.jitter())
    return (SendKeepalive(),)


def connection_lost(session: SessionAttributes, event: TcpConnectionFails, now: float) -> Actions:
    """Event 18 in Active and once the OPENs were exchanged."""
    return session.fail(Failure.of_socket(event.reason), now)


def connection_failed(session: SessionAttributes, event: TcpConnectionFails, now: float) -> Actions:
    """Event 18 in Connect and OpenSent: go on in Active, so that the peer can connect to us at any time.

    RFC 4271 §8.2.2 wants this in OpenSent, and in Connect while a DelayOpenTimer runs; without one, Connect
    is to go through Idle, which would refuse the peer for no reason.
    """
    return session.lose(Failure.of_socket(event.reason), now)


def open_received(
    session: SessionAttributes, event: OpenReceived, now: float, *introduction: SendOpen
) -> Actions:
    """Events 19 and 20, or event 22 if we do not accept what the OPEN says (RFC 4271 §6.2).

    The introduction is our OPEN if it is still to be sent; who is refused does not get it.
    """
    try:
        terms = negotiate(event.message, session.offered, session.announced)
    except NotificationError as error:
        notification = Notification(error.code, error.subcode, error.data)
        return message_error(session, OpenMessageError(notification, error.reason), now)
    return (*introduction, *session.confirm(terms, now))


def message_error(
    session: SessionAttributes, event: MessageHeaderError | OpenMessageError | UpdateMessageError, now: float
) -> Actions:
    """Events 21, 22 and 28: answer with the NOTIFICATION that names the error."""
    failure = Failure.sent(event.notification, event.reason)
    return session.fail(failure, now, SendNotification(event.notification))


def collision_dump(session: SessionAttributes, _event: OpenCollisionDump, _now: float) -> Actions:
    """Event 23: Cease; no failure, since the other connection lives (RFC 4271 §6.8)."""
    session.connect_retry_counter += 1
    return session.leave("Connection collision resolution", SendNotification(_COLLISION))


def collision_dump_unconnected(session: SessionAttributes, _event: OpenCollisionDump, _now: float) -> Actions:
    """Give up an attempt since the peer's own connection came first."""
    return session.leave("Connection collision resolution")


def version_refused(session: SessionAttributes, event: NotificationVersionError, _now: float) -> Actions:
    """Event 24 before Established: neither counted nor damped, since another version might do."""
    failure = Failure.received(event.notification)._replace(damped=False)
    return session.leave(str(failure), reports=(ReportFailure(failure),))


def notification_received(
    session: SessionAttributes, event: NotificationReceived | NotificationVersionError, now: float
) -> Actions:
    """Event 25, and 24 in Established.

    In OpenSent RFC 4271 §8.2.2 calls event 25 an FSM error, but a NOTIFICATION is never answered with another
    (RFC 4271 §6.4). If the peer does not know the Capabilities parameter, the next OPEN goes without it (RFC
    5492 §3).
    """
    failure = Failure.received(event.notification)
    if event.notification[:2] == _UNSUPPORTED_OPTIONAL_PARAMETER and _can_omit_capabilities(session):
        session.memory.omits_capabilities = True
        failure = failure._replace(damped=False)
    return session.fail(failure, now)


def _can_omit_capabilities(session: SessionAttributes) -> bool:
    """Whether the OPEN that was refused had capabilities, and a session without any serves its purpose."""
    settings = session.settings
    return (
        session.state in {State.OPEN_SENT, State.OPEN_CONFIRM}
        and session.announced != NO_CAPABILITIES
        and IPV4_UNICAST in settings.families
        and settings.required == NO_CAPABILITIES
        and not settings.strict_role
    )


def unexpected(session: SessionAttributes, event: Event, now: float) -> Actions:
    """Every event the table does not list is an FSM error (RFC 4271 §6.6).

    If it is a message, the subcode names the state and the data the type of the message (RFC 6608 §4).
    """
    message_type = _MESSAGE_TYPES.get(type(event))
    if message_type is None:
        notification = Notification(ErrorCode.FINITE_STATE_MACHINE, FsmSubcode.UNSPECIFIED)
    else:
        subcode = _UNEXPECTED[session.state]
        notification = Notification(ErrorCode.FINITE_STATE_MACHINE, subcode, bytes([message_type]))
    return session.fail(Failure.sent(notification), now, SendNotification(notification))


def unexpected_unconnected(session: SessionAttributes, event: Event, now: float) -> Actions:
    """An event that Connect and Active do not list: drop what there is, and rest (RFC 4271 §8.2.2)."""
    words = f"{event} in {session.state}"
    return session.fail(Failure(FailureKind.MISCELLANEOUS, words, damped=True), now)
