"""The rights of this process as bit sets (capabilities(7))."""

import ctypes
import os
import struct
from pathlib import Path
from typing import Final

NUMBERS: Final = {"CAP_NET_BIND_SERVICE": 10, "CAP_NET_ADMIN": 12}
"""Those that a router needs."""
_VERSION: Final = 0x20080522
"""The third form of capset(2): two words of 32 bits for each of the three sets."""
_BE_DUMPABLE: Final = 4
"""PR_SET_DUMPABLE of prctl(2)."""
_STATUS: Final = Path("/proc/self/status")


def effective() -> int:
    """Return what this process may do."""
    return int(_status("CapEff"), 16)


def is_kept_from_more() -> bool:
    """Whether no program that is started gets more rights than it is started with (no_new_privs)."""
    return _status("NoNewPrivs") == "1"


def take_up() -> None:
    """Make what a router needs effective if it is permitted.

    A program file may permit more than the kernel makes effective by itself. In the container image it does
    so: one that wants all at once cannot even be started where a right is missing, and nobody would say why.
    """
    permitted, present = int(_status("CapPrm"), 16), effective()
    wanted = present | permitted & sum(1 << number for number in NUMBERS.values())
    if wanted != present:
        put(permitted, wanted)
        # The rights come from the file, not from who has started it; so the kernel has closed /proc/self/fd.
        ctypes.CDLL(None).prctl(_BE_DUMPABLE, 1, 0, 0, 0)


def put(permitted: int, effective: int) -> None:
    """Have these rights and no others. Raises OSError."""
    system = ctypes.CDLL(None, use_errno=True)
    low, high = ((effective >> shift & 0xFFFFFFFF, permitted >> shift & 0xFFFFFFFF, 0) for shift in (0, 32))
    if system.capset(struct.pack("=Ii", _VERSION, 0), struct.pack("=6I", *low, *high)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _status(key: str) -> str:
    return _STATUS.read_text().partition(f"{key}:")[2].split()[0]
