"""What the journal of a neighbor says of events, in BIRD's words."""

from math import inf

from bgpd.logs.journal import Journal
from bgpd.sessions.performer import opening_words
from fsm.events import Event, KeepaliveReceived, OpenReceived, TcpConnectionRequestAcked
from fsm.machine import Machine
from fsm.state import State


class EventNotes:
    """Notes what comes from a neighbor, and how long it is left alone."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._noted_deadline = inf

    def came(self, event: Event) -> None:
        """Note an event of the connection."""
        match event:
            case TcpConnectionRequestAcked():
                self._journal.note("events", "Connected")
            case OpenReceived(message):
                self._journal.note_packet("Got OPEN(%s)", opening_words(message))
            case KeepaliveReceived():
                self._journal.note_packet("Got KEEPALIVE")

    def rests(self, machine: Machine) -> None:
        """Note for how long no connection is tried, if that has just begun."""
        if machine.state is State.ACTIVE:
            timer, words = machine.timers.connect_retry, "Connect delayed by %d seconds"
        elif machine.state is State.IDLE:
            timer, words = machine.timers.idle_hold, "Startup delayed by %d seconds due to errors"
        else:
            return
        if timer.running and timer.deadline != self._noted_deadline:
            self._noted_deadline = timer.deadline
            self._journal.note("events", words, timer.duration)
