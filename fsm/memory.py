"""What a neighbor's connections learn from those before them."""

from fsm.settings import Settings
from fsm.timers import ErrorWait


class Memory:
    """Shared by the two machines of one neighbor."""

    __slots__ = ("error_wait", "omits_capabilities")

    def __init__(self, settings: Settings) -> None:
        self.error_wait = ErrorWait(settings.error_wait, settings.error_forget)
        self.omits_capabilities = False
        """Whether the peer refused an OPEN for its Capabilities parameter, so that the next goes without.

        Forgotten when an attempt without them fails as well, when a session ends and when the operator
        intervenes: the peer may know more by then.
        """
