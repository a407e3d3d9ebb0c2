"""What Prometheus is told of routes: those of each protocol, and those of the tables."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bgpd.metrics.figure import Figure, Kind, Sample
from bgpd.metrics.scrape import Scrape
from bgpd.pipeline import Pipeline
from bgpd.protocols.protocol import RouteCounters
from bgpd.protocols.route_holder import RouteHolder

_Read = Callable[[Scrape], Iterable[Sample]]
_PROTOCOL: Final = ("protocol", "family")
_TABLE: Final = ("table", "family")


def _held(read: Callable[[RouteHolder], int]) -> _Read:
    """Read a figure of everybody who has routes in a table."""

    def samples(scrape: Scrape) -> Iterator[Sample]:
        for protocol, channel in scrape.channels:
            if channel.source is not None:
                yield (protocol.name, channel.family.name), read(channel.source)

    return samples


def _counted(read: Callable[[RouteCounters], int]) -> _Read:
    """Read a figure of what happened to the routes of neighbors."""

    def samples(scrape: Scrape) -> Iterator[Sample]:
        for neighbor in scrape.neighbors:
            for channel in neighbor.channels:
                yield (neighbor.name, channel.family.name), read(channel.counters)

    return samples


def _advertised(scrape: Scrape) -> Iterator[Sample]:
    for neighbor in scrape.neighbors:
        for channel in neighbor.channels:
            number = scrape.house.exported_lately(neighbor.name, channel.family)
            if number is not None:
                yield (neighbor.name, channel.family.name), number


def _of_tables(read: Callable[[Pipeline], int]) -> _Read:
    """Read a figure of every table."""

    def samples(scrape: Scrape) -> Iterator[Sample]:
        for pipeline in scrape.house.pipelines:
            table = pipeline.table
            yield (table.name, table.family.name), read(pipeline)

    return samples


FIGURES: Final = (
    Figure(
        "bgpd_routes",
        Kind.GAUGE,
        "Routes a protocol has in the table, refused ones that are kept included.",
        _PROTOCOL,
        _held(lambda holder: holder.routes),
    ),
    Figure(
        "bgpd_routes_filtered",
        Kind.GAUGE,
        "Routes that the import filter refuses, and that are kept to be shown.",
        _PROTOCOL,
        _held(lambda holder: holder.filtered),
    ),
    Figure(
        "bgpd_routes_preferred",
        Kind.GAUGE,
        "Prefixes for which the protocol's route is the best.",
        _PROTOCOL,
        _held(lambda holder: holder.preferred),
    ),
    Figure(
        "bgpd_routes_advertised",
        Kind.GAUGE,
        "Prefixes, or paths, that a neighbor is told of, as they were counted last: beside everything else, "
        "after somebody has read this figure. Absent before the first count and without a session.",
        _PROTOCOL,
        _advertised,
    ),
    Figure(
        "bgpd_import_updates_total",
        Kind.COUNTER,
        "Routes that a neighbor has announced, each as often as it did.",
        _PROTOCOL,
        _counted(lambda counters: counters.imports_received),
    ),
    Figure(
        "bgpd_import_updates_accepted_total",
        Kind.COUNTER,
        "Routes announced by a neighbor that were new, or other ones than before, and have passed the import "
        "filter.",
        _PROTOCOL,
        _counted(lambda counters: counters.imports_accepted),
    ),
    Figure(
        "bgpd_import_updates_filtered_total",
        Kind.COUNTER,
        "Routes announced by a neighbor that the import filter has refused.",
        _PROTOCOL,
        _counted(lambda counters: counters.imports_filtered),
    ),
    Figure(
        "bgpd_import_updates_rejected_total",
        Kind.COUNTER,
        "Routes announced by a neighbor that were too many for a limit.",
        _PROTOCOL,
        _counted(lambda counters: counters.imports_rejected),
    ),
    Figure(
        "bgpd_import_withdrawals_total",
        Kind.COUNTER,
        "Routes that a neighbor has withdrawn.",
        _PROTOCOL,
        _counted(lambda counters: counters.withdraws_received),
    ),
    Figure(
        "bgpd_export_updates_total",
        Kind.COUNTER,
        "Routes that a neighbor was told of, each as often as it was.",
        _PROTOCOL,
        _counted(lambda counters: counters.sent.announced),
    ),
    Figure(
        "bgpd_export_updates_filtered_total",
        Kind.COUNTER,
        "Routes meant for a neighbor that it was not told of, most of them because of the export filter.",
        _PROTOCOL,
        _counted(lambda counters: counters.exports.filtered),
    ),
    Figure(
        "bgpd_export_withdrawals_total",
        Kind.COUNTER,
        "Routes that were taken back from a neighbor.",
        _PROTOCOL,
        _counted(lambda counters: counters.sent.withdrawn),
    ),
    Figure(
        "bgpd_table_prefixes",
        Kind.GAUGE,
        "Prefixes in the routing table.",
        _TABLE,
        _of_tables(lambda pipeline: len(pipeline.table)),
    ),
    Figure(
        "bgpd_table_unsettled_prefixes",
        Kind.GAUGE,
        "Prefixes that changed, and whose best route has yet to be chosen.",
        _TABLE,
        _of_tables(lambda pipeline: pipeline.table.unsettled),
    ),
    Figure(
        "bgpd_table_batches_total",
        Kind.COUNTER,
        "Batches in which best routes were chosen and handed on.",
        _TABLE,
        _of_tables(lambda pipeline: pipeline.rounds),
    ),
    Figure(
        "bgpd_table_update_groups",
        Kind.GAUGE,
        "Groups of neighbors that are sent the same.",
        _TABLE,
        _of_tables(lambda pipeline: len(pipeline.groups)),
    ),
)
