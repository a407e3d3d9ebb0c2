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
        text = _CONTROL.sub("?", line.text) if _CONTROL.search(line.text) else line.text
        octets = self._prefix(line.code, last=line.last) + text.encode(errors="replace")
        if len(octets) > _LINE_OCTETS:
            octets = self._prefix(_LINE_OVERFLOW, last=line.last) + b"<line overflow>"
        return octets + b"\n"

    def _prefix(self, code: int, *, last: bool) -> bytes:
        before, self._code = self._code, code
        if last:
            return b"%04d " % code
        return b" " if code == before else b"%04d-" % code
