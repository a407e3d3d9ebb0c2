"""A session's timers in the light of the queues, which show who is late (RFC 4271 §6.5, RFC 9687 §3.1)."""

import asyncio
import fcntl
import termios
from array import array
from typing import Final

from fsm.machine import Machine

_HOLD_RESPITE: Final = 10.0
"""Seconds for us to read what the peer sent in time, as BIRD grants."""


class FairTimers:
    """Corrects what no machine can know: a machine sees neither the kernel's queues nor the transport's."""

    __slots__ = ("_machine", "_octets_flushed", "_was_waiting", "octets_written")

    def __init__(self, machine: Machine) -> None:
        self.octets_written = 0
        """All that was given to the transport."""
        self._machine = machine
        self._octets_flushed = 0
        self._was_waiting = False

    def correct(self, transport: asyncio.Transport, now: float) -> None:
        """Make the timers fair before they are looked at.

        The peer is not silent while we have yet to read what it sent: then the HoldTimer gets a respite.
        And the SendHoldTimer begins anew whenever the peer took some of what we wrote, or had nothing to take
        when it was looked at last; what the kernel still holds for it was not taken (RFC 9687 §3.1).
        """
        hold = self._machine.timers.hold
        if hold.deadline <= now and _has_unread(transport):
            hold.deadline = now + min(_HOLD_RESPITE, hold.duration)
        waiting = transport.get_write_buffer_size() + _octets_queued(transport, termios.TIOCOUTQ)
        flushed = self.octets_written - waiting
        if flushed > self._octets_flushed or not self._was_waiting:
            self._machine.sending_progressed(now)
        self._octets_flushed, self._was_waiting = flushed, waiting > 0


def _has_unread(transport: asyncio.Transport) -> bool:
    return not transport.is_reading() or _octets_queued(transport, termios.FIONREAD) > 0


def _octets_queued(transport: asyncio.Transport, direction: int) -> int:
    """Return how many octets the kernel holds, unread or not acknowledged by the peer."""
    octets = array("i", [0])
    fcntl.ioctl(transport.get_extra_info("socket").fileno(), direction, octets)
    return octets[0]
