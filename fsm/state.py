"""The six states of the BGP finite state machine (RFC 4271 §8.2.2)."""

from enum import IntEnum


class State(IntEnum):
    """In the order of progress, so that of two connections the larger state counts."""

    IDLE = 0
    CONNECT = 1
    ACTIVE = 2
    OPEN_SENT = 3
    OPEN_CONFIRM = 4
    ESTABLISHED = 5

    def __str__(self) -> str:
        """The RFC's spelling, as ``show protocols`` prints it."""
        return self.name.title().replace("_", "")
