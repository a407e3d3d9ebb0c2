"""How many messages crossed."""

from collections import Counter

from messages.iana import MessageType


class MessageCounters:
    """Messages of one neighbor by type, over all its sessions; index with ``MessageType``."""

    __slots__ = ("errors_received", "errors_sent", "received", "sent")

    def __init__(self) -> None:
        self.received = [0] * (max(MessageType) + 1)
        self.sent = [0] * (max(MessageType) + 1)
        self.errors_received: Counter[int] = Counter()
        """NOTIFICATIONs by error code."""
        self.errors_sent: Counter[int] = Counter()
