"""The lines of BIRD's line protocol, as a client reads them.

Every client shares this, the small ones too: it must stay quick to import.
"""

import re
from typing import Final, NamedTuple

ASYNCHRONOUS: Final = -1
"""Stands for the code of lines that belong to no answer: log lines, for instance."""

UNKNOWN: Final = -2
"""Stands for the code of lines that have no form of the protocol."""

FIRST_ERROR_CODE: Final = 8000

JSON: Final = "json"
"""The word before a command that is to be answered in JSON."""

JSON_CODE: Final = 1900
"""Of the lines that are pieces of a JSON document."""

_CODED: Final = re.compile(r"(\d{4})([- ])(.*)")


class ReplyLine(NamedTuple):
    """A line without its framing; ``raw`` is how it came."""

    code: int
    text: str
    last: bool = False
    raw: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the server refuses the command, or failed."""
        return self.code >= FIRST_ERROR_CODE


class ReplyReader:
    """Reads line after line of a connection; the short form has the code of the line before it."""

    def __init__(self) -> None:
        self._code = 0

    def read(self, raw: str) -> ReplyLine:
        """Say what a line is; it comes without its newline."""
        if coded := _CODED.fullmatch(raw):
            self._code = int(coded[1])
            return ReplyLine(self._code, coded[3], coded[2] == " ", raw)
        if raw.startswith("+"):
            return ReplyLine(ASYNCHRONOUS, raw[1:], raw=raw)
        if raw.startswith(" "):
            return ReplyLine(self._code, raw[1:], raw=raw)
        return ReplyLine(UNKNOWN, raw, raw=raw)
