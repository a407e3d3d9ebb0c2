"""Connection collision: two connections with one peer, and one must go (RFC 4271 §6.8, RFC 6286 §2.3).

Two speakers that connect to each other at the same moment must choose the same connection without talking
about it. The speaker with the larger BGP Identifier is the dominant one: the connection it initiated
survives. Both know that once an OPEN has arrived. What remains are races: a choice is made with the first
OPEN, when the other side may not have seen the second connection, or may have chosen before. They are won
by being quick on one side and patient on the other:

- the dominant speaker drops the connection it does not want as soon as it knows the identifiers, although
  the other connection is only in OpenSent (RFC 4271 §6.8 permits that: the identifier is known by other
  means). If its own attempt is still in Connect, it gives that up before it could send an OPEN there;
- the other speaker leaves an OPEN on its own connection unanswered while the dominant speaker's connection
  is in OpenSent. A KEEPALIVE might bring up the session there at the very moment when a dominant speaker that
  is not as quick drops it. Either an OPEN comes on the dominant speaker's connection, which then survives, or
  that connection goes, and the OPEN that waited is processed.

A connection on which a DelayOpenTimer runs is in Connect or Active, but it exists, and its OPEN will come:
it counts as one in OpenSent (``Machine.collision_state``).
"""

from enum import Enum, auto
from typing import NamedTuple

from fsm.state import State


class Initiator(Enum):
    """Who asked for the TCP connection."""

    LOCAL = auto()
    REMOTE = auto()


class Speaker(NamedTuple):
    """What the comparison looks at; the AS number decides between equal identifiers (RFC 6286 §2.3)."""

    router_id: int
    asn: int


class Verdict(Enum):
    """What to do before the OPEN that just arrived is processed."""

    KEEP_BOTH = auto()
    WAIT = auto()
    """Process the OPEN, and what follows it on its connection, when the other connection is gone."""
    DUMP_OTHER = auto()
    DUMP_OPENED = auto()


def dominant(local: Speaker, remote: Speaker) -> Initiator:
    """Return whose connection survives."""
    return Initiator.LOCAL if local > remote else Initiator.REMOTE


def resolve(winner: Initiator, opened: Initiator, other: Initiator, other_state: State) -> Verdict:
    """Decide when an OPEN arrives on a connection while another one with the same peer exists.

    ``winner`` is what ``dominant`` says, ``opened`` and ``other`` are who initiated the connection with the
    OPEN and the other one; ``other_state`` is the latter's ``collision_state``.
    """
    match other_state:
        case State.IDLE | State.CONNECT | State.ACTIVE:
            return Verdict.DUMP_OTHER  # there is no connection yet that could win
        case State.ESTABLISHED:
            return Verdict.DUMP_OPENED
        case State.OPEN_SENT if opened is other:
            return Verdict.KEEP_BOTH
        case _ if opened is other:
            return Verdict.DUMP_OTHER  # the peer opened a second one because it lost the first
        case State.OPEN_SENT if other is winner is Initiator.REMOTE:
            return Verdict.WAIT
        case _:
            return Verdict.DUMP_OTHER if opened is winner else Verdict.DUMP_OPENED
