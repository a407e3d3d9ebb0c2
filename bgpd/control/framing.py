"""BIRD's reply lines: codes, their short form, and the limit of 512 octets."""

import re
from typing import Final

from bgpd.show.command import Line

_LINE_OCTETS: Final = 510
"""The longest line BIRD sends, without the newline: its buffer of 512 octets also holds a zero at the end."""
_LINE_OVERFLOW: Final = 8000

_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What would end a line early or upset a terminal; texts that neighbors sent may have it."""


class Framing:
    """The lines of one connection: a line with the code of the one before it is written in the short form."""

    def __init__(self) -> None:
        self._code = -1

    def encode(self, line: Line) -> bytes:
        """Return a line as it goes over the socket."""
        octets = self._prefix(line.code, last=line.last) + _printable(line.text)
        if len(octets) > _LINE_OCTETS:
            octets = self._prefix(_LINE_OVERFLOW, last=line.last) + b"<line overflow>"
        return octets + b"\n"

    def encode_notice(self, text: str) -> bytes:
        """Return a line that belongs to no answer; it changes nothing for the lines of answers."""
        return _printable(text)[:_LINE_OCTETS] + b"\n"

    def _prefix(self, code: int, *, last: bool) -> bytes:
        before, self._code = self._code, code
        if last:
            return b"%04d " % code
        return b" " if code == before else b"%04d-" % code


def _printable(text: str) -> bytes:
    return (_CONTROL.sub("?", text) if _CONTROL.search(text) else text).encode(errors="replace")
