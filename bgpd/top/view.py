"""What the user wants to see, and how keys change it."""

from collections.abc import Sequence
from typing import Final

from bgpd.top.columns import SORTS, natural
from bgpd.top.figures import Figures, Neighbor
from bgpd.top.keyboard import Key

_FASTEST, _SLOWEST = 1.0, 60.0
_LONGEST_FILTER: Final = 60

HELP: Final = (
    ("n s t a r b", "sort by name, state, time, AS, routes, best routes; the same key again: the other way"),
    ("i o u v l", "sort by prefixes in and out, UPDATEs in and out, sessions lost"),
    ("d e", "sort by address, by what is said of the session"),
    ("/", "only neighbors with this text in name, state, address, AS or info; Esc: all"),
    ("arrows", "move; so do j and k, Page Up and Page Down, Home and End"),
    ("p", "pause, and go on"),
    ("+ -", "less often, more often"),
    ("q", "leave"),
)


class View:
    """The order, the filter and the place in the list; every key is one call."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self.sort = "n"
        self.is_reversed = False
        self.filter = ""
        self.is_typing = False
        """Whether keys are for the filter."""
        self.first = 0
        """How many neighbors are above the screen."""
        self.is_paused = False
        self.shows_help = False
        self.is_over = False
        self.page = 10
        """How many neighbors fit the screen; who draws says so."""
        self._before = ""

    def press(self, key: str) -> None:
        """Do what a key means."""
        if self.is_typing:
            self._type(key)
        elif self.shows_help and key != "q":
            self.shows_help = False
        elif key in SORTS:
            self.is_reversed = key == self.sort and not self.is_reversed
            self.sort, self.first = key, 0
        else:
            self._command(key)

    def _command(self, key: str) -> None:
        steps = {
            Key.UP: -1,
            Key.DOWN: 1,
            "k": -1,
            "j": 1,
            Key.PAGE_UP: -self.page,
            Key.PAGE_DOWN: self.page,
            " ": self.page,
            Key.HOME: -(1 << 30),
            Key.END: 1 << 30,
        }
        if key in steps:
            self.first = max(0, self.first + steps[key])
        elif key in ("q", Key.INTERRUPT):
            self.is_over = True
        elif key == "/":
            self.is_typing, self._before = True, self.filter
        elif key == Key.ESCAPE:
            self.filter, self.first = "", 0
        else:
            self._switch(key)

    def _switch(self, key: str) -> None:
        if key in ("?", "h"):
            self.shows_help = True
        elif key == "p":
            self.is_paused = not self.is_paused
        elif key == "+":
            self.interval = min(_SLOWEST, self.interval + 1)
        elif key == "-":
            self.interval = max(_FASTEST, self.interval - 1)

    def _type(self, key: str) -> None:
        self.first = 0
        if key == Key.ENTER:
            self.is_typing = False
        elif key in (Key.ESCAPE, Key.INTERRUPT):
            self.is_typing, self.filter = False, self._before
        elif key == Key.BACKSPACE:
            self.filter = self.filter[:-1]
        elif key.isprintable() and len(key) == 1 and len(self.filter) < _LONGEST_FILTER:
            self.filter += key

    def choose(self, figures: Figures) -> Sequence[Neighbor]:
        """Return the neighbors that are wanted, in the order that is wanted, from the first on the screen."""
        wanted = self.filter.lower()
        found = [neighbor for neighbor in figures.neighbors if wanted in _searched(neighbor)]
        column = SORTS[self.sort]
        found.sort(key=lambda neighbor: natural(neighbor.name))
        largest_first = not column.is_left or self.sort == "s"
        found.sort(key=column.order, reverse=largest_first is not self.is_reversed)
        self.first = min(self.first, max(0, len(found) - self.page))
        return found[self.first :]


def _searched(neighbor: Neighbor) -> str:
    parts = (neighbor.name, neighbor.state, neighbor.address, str(neighbor.asn), neighbor.info)
    return " ".join(parts).lower()
