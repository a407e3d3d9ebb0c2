"""How an edge stands, from what its ends say."""

from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from bgpd.graph.documents import Peer


class State(IntEnum):
    """The worst has the largest number."""

    UP = 0
    """Every end that was asked says that it is established."""
    HELD = 1
    """It is up, and stays only until others have taken over."""
    DOWN = 2
    """No end that was asked has it established."""
    DIFFERING = 3
    """One end says that it is established, the other one that it is not."""
    ONE_SIDED = 4
    """Only one of two ends that were asked has it configured."""
    MISSING = 5
    """Both ends are nodes of a mesh, and neither has it configured."""

    @property
    def is_well(self) -> bool:
        """Whether routes cross."""
        return self <= State.HELD


WORDS: Final[Mapping[State, str]] = {
    State.UP: "up",
    State.HELD: "up until others have taken over",
    State.DOWN: "not up",
    State.DIFFERING: "up at one end only",
    State.ONE_SIDED: "configured at one end only",
    State.MISSING: "configured at neither end",
}


class Session(NamedTuple):
    """One session between two nodes, of one family."""

    state: State
    text: str
    """What its ends say."""


def session_of(said: Mapping[str, Peer], ends: tuple[str, str], asked: Collection[str]) -> Session:
    """Put together what the ends say of each other; at least one of them has said something."""
    silent = [name for name in ends if name in asked and name not in said]
    text = "; ".join(f"{name}: {_said(peer)}" for name, peer in said.items())
    if silent:
        return Session(State.ONE_SIDED, f"{text}; {silent[0]}: has no such neighbor")
    up = {peer.is_up for peer in said.values()}
    if len(up) > 1:
        return Session(State.DIFFERING, text)
    if not all(up):
        return Session(State.DOWN, text)
    return Session(State.HELD if any(peer.is_held for peer in said.values()) else State.UP, text)


def _said(peer: Peer) -> str:
    return peer.info or peer.session
