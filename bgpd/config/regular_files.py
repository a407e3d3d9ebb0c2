"""Files of a configuration: read whole, and never waited for."""

import errno
import os
from stat import S_ISREG
from typing import Final

_LARGEST: Final = 64 << 20
"""Octets of a file that is read. No configuration has as many; a mistaken path may lead to a disk."""


def read_regular_file(path: str | os.PathLike[str]) -> bytes:
    """Return what is in a file. Raises OSError; so for what is no file, where reading may never end."""
    with open(path, "rb", opener=_open_at_once) as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file")
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise OSError(errno.EFBIG, f"Larger than {_LARGEST >> 20} MiB")
    return content


def _open_at_once(path: str, flags: int) -> int:
    """A pipe would be waited for until somebody writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)
