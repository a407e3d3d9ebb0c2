"""A neighbor in ``show protocols all``: plain values for JSON, and the lines that text has of them.

BIRD 1.6's lines come first and in its order, since programs read them; ours follow.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from bgpd.protocols.bgp_capabilities import CapabilityRow
from bgpd.sessions.countdown import Countdown
from bgpd.show.times import Moment, long

_TIMERS_BEFORE_SESSION: Final = {"error_wait": "Error wait", "connect_delay": "Connect delay"}
_TIMERS_OF_SESSION: Final = {"hold": "Hold timer", "keepalive": "Keepalive timer"}
_OUR_TIMERS: Final = {
    "connect_retry": "Connect retry",
    "delay_open": "Delay open",
    "send_hold": "Send hold timer",
}
_LIMITS: Final = {"received": "Receive limit", "imported": "Import limit", "exported": "Export limit"}
"""BIRD's titles, in its order."""
_BIRDS_WORDS: Final = frozenset(
    {
        "internal",
        "external",
        "multihop",
        "route-reflector",
        "route-server",
        "AS4",
        "add-path-rx",
        "add-path-tx",
        "ext-messages",
    }
)
_INITIATORS: Final = {"local": " (we connected)", "remote": " (the neighbor connected)"}


class SessionRow(NamedTuple):
    """An established session."""

    neighbor_id: str
    neighbor_caps: Sequence[str]
    """BIRD's words."""
    kind: Sequence[str]
    source_address: str
    initiator: str
    """``local`` or ``remote``: who opened the TCP connection."""
    local_capabilities: Sequence[CapabilityRow]
    neighbor_capabilities: Sequence[CapabilityRow]


class LimitRow(NamedTuple):
    """How close one family is to its maximum of prefixes."""

    family: str
    direction: str
    """Of those that are received or imported, or exported."""
    routes: int
    limit: int
    action: str
    warn_at: int
    """Percent of the limit."""
    restart_after: int | None
    filtered: int = 0
    """How many more were refused by the import filter, and are kept."""
    hit: bool = False
    """Whether there were more than that, and the action was taken."""

    @property
    def consequence(self) -> str:
        """What happens when there are more."""
        wait = "" if self.restart_after is None else f" after {self.restart_after} s"
        hit = " [HIT]" * (self.routes >= self.limit)
        return (
            f"{self.routes} of {self.limit} {self.direction} ({self.family}){hit}, then {self.action}{wait}"
        )


class TrafficRow(NamedTuple):
    """Messages of one type, over all sessions."""

    received: int
    sent: int


class NotificationRow(NamedTuple):
    """The last NOTIFICATION in one direction."""

    at: Moment
    code: int
    subcode: int
    reason: str
    detail: str | None
    """What exactly is wrong, or what the operator says (RFC 9003)."""
    data: str
    """In hex."""

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{long(self.at)} {self.reason} ({self.code}/{self.subcode}){detail}"


class RefusalRow(NamedTuple):
    """The last connection of the neighbor that was not accepted."""

    at: Moment
    reason: str
    sent: str
    """What the neighbor was told."""

    def __str__(self) -> str:
        return f"{long(self.at)} {self.reason} (answered: {self.sent})"


class LossRow(NamedTuple):
    """The end of an established session."""

    at: Moment
    reason: str


class TransitionRow(NamedTuple):
    """A change of the state."""

    at: Moment
    old: str
    new: str
    cause: str
    initiator: str | None

    def __str__(self) -> str:
        return f"{long(self.at)}  {self.old:>11} -> {self.new:<11}  {self.cause}{self._connection}"

    @property
    def _connection(self) -> str:
        return _INITIATORS.get(self.initiator or "", "")


