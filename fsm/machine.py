"""The finite state machine of one connection (RFC 4271 §8.2)."""

from collections.abc import Callable

from fsm.actions import Action, Actions
from fsm.collision import Speaker, Verdict, dominant, resolve
from fsm.events import EXPIRIES, Event
from fsm.memory import Memory
from fsm.open_check import check_open
from fsm.session_attributes import SessionAttributes, no_jitter
from fsm.settings import Settings
from fsm.state import State
from fsm.states import TRANSITIONS, UNLISTED
from messages.errors import NotificationError
from messages.open import Open


class Machine(SessionAttributes):
    """One connection's state; ``handle`` and ``expire`` are the only ways to change it."""

    __slots__ = ()

    def __init__(
        self, settings: Settings, jitter: Callable[[], float] = no_jitter, memory: Memory | None = None
    ) -> None:
        super().__init__(settings, jitter, memory or Memory(settings))

    def rival(self) -> "Machine":
        """Return a machine in Active for a second connection with the same peer (RFC 4271 §8.2.1)."""
        rival = Machine(self.settings, self.jitter, self.memory)
        rival.state = State.ACTIVE
        return rival

    def follow(self, settings: Settings, now: float) -> None:
        """Go by other settings from now on; what was agreed with the peer stays until the next session."""
        before, self.settings = self.settings, settings
        self.error_wait.follow(settings.error_wait, settings.error_forget)
        is_waiting = self.state is State.ACTIVE and not self.has_connection
        was, now_is = ((each.passive, each.connect_delay) for each in (before, settings))
        if is_waiting and was != now_is:
            self.listen(self.retry_delay, now)

    def verdict(self, message: Open, other: "Machine") -> Verdict:
        """Say which of two connections goes before an OPEN on this one is processed (RFC 4271 §6.8).

        An OPEN that is refused anyway must not cost the other connection its life.
        """
        ours = self.settings
        try:
            check_open(message, ours)
        except NotificationError:
            return Verdict.KEEP_BOTH
        winner = dominant(Speaker(ours.router_id, ours.local_asn), Speaker(message.router_id, message.asn))
        return resolve(winner, self.initiator, other.initiator, other.collision_state)

    def handle(self, event: Event, now: float) -> Actions:
        """Apply one event and return the actions it asks for."""
        handler = TRANSITIONS.get((self.state, type(event))) or UNLISTED[self.state]
        return handler(self, event, now)

    def heard_from_peer(self, now: float) -> None:
        """Restart the HoldTimer.

        For an UPDATE in Established (event 27) this is all there is to do, so the driver calls it directly,
        and no event object is made per message.
        """
        self.timers.hold.restart(now)

    def update_sent(self, now: float) -> None:
        """Restart the KeepaliveTimer: an UPDATE tells as much as a KEEPALIVE (RFC 4271 §8.2.2)."""
        self.timers.keepalive.restart(now, self.jitter())

    def sending_progressed(self, now: float) -> None:
        """Restart the SendHoldTimer: the peer took something we had sent (RFC 9687 §3.1)."""
        self.timers.send_hold.restart(now)

    def next_deadline(self) -> float | None:
        """When ``expire`` will have something to do."""
        return self.timers.next_deadline()

    def expire(self, now: float) -> Actions:
        """Fire the timers that are due, always in the same order."""
        actions: list[Action] = []
        for timer, event in zip(self.timers.in_order, EXPIRIES, strict=True):
            if timer.deadline <= now:
                timer.stop()
                actions += self.handle(event, now)
        return actions
