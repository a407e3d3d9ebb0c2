"""Files that only the daemon's user reads: read once, replaced as a whole."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

_MODE: Final = 0o600
_ROOT: Final = 0


def read_private(path: Path, most_octets: int) -> bytes:
    """Return what is in a file that nobody else can have written: no link, no pipe, and ours, or root's.

    Raises OSError, and ValueError for one that can't be believed.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise ValueError("it is no regular file")
        if facts.st_uid not in (os.geteuid(), _ROOT) or facts.st_mode & stat.S_IWOTH:
            raise ValueError("others can write it")
        if facts.st_size > most_octets:
            raise ValueError("it is too large")
        return file.read(most_octets)


def replace_private(path: Path, octets: bytes) -> None:
    """Put this in the place of what is there; whoever is interrupted leaves the one or the other.

    Raises OSError, and leaves nothing beside the file then.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _replace(path, beside, octets)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def _replace(path: Path, beside: Path, octets: bytes) -> None:
    with suppress(FileNotFoundError):
        beside.unlink()  # of a process that had our number
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(beside, flags, _MODE), "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
