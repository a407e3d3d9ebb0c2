"""Curves are drawn where their values belong."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.bench.plot import Curve, draw

CURVES = [
    Curve("bgpd", [(1_000, 0.002), (10_000, 0.02), (1_000_000, 2.0)]),
    Curve("BIRD <2.0>", [(1_000, 0.001), (1_000_000, 1.0)]),
]


def root_of(curves: list[Curve]) -> ElementTree.Element:
    return ElementTree.fromstring(draw("Some & more", "prefixes", "CPU seconds", curves))


def texts(root: ElementTree.Element) -> list[str | None]:
    return [each.text for each in root.findall(".//{*}text")]


def dots(root: ElementTree.Element, number: int) -> list[tuple[float, float]]:
    """Return the points of a curve, without the dot of the legend."""
    found = [each.attrib for each in root.findall(".//{*}circle") if each.get("class") == f"d{number}"]
    return [(float(each["cx"]), float(each["cy"])) for each in found[:-1]]


def test_axes_are_named_and_the_legend_names_the_curves() -> None:
    found = texts(root_of(CURVES))
    for expected in ("Some & more", "prefixes", "CPU seconds", "bgpd", "BIRD <2.0>"):
        assert expected in found
    for tick in ("1k", "10k", "100k", "1M", "0.001", "0.01", "0.1", "1"):
        assert found.count(tick) == 1
    assert "2k" not in found


def test_a_short_axis_names_more() -> None:
    found = texts(root_of([Curve("bgpd", [(1, 3.0), (5, 14.0), (50, 160.0)])]))
    for tick in ("1", "2", "5", "10", "20", "50", "100", "200"):
        assert tick in found


def test_what_grows_in_proportion_is_a_straight_line() -> None:
    places = dots(root_of(CURVES), 0)
    slopes = [(low - high) / (right - left) for (left, low), (right, high) in pairwise(places)]
    assert slopes[0] == pytest.approx(slopes[1], rel=0.01)
    assert slopes[0] > 0


def test_all_points_are_on_the_paper() -> None:
    root = root_of(CURVES)
    for x, y in dots(root, 0) + dots(root, 1):
        assert 70 <= x <= 696
        assert 48 <= y <= 380


def test_one_point_can_be_drawn() -> None:
    assert len(dots(root_of([Curve("bgpd", [(100, 1.0)])]), 0)) == 1


def test_both_backgrounds_are_thought_of() -> None:
    style = root_of(CURVES).findtext(".//{*}style")
    assert style is not None
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for kind in (".paper", ".ink", ".c0", ".d1"):
        assert kind in light
        assert kind in dark
