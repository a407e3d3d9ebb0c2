"""A protocol instance: anything that stands in ``show protocols`` and feeds or follows a table."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import Enum, StrEnum, auto
from typing import NamedTuple

from bgpd.health.backoff import Backoff, Fault
from bgpd.offers import OfferCounter
from bgpd.protocols.details import NO_DETAILS, Details
from bgpd.protocols.export_numbers import ExportNumbers
from bgpd.protocols.route_holder import RouteHolder
from bgpd.protocols.traffic import Traffic
from bgpd.settings import Trace
from messages.families import Family
from rib.member import SentPrefixes
from rib.policy import Policy


class ProtocolState(StrEnum):
    """BIRD's protocol states, as far as we have them."""

    DOWN = "down"
    START = "start"
    WAIT = "wait"
    """It is up, but after a restart nothing is exported yet (RFC 4724 §4.1)."""
    UP = "up"
    STOP = "stop"
    FLUSH = "flush"
    """It lost its session and its routes are being taken out of the table."""

    @property
    def is_up(self) -> bool:
        """Whether routes are exchanged, in one direction at least."""
        return self in (ProtocolState.UP, ProtocolState.WAIT)


class Leaving(Enum):
    """Why a protocol stops for good."""

    REMOVED = auto()
    RESTARTED = auto()
    """One with other settings takes its place."""


class ProtocolError(Exception):
    """An operation is refused; the text says why, and what to do instead."""


class RouteCounters:
    """What happened to a protocol's routes since it started, as BIRD's ``Route change stats`` count it."""

    __slots__ = (
        "imports_accepted",
        "imports_filtered",
        "imports_received",
        "imports_rejected",
        "offers",
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
        self.offers = OfferCounter()

    @property
    def exports(self) -> ExportNumbers:
        """What became of the routes that it was offered."""
        offered, sent = self.offers.numbers, self.sent
        return offered._replace(
            filtered=max(0, offered.updates - offered.rejected - sent.announced),
            accepted=sent.announced,
            withdrawn=sent.withdrawn,
        )

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
        self.filter_names = ("all", "none")
        """What the filters for import and export are called; those that say the same are one policy."""
        self._now = now
        self.state = ProtocolState.DOWN
        self.since = now()
        """When the state last changed (Unix time)."""
        self.is_disabled = False
        self.is_leaving = False
        """Whether it stops for good: nobody can start it any more."""
        self.message = ""
        """What the operator said when it was disabled."""
        self.backoff = Backoff()
        self._fault: Fault | None = None
        self.traces: frozenset[Trace] = frozenset()
        """What is logged about it, as configured or as the operator said since."""
        self._configured_traces = self.traces

    def trace(self, traces: frozenset[Trace]) -> None:
        """Log this and nothing else from now on."""
        self.traces = traces

    def configure_traces(self, traces: frozenset[Trace]) -> None:
        """Log what a configuration asks for; what the operator said holds until one asks otherwise."""
        if traces != self._configured_traces:
            self._configured_traces = traces
            self.trace(traces)

    # What the operator does

    def enable(self) -> str:
        """Start what was disabled."""
        if self.is_leaving or not self.is_disabled:
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

    def drain_plan(self) -> str:
        """Return what ``drain`` would do, in words; empty if there is nothing to say."""
        return ""

    def undrain(self) -> str:
        """Undo ``drain``."""
        raise ProtocolError("only neighbors can be drained")

    # What a changed configuration does

    def start(self) -> None:
        """Begin, unless the configuration says that it shall not."""
        if not self.is_disabled:
            self.begin()

    def leave(self, _why: Leaving) -> None:
        """Stop for good; ``has_left`` once nothing of it is left in the tables."""
        if not self.is_disabled:
            self.is_disabled = True
            self.end("")

    @property
    def has_left(self) -> bool:
        """Whether another one of its name may take its place."""
        return True

    async def wait_left(self) -> None:  # noqa: B027 - most leave at once
        """Wait for that."""

    @abstractmethod
    def begin(self) -> None:
        """Start working."""

    @abstractmethod
    def end(self, reason: str) -> None:
        """Stop working. Raises ProtocolError if the daemon cannot do without."""

    def halt(self) -> None:
        """A bug has stopped it: leave nothing half done; ``begin`` follows after a while."""
        self.end("")
        self.enter(ProtocolState.START)

    def note_fault(self, fault: Fault) -> None:
        """Remember why it was stopped."""
        self._fault = fault

    # What is shown

    @property
    def fault(self) -> Fault | None:
        """The last bug of ours that has stopped it."""
        return self._fault

    @property
    def is_up(self) -> bool:
        """Whether it exchanges routes, in one direction at least."""
        return self.state.is_up

    def enter(self, state: ProtocolState) -> None:
        """Change the state and note the time."""
        if state is not self.state:
            self.state = state
            self.since = self._now()

    @property
    def recovery(self) -> str:
        """What it does for the recovery from a restart, in BIRD's words; empty if that is over."""
        return "waiting" if self.state is ProtocolState.WAIT else ""

    @property
    def info(self) -> str:
        """The last column of ``show protocols``."""
        return ""

    @property
    def info_of_bird(self) -> str:
        """The same without what BIRD does not say."""
        return self.info

    @property
    def traffic(self) -> Traffic | None:
        """What crossed so far, if it is a neighbor."""
        return None

    @property
    def keeps_filtered(self) -> bool:
        """Whether routes that the import filter refuses stay, to be shown."""
        return False

    @property
    def own_identifier(self) -> int | None:
        """Our BGP Identifier as a neighbor sees it, if that is another one than others see."""
        return None

    def imports_of(self, _channel: Channel) -> ExportNumbers | None:
        """Return what became of what a pipe was offered by the other table; None for all others."""
        return None

    def exports_of(self, channel: Channel) -> ExportNumbers:
        """Return what became of the routes that it was offered in one family."""
        return channel.counters.exports

    def details(self) -> Details:
        """Return what only this kind has in ``show protocols all``."""
        return NO_DETAILS
