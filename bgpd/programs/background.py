"""A process that nobody waits for, and a file that says which one it is."""

import os
from contextlib import suppress


def detach() -> None:
    """Go on in the background: the process that was started ends, and nothing is read or written."""
    if os.fork():
        os._exit(0)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


class PidFile:
    """Holds the number of the process while it runs. Raises OSError if it cannot be made."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o664)

    def write(self) -> None:
        """Write our number, now that it is the last one."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def remove(self) -> None:
        """There is no process any more; another user may not be able to remove it."""
        os.close(self._descriptor)
        with suppress(OSError):
            os.unlink(self._path)
