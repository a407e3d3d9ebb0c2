"""The shapes as SVG: one file that needs nothing else, for light and for dark backgrounds."""

from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from bgpd.graph.blocks import blocks
from bgpd.graph.captions import subtitle, title, troubles
from bgpd.graph.model import Graph
from bgpd.graph.ring import ring
from bgpd.graph.sessions import WORDS, State
from bgpd.graph.shapes import LETTER, Box, Bundle, Dot, Drawing, Frame, Line, Pill, Shape, Text
from bgpd.graph.tiers import Tier, tiers

MOST_ON_A_RING: Final = 120
_MARGIN: Final = 28.0
_HEAD: Final = 66.0
"""For the title."""
_ROW: Final = 20.0
"""Of the legend, and of what is not well."""
_CROWD: Final = 60
"""Lines that can be told apart."""
_NARROWEST: Final = 560.0
_LEGEND_COLUMN: Final = 280.0

_CLASSES: Final[Mapping[State, str]] = {
    State.UP: "up",
    State.HELD: "held",
    State.DOWN: "down",
    State.DIFFERING: "differing",
    State.ONE_SIDED: "one-sided",
    State.MISSING: "missing",
}
_STYLE: Final = """\
.paper { fill: #ffffff } .ink { fill: #1f2328 } .faint { fill: #656d76 }
text { font: 12px sans-serif } .title { font: bold 17px sans-serif } .strong { font-weight: bold }
.session { fill: none; stroke-width: 1.6 } .bundle { fill: none; stroke-linecap: round }
.up { stroke: #1a7f4b } .held { stroke: #0b62b0; stroke-dasharray: 7 4 }
.down { stroke: #cf222e; stroke-width: 2.4; stroke-dasharray: 7 4 }
.differing { stroke: #b8490b; stroke-width: 2.4; stroke-dasharray: 10 4 2 4 }
.one-sided { stroke: #b8490b; stroke-width: 2.4; stroke-dasharray: 2 4 }
.missing { stroke: #cf222e; stroke-width: 2.4; stroke-dasharray: 2 4 }
.node { fill: #f6f8fa; stroke: #57606a; stroke-width: 1.4 }
.reflector { fill: #ddf4ff; stroke: #0969da; stroke-width: 2.2 }
.other { fill: #ffffff; stroke: #8c959f; stroke-width: 1.4 }
.trouble { stroke: #cf222e; stroke-width: 2.2 } .silent { stroke-dasharray: 3 3 }
.dot { stroke: #1a7f4b; fill: #1a7f4b } .dot.trouble { stroke: #cf222e; fill: #cf222e }
.dot.silent { fill: #ffffff; stroke-dasharray: none }
.frame { fill: #f6f8fa; stroke: #d0d7de } .crowd .up { stroke-width: 0.9 }
.session:not(.up), .bundle, .node, .reflector, .other, .dot { stroke-opacity: 1 }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117 } .ink { fill: #e6edf3 } .faint { fill: #8b949e }
.up { stroke: #5fd39a } .held { stroke: #6cb6ff }
.down, .missing { stroke: #ff7b72 } .differing, .one-sided { stroke: #ff9d5c }
.node { fill: #161b22; stroke: #8b949e } .reflector { fill: #0c2d6b; stroke: #6cb6ff }
.other { fill: #0d1117; stroke: #6e7681 } .trouble { stroke: #ff7b72 }
.dot { stroke: #5fd39a; fill: #5fd39a } .dot.trouble { stroke: #ff7b72; fill: #ff7b72 }
.dot.silent { fill: #0d1117 }
.frame { fill: #161b22; stroke: #30363d }
}
"""


def svg(graph: Graph) -> str:
    """Return the text of a file."""
    nodes = len(tiers(graph)[Tier.NODE])
    drawing = ring(graph) if nodes <= MOST_ON_A_RING else blocks(graph)
    return "\n".join(_lines(graph, drawing)) + "\n"


