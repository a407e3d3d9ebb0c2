"""What the machine remembers of one connection, and the moves every state is built from (RFC 4271 §8)."""

from collections.abc import Callable

from fsm.actions import Action, Actions, DropConnection, ReportFailure, SendOpen, SessionDown, StartConnecting
from fsm.collision import Initiator
from fsm.failure import Failure
from fsm.negotiation import Negotiated, local_open
from fsm.settings import Settings
from fsm.state import State
from fsm.timers import ErrorWait, Timers

OPEN_HOLD_TIME = 240.0
"""How long to wait for the peer's OPEN; RFC 4271 §8.2.2 suggests four minutes."""
SHORTEST_RETRY = 1.0
"""A failed attempt is never repeated at once, whatever ``connect_delay`` says."""


def no_jitter() -> float:
    """Return the factor that changes no timer."""
    return 1.0


class SessionAttributes:
    """The session attributes of RFC 4271 §8; handlers change them through the moves below."""

    __slots__ = (
        "connect_retry_counter",
        "error_wait",
        "initiator",
        "jitter",
        "negotiated",
        "settings",
        "state",
        "timers",
    )

    def __init__(self, settings: Settings, jitter: Callable[[], float], error_wait: ErrorWait) -> None:
        self.settings = settings
        self.jitter = jitter
        self.error_wait = error_wait
        self.state = State.IDLE
        self.timers = Timers()
        self.connect_retry_counter = 0
        self.initiator = Initiator.LOCAL
        """Who asked for the present connection."""
        self.negotiated: Negotiated | None = None
        """What the two OPENs agree on, from OpenConfirm on."""

    @property
    def retry_delay(self) -> float:
        """How long to wait before the next attempt."""
        return max(self.settings.connect_delay, SHORTEST_RETRY)

    def connect(self, now: float) -> Actions:
        """Initiate a connection and enter Connect."""
        self.state = State.CONNECT
        self.timers.connect_retry.start(self.settings.connect_retry, now, self.jitter())
        return (StartConnecting(),)

    def listen(self, delay: float, now: float) -> Actions:
        """Enter Active: accept connections, and try one ourselves after the delay unless we are passive."""
        self.state = State.ACTIVE
        self.timers.stop_all()
        self.negotiated = None
        if not self.settings.passive:
            self.timers.connect_retry.start(delay, now, self.jitter())
        return ()

    def connected(self, initiator: Initiator, now: float) -> Actions:
        """Send our OPEN and enter OpenSent."""
        self.state = State.OPEN_SENT
        self.initiator = initiator
        self.timers.connect_retry.stop()
        self.timers.hold.start(OPEN_HOLD_TIME, now)
        return (SendOpen(local_open(self.settings)),)

    def lose(self, failure: Failure, now: float) -> Actions:
        """Go on in Active after a connection or an attempt failed before there was a session."""
        self.connect_retry_counter += 1
        self.listen(self.retry_delay, now)
        return (DropConnection(), ReportFailure(failure))

    def fail(self, failure: Failure, now: float, *farewell: Action) -> Actions:
        """Say farewell and enter Idle, for a while if the failure is damped."""
        self.connect_retry_counter += 1
        actions = self.leave(str(failure), *farewell, reports=(ReportFailure(failure),))
        if failure.damped:
            self.timers.idle_hold.start(self.error_wait.next(now), now)
        return actions

    def leave(self, reason: str, *farewell: Action, reports: Actions = ()) -> Actions:
        """Say farewell, release everything and enter Idle."""
        down = (SessionDown(reason),) if self.state is State.ESTABLISHED else ()
        self.state = State.IDLE
        self.timers.stop_all()
        self.negotiated = None
        return (*farewell, DropConnection(), *reports, *down)