class NeighborDetails(NamedTuple):
    """Everything there is to tell of one neighbor; None and what is empty is not told."""

    bgp_state: str
    neighbor_address: str
    neighbor_as: int
    local_as: int
    authentication: str | None
    session: SessionRow | None
    limits: Sequence[LimitRow]
    timers: Mapping[str, Countdown]
    """Those that run."""
    last_error: str | None
    error_in_short: str | None
    """The same in BIRD's words."""
    draining: bool
    remarks: Sequence[str]
    messages: Mapping[str, TrafficRow]
    malformed_attributes: int
    sessions_lost: int
    last_sent: NotificationRow | None
    last_received: NotificationRow | None
    last_refusal: RefusalRow | None
    transitions: Sequence[TransitionRow]
    before_restart: str | None = None
    """What the process before this one had to say about it."""
    restarting: bool = False
    """Whether its routes are kept until it has said them again (RFC 4724)."""
    stale_timers: Mapping[str, Countdown] = MappingProxyType({})
    """By family, how long routes are long-lived stale (RFC 9494)."""
    last_loss: LossRow | None = None
    """When the last established session ended, and why."""

    def lines(self) -> Iterator[str]:
        """Return the text."""
        yield from self._first_lines()
        if self.last_error:
            yield _field("Last error", self.last_error)
        yield from self._standing()
        yield from self._timer_lines(_OUR_TIMERS)
        yield from self._capabilities()
        yield from self._messages()
        yield from self._incidents()
        if self.transitions:
            yield "  Transitions"
            yield from (f"    {transition}" for transition in self.transitions)

    def lines_of_bird(self) -> Iterator[str]:
        yield from self._first_lines(_BIRDS_WORDS)
        if self.error_in_short:
            yield _field("Last error", self.error_in_short)

    def limit_lines(self) -> Iterator[str]:
        shown = {limit.direction: limit for limit in reversed(self.limits)}
        for direction, title in _LIMITS.items():
            limit = shown.get(direction)
            if limit is not None:
                yield f"{title + ':':<16}{limit.limit}{' [HIT]' * limit.hit}"
                yield f"  Action:       {limit.action}"

    def _first_lines(self, known: Container[str] | None = None) -> Iterator[str]:
        """Return what BIRD has, too; of a session's properties only those it may have."""
        yield f"BGP state:          {self.bgp_state}"
        yield _field("Neighbor address", self.neighbor_address)
        yield _field("Neighbor AS", self.neighbor_as)
        if self.restarting:
            yield "  Neighbor graceful restart active"
        restart = self.timers.get("restart")
        if restart is not None:
            yield _field("Restart timer", f"{restart.left:.0f}/-")
        for family, stale in self.stale_timers.items():
            yield _field("LL stale timer", f"{stale.left:.0f}/-" + f" {family}" * (known is None))
        yield from self._timer_lines(_TIMERS_BEFORE_SESSION)
        session = self.session
        if session is not None:
            yield _field("Neighbor ID", session.neighbor_id)
            yield _field("Neighbor caps", " ".join(session.neighbor_caps))
            kind = session.kind if known is None else [word for word in session.kind if word in known]
            yield _field("Session", " ".join(kind))
            yield _field("Source address", session.source_address)
        imports = (limit for limit in self.limits if limit.direction == "imported")
        yield from (
            _field("Route limit", f"{limit.routes + limit.filtered}/{limit.limit}") for limit in imports
        )
        yield from self._timer_lines(_TIMERS_OF_SESSION)

    def _timer_lines(self, labels: Mapping[str, str]) -> Iterator[str]:
        for name, label in labels.items():
            timer = self.timers.get(name)
            if timer is not None:
                yield _field(label, f"{timer.left:.0f}/{timer.total:.0f}")

    def _standing(self) -> Iterator[str]:
        yield _field("Local AS", self.local_as)
        if self.authentication is not None:
            yield _field("Authentication", self.authentication)
        if self.session is not None:
            yield _field("Opened by", "us" if self.session.initiator == "local" else "the neighbor")
        yield from (_field("Most prefixes", limit.consequence) for limit in self.limits)
        if self.draining:
            yield _field("Draining", "traffic is being led away (RFC 8326)")
        yield from (_field("Remark", remark) for remark in self.remarks)

    def _capabilities(self) -> Iterator[str]:
        if self.session is not None:
            yield "  Local capabilities"
            yield from (f"    {row.text}" for row in self.session.local_capabilities)
            yield "  Neighbor capabilities"
            yield from (f"    {row.text}" for row in self.session.neighbor_capabilities)

    def _messages(self) -> Iterator[str]:
        yield f"{'  Messages':<22}{'received':>10} {'sent':>10}"
        for name, traffic in self.messages.items():
            yield f"    {name + ':':<18}{traffic.received:>10} {traffic.sent:>10}"

    def _incidents(self) -> Iterator[str]:
        if self.malformed_attributes:
            yield _field("Malformed", f"{self.malformed_attributes} path attributes (RFC 7606)")
        if self.sessions_lost:
            yield _field("Sessions lost", self.sessions_lost)
        if self.before_restart is not None:
            yield _field("Before restart", self.before_restart)
        for label, incident in (
            ("Last sent", self.last_sent),
            ("Last received", self.last_received),
            ("Last refusal", self.last_refusal),
        ):
            if incident is not None:
                yield _field(label, incident)


def _field(label: str, value: object) -> str:
    return f"  {label + ':':<17} {value}"
