"""The events of the finite state machine (RFC 4271 §8.1).

Not here, because they belong to optional session attributes that are not implemented: DelayOpen (events 12
and 20) and TrackTcpState (14 and 15). PassiveTcpEstablishment and DampPeerOscillations are settings, so
events 4 to 7 are the plain start events.
"""

from dataclasses import dataclass
from typing import Final

from messages.notification import Notification
from messages.open import Open


@dataclass(frozen=True, slots=True)
class ManualStart:
    """Event 1: the operator starts the neighbor."""


@dataclass(frozen=True, slots=True)
class ManualStop:
    """Event 2: the operator stops the neighbor, with this NOTIFICATION or silently."""

    notification: Notification | None = None


@dataclass(frozen=True, slots=True)
class AutomaticStart:
    """Event 3: the neighbor may try again."""


@dataclass(frozen=True, slots=True)
class AutomaticStop:
    """Event 8: the local system ends the connection for a reason of its own."""

    notification: Notification
    damped: bool = False
    """Whether the reason will still be there when the peer comes back at once."""


@dataclass(frozen=True, slots=True)
class ConnectRetryTimerExpires:
    """Event 9."""


@dataclass(frozen=True, slots=True)
class HoldTimerExpires:
    """Event 10."""


@dataclass(frozen=True, slots=True)
class KeepaliveTimerExpires:
    """Event 11."""


@dataclass(frozen=True, slots=True)
class IdleHoldTimerExpires:
    """Event 13."""


@dataclass(frozen=True, slots=True)
class TcpConnectionRequestAcked:
    """Event 16: the connection that we asked for is there."""


@dataclass(frozen=True, slots=True)
class TcpConnectionConfirmed:
    """Event 17: a connection that the peer asked for is there."""


@dataclass(frozen=True, slots=True)
class TcpConnectionFails:
    """Event 18: the attempt failed, or the connection was closed or lost."""

    reason: str


@dataclass(frozen=True, slots=True)
class OpenReceived:
    """Event 19: an OPEN without syntax errors; the machine judges its content."""

    message: Open


@dataclass(frozen=True, slots=True)
class MessageHeaderError:
    """Event 21: an error in a message header, and the NOTIFICATION that names it (RFC 4271 §6.1)."""

    notification: Notification
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OpenMessageError:
    """Event 22: an error in the syntax of an OPEN (RFC 4271 §6.2)."""

    notification: Notification
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OpenCollisionDump:
    """Event 23: this connection lost against another one with the same peer (RFC 4271 §6.8)."""


@dataclass(frozen=True, slots=True)
class NotificationVersionError:
    """Event 24: the peer refuses our version number."""

    notification: Notification


@dataclass(frozen=True, slots=True)
class NotificationReceived:
    """Event 25: any other NOTIFICATION."""

    notification: Notification


@dataclass(frozen=True, slots=True)
class KeepaliveReceived:
    """Event 26."""


@dataclass(frozen=True, slots=True)
class UpdateReceived:
    """Event 27; in Established the driver calls ``heard_from_peer`` instead."""


@dataclass(frozen=True, slots=True)
class UpdateMessageError:
    """Event 28: an UPDATE or ROUTE-REFRESH that ends the session (RFC 4271 §6.3, RFC 7313 §5)."""

    notification: Notification
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SendHoldTimerExpires:
    """Event 29: the peer has not taken anything we sent for too long (RFC 9687 §3.1)."""


@dataclass(frozen=True, slots=True)
class RouteRefreshReceived:
    """A ROUTE-REFRESH (RFC 2918); RFC 4271 has no number for it."""


Event = (
    ManualStart
    | ManualStop
    | AutomaticStart
    | AutomaticStop
    | ConnectRetryTimerExpires
    | HoldTimerExpires
    | KeepaliveTimerExpires
    | IdleHoldTimerExpires
    | TcpConnectionRequestAcked
    | TcpConnectionConfirmed
    | TcpConnectionFails
    | OpenReceived
    | MessageHeaderError
    | OpenMessageError
    | OpenCollisionDump
    | NotificationVersionError
    | NotificationReceived
    | KeepaliveReceived
    | UpdateReceived
    | UpdateMessageError
    | SendHoldTimerExpires
    | RouteRefreshReceived
)

EXPIRIES: Final[tuple[Event, ...]] = (
    IdleHoldTimerExpires(),
    ConnectRetryTimerExpires(),
    HoldTimerExpires(),
    SendHoldTimerExpires(),
    KeepaliveTimerExpires(),
)
"""The event of each timer, in the order of ``Timers.in_order``."""
