"""Draws curves as SVG: two logarithmic axes, for a light and for a dark background."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 720, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 24, 48, 60
_STEPS: Final = (1, 2, 5)
"""What is marked of each power of ten."""
_ROUNDED_UP: Final = 1 + 1e-9
"""Powers of ten are not exact."""
_MANY_DECADES: Final = 2.5
"""Beyond this, only powers of ten are named."""
_UNITS: Final = ((1e6, "M"), (1e3, "k"), (1, ""))
_COLORS: Final = (
    ("#0b62b0", "#6cb6ff"),
    ("#b8490b", "#ff9d5c"),
    ("#1a7f4b", "#5fd39a"),
    ("#8a2fa8", "#d79bf0"),
)
"""Of the curves, on a light and on a dark background."""
_STYLE: Final = """\
.paper { fill: #ffffff } .ink { fill: #1f2328 } .faint { stroke: #d0d7de; stroke-width: 1 }
.curve { fill: none; stroke-width: 2.5 } text { font: 13px sans-serif } .title { font: bold 15px sans-serif }
"""
_DARK_STYLE: Final = ".paper { fill: #0d1117 } .ink { fill: #e6edf3 } .faint { stroke: #30363d }\n"


class Curve(NamedTuple):
    """Points from left to right; no coordinate is zero."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """From the lowest to the highest value, and where they are on the paper."""

    low: float
    high: float
    begin: float
    end: float

    def place(self, value: float) -> float:
        """Return where a value is."""
        share = log10(value / self.low) / log10(self.high / self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield values to be marked, and how they are named."""
        many = log10(self.high / self.low) > _MANY_DECADES
        for exponent in range(floor(log10(self.low)), floor(log10(self.high)) + 1):
            for step in _STEPS:
                value = step * 10.0**exponent
                if self.low <= value * _ROUNDED_UP and value <= self.high * _ROUNDED_UP:
                    yield value, "" if many and step != 1 else _named(value)


def _named(value: float) -> str:
    for unit, letter in _UNITS:
        if value >= unit:
            return f"{value / unit:.3g}{letter}"
    return f"{value:.3g}"


def _axis(values: Sequence[float], begin: float, end: float) -> Axis:
    """Return an axis that has room for all values, and begins and ends at a mark."""
    low = max(mark for mark in _marks(min(values)) if mark <= min(values) * _ROUNDED_UP)
    high = min(mark for mark in _marks(max(values)) if mark * _ROUNDED_UP >= max(values) and mark > low)
    return Axis(low, high, begin, end)


def _marks(near: float) -> Sequence[float]:
    """Return the marks around a value."""
    exponent = floor(log10(near))
    return [step * 10.0**power for power in (exponent - 1, exponent, exponent + 1) for step in _STEPS]


def draw(title: str, x_label: str, y_label: str, curves: Sequence[Curve]) -> str:
    """Return the text of an SVG file."""
    points = [point for curve in curves for point in curve.points]
    x_axis = _axis([x for x, _ in points], _LEFT, _WIDTH - _RIGHT)
    y_axis = _axis([y for _, y in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f"<style>\n{_styles(len(curves))}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{_HEIGHT}"/>',
        _text(_LEFT, 26, title, "start", "ink title"),
        *_grid(x_axis, y_axis),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 16, x_label, "middle"),
        f'<g transform="translate(18 {(_TOP + _HEIGHT - _BOTTOM) / 2:.1f}) rotate(-90)">'
        f"{_text(0, 0, y_label, 'middle')}</g>",
    ]
    for number, curve in enumerate(curves):
        parts += _curve(number, curve, x_axis, y_axis)
    return "\n".join([*parts, "</svg>", ""])


def _styles(curves: int) -> str:
    light, dark = (
        "".join(
            f".c{number} {{ stroke: {both[which]} }} .d{number} {{ fill: {both[which]} }}\n"
            for number, both in enumerate(_COLORS[:curves])
        )
        for which in (0, 1)
    )
    return f"{_STYLE}{light}@media (prefers-color-scheme: dark) {{\n{_DARK_STYLE}{dark}}}\n"


def _grid(x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    for value, name in x_axis.ticks():
        x = x_axis.place(value)
        yield f'<line class="faint" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>'
        if name:
            yield _text(x, _HEIGHT - _BOTTOM + 19, name, "middle")
    for value, name in y_axis.ticks():
        y = y_axis.place(value)
        yield f'<line class="faint" y1="{y:.1f}" y2="{y:.1f}" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}"/>'
        if name:
            yield _text(_LEFT - 8, y + 4.5, name, "end")


def _curve(number: int, curve: Curve, x_axis: Axis, y_axis: Axis) -> Iterator[str]:
    """Yield the line, a dot for each point, and the entry of the legend."""
    places = [(x_axis.place(x), y_axis.place(y)) for x, y in curve.points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline class="curve c{number}" points="{line}"/>'
    for x, y in places:
        yield f'<circle class="d{number}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    legend = _TOP + 20 + 20 * number
    yield f'<circle class="d{number}" cx="{_LEFT + 18}" cy="{legend - 4.5}" r="5"/>'
    yield _text(_LEFT + 30, legend, curve.name, "start")


def _text(x: float, y: float, text: str, anchor: str, style: str = "ink") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
