"""What crossed between us and a neighbor, in numbers that can be had every second."""

from typing import NamedTuple


class Traffic(NamedTuple):
    """Numbers since the start; nothing has to be counted for them."""

    address: str
    asn: int
    session: str
    """The state of the session."""
    sessions_lost: int
    messages_in: int
    messages_out: int
    updates_in: int
    """UPDATE messages."""
    updates_out: int
    prefixes_in: int
    """Prefixes announced and withdrawn."""
    prefixes_out: int
