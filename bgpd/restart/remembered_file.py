"""The file that keeps ``Remembered`` from one process to the next: read once, replaced as a whole."""

import logging
from pathlib import Path
from typing import Final

from bgpd.restart.private_file import read_private, replace_private
from bgpd.restart.remembered import NOTHING, Remembered, RememberedError, read, write

_MOST_OCTETS: Final = 16 << 20

_log: Final = logging.getLogger("bgpd")


class RememberedFile:
    """Nothing that happens here stops anybody: it is logged, once until it works again."""

    def __init__(self, path: str) -> None:
        """Without a path there is no file."""
        self._path = Path(path)
        self._exists = bool(path)
        self._complaint = ""

    def read(self) -> Remembered:
        """Return what the former process has left; nothing if it can't be had, or can't be believed."""
        if not self._exists:
            return NOTHING
        try:
            return read(read_private(self._path, _MOST_OCTETS).decode())
        except FileNotFoundError:
            return NOTHING
        except (OSError, ValueError, RememberedError) as error:
            _log.warning("state file %s is not used: %s", self._path, _words(error))
            return NOTHING

    def write(self, remembered: Remembered) -> bool:
        """Put this in the place of what is there; whoever is interrupted leaves the one or the other."""
        if not self._exists:
            return True
        try:
            replace_private(self._path, write(remembered).encode())
        except (OSError, ValueError) as error:
            self._complain(_words(error))
            return False
        self._complain("")
        return True

    def _complain(self, text: str) -> None:
        if text and text != self._complaint:
            _log.warning("state file %s can't be written: %s", self._path, text)
        self._complaint = text


def _words(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
