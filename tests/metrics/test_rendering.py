"""The text of figures, which is written in parts."""

from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bgpd.metrics.pages import rendered


class Families(Collector):
    """Some families of figures, each with so many."""

    def __init__(self, number: int) -> None:
        self._number = number

    def collect(self) -> Iterator[Metric]:
        info = InfoMetricFamily("bgpd_neighbor", "What it is.", labels=["neighbor"])
        gauge = GaugeMetricFamily("bgpd_up", "Whether # it is up.", labels=["neighbor"])
        counter = CounterMetricFamily("bgpd_messages", "How many.", labels=["neighbor"])
        for number in range(self._number):
            info.add_metric([f"# {number}"], {})
            gauge.add_metric([f"n{number}"], number)
            counter.add_metric(["a\n# b"], number)
        yield from (info, gauge, counter)


@pytest.mark.parametrize("number", [0, 1, 999, 1000, 1001, 2500])
def test_in_parts_it_is_what_it_is_in_one(number: int) -> None:
    parts = [*rendered(Families(number).collect())]
    assert b"".join(parts) == generate_latest(Families(number))
    assert max(part.count(b"\n") for part in parts) <= 1002
