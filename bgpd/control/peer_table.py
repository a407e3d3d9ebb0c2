"""The table of peers that ``calicoctl node status`` draws."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from bgpd.ruled_table import ruled_table

_HEADINGS: Final = ("PEER ADDRESS", "PEER TYPE", "STATE", "SINCE", "INFO")
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
    last = len(_HEADINGS) - 1

    def paint_last(text: str, row: int, column: int) -> str:
        return paint(text, peers[row]) if column == last else text

    return [*ruled_table(_HEADINGS, peers, paint_last)]
