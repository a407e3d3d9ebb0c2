"""What Prometheus is told of the kernel's tables."""

from collections.abc import Iterator
from typing import Final

from bgpd.metrics.figure import Figure, Kind, Sample
from bgpd.metrics.scrape import Scrape


def _figure(name: str, field: str, text: str, kind: Kind = Kind.GAUGE) -> Figure:
    """Return the row of one field of a table's report; there is none where nothing has happened yet."""

    def samples(scrape: Scrape) -> Iterator[Sample]:
        for labels, report in scrape.kernels:
            figure = getattr(report, field)
            if figure is not None:
                yield labels, figure

    return Figure(f"bgpd_kernel_{name}", kind, text, ("protocol", "family"), samples)


FIGURES: Final = (
    _figure("routes", "wanted", "Routes that are wanted in the kernel."),
    _figure("routes_installed", "installed", "Routes of ours that are in the kernel."),
    _figure(
        "routes_pending",
        "waiting",
        "Prefixes for which the kernel does not have what is wanted: being written, or a problem.",
    ),
    _figure(
        "problems",
        "problems",
        "Routes that the kernel refuses, or that another program's route or the guard keeps out.",
    ),
    _figure("strays", "strays", "Routes with our number in the kernel that nobody wants."),
    _figure("aliens", "aliens", "Routes of other programs in the same table."),
    _figure(
        "adopting",
        "adopting",
        "Whether routes of an earlier process are kept until neighbors have said what they have.",
    ),
    _figure("messages_total", "written", "Routes written and removed.", Kind.COUNTER),
    _figure("refusals_total", "refused", "What the kernel did not do.", Kind.COUNTER),
    _figure("restored_total", "restored", "Routes put back after others took them.", Kind.COUNTER),
    _figure("displaced_total", "displaced", "Routes of others that ours took the place of.", Kind.COUNTER),
    _figure("dumps_total", "dumps", "How often the whole table was read.", Kind.COUNTER),
    _figure("checks_total", "checks", "Checks of the table that are done.", Kind.COUNTER),
    _figure(
        "notifications_lost_total",
        "lost_notifications",
        "How often more was notified than could be heard.",
        Kind.COUNTER,
    ),
    _figure("last_check_timestamp_seconds", "last_check", "When the last check was done, in Unix time."),
    _figure("last_change_timestamp_seconds", "last_change", "When anything was written last, in Unix time."),
)
