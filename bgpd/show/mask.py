"""Sets of words as BIRD's commands have them: ``all``, ``off`` or ``{ states, routes }``."""

import re
from collections.abc import Sequence
from typing import Final

from bgpd.show.command import SYNTAX_ERROR, CommandError

_BRACES: Final = re.compile(r"\{([^{}]*)\}")


def read_mask(text: str, words: Sequence[str]) -> frozenset[str]:
    """Return which of the words are meant. Raises CommandError."""
    if text in ("all", "off"):
        return frozenset(words if text == "all" else ())
    found = _BRACES.fullmatch(text)
    named = [word.strip() for word in found[1].split(",")] if found else []
    if not named or not set(named).issubset(words):
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return frozenset(named)
