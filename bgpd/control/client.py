"""bgpdcl: asks a running bgpd (or BIRD) over its control socket."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from bgpd.control.programs import find_program

_QUESTIONS: Final = "bgpd.control.questions"
"""Knows all commands of the daemon; what does not starts faster."""

_FAILED, _INTERRUPTED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status.

    It is 0, 1 if the daemon cannot be reached or refuses, 2 if the command line is wrong.
    """
    words = sys.argv[1:] if arguments is None else arguments
    program, rest = find_program(words)
    if words and words[-1] == "?":
        program, rest = None, words
    module = _QUESTIONS if program is None else program.module
    try:
        status: int = import_module(module).main(rest)
    except BrokenPipeError:
        # Whoever read our output has left; there must be no second attempt when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


if __name__ == "__main__":
    sys.exit(main())
