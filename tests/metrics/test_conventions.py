"""Names, types, units, labels and texts of all figures go by Prometheus' conventions."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgpd.metrics.figure import Figure, Kind
from bgpd.metrics.figures import FIGURES
from bgpd.metrics.reference import reference

ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"bgpd(_[a-z]+)+")
_LABEL = re.compile(r"[a-z]+(_[a-z]+)*")
_NOT_BASE_UNITS = {
    "milliseconds",
    "microseconds",
    "minutes",
    "hours",
    "kilobytes",
    "megabytes",
    "percent",
    "ms",
}
_OF_TYPES = {"gauge", "counter", "count", "sum", "bucket", "metric", "number"}
"""What no name says: the type does, or the library adds it."""
_UNBOUNDED = {
    "prefix",
    "route",
    "next_hop",
    "as_path",
    "community",
    "peer_address",
    "error",
    "message",
    "time",
}
"""What there may be thousands of; who is configured is counted by the configuration."""
_MOST_LABELS = 3


def _faults(figure: Figure) -> Iterator[str]:
    """Say what is wrong with one."""
    words = figure.base.split("_")
    if not _NAME.fullmatch(figure.name):
        yield "the name is not lower case words after bgpd_"
    if figure.name.endswith("_total") is not (figure.kind is Kind.COUNTER):
        yield "counters, and nothing else, end in _total"
    if figure.name.endswith("_info") is not (figure.kind is Kind.INFO):
        yield "infos, and nothing else, end in _info"
    yield from _faults_of_units(figure, words)
    yield from _faults_of_labels(figure)
    if not re.fullmatch(r"[A-Z0-9].*\.", figure.text) or len(figure.text) > 250:
        yield "the text is no sentence"


def _faults_of_units(figure: Figure, words: list[str]) -> Iterator[str]:
    if _NOT_BASE_UNITS & {*words}:
        yield "seconds, bytes and ratios are the only units"
    if _OF_TYPES & {*words}:
        yield "the type is not part of the name"
    if "seconds" in words and words[-1] != "seconds":
        yield "the unit stands last"
    if "timestamp" in words and (words[-2:] != ["timestamp", "seconds"] or "Unix time" not in figure.text):
        yield "times are Unix times and say so"
    if figure.kind is Kind.HISTOGRAM and words[-2:] != ["duration", "seconds"]:
        yield "a histogram says what it has"


def _faults_of_labels(figure: Figure) -> Iterator[str]:
    for label in figure.labels:
        if not _LABEL.fullmatch(label) or label in {"le", "quantile", "job", "instance"}:
            yield f"{label} is no name for a label"
        if label in _UNBOUNDED:
            yield f"{label} has too many values"
    if len({*figure.labels}) != len(figure.labels):
        yield "a label is there twice"
    if figure.kind is not Kind.INFO and len(figure.labels) > _MOST_LABELS:
        yield "there are too many labels"


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: str(figure.name))
def test_a_figure_goes_by_the_conventions(figure: Figure) -> None:
    assert [*_faults(figure)] == []


WRONG = (
    ("bgpd_Peers", Kind.GAUGE, (), "lower case"),
    ("bgpd_flaps", Kind.COUNTER, (), "_total"),
    ("bgpd_routes_total", Kind.GAUGE, (), "_total"),
    ("bgpd_neighbor", Kind.INFO, (), "_info"),
    ("bgpd_delay_milliseconds", Kind.GAUGE, (), "only units"),
    ("bgpd_seconds_waited", Kind.GAUGE, (), "last"),
    ("bgpd_route_count", Kind.GAUGE, (), "type"),
    ("bgpd_lost_timestamp", Kind.GAUGE, (), "Unix times"),
    ("bgpd_callbacks", Kind.HISTOGRAM, (), "histogram"),
    ("bgpd_routes", Kind.GAUGE, ("prefix",), "too many values"),
    ("bgpd_routes", Kind.GAUGE, ("Family",), "no name"),
    ("bgpd_routes", Kind.GAUGE, ("a", "a"), "twice"),
    ("bgpd_routes", Kind.GAUGE, ("a", "b", "c", "d"), "too many labels"),
)


@pytest.mark.parametrize(("name", "kind", "labels", "complaint"), WRONG)
def test_the_rules_find_what_is_wrong(name: str, kind: Kind, labels: tuple[str, ...], complaint: str) -> None:
    figure = Figure(name, kind, "What it is.", labels, lambda _scrape: ())
    assert any(complaint in fault for fault in _faults(figure))


def test_no_name_is_there_twice() -> None:
    assert len({figure.base for figure in FIGURES}) == len(FIGURES)


def test_documentation_is_up_to_date() -> None:
    document = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert document == reference(), "run: python -m bgpd.metrics.reference > docs/metrics.md"
