"""Conversations as text: ``C: `` before what the client sends, ``S: `` before each line of the answer."""

from collections.abc import Coroutine, Iterator, Sequence
from contextlib import suppress

from bgpd.control.framing import Framing
from bgpd.control.interpreter import Interpreter, Step
from bgpd.show.command import Line
from tests.show.world import StillDaemon


def converse(daemon: StillDaemon, commands: Sequence[str]) -> str:
    """Return what a client that sends these commands on one connection sees."""
    interpreter, framing = Interpreter(daemon), Framing()
    lines: list[str] = []
    for command in commands:
        lines.append(f"C: {command}")
        lines += [
            f"S: {framing.encode(line).decode().rstrip(chr(10))}"
            for line in lines_of(interpreter.answer(command))
        ]
    return "\n".join(lines) + "\n"


def lines_of(answer: Iterator[Step]) -> Iterator[Line]:
    """Yield the lines of an answer; what it waits for is done at once, since nothing happens by itself."""
    for step in answer:
        if isinstance(step, Line):
            yield step
        elif isinstance(step, Coroutine):
            with suppress(StopIteration):
                step.send(None)
