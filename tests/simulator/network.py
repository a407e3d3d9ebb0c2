"""Speakers and the links between them, which come up, carry octets and break."""

from collections.abc import Callable
from functools import partial
from typing import Final

from messages.iana import CeaseSubcode, ErrorCode
from messages.notification import Notification, hard_reset
from tests.simulator.agenda import Agenda
from tests.simulator.neighbor import Neighbor
from tests.simulator.speaker import Speaker
from tests.simulator.stream import Stream
from tests.simulator.terms import Agreement, Topology

_CEASE: Final = Notification(ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_RESET)
_HARD: Final = hard_reset(_CEASE)


class EndlessError(AssertionError):
    """The network does not come to rest."""


class Link:
    """Two ends and a stream in each direction, as long as there is a session."""

    def __init__(self, agenda: Agenda, ends: tuple[Neighbor, Neighbor], agreement: Agreement) -> None:
        self.ends = ends
        self.agreement = agreement
        """What the next session will agree on."""
        self.is_disabled = False
        """Whether an operator has shut it down."""
        self._agenda = agenda
        self._streams: tuple[Stream, ...] = ()
        self._wants_session = False
        self._downs = 0
        """Ends that have yet to learn that the session is over."""

    @property
    def has_session(self) -> bool:
        return bool(self._streams)

    def restart(self, notification: Notification | None = _CEASE, away: float = 0.0) -> None:
        """Break the session if there is one; begin a new one after some time, when both ends are ready."""
        for stream in self._streams:
            stream.close()
        if self._streams:
            self._streams = ()
            self._downs = 2
            for end in self.ends:
                self._agenda.call_soon(partial(self._down, end, notification))
        if not self._wants_session and not self.is_disabled:
            self._wants_session = True
            self._agenda.call_later(away, self._try)

    def disable(self) -> None:
        """Shut it down; who waits for the other to come back does so no more."""
        self.is_disabled = True
        self.restart(_HARD)
        self._agenda.call_soon(self._give_up)

    def _give_up(self) -> None:
        for end in self.ends:
            if not end.is_up and end.away.stale.families:
                end.away.give_up()

    def enable(self) -> None:
        """Have a session again."""
        if self.is_disabled:
            self.is_disabled = False
            self.restart()

    def _down(self, end: Neighbor, notification: Notification | None) -> None:
        self._downs -= 1
        end.end(notification)

    def _try(self) -> None:
        """Connect, unless an end still has to learn of the last end, or to forget what it brought."""
        if self.is_disabled:
            self._wants_session = False
            return
        if self._downs or any(end.is_up or end.away.is_flushing for end in self.ends):
            self._agenda.call_soon(self._try)
            return
        self._wants_session = False
        here, there = self.ends
        forth = Stream(self._agenda, there.receive, here.writable)
        back = Stream(self._agenda, here.receive, there.writable)
        self._streams = (forth, back)
        ours, its = here.away.capabilities(), there.away.capabilities()
        for number, end in enumerate(self.ends):
            end.speak(self.agreement, number)
        # Nothing is read before both ends are established: OPEN and KEEPALIVE came before.
        here.begin(forth, ours, its)
        there.begin(back, its, ours)

    def stick(self, end: int) -> None:
        """What this end writes does not arrive for the time being."""
        if self._streams:
            self._streams[end].stick()

    def release(self) -> None:
        for stream in self._streams:
            if stream.is_stuck:
                stream.release()


class Network:
    """All of it."""

    def __init__(self, agenda: Agenda, topology: Topology) -> None:
        self.agenda = agenda
        self.topology = topology
        family = topology.family
        self.speakers = [Speaker(agenda, identity, family) for identity in topology.identities]
        for speaker in self.speakers:
            others = [identity for identity in topology.identities if identity is not speaker.identity]
            speaker.connect(others)
        self.links = [self._link(agreement) for agreement in topology.links]
        for link in self.links:
            link.restart()

    def _link(self, agreement: Agreement) -> Link:
        here, there = (self.speakers[number] for number in agreement.ends)
        ends = (
            here.neighbor(there.identity, agreement, 0),
            there.neighbor(here.identity, agreement, 1),
        )
        return Link(self.agenda, ends, agreement)

    def crash(self, number: int, away: float, *, keeps_forwarding: bool) -> None:
        """A speaker is killed, and started again; its sessions come back after some time."""
        speaker = self.speakers[number]
        for link in self.links:
            if speaker.identity in {end.us for end in link.ends}:
                link.restart(None, away)
        speaker.restart(keeps_forwarding=keeps_forwarding)

    def pause(self, limit: int) -> None:
        """Let everything arrive and be worked on, until nothing is left to do unless time passes."""
        for link in self.links:
            link.release()
        self.agenda.run(limit)
        if not self.agenda.is_empty:
            raise EndlessError(f"no rest after {limit} steps")

    def settle(self, limit: int, look: Callable[[], None] = lambda: None) -> None:
        """Let time pass as well, until nothing is left to do; what was shut down is there again.

        While a session is still awaited, there is something to ``look`` at whenever it has passed.
        """
        for link in self.links:
            link.enable()
        self.pause(limit)
        while self.agenda.skip():
            self.pause(limit)
            if not all(link.has_session for link in self.links):
                look()
