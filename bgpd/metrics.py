"""What Prometheus is told; everything is read from the daemon at the moment it is asked for."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bgpd.health.callbacks import SLOW_SECONDS, CallbackClock
from bgpd.health.faults import FAULTS
from bgpd.http import Page
from bgpd.kernel.metrics import kernel_figures
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.route_holder import RouteHolder
from bgpd.show.view import Daemon
from bgpd.sources.source import SourceStatus
from fsm.state import State
from messages.iana import MessageType

_TEXT_FORMAT: Final = "text/plain; version=0.0.4; charset=utf-8"
_MESSAGE_TYPES: Final = {message_type.name.lower(): message_type.value for message_type in MessageType}
_AT_ONCE: Final = 1000
"""Figures that are written between two turns of the loop."""
_STATES: Final = {state: str(state) for state in State}


def pages(daemon: Daemon, callbacks: CallbackClock) -> Mapping[str, Page]:
    """Return the pages by path: the figures, and a sign of life for those who restart what is stuck."""
    registry = CollectorRegistry()
    registry.register(DaemonCollector(daemon, callbacks))
    ProcessCollector(registry=registry)
    return {
        "/metrics": Page(_TEXT_FORMAT, lambda: rendered(registry.collect())),
        "/healthz": Page("text/plain; charset=utf-8", lambda: iter((b"ok\n",))),
    }


class DaemonCollector(Collector):
    """Reads the daemon for one scrape; a family of figures at a time."""

    def __init__(self, daemon: Daemon, callbacks: CallbackClock) -> None:
        self._daemon = daemon
        self._callbacks = callbacks

    def describe(self) -> Iterable[Metric]:
        """Nobody else registers, so no name can clash."""
        return ()

    def collect(self) -> Iterator[Metric]:
        protocols = tuple(self._daemon.protocols.values())
        neighbors = [protocol for protocol in protocols if isinstance(protocol, BgpProtocol)]
        kernels = [protocol for protocol in protocols if isinstance(protocol, KernelProtocol)]
        yield InfoMetricFamily("bgpd_build", "The running version.", {"version": self._daemon.version})
        yield _neighbor_info(neighbors)
        yield _neighbor_up(neighbors)
        yield _neighbor_state(neighbors)
        yield _neighbor_established(neighbors)
        yield _messages(neighbors)
        yield from _routes(protocols)
        yield self._table_prefixes()
        yield from kernel_figures(kernels)
        yield from _event_loop(self._callbacks)
        yield _faults()
        yield _source_problems(self._daemon.sources)

    def _table_prefixes(self) -> Metric:
        labels = ["table", "family"]
        figures = GaugeMetricFamily("bgpd_table_prefixes", "Prefixes in the routing table.", labels=labels)
        for table in self._daemon.tables:
            figures.add_metric([table.name, table.family.name], len(table))
        return figures


def _faults() -> Metric:
    text = "Bugs of bgpd that it has survived, by what they have cost."
    faults = CounterMetricFamily("bgpd_faults", text, labels=["cost"])
    for place, number in FAULTS.counts.items():
        faults.add_metric([place], number)
    return faults


def _source_problems(sources: Iterable[SourceStatus]) -> Metric:
    text = "Whether there is a problem with what the configuration is made from beside its file."
    problems = GaugeMetricFamily("bgpd_source_problem", text, labels=["kind", "name"])
    for source in sources:
        problems.add_metric([source.kind, source.name], bool(source.problem))
    return problems


class _Single(Collector):
    """One family of figures, for those who render whole registries."""

    def __init__(self, figures: Metric) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        yield self._figures


def rendered(families: Iterable[Metric]) -> Iterator[bytes]:
    """Return the text of families, in parts that take a moment each: a thousand neighbors have many figures.

    What a family is called stands above its first part only.
    """
    for family in families:
        part = copy(family)
        for begin in range(0, max(1, len(family.samples)), _AT_ONCE):
            part.samples = family.samples[begin : begin + _AT_ONCE]
            text = generate_latest(_Single(part))
            yield text if begin == 0 else _without_comments(text)


def _without_comments(text: bytes) -> bytes:
    return b"".join(line for line in text.splitlines(keepends=True) if not line.startswith(b"#"))


def _neighbor_info(neighbors: Iterable[BgpProtocol]) -> Metric:
    labels = ["neighbor", "address", "asn", "local_asn", "description"]
    info = InfoMetricFamily("bgpd_neighbor", "What is configured for a neighbor.", labels=labels)
    for neighbor in neighbors:
        settings = neighbor.settings
        values = (neighbor.name, settings.address, settings.asn, settings.local_asn, settings.description)
        info.add_metric([str(value) for value in values], {})
    return info


def _neighbor_up(neighbors: Iterable[BgpProtocol]) -> Metric:
    up = GaugeMetricFamily("bgpd_neighbor_up", "Whether the session is Established.", labels=["neighbor"])
    for neighbor in neighbors:
        up.add_metric([neighbor.name], neighbor.peer.state is State.ESTABLISHED)
    return up


def _neighbor_state(neighbors: Iterable[BgpProtocol]) -> Metric:
    text = "1 for the state the session is in (RFC 4271 section 8.2.2), else 0."
    states = GaugeMetricFamily("bgpd_neighbor_state", text, labels=["neighbor", "state"])
    for neighbor in neighbors:
        now = neighbor.peer.state
        for state, name in _STATES.items():
            states.add_metric([neighbor.name, name], state is now)
    return states


def _neighbor_established(neighbors: Iterable[BgpProtocol]) -> Metric:
    text = "When the session was established, in Unix time; absent while it is not."
    since = GaugeMetricFamily("bgpd_neighbor_established_timestamp_seconds", text, labels=["neighbor"])
    for neighbor in neighbors:
        if neighbor.peer.established_at is not None:
            since.add_metric([neighbor.name], neighbor.peer.established_at)
    return since


def _messages(neighbors: Iterable[BgpProtocol]) -> Metric:
    labels = ["neighbor", "direction", "type"]
    messages = CounterMetricFamily("bgpd_messages", "BGP messages.", labels=labels)
    for neighbor in neighbors:
        counters = neighbor.peer.counters
        for direction, counts in (("received", counters.received), ("sent", counters.sent)):
            for name, number in _MESSAGE_TYPES.items():
                messages.add_metric([neighbor.name, direction, name], counts[number])
    return messages


def _routes(protocols: Iterable[Protocol]) -> Iterator[Metric]:
    text = "Routes a protocol has in the table, refused ones that are kept included."
    routes = GaugeMetricFamily("bgpd_routes", text, labels=["protocol", "family"])
    text = "Prefixes for which the protocol's route is the best."
    preferred = GaugeMetricFamily("bgpd_routes_preferred", text, labels=["protocol", "family"])
    for name, family, source in _sources(protocols):
        routes.add_metric([name, family], source.routes)
        preferred.add_metric([name, family], source.preferred)
    yield routes
    yield preferred


def _sources(protocols: Iterable[Protocol]) -> Iterator[tuple[str, str, RouteHolder]]:
    for protocol in protocols:
        for channel in protocol.channels:
            if channel.source is not None:
                yield protocol.name, channel.family.name, channel.source


def _event_loop(callbacks: CallbackClock) -> Iterator[Metric]:
    """Tell how long everybody else had to wait for one callback."""
    text = "The most CPU time that a callback took, since the start or in the last five to ten minutes."
    cpu = GaugeMetricFamily("bgpd_event_loop_longest_callback_cpu_seconds", text, labels=["period"])
    text = "The most time that passed during a callback; other programs may have had the processor."
    wall = GaugeMetricFamily("bgpd_event_loop_longest_callback_wall_seconds", text, labels=["period"])
    for period, longest in (("all", callbacks.ever), ("recent", callbacks.recent)):
        cpu.add_metric([period], longest.cpu)
        wall.add_metric([period], longest.wall)
    yield cpu
    yield wall
    text = f"Callbacks that took more than {SLOW_SECONDS} seconds of CPU time."
    yield CounterMetricFamily("bgpd_event_loop_slow_callbacks", text, callbacks.slow)
