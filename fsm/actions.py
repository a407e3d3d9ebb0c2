"""What the machine asks its driver to do (RFC 4271 §8.2.2), to be done in the order given."""

from collections.abc import Sequence
from dataclasses import dataclass

from fsm.failure import Failure
from messages.families import Family
from messages.notification import Notification
from messages.open import Open


@dataclass(frozen=True, slots=True)
class StartConnecting:
    """Initiate a transport connection to the peer, giving up an attempt that is under way."""


@dataclass(frozen=True, slots=True)
class DropConnection:
    """Close the transport connection after what was sent, or give up the attempt."""


@dataclass(frozen=True, slots=True)
class SendOpen:
    """Send this OPEN."""

    message: Open


@dataclass(frozen=True, slots=True)
class SendKeepalive:
    """Send a KEEPALIVE."""


@dataclass(frozen=True, slots=True)
class SendNotification:
    """Send this NOTIFICATION; ``DropConnection`` follows."""

    notification: Notification


@dataclass(frozen=True, slots=True)
class ReportFailure:
    """Show and log why the connection ended."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class SessionUp:
    """Routes may be exchanged from now on."""


@dataclass(frozen=True, slots=True)
class SessionDown:
    """The established session ended; every route it brought is void, or stale if its family is retained."""

    reason: str
    retained: tuple[Family, ...] = ()
    """Whose routes are kept, since the peer will be back (RFC 4724 §4.2)."""


Action = (
    StartConnecting
    | DropConnection
    | SendOpen
    | SendKeepalive
    | SendNotification
    | ReportFailure
    | SessionUp
    | SessionDown
)
Actions = Sequence[Action]
