"""What a restart of this speaker has left of it (RFC 4724 §3)."""

from messages.families import Family


class RestartState:
    """One for all neighbors; what it says is true of every OPEN that is sent from now on."""

    __slots__ = ("is_restarting", "lost")

    def __init__(self) -> None:
        self.is_restarting = False
        """Whether we have just restarted, and await what the peers have to say (Restart State)."""
        self.lost: set[Family] = set()
        """The families along whose routes nothing was forwarded meanwhile (no Forwarding State)."""
