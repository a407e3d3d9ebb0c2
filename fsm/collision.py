"""Connection collision: two connections with one peer, and one must go (RFC 4271 §6.8, RFC 6286 §2.3).

Two speakers that connect to each other at the same moment must choose the same connection without talking
about it. The speaker with the larger BGP Identifier is the dominant one: the connection it initiated
survives. Both know that once an OPEN has arrived. What remains is a race: one side may have chosen before
the other side sees the second connection at all. It is won by letting the dominant speaker commit itself
with the first OPEN it receives on either connection, and the other one wait for what the dominant speaker
says on both:

- the dominant speaker drops the connection it does not want as soon as it knows the identifiers, although
  the other connection is only in OpenSent (RFC 4271 §6.8 permits that: the identifier is known by other
  means). If its own attempt is still in Connect, it gives that up before it could send an OPEN there;
- the other speaker compares with a connection in OpenConfirm only. So an OPEN on the dominant speaker's
  connection always finds a dominant speaker that wants it.

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
        case State.OPEN_SENT if opened is other or winner is Initiator.REMOTE:
            return Verdict.KEEP_BOTH
        case _ if opened is other:
            return Verdict.DUMP_OTHER  # the peer opened a second one because it lost the first
        case _:
            return Verdict.DUMP_OTHER if opened is winner else Verdict.DUMP_OPENED
