"""What Prometheus is told of the daemon itself: version, configuration, event loop, bugs."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bgpd.health.callbacks import SLOW_SECONDS, Longest
from bgpd.health.faults import FAULTS
from bgpd.metrics.figure import Figure, Kind, Sample
from bgpd.metrics.scrape import House, Scrape


def _one(read: Callable[[House], float]) -> Callable[[Scrape], Iterable[Sample]]:
    """Read a figure without labels."""
    return lambda scrape: [((), read(scrape.house))]


def _longest(read: Callable[[Longest], float]) -> Callable[[Scrape], Iterable[Sample]]:
    """Tell how long everybody else had to wait for one callback."""

    def samples(scrape: Scrape) -> Iterator[Sample]:
        for period, longest in (("all", scrape.callbacks.ever), ("recent", scrape.callbacks.recent)):
            yield (period,), read(longest)

    return samples


def _faults(_scrape: Scrape) -> Iterator[Sample]:
    for place, number in FAULTS.counts.items():
        yield (place,), number


def _source_problems(scrape: Scrape) -> Iterator[Sample]:
    for source in scrape.house.sources:
        yield (source.kind, source.name), bool(source.problem)


def _source_objects(scrape: Scrape) -> Iterator[Sample]:
    for source in scrape.house.sources:
        if source.objects is not None:
            yield (source.kind, source.name), source.objects


def _source_since(scrape: Scrape) -> Iterator[Sample]:
    for source in scrape.house.sources:
        yield (source.kind, source.name), source.since


_SOURCE: Final = ("kind", "name")
FIGURES: Final = (
    Figure(
        "bgpd_build_info",
        Kind.INFO,
        "The running version.",
        ("version",),
        lambda scrape: [((scrape.house.version,), 1)],
    ),
    Figure(
        "bgpd_ready",
        Kind.GAUGE,
        "Whether traffic may be sent here, as /readyz says.",
        (),
        _one(lambda house: not house.awaited),
    ),
    Figure(
        "bgpd_reconfigured_timestamp_seconds",
        Kind.GAUGE,
        "When the configuration in force was applied, in Unix time.",
        (),
        _one(lambda house: house.reconfigured),
    ),
    Figure(
        "bgpd_reconfiguration_problems",
        Kind.GAUGE,
        "What bugs of bgpd were in the way of when the configuration in force was applied.",
        (),
        _one(lambda house: len(house.reconfiguration_problems)),
    ),
    Figure(
        "bgpd_source_problem",
        Kind.GAUGE,
        "Whether there is a problem with what the configuration is made from beside its file.",
        _SOURCE,
        _source_problems,
    ),
    Figure(
        "bgpd_source_objects",
        Kind.GAUGE,
        "How many nodes, files or resources a source of the configuration has.",
        _SOURCE,
        _source_objects,
    ),
    Figure(
        "bgpd_source_state_timestamp_seconds",
        Kind.GAUGE,
        "Since when a source of the configuration is in its state, in Unix time.",
        _SOURCE,
        _source_since,
    ),
    Figure(
        "bgpd_faults_total",
        Kind.COUNTER,
        "Bugs of bgpd that it has survived, by what they have cost.",
        ("cost",),
        _faults,
    ),
    Figure(
        "bgpd_event_loop_callback_duration_seconds",
        Kind.HISTOGRAM,
        "Time that passed during each callback of the event loop: so long everybody else had to wait.",
        (),
        lambda scrape: [((), scrape.callbacks.durations)],
    ),
    Figure(
        "bgpd_event_loop_longest_callback_cpu_seconds",
        Kind.GAUGE,
        "The most CPU time that a callback took, since the start or in the last five to ten minutes.",
        ("period",),
        _longest(lambda longest: longest.cpu),
    ),
    Figure(
        "bgpd_event_loop_longest_callback_wall_seconds",
        Kind.GAUGE,
        "The most time that passed during a callback; other programs may have had the processor.",
        ("period",),
        _longest(lambda longest: longest.wall),
    ),
    Figure(
        "bgpd_event_loop_slow_callbacks_total",
        Kind.COUNTER,
        f"Callbacks that took more than {SLOW_SECONDS} seconds of CPU time.",
        (),
        lambda scrape: [((), scrape.callbacks.slow)],
    ),
)
