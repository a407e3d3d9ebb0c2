"""What Prometheus is told of the kernel's tables."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bgpd.protocols.kernel import KernelProtocol

_LABELS: Final = ("protocol", "family")


class _Figure(NamedTuple):
    """One field of a table's report."""

    name: str
    field: str
    text: str
    counts: bool = False
    """Whether it only grows."""


_FIGURES: Final = (
    _Figure("bgpd_kernel_routes", "wanted", "Routes that are wanted in the kernel."),
    _Figure("bgpd_kernel_routes_installed", "installed", "Routes of ours that are in the kernel."),
    _Figure(
        "bgpd_kernel_routes_pending",
        "waiting",
        "Prefixes for which the kernel does not have what is wanted: being written, or a problem.",
    ),
    _Figure(
        "bgpd_kernel_problems",
        "problems",
        "Routes that the kernel refuses, or that another program's route or the guard keeps out.",
    ),
    _Figure("bgpd_kernel_strays", "strays", "Routes with our number in the kernel that nobody wants."),
    _Figure("bgpd_kernel_aliens", "aliens", "Routes of other programs in the same table."),
    _Figure("bgpd_kernel_messages", "written", "Routes written and removed.", counts=True),
    _Figure("bgpd_kernel_refusals", "refused", "What the kernel did not do.", counts=True),
    _Figure("bgpd_kernel_restored", "restored", "Routes put back after others took them.", counts=True),
    _Figure(
        "bgpd_kernel_displaced", "displaced", "Routes of others that ours took the place of.", counts=True
    ),
    _Figure("bgpd_kernel_dumps", "dumps", "How often the whole table was read.", counts=True),
    _Figure("bgpd_kernel_checks", "checks", "Checks of the table that are done.", counts=True),
    _Figure(
        "bgpd_kernel_notifications_lost",
        "lost_notifications",
        "How often more was notified than could be heard.",
        counts=True,
    ),
    _Figure("bgpd_kernel_last_check_timestamp_seconds", "last_check", "When the last check was done."),
)


def kernel_figures(kernels: Iterable[KernelProtocol]) -> Iterator[Metric]:
    """Yield a family for each figure; a table has none where nothing has happened yet."""
    reports = [([kernel.name, kernel.family.name], kernel.kernel.report()._asdict()) for kernel in kernels]
    for figure in _FIGURES:
        kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
        family = kind(figure.name, figure.text, labels=_LABELS)
        for labels, report in reports:
            if report[figure.field] is not None:
                family.add_metric(labels, report[figure.field])
        yield family
