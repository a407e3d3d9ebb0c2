"""The pages for machines: figures for Prometheus, signs of life and readiness for Kubernetes."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from http import HTTPStatus
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bgpd.health.callbacks import CallbackClock
from bgpd.http import Page
from bgpd.metrics.figures import FIGURES
from bgpd.metrics.scrape import House, Scrape

_TEXT_FORMAT: Final = "text/plain; version=0.0.4; charset=utf-8"
_PLAIN: Final = "text/plain; charset=utf-8"
_AT_ONCE: Final = 1000
"""Figures that are written between two turns of the loop."""


def pages(house: House, callbacks: CallbackClock) -> Mapping[str, Page]:
    """Return the pages by path."""
    registry = CollectorRegistry()
    registry.register(DaemonCollector(house, callbacks))
    ProcessCollector(registry=registry)

    def ready_status() -> HTTPStatus:
        return HTTPStatus.SERVICE_UNAVAILABLE if house.awaited else HTTPStatus.OK

    def ready_text() -> Iterator[bytes]:
        yield "".join(f"{reason}\n" for reason in house.awaited or ("ok",)).encode()

    return {
        "/metrics": Page(_TEXT_FORMAT, lambda: rendered(registry.collect())),
        "/healthz": Page(_PLAIN, lambda: iter((b"ok\n",))),
        "/readyz": Page(_PLAIN, ready_text, ready_status),
    }


class DaemonCollector(Collector):
    """Reads the daemon for one scrape; a family of figures at a time."""

    def __init__(self, house: House, callbacks: CallbackClock) -> None:
        self._house = house
        self._callbacks = callbacks

    def describe(self) -> Iterable[Metric]:
        """Nobody else registers, so no name can clash."""
        return ()

    def collect(self) -> Iterator[Metric]:
        scrape = Scrape(self._house, self._callbacks)
        for figure in FIGURES:
            yield figure.family(scrape)


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
