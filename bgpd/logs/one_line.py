"""Text from anywhere as one line that does nothing to a terminal.

Neighbors, file names, interfaces and exceptions may say anything: line breaks, escape sequences, letters that
turn the direction of writing, halves of characters.
"""

from typing import Final

LONGEST: Final = 16_000
"""Characters of one line of the log."""
BREAK: Final = " | "
"""Stands where a line ended."""


def one_line(text: str, longest: int = LONGEST) -> str:
    r"""Return text with its lines side by side, and what cannot be seen as ``\x1b`` or ``\u202e``."""
    if not text.isprintable():
        lines = [line.strip() for line in cut(text, longest).splitlines()]
        text = "".join(map(_visible, BREAK.join(filter(None, lines))))
    return cut(text, longest)


def cut(text: str, longest: int = LONGEST) -> str:
    """Return no more than so many characters, and how many are missing."""
    surplus = len(text) - longest
    return text if surplus <= 0 else f"{text[:longest]}... ({surplus} more characters)"


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode()