def _lines(graph: Graph, drawing: Drawing) -> Iterator[str]:
    legend, box = [*_legend(drawing)], drawing.box
    inside = max(box.right - box.left, _NARROWEST)
    width = inside + 2 * _MARGIN
    words = troubles(graph, int(inside / LETTER))
    columns = int(inside // _LEGEND_COLUMN)
    rows = -(-len(legend) // columns)
    below = _HEAD + box.bottom - box.top + 2 * _MARGIN
    height = below + _ROW * (rows + len(words)) + _MARGIN
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
    yield f"<title>{escape(title(graph))}</title>"
    yield f"<style>\n{_STYLE}</style>"
    yield f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>'
    yield f'<text class="ink title" x="{_MARGIN}" y="32">{escape(title(graph))}</text>'
    yield f'<text class="faint" x="{_MARGIN}" y="52">{escape(subtitle(graph))}</text>'
    x = width / 2 - (box.left + box.right) / 2
    y = _HEAD + _MARGIN - box.top
    yield f'<g transform="translate({x:.1f} {y:.1f})"{_crowd(drawing)}>'
    for shape in drawing.shapes:
        yield from _shape(shape)
    yield "</g>"
    for number, (sample, text) in enumerate(legend):
        column, row = number % columns, number // columns
        at = f"translate({_MARGIN + column * _LEGEND_COLUMN:.0f} {below + row * _ROW:.0f})"
        yield f'<g transform="{at}">{sample}<text class="ink" x="40" y="4">{escape(text)}</text></g>'
    for number, text in enumerate(words):
        at_y = below + (rows + number) * _ROW + 8
        yield f'<text class="faint" x="{_MARGIN}" y="{at_y:.0f}">{escape(text)}</text>'
    yield "</svg>"


def _crowd(drawing: Drawing) -> str:
    """Return how the lines of sessions that are up are to look: the more there are, the fainter."""
    number = sum(isinstance(shape, Line) for shape in drawing.shapes)
    return (
        f' class="crowd" stroke-opacity="{max(0.07, (_CROWD / number) ** 0.6):.2f}"'
        if number > _CROWD
        else ""
    )


def _legend(drawing: Drawing) -> Iterator[tuple[str, str]]:
    """Yield samples of what is there, with their meaning."""
    shapes = drawing.shapes
    for state in sorted({shape.state for shape in shapes if isinstance(shape, (Line, Bundle))}):
        yield f'<path class="session {_CLASSES[state]}" d="M0 0H30"/>', f"session {WORDS[state]}"
    nodes = [shape for shape in shapes if isinstance(shape, (Pill, Dot))]
    kinds = {shape.kind for shape in nodes}
    if "reflector" in kinds:
        yield _sample("reflector"), "reflector"
    if "other" in kinds:
        yield _sample("other", corner=1), "neighbor outside of the cluster"
    if any(not shape.state.is_well for shape in nodes):
        yield _sample("node trouble"), "node with a session that is not well"
    if any(not shape.node.is_asked for shape in nodes):
        yield _sample("node silent"), "node that was not asked itself"


def _sample(classes: str, corner: int = 6) -> str:
    return f'<rect class="{classes}" x="0" y="-7" width="30" height="14" rx="{corner}"/>'


# Shapes


def _shape(shape: Shape) -> Iterator[str]:
    match shape:
        case Line():
            yield _line(shape)
        case Bundle():
            yield from _bundle(shape)
        case Pill():
            yield from _pill(shape)
        case Dot():
            yield _dot(shape)
        case Text():
            yield _text(shape)
        case Frame():
            yield _frame(shape.box)


def _frame(box: Box) -> str:
    width, height = box.right - box.left, box.bottom - box.top
    place = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="frame" {place} rx="10"/>'


def _line(line: Line) -> str:
    (x1, y1), (x2, y2) = line.start, line.stop
    names = quoteattr(" ".join(line.ends))
    return (
        f'<path class="session {_CLASSES[line.state]}" data-edge={names} '
        f'd="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"><title>{escape(line.hint)}</title></path>'
    )


def _bundle(bundle: Bundle) -> Iterator[str]:
    (x1, y1), (x2, y2) = bundle.start, bundle.stop
    yield (
        f'<path class="bundle {_CLASSES[bundle.state]}" style="stroke-width:{bundle.width:.1f}" '
        f'd="M{x1:.1f} {y1:.1f}C{x1:.1f} {(y1 + y2) / 2:.1f} {x2:.1f} {(y1 + y2) / 2:.1f} {x2:.1f} {y2:.1f}">'
        f"<title>{escape(bundle.caption)}</title></path>"
    )


def _pill(pill: Pill) -> Iterator[str]:
    box, radius = pill.box, 1 if pill.kind == "other" else pill.height / 2.6
    yield (
        f'<g data-node={quoteattr(pill.node.name)}><rect class="{_node_classes(pill)}" x="{box.left:.1f}" '
        f'y="{box.top:.1f}" width="{pill.width:.1f}" height="{pill.height:.1f}" rx="{radius:.1f}"/>'
    )
    for number, text in enumerate(pill.lines):
        y = box.top + 17 + 16 * number
        style = "ink strong" if number == 0 else "faint"
        yield f'<text class="{style}" x="{pill.x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
    yield "</g>"


def _dot(dot: Dot) -> str:
    hint = "\n".join(filter(None, (dot.node.label, dot.node.address)))
    return (
        f'<circle data-node={quoteattr(dot.node.name)} class="dot {_node_classes(dot)}" cx="{dot.x:.1f}" '
        f'cy="{dot.y:.1f}" r="{dot.radius:.1f}"><title>{escape(hint)}</title></circle>'
    )


def _node_classes(shape: Pill | Dot) -> str:
    trouble = " trouble" * (not shape.state.is_well)
    return f"{shape.kind}{trouble}{' silent' * (not shape.node.is_asked)}"


def _text(text: Text) -> str:
    turned = ""
    if text.angle is not None:
        turned = f' dy="0.35em" transform="rotate({text.angle:.1f} {text.x:.1f} {text.y:.1f})"'
    style = {"label": "ink", "strong": "ink strong", "faint": "faint"}[text.style]
    place = f'x="{text.x:.1f}" y="{text.y:.1f}" text-anchor="{text.anchor}"'
    return f'<text class="{style}" {place}{turned}>{escape(text.text)}</text>'
