"""Numbers in commands: digits, the name of a constant, or an expression in parentheses."""

import re
from typing import Final

from bgpd.show.command import SYNTAX_ERROR, CommandError
from bgpd.show.view import Daemon
from rib.filters.errors import FilterError, RunError
from rib.filters.grammar.parser import expression
from rib.filters.program import Program
from rib.filters.running.run import DecidedError
from rib.filters.values import WORD

_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def read_number(daemon: Daemon, word: str) -> int:
    """Return the value of a word. Raises CommandError if it is no number of 32 bits."""
    if _DIGITS.fullmatch(word):
        if int(word) > WORD:
            raise CommandError(SYNTAX_ERROR, "Number out of range")
        return int(word)
    program = daemon.policies.program
    is_name = _NAME.fullmatch(word)
    value = program.symbols.constants.get(word) if is_name else _in_parentheses(program, word)
    if not isinstance(value, int) or value.__class__ is not int:  # True and the quads of router ids are int
        raise CommandError(SYNTAX_ERROR, "Number expected")
    return value


def _in_parentheses(program: Program, word: str) -> object:
    if not word.startswith("("):
        raise CommandError(SYNTAX_ERROR, "syntax error")
    try:
        return program.evaluate(expression(word, "command"))
    except FilterError:
        raise CommandError(SYNTAX_ERROR, "syntax error") from None
    except (RunError, DecidedError):
        return None
