"""How much of a connection is read at a time, so that handling it does not keep the loop from others."""

from typing import Final

LARGEST: Final = 32 * 1024
_SMALLEST: Final = 4 * 1024
_FIRST: Final = 16 * 1024
_SECONDS: Final = 0.012
"""CPU time that handling one read should take at most."""


class ReadSize:
    """Learns from what was read: some UPDATEs take ten times as long as others of the same length."""

    def __init__(self) -> None:
        self.octets = _FIRST

    def learn(self, octets: int, seconds: float) -> None:
        """Take what handling these octets took of CPU time. It grows by steps, and shrinks at once."""
        fitting = int(octets * _SECONDS / seconds) if seconds > 0 else LARGEST
        self.octets = max(_SMALLEST, min(fitting, 2 * self.octets, LARGEST))
