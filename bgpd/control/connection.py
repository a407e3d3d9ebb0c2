"""One client of the control socket: its commands in, its answers out, as fast as it reads them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from time import perf_counter
from typing import Final

from bgpd.control.framing import Framing
from bgpd.control.interpreter import Interpreter, Step
from bgpd.control.notices import Notices
from bgpd.control.turns import More, Turns
from bgpd.health.faults import FAULTS
from bgpd.logs.echo import ECHO
from bgpd.show.command import Line, Pause

COMMAND_OCTETS: Final = 1024
"""The longest command; BIRD's buffer has this size."""
_TOO_LONG: Final = Line(9000, "Command too long", last=True)

_SLICE_SECONDS: Final = 0.004
_UNSENT_OCTETS: Final = 256 * 1024
"""Octets waiting for the client to read at which no more are made."""
_UNREAD_OCTETS: Final = 16 * 1024
"""Octets of further commands at which no more are read."""


class Connection(asyncio.Protocol):
    """Answers one command after the other; lines of an answer are made when the client has room for them."""

    def __init__(
        self, banner: Line, interpreter: Interpreter, turns: Turns, gone: Callable[["Connection"], None]
    ) -> None:
        self._banner = banner
        self._interpreter = interpreter
        self._turns = turns
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self.asked_last = self._loop.time()
        """When anything came of it."""
        self._unwanted = False
        self._framing = Framing()
        self._transport: asyncio.Transport | None = None
        self._input = bytearray()
        self._skips_line = False
        self._finished = False
        self._answer: Iterator[Step] | None = None
        self._work: asyncio.Future[None] | None = None
        """What the answer waits for."""
        self._notices = Notices()
        self._echoed: Collection[str] = ()
        """The classes of log lines that the client wants to see."""
        self._in_line = False
        self._goes_first = False
        """Whether the answer is at a pause during which other long answers wait."""
        self._has_room = True

    # -- called by asyncio -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._unwanted:
            transport.abort()
            return
        transport.set_write_buffer_limits(high=_UNSENT_OCTETS)
        transport.write(self._framing.encode(self._banner))

    def data_received(self, data: bytes) -> None:
        self.asked_last = self._loop.time()
        self._input += data
        if len(self._input) > _UNREAD_OCTETS and self._transport is not None:
            self._transport.pause_reading()
        self._go_on()

    def eof_received(self) -> bool:
        """The client has no more commands; it still gets its answers."""
        self._finished = True
        self._go_on()
        return True

    def pause_writing(self) -> None:
        self._has_room = False

    def resume_writing(self) -> None:
        self._has_room = True
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._input.clear()
        self._answer = None
        self.echo((), self._notices.capacity)
        self._gone(self)

    # -- called by commands ------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """Say something that belongs to no answer, between two answers or two parts of a long one."""
        if self._transport is not None:
            self._notices.add(text)
            self._go_on()

    def echo(self, classes: Collection[str], octets: int) -> None:
        """Say what is logged from now on, as far as it is of these classes."""
        if self._echoed:
            ECHO.unregister(self._logged)
        self._echoed, self._notices.capacity = classes, octets
        if classes:
            ECHO.register(self._logged)

    def _logged(self, word: str, text: str) -> None:
        """Take a log line, from any thread."""
        if word in self._echoed:
            self._loop.call_soon_threadsafe(self.tell, text)

    # -- answering ---------------------------------------------------------------------------------

    def close(self) -> None:
        """Hang up, whatever is unsaid."""
        self._unwanted = True
        if self._transport is not None:
            self._transport.abort()

    def _go_on(self) -> None:
        if not self._in_line and self._has_room and self._work is None:
            self._in_line = True
            self._turns.join(self._take_turn, goes_on=self._answer is not None)

    def _take_turn(self) -> More:
        try:
            self._go_on_answering()
        except Exception as error:
            FAULTS.note("client", error)
            self.close()
        if not self._in_line:
            return More.NOTHING
        return More.BEFORE_OTHERS if self._goes_first else More.AFTER_OTHERS

    def _go_on_answering(self) -> None:
        """Answer for a few milliseconds; stay in line if there is more to say and room for it."""
        self._in_line = False
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        octets = b"".join(map(self._framing.encode, self._next_lines()))
        if self._notices and self._work is None:
            octets += b"".join(map(self._framing.encode_notice, self._notices.take()))
        if octets:
            transport.write(octets)
        if self._work is None:
            if self._answer is not None or b"\n" in self._input:
                self._in_line = self._has_room or self._goes_first
            else:
                transport.resume_reading()
                if self._finished:
                    transport.close()

    def _next_lines(self) -> list[Line]:
        lines: list[Line] = []
        self._goes_first = False
        end = perf_counter() + _SLICE_SECONDS
        while self._work is None and perf_counter() < end:
            if self._answer is None:
                self._answer = self._next_answer()
                if self._answer is None:
                    break
            step = next(self._answer, None)
            if isinstance(step, Line):
                lines.append(step)
                if step.last:
                    self._answer = None
            elif isinstance(step, Pause):
                self._goes_first = True
                break
            elif step is not None:
                self._wait_for(step)
        return lines

    def _wait_for(self, work: Awaitable[None]) -> None:
        """Go on with the answer when the work is done; others have their turns meanwhile."""
        self._work = asyncio.ensure_future(work)
        self._work.add_done_callback(self._work_done)

    def _work_done(self, _work: asyncio.Future[None]) -> None:
        self._work = None
        self._go_on()

    def _next_answer(self) -> Iterator[Step] | None:
        """Take the next command off the input."""
        end = self._input.find(b"\n")
        if end < 0:
            if len(self._input) > COMMAND_OCTETS:
                self._skips_line = True
                self._input.clear()
            return None
        command = bytes(self._input[:end])
        del self._input[: end + 1]
        if self._skips_line or end > COMMAND_OCTETS:
            self._skips_line = False
            return iter((_TOO_LONG,))
        return self._interpreter.answer(command.replace(b"\r", b"").decode(errors="replace"), self)
