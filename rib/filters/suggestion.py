"""What somebody may have meant who wrote a name that there is not."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_ALIKE: Final = 0.7
"""How much of two names is the same, from 0 to 1: enough for a slip, too little for another word."""


def suggestion(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like a name, if one is like it at all."""
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)), None)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about a name: a question, or nothing."""
    similar = suggestion(name, known)
    return f"; did you mean {similar}?" if similar else ""
