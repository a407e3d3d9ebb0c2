"""One row of the tables of figures: a family of metrics, and how it is read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from bgpd.health.durations import Durations
from bgpd.metrics.scrape import Scrape

Sample: TypeAlias = tuple[Sequence[str], float | Durations]
"""Values of the labels, and the figure; ``Durations`` for a histogram."""


class Kind(StrEnum):
    """What Prometheus calls the type."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    INFO = "info"


_FAMILIES: Final[Mapping[Kind, Callable[..., Any]]] = {
    Kind.GAUGE: GaugeMetricFamily,
    Kind.COUNTER: CounterMetricFamily,
    Kind.HISTOGRAM: HistogramMetricFamily,
    Kind.INFO: InfoMetricFamily,
}
_SUFFIXES: Final = {Kind.COUNTER: "_total", Kind.INFO: "_info"}


class Figure(NamedTuple):
    """A family of metrics."""

    name: str
    """As it is on the page."""
    kind: Kind
    text: str
    labels: Sequence[str]
    read: Callable[[Scrape], Iterable[Sample]]

    @property
    def base(self) -> str:
        """The name without what its type adds."""
        return self.name.removesuffix(_SUFFIXES.get(self.kind, ""))

    def family(self, scrape: Scrape) -> Metric:
        """Return what there is now."""
        family = _FAMILIES[self.kind](self.base, self.text, labels=self.labels)
        for values, figure in self.read(scrape):
            if isinstance(figure, Durations):
                family.add_metric(values, figure.cumulative, figure.sum)
            elif self.kind is Kind.INFO:
                family.add_metric(values, {})
            else:
                family.add_metric(values, figure)
        assert isinstance(family, Metric)
        return family
