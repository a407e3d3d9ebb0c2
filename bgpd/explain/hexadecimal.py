"""Octets as people paste them: hexadecimal digits with whatever stands between them."""

import re
from typing import Final

_BETWEEN: Final = re.compile(r"[\s:,;|\"']+|0[xX]|\\x")
_DIGITS: Final = "0123456789abcdefABCDEF"


def read_hexadecimal(text: str) -> bytes:
    """Return the octets; raises ``ValueError`` that names the place of what cannot be read."""
    digits: list[str] = []
    position = 0
    while position < len(text):
        between = _BETWEEN.match(text, position)
        if between is not None:
            position = between.end()
            continue
        if text[position] not in _DIGITS:
            raise ValueError(f"{text[position]!r} {_place(text, position)} is no hexadecimal digit")
        digits.append(text[position])
        position += 1
    if len(digits) % 2:
        raise ValueError(f"{len(digits)} hexadecimal digits are no whole number of octets")
    return bytes.fromhex("".join(digits))


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return f"in line {line}, column {column}," if "\n" in text.strip() else f"at character {column}"
