"""One connection with a neighbor: a machine, and what it has on the wire."""

from dataclasses import dataclass, field

from bgpd.sessions.postponed_events import PostponedEvents
from bgpd.sessions.session import Session
from fsm.machine import Machine
from fsm.state import State


@dataclass(slots=True, eq=False)
class Connection:
    """A machine and the TCP connection it has or attempts, if any."""

    machine: Machine
    session: Session | None = None
    waiting: PostponedEvents = field(default_factory=PostponedEvents)
    """What waits until a collision is decided."""
    may_succeed: bool = False
    """Whether it came when another one was established that it may take the place of (RFC 4724 §5)."""

    @property
    def state(self) -> State:
        """The state of the machine."""
        return self.machine.state

    @property
    def is_alive(self) -> bool:
        """Whether there is a TCP connection, or an attempt."""
        return self.machine.is_alive

    @property
    def initiator(self) -> str:
        """Who opened the TCP connection, in the words of ``Transition``."""
        if self.session is None:
            return "local" if self.state is State.CONNECT else ""
        return "remote" if self.session.is_incoming else "local"
