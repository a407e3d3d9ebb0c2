"""The events of the finite state machine (RFC 4271 §8.1).

Not here, because it belongs to an optional session attribute that is not implemented: TrackTcpState (events
14 and 15). PassiveTcpEstablishment and DampPeerOscillations are settings, so events 4 to 7 are the plain
start events; and whether an OPEN is event 19 or 20 depends on the DelayOpenTimer, which the machine knows.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from messages.iana import ErrorCode
from messages.notification import Notification, text
from messages.open import Open


class _Named:
    """An event has a number in RFC 4271 §8.1, unless it is newer, and words for the operator."""

    __slots__ = ()
    number: ClassVar[int | None]
    words: ClassVar[str]

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class _Notified(_Named):
    """A NOTIFICATION came, or an error that we answer with one."""

    notification: Notification

    def __str__(self) -> str:
        return _because(self.words, self.notification)


@dataclass(frozen=True, slots=True)
class _Error(_Notified):
    """The NOTIFICATION names the error for the peer, the reason for us."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class ManualStart(_Named):
    """The operator starts the neighbor."""

    number: ClassVar[int | None] = 1
    words = "Started"


@dataclass(frozen=True, slots=True)
class ManualStop(_Named):
    """The operator stops the neighbor, with this NOTIFICATION or silently."""

    number: ClassVar[int | None] = 2
    words = "Stopped"
    notification: Notification | None = None

    def __str__(self) -> str:
        return _because(self.words, self.notification)


@dataclass(frozen=True, slots=True)
class AutomaticStart(_Named):
    """The neighbor may try again."""

    number: ClassVar[int | None] = 3
    words = "Trying again"


@dataclass(frozen=True, slots=True)
class AutomaticStop(_Notified):
    """The local system ends the connection for a reason of its own."""

    number: ClassVar[int | None] = 8
    words = "Stopped automatically"
    damped: bool = False
    """Whether the reason will still be there when the peer comes back at once."""
    rest: float | None = None
    """Seconds to stay in Idle in place of what the errors before it call for."""


@dataclass(frozen=True, slots=True)
class ConnectRetryTimerExpires(_Named):
    """An attempt takes too long, or it is time for one."""

    number: ClassVar[int | None] = 9
    words = "Connect retry timer expired"


@dataclass(frozen=True, slots=True)
class HoldTimerExpires(_Named):
    """The peer is silent."""

    number: ClassVar[int | None] = 10
    words = "Hold timer expired"


@dataclass(frozen=True, slots=True)
class KeepaliveTimerExpires(_Named):
    """It is time for a KEEPALIVE."""

    number: ClassVar[int | None] = 11
    words = "Keepalive timer expired"


@dataclass(frozen=True, slots=True)
class DelayOpenTimerExpires(_Named):
    """The peer did not send the first OPEN."""

    number: ClassVar[int | None] = 12
    words = "Delay open timer expired"


@dataclass(frozen=True, slots=True)
class IdleHoldTimerExpires(_Named):
    """The rest after an error is over."""

    number: ClassVar[int | None] = 13
    words = "Idle hold timer expired"


@dataclass(frozen=True, slots=True)
class TcpConnectionRequestAcked(_Named):
    """The connection that we asked for is there."""

    number: ClassVar[int | None] = 16
    words = "TCP connection established"


@dataclass(frozen=True, slots=True)
class TcpConnectionConfirmed(_Named):
    """A connection that the peer asked for is there."""

    number: ClassVar[int | None] = 17
    words = "TCP connection accepted"


@dataclass(frozen=True, slots=True)
class TcpConnectionFails(_Named):
    """The attempt failed, or the connection was closed or lost."""

    number: ClassVar[int | None] = 18
    words = "TCP connection failed"
    reason: str

    def __str__(self) -> str:
        return f"{self.words}: {self.reason}"


@dataclass(frozen=True, slots=True)
class OpenReceived(_Named):
    """An OPEN without syntax errors, of which the machine judges the content.

    While the DelayOpenTimer runs it is event 20.
    """

    number: ClassVar[int | None] = 19
    words = "OPEN received"
    message: Open


@dataclass(frozen=True, slots=True)
class MessageHeaderError(_Error):
    """An error in a message header, and the NOTIFICATION that names it (RFC 4271 §6.1)."""

    number: ClassVar[int | None] = 21
    words = "Message header error"


@dataclass(frozen=True, slots=True)
class OpenMessageError(_Error):
    """An error in the syntax of an OPEN (RFC 4271 §6.2)."""

    number: ClassVar[int | None] = 22
    words = "OPEN message error"


@dataclass(frozen=True, slots=True)
class OpenCollisionDump(_Named):
    """The connection lost against another one with the same peer (RFC 4271 §6.8)."""

    number: ClassVar[int | None] = 23
    words = "Connection collision resolution"


@dataclass(frozen=True, slots=True)
class NotificationVersionError(_Notified):
    """The peer refuses our version number."""

    number: ClassVar[int | None] = 24
    words = "NOTIFICATION received"


@dataclass(frozen=True, slots=True)
class NotificationReceived(_Notified):
    """Any other NOTIFICATION."""

    number: ClassVar[int | None] = 25
    words = "NOTIFICATION received"


@dataclass(frozen=True, slots=True)
class KeepaliveReceived(_Named):
    """A KEEPALIVE."""

    number: ClassVar[int | None] = 26
    words = "KEEPALIVE received"


@dataclass(frozen=True, slots=True)
class UpdateReceived(_Named):
    """An UPDATE; in Established the driver calls ``heard_from_peer`` instead."""

    number: ClassVar[int | None] = 27
    words = "UPDATE received"


@dataclass(frozen=True, slots=True)
class UpdateMessageError(_Error):
    """An UPDATE or ROUTE-REFRESH that ends the session (RFC 4271 §6.3, RFC 7313 §5)."""

    number: ClassVar[int | None] = 28
    words = "UPDATE message error"


@dataclass(frozen=True, slots=True)
class SendHoldTimerExpires(_Named):
    """The peer has not taken anything we sent for too long (RFC 9687 §3.1)."""

    number: ClassVar[int | None] = 29
    words = "Send hold timer expired"


@dataclass(frozen=True, slots=True)
class RouteRefreshReceived(_Named):
    """A ROUTE-REFRESH (RFC 2918), for which RFC 4271 has no number."""

    number: ClassVar[int | None] = None
    words = "ROUTE-REFRESH received"


def _because(words: str, notification: Notification | None) -> str:
    """Add what the NOTIFICATION says; a Cease is named, since its subcodes alone do not tell an error."""
    if notification is None:
        return words
    if notification.code == ErrorCode.CEASE and notification.subcode:
        words = f"{words}: {text(ErrorCode.CEASE, 0)}"
    return f"{words}: {notification}"


Event = (
    ManualStart
    | ManualStop
    | AutomaticStart
    | AutomaticStop
    | ConnectRetryTimerExpires
    | HoldTimerExpires
    | KeepaliveTimerExpires
    | DelayOpenTimerExpires
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
    DelayOpenTimerExpires(),
    HoldTimerExpires(),
    SendHoldTimerExpires(),
    KeepaliveTimerExpires(),
)
"""The event of each timer, in the order of ``Timers.in_order``."""
