"""What Prometheus is told of the sessions with neighbors."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bgpd.metrics.figure import Figure, Kind, Sample
from bgpd.metrics.scrape import Scrape
from bgpd.protocols.bgp import BgpProtocol
from fsm.state import State
from messages.iana import ErrorCode, MessageType

_MESSAGE_TYPES: Final = {message_type.name.lower(): message_type.value for message_type in MessageType}
_STATES: Final = {state: str(state) for state in State}
_ERROR_CODES: Final = {code.value: code.name.lower() for code in ErrorCode}
_OTHER: Final = "other"
"""All codes that no RFC knows, together: a neighbor could invent hundreds."""


def _info(scrape: Scrape) -> Iterator[Sample]:
    for neighbor in scrape.neighbors:
        settings = neighbor.settings
        values = (neighbor.name, settings.address, settings.asn, settings.local_asn, settings.description)
        yield [*map(str, values)], 1


def _states(scrape: Scrape) -> Iterator[Sample]:
    for neighbor in scrape.neighbors:
        now = neighbor.peer.state
        for state, name in _STATES.items():
            yield (neighbor.name, name), state is now


def _messages(scrape: Scrape) -> Iterator[Sample]:
    for neighbor in scrape.neighbors:
        counters = neighbor.peer.counters
        for direction, counts in (("received", counters.received), ("sent", counters.sent)):
            for name, number in _MESSAGE_TYPES.items():
                yield (neighbor.name, direction, name), counts[number]


def _notifications(scrape: Scrape) -> Iterator[Sample]:
    for neighbor in scrape.neighbors:
        counters = neighbor.peer.counters
        directions = (("received", counters.errors_received), ("sent", counters.errors_sent))
        for direction, counts in directions:
            figures: dict[str, int] = {}
            for code, number in counts.items():
                name = _ERROR_CODES.get(code, _OTHER)
                figures[name] = figures.get(name, 0) + number
            for name, number in figures.items():
                yield (neighbor.name, direction, name), number


def _each(read: Callable[[BgpProtocol], float | None]) -> Callable[[Scrape], Iterable[Sample]]:
    """Read a figure of every neighbor that has one."""

    def samples(scrape: Scrape) -> Iterator[Sample]:
        for neighbor in scrape.neighbors:
            figure = read(neighbor)
            if figure is not None:
                yield (neighbor.name,), figure

    return samples


def _lost_at(neighbor: BgpProtocol) -> float | None:
    loss = neighbor.peer.last_loss
    return None if loss is None else loss.at


_NEIGHBOR: Final = ("neighbor",)
FIGURES: Final = (
    Figure(
        "bgpd_neighbor_info",
        Kind.INFO,
        "What is configured for a neighbor.",
        ("neighbor", "address", "asn", "local_asn", "description"),
        _info,
    ),
    Figure(
        "bgpd_neighbor_up",
        Kind.GAUGE,
        "Whether the session is Established.",
        _NEIGHBOR,
        _each(lambda neighbor: neighbor.peer.state is State.ESTABLISHED),
    ),
    Figure(
        "bgpd_neighbor_disabled",
        Kind.GAUGE,
        "Whether an operator, the configuration or a limit keeps the session down.",
        _NEIGHBOR,
        _each(lambda neighbor: neighbor.is_disabled),
    ),
    Figure(
        "bgpd_neighbor_state",
        Kind.GAUGE,
        "1 for the state the session is in (RFC 4271 section 8.2.2), else 0.",
        ("neighbor", "state"),
        _states,
    ),
    Figure(
        "bgpd_neighbor_established_timestamp_seconds",
        Kind.GAUGE,
        "When the session was established, in Unix time; absent while it is not.",
        _NEIGHBOR,
        _each(lambda neighbor: neighbor.peer.established_at),
    ),
    Figure(
        "bgpd_neighbor_lost_timestamp_seconds",
        Kind.GAUGE,
        "When an established session ended last, in Unix time; absent before the first time.",
        _NEIGHBOR,
        _each(_lost_at),
    ),
    Figure(
        "bgpd_neighbor_flaps_total",
        Kind.COUNTER,
        "Established sessions that ended.",
        _NEIGHBOR,
        _each(lambda neighbor: neighbor.peer.flaps),
    ),
    Figure(
        "bgpd_messages_total", Kind.COUNTER, "BGP messages.", ("neighbor", "direction", "type"), _messages
    ),
    Figure(
        "bgpd_notifications_total",
        Kind.COUNTER,
        "NOTIFICATION messages by error code (RFC 4271 section 4.5); absent before the first of a code.",
        ("neighbor", "direction", "code"),
        _notifications,
    ),
    Figure(
        "bgpd_strangers_total",
        Kind.COUNTER,
        "Connections that were refused because they came from no neighbor.",
        (),
        lambda scrape: [((), scrape.house.strangers)],
    ),
)
