"""The device protocol: it stands for the watching of interfaces, which needs no polling."""

from bgpd.protocols.protocol import Protocol, ProtocolError, ProtocolState


class DeviceProtocol(Protocol):
    """Interfaces and their addresses; it has no routes."""

    kind = "Device"

    def begin(self) -> None:
        """Interfaces are watched from the start of the daemon."""
        self.enter(ProtocolState.UP)

    def end(self, reason: str) -> None:
        """Everything else needs the interfaces."""
        raise ProtocolError("interfaces are always watched")
