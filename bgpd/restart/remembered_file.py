"""The file that keeps ``Remembered`` from one process to the next: read once, replaced as a whole."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from bgpd.restart.remembered import NOTHING, Remembered, RememberedError, read, write

_MODE: Final = 0o600
_MOST_OCTETS: Final = 16 << 20
_ROOT: Final = 0

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
            return read(self._text())
        except FileNotFoundError:
            return NOTHING
        except (OSError, ValueError, RememberedError) as error:
            _log.warning("state file %s is not used: %s", self._path, _words(error))
            return NOTHING

    def _text(self) -> str:
        """Read a file that nobody else can have written: no link, no pipe, and ours, or root's."""
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise RememberedError("it is no regular file")
            if facts.st_uid not in (os.geteuid(), _ROOT) or facts.st_mode & stat.S_IWOTH:
                raise RememberedError("others can write it")
            if facts.st_size > _MOST_OCTETS:
                raise RememberedError("it is too large")
            return file.read(_MOST_OCTETS).decode()

    def write(self, remembered: Remembered) -> bool:
        """Put this in the place of what is there; whoever is interrupted leaves the one or the other."""
        if not self._exists:
            return True
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._replace(beside, write(remembered).encode())
        except (OSError, ValueError) as error:
            self._complain(_words(error))
            with suppress(OSError):
                beside.unlink()
            return False
        self._complain("")
        return True

    def _replace(self, beside: Path, octets: bytes) -> None:
        with suppress(FileNotFoundError):
            beside.unlink()  # of a process that had our number
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(beside, flags, _MODE), "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _complain(self, text: str) -> None:
        if text and text != self._complaint:
            _log.warning("state file %s can't be written: %s", self._path, text)
        self._complaint = text


def _words(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
