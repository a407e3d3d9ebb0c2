"""A protocol instance: anything that stands in ``show protocols`` and feeds or follows a table."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from bgpd.protocols.details import NO_DETAILS, Details
from bgpd.protocols.route_holder import RouteHolder
from messages.families import Family
from rib.member import SentPrefixes
from rib.policy import Policy


class ProtocolState(StrEnum):
    """BIRD's protocol states, as far as we have them."""

    DOWN = "down"
    START = "start"
    UP = "up"
    STOP = "stop"
    FLUSH = "flush"
    """It lost its session and its routes are being taken out of the table."""


class ProtocolError(Exception):
    """An operation is refused; the text says why, and what to do instead."""


class RouteCounters:
    """What happened to a protocol's routes since it started, as BIRD's ``Route change stats`` count it."""

    __slots__ = (
        "imports_accepted",
        "imports_filtered",
        "imports_received",
        "imports_rejected",
        "sent",
        "withdraws_accepted",
        "withdraws_received",
    )

    def __init__(self) -> None:
        self.imports_received = 0
        self.imports_rejected = 0
        self.imports_filtered = 0
        self.imports_accepted = 0
        self.withdraws_received = 0
        self.withdraws_accepted = 0
        self.sent = SentPrefixes()

    @property
    def crossed(self) -> int:
        """How many prefixes were told either way."""
        received = self.imports_received + self.withdraws_received
        return received + self.sent.announced + self.sent.withdrawn


class Channel(NamedTuple):
    """One family of a protocol: its tie to the table of that family."""

    family: Family
    source: RouteHolder | None
    import_policy: Policy
    export_policy: Policy
    counters: RouteCounters


class Protocol(ABC):
    """Name, state and ties of one protocol instance; one subclass a kind.

    The operations of the operator return the answer in BIRD's words, and raise ProtocolError if they are
    refused.
    """

    kind = ""
    """As ``show protocols`` prints it: BGP, Device, Direct, Kernel, Static."""

    def __init__(self, name: str, now: Callable[[], float], description: str = "") -> None:
        self.name = name
        self.description = description
        self.table = "master"
        self.channels: Sequence[Channel] = ()
        self._now = now
        self.state = ProtocolState.DOWN
        self.since = now()
        """When the state last changed (Unix time)."""
        self.is_disabled = False
        self.message = ""
        """What the operator said when it was disabled."""

    # What the operator does

    def enable(self) -> str:
        """Start what was disabled."""
        if not self.is_disabled:
            return "already enabled"
        self.is_disabled = False
        self.message = ""
        self.begin()
        return "enabled"

    def disable(self, reason: str = "") -> str:
        """Stop until ``enable``."""
        if self.is_disabled:
            return "already disabled"
        self.end(reason)
        self.is_disabled = True
        self.message = reason
        return "disabled"

    def restart(self, reason: str = "") -> str:
        """Stop and start again."""
        if self.is_disabled:
            return "already disabled"
        self.end(reason)
        self.begin()
        return "restarted"

    def reload(self, *, incoming: bool, outgoing: bool) -> str:
        """Exchange the routes again without a new session."""
        raise ProtocolError("only neighbors can be reloaded")

    def drain(self, reason: str = "") -> str:
        """Lead traffic around a neighbor, then shut it down (RFC 8326)."""
        raise ProtocolError("only neighbors can be drained")

    def undrain(self) -> str:
        """Undo ``drain``."""
        raise ProtocolError("only neighbors can be drained")

    @abstractmethod
    def begin(self) -> None:
        """Start working."""

    @abstractmethod
    def end(self, reason: str) -> None:
        """Stop working. Raises ProtocolError if the daemon cannot do without."""

    # What is shown

    def enter(self, state: ProtocolState) -> None:
        """Change the state and note the time."""
        if state is not self.state:
            self.state = state
            self.since = self._now()

    @property
    def info(self) -> str:
        """The last column of ``show protocols``."""
        return ""

    def details(self) -> Details:
        """Return what only this kind has in ``show protocols all``."""
        return NO_DETAILS
