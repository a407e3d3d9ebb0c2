"""What the machine remembers of one connection, and the moves every state is built from (RFC 4271 §8)."""

from collections.abc import Callable

from fsm.actions import (
    Action,
    Actions,
    DropConnection,
    ReportFailure,
    SendKeepalive,
    SendOpen,
    SessionDown,
    StartConnecting,
)
from fsm.collision import Initiator
from fsm.failure import Failure
from fsm.memory import Memory
from fsm.negotiation import Negotiated, announced_capabilities, local_open
from fsm.settings import NO_CAPABILITIES, Settings
from fsm.state import State
from fsm.timers import ErrorWait, Timers
from messages.families import Family
from messages.iana import ErrorCode
from messages.notification import Notification, hard_reset

_OF_SILENCE = {ErrorCode.HOLD_TIMER_EXPIRED, ErrorCode.SEND_HOLD_TIMER_EXPIRED}
SHORTEST_RETRY = 1.0
"""A failed attempt is never repeated at once, whatever ``connect_delay`` says."""


def no_jitter() -> float:
    """Return the factor that changes no timer."""
    return 1.0


class SessionAttributes:
    """The session attributes of RFC 4271 §8; handlers change them through the moves below."""

    __slots__ = (
        "announced",
        "connect_retry_counter",
        "initiator",
        "jitter",
        "memory",
        "negotiated",
        "offered",
        "settings",
        "state",
        "timers",
    )

    def __init__(self, settings: Settings, jitter: Callable[[], float], memory: Memory) -> None:
        self.settings = settings
        """They may change meanwhile: what was agreed with the peer stays until there is another session."""
        self.offered = settings
        """Those of the last OPEN we sent."""
        self.jitter = jitter
        self.memory = memory
        self.state = State.IDLE
        self.timers = Timers()
        self.connect_retry_counter = 0
        self.initiator = Initiator.LOCAL
        """Who asked for the present connection."""
        self.announced = NO_CAPABILITIES
        """The capabilities of the last OPEN we sent."""
        self.negotiated: Negotiated | None = None
        """What the two OPENs agree on, from OpenConfirm on."""

    @property
    def error_wait(self) -> ErrorWait:
        """How long to rest after an error."""
        return self.memory.error_wait

    @property
    def omits_capabilities(self) -> bool:
        """Whether the next OPEN goes without capabilities, since the peer refused one for them."""
        return self.memory.omits_capabilities

    @property
    def waits_to_open(self) -> bool:
        """Whether there is a connection in Connect or Active, which leaves the first OPEN to the peer."""
        return self.timers.delay_open.running

    @property
    def has_connection(self) -> bool:
        """Whether there is a TCP connection."""
        return self.state >= State.OPEN_SENT or self.waits_to_open

    @property
    def is_alive(self) -> bool:
        """Whether there is a TCP connection, or an attempt."""
        return self.state is State.CONNECT or self.has_connection

    @property
    def collision_state(self) -> State:
        """The state that counts in a collision: who waits to send an OPEN is as far as who has sent it."""
        return State.OPEN_SENT if self.waits_to_open else self.state

    @property
    def connect_delay(self) -> float:
        """How long to wait before the first attempt.

        After a restart others have sessions to get back, and learn nothing of what changes until we have them
        all (RFC 4724 §4.1).
        """
        return 0.0 if self.settings.restart_state.is_restarting else self.settings.connect_delay

    @property
    def retry_delay(self) -> float:
        """How long to wait before the next attempt."""
        return max(self.connect_delay, SHORTEST_RETRY)

    def connect(self, now: float) -> Actions:
        """Initiate a connection and enter Connect."""
        self.state = State.CONNECT
        self.timers.delay_open.stop()
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
        """Go on with a new connection: send our OPEN, or leave the first one to the peer for a while."""
        self.initiator = initiator
        self.timers.connect_retry.stop()
        if self.settings.delay_open:
            self.timers.delay_open.start(self.settings.delay_open, now)
            return ()
        return self.open(now)

    def open(self, now: float) -> Actions:
        """Send our OPEN and enter OpenSent."""
        self.state = State.OPEN_SENT
        self.timers.delay_open.stop()
        self.timers.hold.start(self.settings.startup_hold_time, now)
        return (self.introduce(),)

    def introduce(self) -> SendOpen:
        """Make our OPEN, and note what it announces."""
        self.offered = self.settings
        self.announced = NO_CAPABILITIES if self.omits_capabilities else announced_capabilities(self.settings)
        return SendOpen(local_open(self.settings, self.announced))

    def confirm(self, terms: Negotiated, now: float) -> Actions:
        """Take the peer's OPEN and enter OpenConfirm."""
        self.state = State.OPEN_CONFIRM
        self.negotiated = terms
        self.timers.delay_open.stop()
        if terms.hold_time:
            self.timers.hold.start(terms.hold_time, now)
            self.timers.keepalive.start(terms.keepalive_time, now, self.jitter())
        else:
            self.timers.hold.stop()
        return (SendKeepalive(),)

    def lose(self, failure: Failure, now: float) -> Actions:
        """Go on in Active after a connection or an attempt failed before there was a session."""
        self.connect_retry_counter += 1
        self.listen(self.retry_delay, now)
        return (DropConnection(), ReportFailure(failure))

    def fail(self, failure: Failure, now: float, *farewell: Action) -> Actions:
        """Say farewell and enter Idle, for a while if the failure is damped."""
        self.connect_retry_counter += 1
        if self.state in {State.OPEN_SENT, State.OPEN_CONFIRM} and self.announced == NO_CAPABILITIES:
            self.memory.omits_capabilities = False  # it was no better without them
        retained = self._retained(failure.notification)
        if retained and self._is_silence(failure.notification):
            failure = failure._replace(damped=False)  # whose routes are kept is awaited (RFC 8538 §4)
        actions = self.leave(str(failure), *farewell, reports=(ReportFailure(failure),), retained=retained)
        rest = self._rest(failure, now)
        if rest is not None:
            self.timers.idle_hold.start(rest, now)
        return actions

    def _is_silence(self, notification: Notification | None) -> bool:
        """Whether one of the two had stopped to send KEEPALIVEs in an established session, or to read."""
        is_silence = notification is not None and notification.code in _OF_SILENCE
        return is_silence and self.state is State.ESTABLISHED

    def _rest(self, failure: Failure, now: float) -> float | None:
        """How long to stay in Idle after a failure (DampPeerOscillations)."""
        if failure.rest is not None:
            return failure.rest
        if failure.longest_rest:
            return self.error_wait.longest(now)
        return self.error_wait.next(now) if failure.damped else None

    def _retained(self, notification: Notification | None) -> tuple[Family, ...]:
        """Return whose routes are kept when a session ends with this NOTIFICATION, or with none."""
        restart = None if self.negotiated is None else self.negotiated.restart
        return () if restart is None else restart.retained(notification)

    def final(self, notification: Notification) -> Notification:
        """Return the NOTIFICATION after which the peer keeps no routes of ours either (RFC 8538 §3)."""
        restart = None if self.negotiated is None else self.negotiated.restart
        is_graceful = restart is not None and restart.after_notification and self.state is State.ESTABLISHED
        return hard_reset(notification) if is_graceful else notification

    def leave(
        self, reason: str, *farewell: Action, reports: Actions = (), retained: tuple[Family, ...] = ()
    ) -> Actions:
        """Say farewell, release everything and enter Idle."""
        down: Actions = ()
        if self.state is State.ESTABLISHED:
            down = (SessionDown(reason, retained),)
            self.memory.omits_capabilities = False
        self.state = State.IDLE
        self.timers.stop_all()
        self.negotiated = None
        return (*farewell, DropConnection(), *reports, *down)

    def intervene(self) -> None:
        """Forget what was learned: the operator may have changed it."""
        self.connect_retry_counter = 0
        self.memory.omits_capabilities = False
