"""Speakers and the links between them, which come up, carry octets and break."""

from tests.simulator.agenda import Agenda
from tests.simulator.neighbor import Neighbor
from tests.simulator.speaker import Speaker
from tests.simulator.stream import Stream
from tests.simulator.terms import Agreement, Topology


class EndlessError(AssertionError):
    """The network does not come to rest."""


class Link:
    """Two ends and a stream in each direction, as long as there is a session."""

    def __init__(self, agenda: Agenda, ends: tuple[Neighbor, Neighbor]) -> None:
        self.ends = ends
        self._agenda = agenda
        self._streams: tuple[Stream, ...] = ()
        self._wants_session = False
        self._downs = 0
        """Ends that have yet to learn that the session is over."""

    def restart(self) -> None:
        """Break the session if there is one; begin a new one when both ends are ready for it."""
        for stream in self._streams:
            stream.close()
        if self._streams:
            self._streams = ()
            self._downs = 2
            for end in self.ends:
                self._agenda.call_soon(lambda end=end: self._down(end))  # type: ignore[misc]
        if not self._wants_session:
            self._wants_session = True
            self._agenda.call_soon(self._try)

    def _down(self, end: Neighbor) -> None:
        self._downs -= 1
        end.end()

    def _try(self) -> None:
        """Connect, unless an end still has to learn of the last end, or to forget what it brought."""
        if self._downs or any(end.is_up or end.is_flushing for end in self.ends):
            self._agenda.call_soon(self._try)
            return
        self._wants_session = False
        here, there = self.ends
        forth = Stream(self._agenda, there.receive, here.writable)
        back = Stream(self._agenda, here.receive, there.writable)
        self._streams = (forth, back)
        # Nothing is read before both ends are established: OPEN and KEEPALIVE came before.
        here.begin(forth)
        there.begin(back)

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
        return Link(self.agenda, ends)

    def settle(self, limit: int) -> None:
        """Let everything arrive and be worked on, until there is nothing left to do."""
        for link in self.links:
            link.release()
        self.agenda.run(limit)
        if not self.agenda.is_empty:
            raise EndlessError(f"no rest after {limit} steps")
