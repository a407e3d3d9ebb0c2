"""Every figure that the dashboard and the alert rules ask for exists, with the labels they use."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bgpd.metrics.figure import Kind
from bgpd.metrics.figures import FIGURES

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
ALERTS = (CONFIGS / "prometheus" / "alerts.yaml").read_text()
DASHBOARD = json.loads((CONFIGS / "grafana" / "bgpd.json").read_text())

_METRIC = re.compile(r"\b((?:bgpd|process)_[a-z_]+|up)\b\s*(?:\{([^}]*)\})?")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_BY = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")
_SHOWN = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")
_OF_EVERY_TARGET = {"instance", "job"}
_OF_THE_LIBRARY = (
    "up",
    "process_start_time_seconds",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_max_fds",
)
"""What Prometheus adds, or its library."""


def _known() -> Mapping[str, set[str]]:
    """Return the labels of all names that a query may have."""
    known = {figure.name: {*figure.labels} for figure in FIGURES if figure.kind is not Kind.HISTOGRAM}
    for figure in FIGURES:
        if figure.kind is Kind.HISTOGRAM:
            known[f"{figure.name}_bucket"] = {*figure.labels, "le"}
            known[f"{figure.name}_sum"] = known[f"{figure.name}_count"] = {*figure.labels}
    return known | {name: set() for name in _OF_THE_LIBRARY}


KNOWN = _known()


def _expressions() -> Iterator[tuple[str, str]]:
    """Yield every query, and the text beside it that names labels."""
    for rule in re.split(r"^\s+- alert: ", ALERTS, flags=re.MULTILINE)[1:]:
        [expression] = re.findall(r"^\s+expr: (.+)$", rule, re.MULTILINE)
        yield expression, rule
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"], target["legendFormat"]
    for variable in DASHBOARD["templating"]["list"]:
        if "definition" in variable:
            yield variable["definition"], ""


EXPRESSIONS = [*_expressions()]


@pytest.mark.parametrize(("expression", "beside"), EXPRESSIONS, ids=[each for each, _ in EXPRESSIONS])
def test_a_query_has_an_answer(expression: str, beside: str) -> None:
    labels = set(_OF_EVERY_TARGET)
    found = _METRIC.findall(expression)
    assert found, "it asks for no figure"
    for name, selectors in found:
        assert name in KNOWN, f"there is no {name}"
        assert {*_LABEL.findall(selectors)} <= KNOWN[name] | _OF_EVERY_TARGET
        labels |= KNOWN[name]
    if "label_replace" in expression:
        labels |= {*re.findall(r'label_replace\([^"]*"(\w+)"', expression)}
    for group in _BY.findall(expression):
        assert {*re.split(r"\s*,\s*", group)} <= labels
    assert {*_SHOWN.findall(beside)} <= labels


@pytest.mark.parametrize(("expression", "_beside"), EXPRESSIONS, ids=[each for each, _ in EXPRESSIONS])
def test_counters_are_asked_for_their_rate_and_nothing_else_is(expression: str, _beside: str) -> None:
    for name, _ in _METRIC.findall(expression):
        grows = name.endswith(("_total", "_bucket"))
        is_rate = re.search(rf"\b(?:rate|increase)\({name}\b", expression) is not None
        assert is_rate is grows, name


def test_alert_rules_are_complete() -> None:
    rules = re.split(r"^\s+- alert: ", ALERTS, flags=re.MULTILINE)[1:]
    assert len(rules) > 10
    names = [rule.split()[0] for rule in rules]
    assert len({*names}) == len(names)
    for rule in rules:
        for key in ("expr", "severity", "summary", "description"):
            assert len(re.findall(rf"\b{key}: ", rule)) == 1, f"{rule.split()[0]}: {key}"


def test_the_dashboard_can_be_imported() -> None:
    """Panels have numbers of their own, do not overlap, and ask the data source that was chosen."""
    panels: list[dict[str, Any]] = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
        assert panel["type"] == "row" or panel["datasource"]["uid"] == "${datasource}"


def test_what_matters_is_on_the_dashboard() -> None:
    asked = {name for expression, _ in EXPRESSIONS for name, _ in _METRIC.findall(expression)}
    for figure in FIGURES:
        if figure.name.startswith(("bgpd_neighbor_flaps", "bgpd_routes", "bgpd_kernel_problems")):
            assert figure.name in asked or figure.name == "bgpd_routes_filtered"
    assert "bgpd_event_loop_callback_duration_seconds_bucket" in asked
    assert {"process_resident_memory_bytes", "bgpd_source_problem", "bgpd_kernel_routes_installed"} <= asked
