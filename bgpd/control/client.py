"""bgpdcl: asks a running bgpd (or BIRD) over its control socket."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

_PROGRAMS: Final = {("decode",): "bgpd.control.decode", ("node", "status"): "bgpd.control.node_status"}
"""The commands that the daemon does not know, and who does; what does not know all commands starts faster."""

_QUESTIONS: Final = "bgpd.control.questions"

_WITH_VALUE: Final = ("-s", "--socket", "--color")
"""The options that have a value as their next argument."""

_FAILED, _INTERRUPTED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status.

    It is 0, 1 if the daemon cannot be reached or refuses, 2 if the command line is wrong.
    """
    program, rest = _find_program(sys.argv[1:] if arguments is None else arguments)
    try:
        status: int = import_module(program).main(rest)
    except BrokenPipeError:
        # Whoever read our output has left; there must be no second attempt when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _find_program(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return who does the command, and the arguments without its words; options may stand before them."""
    for words, program in _PROGRAMS.items():
        start = _position(words, arguments)
        if start is not None:
            return program, [*arguments[:start], *arguments[start + len(words) :]]
    return _QUESTIONS, arguments


def _position(words: Sequence[str], arguments: Sequence[str]) -> int | None:
    """Return where the words are, if they are the first that are neither options nor their values."""
    is_value = False
    for position, argument in enumerate(arguments):
        if not argument.startswith("-") and not is_value:
            found = tuple(arguments[position : position + len(words)]) == words
            return position if found else None
        is_value = argument in _WITH_VALUE
    return None


if __name__ == "__main__":
    sys.exit(main())
