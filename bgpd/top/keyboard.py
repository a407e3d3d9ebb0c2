"""Keys of a terminal, as the octets they send."""

import re
from collections.abc import Iterator
from typing import Final


class Key:
    """Names of the keys that are no letters."""

    UP: Final = "up"
    DOWN: Final = "down"
    PAGE_UP: Final = "page up"
    PAGE_DOWN: Final = "page down"
    HOME: Final = "home"
    END: Final = "end"
    ENTER: Final = "enter"
    ESCAPE: Final = "escape"
    BACKSPACE: Final = "backspace"
    INTERRUPT: Final = "interrupt"


_NAMES: Final = {
    "\x1b[A": Key.UP,
    "\x1bOA": Key.UP,
    "\x1b[B": Key.DOWN,
    "\x1bOB": Key.DOWN,
    "\x1b[5~": Key.PAGE_UP,
    "\x1b[6~": Key.PAGE_DOWN,
    "\x1b[H": Key.HOME,
    "\x1bOH": Key.HOME,
    "\x1b[1~": Key.HOME,
    "\x1b[F": Key.END,
    "\x1bOF": Key.END,
    "\x1b[4~": Key.END,
    "\r": Key.ENTER,
    "\n": Key.ENTER,
    "\x1b": Key.ESCAPE,
    "\x7f": Key.BACKSPACE,
    "\x08": Key.BACKSPACE,
    "\x03": Key.INTERRUPT,
}

_ONE: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|.", re.DOTALL)


def keys(octets: bytes) -> Iterator[str]:
    """Yield the keys that were pressed; those that nobody knows are left out."""
    for typed in _ONE.findall(octets.decode(errors="replace")):
        if typed in _NAMES:
            yield _NAMES[typed]
        elif typed.isprintable():
            yield typed
