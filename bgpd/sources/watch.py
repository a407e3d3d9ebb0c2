"""Whether a file or a folder is still the one that was read, decided from how it looks, without a clock."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_SUFFIX: Final = ".json"
"""Of the files that count in a folder."""
_COARSE: Final = 20_000_000
"""Nanoseconds by which the times of files may lag behind the clock."""
_PATIENCE: Final = 10
"""Looks in a row at each of which a file may be another one, until it is read all the same."""


class Stamp(NamedTuple):
    """What changes with the content of a file, and with who may read it."""

    name: str
    modified: int
    changed: int
    """Of the file or what is known about it: a file that may be read from now on has not been modified."""
    size: int
    inode: int
    device: int


class Look(NamedTuple):
    """What there was at a path at some moment."""

    files: tuple[Stamp, ...] = ()
    """That file, or those of the folder."""
    is_folder: bool = False
    problem: str = ""
    """Why nothing can be seen there; then there are no files."""


def look(path: str) -> Look:
    """Look at a path; this may take a while if it leads to another host."""
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            return Look(tuple(sorted(_files(path))), is_folder=True)
    except OSError as error:
        return Look(problem=f"{error.strerror or error}; what was read last holds until it is back")
    return Look((_stamp(Path(path).name, found),))


def _files(folder: str) -> Iterator[Stamp]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIX):
                try:
                    found = entry.stat()
                except FileNotFoundError:  # gone since, or a link to nowhere
                    continue
                yield _stamp(entry.name, found)


def _stamp(name: str, found: os.stat_result) -> Stamp:
    return Stamp(name, found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev)


class Watch:
    """Remembers how a path looked when it was read.

    A file that somebody is writing to looks different each time, and half of it is worth nothing: it is read
    when two looks in a row have found the same. What is not there changes nothing.
    """

    def __init__(self, first: Look, read_at: float) -> None:
        """``read_at`` is the Unix time at which somebody began to read what was there."""
        self.last = first
        self._read: Look | None = first
        self._seen: Look | None = None
        self._looks = 0
        if any(file.changed > read_at * 1e9 - _COARSE for file in first.files):
            self._read = None  # it may have been written since

    @property
    def is_unsettled(self) -> bool:
        """Whether it is being changed right now, and is worth a look soon."""
        return self._looks > 0

    def is_news(self, now: Look) -> bool:
        """Tell whether to read again what is there now."""
        self.last = now
        if now.problem or now == self._read:
            self._looks, self._seen = 0, None
            return False
        if now != self._seen and self._looks < _PATIENCE:
            self._looks, self._seen = self._looks + 1, now
            return False
        self._looks, self._seen, self._read = 0, None, now
        return True
