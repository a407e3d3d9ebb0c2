"""How many messages crossed."""

from messages.iana import MessageType


class MessageCounters:
    """Messages of one neighbor by type, over all its sessions; index with ``MessageType``."""

    __slots__ = ("received", "sent")

    def __init__(self) -> None:
        self.received = [0] * (max(MessageType) + 1)
        self.sent = [0] * (max(MessageType) + 1)
