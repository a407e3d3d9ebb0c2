"""The table of peers that ``calicoctl node status`` draws."""

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap
from typing import Final, NamedTuple

_HEADINGS: Final = ("PEER ADDRESS", "PEER TYPE", "STATE", "SINCE", "INFO")
_WIDEST: Final = 30
"""A longer text goes on in the next line, unless it is one word."""

_ESTABLISHED: Final = "Established"


class Peer(NamedTuple):
    """A neighbor, in the words of ``show protocols``."""

    address: str
    type: str
    state: str
    since: str
    info: str

    @property
    def is_established(self) -> bool:
        """Whether its session is up."""
        return self.info.split(" ")[0] == _ESTABLISHED


Paint = Callable[[str, Peer], str]
"""Colors what the last column says of a peer."""


def draw(peers: Sequence[Peer], paint: Paint) -> Sequence[str]:
    """Return the lines of the table."""
    rows = [[_wrapped(text) for text in peer] for peer in peers]
    widths = [max(map(_width, column)) for column in zip([[text] for text in _HEADINGS], *rows, strict=True)]
    border = f"+{'+'.join('-' * (width + 2) for width in widths)}+"
    lines = [border, _line(map(_centered, _HEADINGS, widths)), border]
    for peer, row in zip(peers, rows, strict=True):
        for number in range(max(map(len, row))):
            pieces = [text[number] if number < len(text) else "" for text in row]
            *others, info = map(str.ljust, pieces, widths)
            lines.append(_line([*others, paint(info, peer)]))
    return [*lines, border]


def _wrapped(text: str) -> Sequence[str]:
    return wrap(text, _WIDEST, break_long_words=False, break_on_hyphens=False)


def _width(lines: Sequence[str]) -> int:
    """Return how wide a column must be; texts that were cut in lines take the full width."""
    widest = max(map(len, lines), default=0)
    return max(widest, _WIDEST) if len(lines) > 1 else widest


def _centered(text: str, width: int) -> str:
    """Center a text, rather too far to the left."""
    left = (width - len(text)) // 2
    return f"{' ' * left}{text}".ljust(width)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
