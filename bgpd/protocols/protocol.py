"""A protocol instance: anything that stands in ``show protocols`` and feeds or follows a table."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from messages.families import Family
from rib.policy import Policy
from rib.route import Source


class ProtocolState(StrEnum):
    """BIRD's protocol states, as far as we have them."""

    DOWN = "down"
    START = "start"
    UP = "up"
    STOP = "stop"
    FLUSH = "flush"
    """It lost its session and its routes are being taken out of the table."""


class RouteCounters:
    """What happened to a protocol's routes since it started, as BIRD's ``Route change stats`` count it."""

    __slots__ = (
        "imports_accepted",
        "imports_filtered",
        "imports_received",
        "imports_rejected",
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


class Channel(NamedTuple):
    """One family of a protocol: its tie to the table of that family."""

    family: Family
    source: Source | None
    import_policy: Policy
    export_policy: Policy
    counters: RouteCounters


class Protocol:
    """Name, state and ties of one protocol instance; one subclass a kind."""

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

    def enter(self, state: ProtocolState) -> None:
        """Change the state and note the time."""
        if state is not self.state:
            self.state = state
            self.since = self._now()

    @property
    def info(self) -> str:
        """The last column of ``show protocols``."""
        return ""

    def details(self) -> Sequence[str]:
        """Lines that only this kind has in ``show protocols all``, without their leading blanks."""
        return ()
