"""From messages, and errors in them, to events (RFC 4271 §8.1.5)."""

from fsm.events import (
    AutomaticStop,
    Event,
    KeepaliveReceived,
    MessageHeaderError,
    NotificationReceived,
    NotificationVersionError,
    OpenMessageError,
    OpenReceived,
    RouteRefreshReceived,
    UpdateMessageError,
    UpdateReceived,
)
from fsm.failure import DAMPED_CEASES
from messages.errors import NotificationError
from messages.iana import ErrorCode, MessageType, OpenSubcode
from messages.keepalive import check_keepalive
from messages.notification import Notification, decode_notification
from messages.open import decode_open


def event_of_message(message_type: int, body: bytes) -> Event:
    """Return the event that a message is. Raises NotificationError if it cannot be read."""
    match MessageType(message_type):
        case MessageType.OPEN:
            return OpenReceived(decode_open(body))
        case MessageType.UPDATE:
            return UpdateReceived()
        case MessageType.NOTIFICATION:
            return _event_of_notification(decode_notification(body))
        case MessageType.KEEPALIVE:
            check_keepalive(body)
            return KeepaliveReceived()
        case MessageType.ROUTE_REFRESH:
            return RouteRefreshReceived()


def _event_of_notification(notification: Notification) -> Event:
    version = (ErrorCode.OPEN_MESSAGE, OpenSubcode.UNSUPPORTED_VERSION_NUMBER)
    is_version = (notification.code, notification.subcode) == version
    return NotificationVersionError(notification) if is_version else NotificationReceived(notification)


def event_of_error(error: NotificationError) -> Event:
    """Return the event that an error in a received message is."""
    notification = Notification(error.code, error.subcode, error.data)
    match error.code:
        case ErrorCode.MESSAGE_HEADER:
            return MessageHeaderError(notification, error.reason)
        case ErrorCode.OPEN_MESSAGE:
            return OpenMessageError(notification, error.reason)
        case ErrorCode.CEASE:
            return AutomaticStop(notification, damped=error.subcode in DAMPED_CEASES)
        case _:
            return UpdateMessageError(notification, error.reason)
