"""The device protocol: it stands for the watching of interfaces, which needs no polling."""

from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.protocol import Leaving, ProtocolState


class DeviceProtocol(LoggedProtocol):
    """Interfaces and their addresses; it has no routes."""

    kind = "Device"

    def begin(self) -> None:
        """Interfaces are watched from the start of the daemon."""
        self.enter(ProtocolState.UP)

    def leave(self, _why: Leaving) -> None:
        """Interfaces are watched, whether anybody says so or not."""

    def end(self, reason: str) -> None:
        """Interfaces are watched all the same: everything else needs them."""
        self.enter(ProtocolState.DOWN)
