"""What the process is called: readers look for one whose first argument is exactly ``bird``."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_SELF: Final = Path("/proc/self")
_ARGUMENTS_AT: Final = 48
"""Fields 48 and 49 of /proc/self/stat: where the arguments begin and end in memory (proc(5))."""


def take_title(name: str, arguments: Sequence[str]) -> bool:
    """Be shown as this command by ps, pidof and pgrep; return whether that was possible.

    The arguments are written over those that the interpreter was started with, which takes no rights; the
    interpreter itself has copied them long ago. It can't be done where /proc/self/mem is not writable, and
    then the process works all the same.
    """
    with suppress(OSError):
        (_SELF / "comm").write_text(name)
        start, end = _place()
        words = b"".join(word.encode(errors="surrogateescape") + b"\0" for word in (name, *arguments))
        room = end - start
        with (_SELF / "mem").open("r+b", buffering=0) as memory:
            memory.seek(start)
            memory.write(words[: room - 1].ljust(room, b"\0"))
        return True
    return False


def _place() -> tuple[int, int]:
    """Return where the arguments lie; the name of the process, field 2, may contain anything."""
    fields = (_SELF / "stat").read_text(errors="replace").rpartition(")")[2].split()
    first = _ARGUMENTS_AT - 3
    return int(fields[first]), int(fields[first + 1])
