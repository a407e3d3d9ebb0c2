"""Conversations as text: ``C: `` before what the client sends, ``S: `` before each line of the answer."""

from collections.abc import Sequence

from bgpd.control.framing import Framing
from bgpd.control.interpreter import Interpreter
from tests.show.world import StillDaemon


def converse(daemon: StillDaemon, commands: Sequence[str]) -> str:
    """Return what a client that sends these commands on one connection sees."""
    interpreter, framing = Interpreter(daemon), Framing()
    lines: list[str] = []
    for command in commands:
        lines.append(f"C: {command}")
        lines += [
            f"S: {framing.encode(line).decode().rstrip(chr(10))}"
            for line in interpreter.answer(command)
            if line is not None
        ]
    return "\n".join(lines) + "\n"
