"""A ring of nodes around their reflectors: a full mesh, a star, or a star of stars.

Some two dozen nodes are pills with their names inside; more are dots, with the names around the ring. The
ring grows until nothing is on top of anything else.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from bgpd.graph.angles import TOP, around, near
from bgpd.graph.model import Edge, Graph, Node
from bgpd.graph.sessions import State
from bgpd.graph.shapes import (
    LETTER,
    Anchor,
    Box,
    Dot,
    Drawing,
    Line,
    Pill,
    Shape,
    Text,
    bounds,
    kind_of,
    label_lines,
    overlapping,
    pill_width,
    states_of,
)
from bgpd.graph.tiers import Tier, tiers

MOST_PILLS: Final = 24
"""On the ring; more nodes are dots."""
_FIRST_RADIUS: Final = 185.0
_BETWEEN: Final = 110.0
"""From one ring to the next."""
_GAP: Final = 30.0
"""From the ring to what is outside of it."""
_GROWTH: Final = 1.08
_ROUNDS: Final = 60
_MARGIN: Final = 7.0
_DOT: Final = 5.5
_DOT_PITCH: Final = 14.0
"""From one dot to the next, so that names beside them don't touch."""

Place: TypeAlias = tuple[float, float]


class _Seat(NamedTuple):
    """Where a node is, as seen from the middle."""

    node: Node
    radius: float
    angle: float

    @property
    def place(self) -> Place:
        return self.radius * math.cos(self.angle), self.radius * math.sin(self.angle)


def ring(graph: Graph) -> Drawing:
    """Return the picture."""
    who = tiers(graph)
    seats = _grown(graph, who) if len(who[Tier.NODE]) <= MOST_PILLS else [*_wide(graph, who)]
    places = {seat.node.name: seat.place for seat in seats}
    worst = states_of(graph)
    is_wide = len(who[Tier.NODE]) > MOST_PILLS
    nodes: list[Shape] = []
    for seat in seats:
        state = worst.get(seat.node.name, State.UP)
        if is_wide and seat.node in who[Tier.NODE]:
            nodes += [Dot(seat.node, kind_of(graph, seat.node), state, *seat.place, _DOT), _beside(seat)]
        else:
            nodes.append(_pill(graph, seat, state))
    return Drawing([*edge_lines(graph.edges, places), *nodes], bounds(_boxes(nodes)))


def edge_lines(edges: Sequence[Edge], places: Mapping[str, Place]) -> Iterator[Line]:
    """Yield the lines of edges, those that are well at the bottom."""
    for edge in sorted(edges, key=lambda edge: edge.state):
        one, other = edge.ends
        yield Line(edge.ends, edge.state, places[one], places[other], hint_of(edge))


def hint_of(edge: Edge) -> str:
    """Return what is to be read of an edge that is pointed at."""
    return "\n".join((" – ".join(edge.ends), *(session.text for session in edge.sessions)))


def _pill(graph: Graph, seat: _Seat, state: State) -> Pill:
    return Pill(seat.node, kind_of(graph, seat.node), state, *seat.place, label_lines(seat.node))


def _boxes(shapes: Sequence[Shape]) -> Iterator[Box]:
    for shape in shapes:
        match shape:
            case Pill() | Dot():
                yield shape.box
            case Text():
                reach = Box(shape.x, shape.y, shape.x, shape.y).grown(shape.width)
                yield reach


# Where nodes are


def _grown(graph: Graph, who: Mapping[Tier, Sequence[Node]]) -> Sequence[_Seat]:
    """Let the rings grow until no pill is on another."""
    scale = 1.0
    seats = [*_seats(graph, who, scale)]
    for _ in range(_ROUNDS):
        boxes = [_pill(graph, seat, State.UP).box.grown(_MARGIN) for seat in seats]
        if next(overlapping(boxes), None) is None:
            break
        scale *= _GROWTH
        seats = [*_seats(graph, who, scale)]
    return seats


def _wide(graph: Graph, who: Mapping[Tier, Sequence[Node]]) -> Iterator[_Seat]:
    """Many nodes: a large ring of dots, and room for their names before what is outside."""
    around = len(who[Tier.NODE]) * _DOT_PITCH / (2 * math.pi)
    scale = max(1.6, around / (_FIRST_RADIUS + _BETWEEN * bool(who[Tier.RACK])))
    longest = max(len(node.label) for node in who[Tier.NODE]) * LETTER
    yield from _seats(graph, who, scale, longest + _BETWEEN)


def _seats(
    graph: Graph, who: Mapping[Tier, Sequence[Node]], scale: float, outside: float | None = None
) -> Iterator[_Seat]:
    outer = (_FIRST_RADIUS + _BETWEEN * bool(who[Tier.RACK])) * scale
    known = around(graph, who[Tier.NODE], len(who[Tier.TOP]))
    yield from (_Seat(node, outer, known[node.name]) for node in who[Tier.NODE])
    yield from _inner(graph, who, known, outer)
    others = near(graph, who[Tier.OTHER], known)
    beyond = outer + (outside or max(pill_width(label_lines(node)) for node in graph.nodes.values()) + _GAP)
    yield from (_Seat(node, beyond, others[node.name]) for node in who[Tier.OTHER])


def _inner(
    graph: Graph, who: Mapping[Tier, Sequence[Node]], known: dict[str, float], outer: float
) -> Iterator[_Seat]:
    """Yield the reflectors: those of racks towards their clients, those above them in the middle."""
    racks = near(graph, who[Tier.RACK], known)
    top = who[Tier.TOP]
    widest = max((pill_width(label_lines(node)) for node in top), default=0.0)
    share = 0.0 if len(top) < 2 else max(outer * 0.3, widest * len(top) / (2 * math.pi), widest * 0.7)
    middle = (outer + share) / 2 if top else outer * 0.45
    yield from (_Seat(node, middle, racks[node.name]) for node in who[Tier.RACK])
    known.update(racks)
    for number, node in enumerate(top):
        known[node.name] = 2 * math.pi * number / len(top) + (math.pi if len(top) == 2 else TOP)
        yield _Seat(node, share, known[node.name])


def _beside(seat: _Seat) -> Text:
    """Return the name of a dot, which is read from outside or from inside."""
    distance = seat.radius + _DOT + 5
    x, y = distance * math.cos(seat.angle), distance * math.sin(seat.angle)
    degrees = math.degrees(seat.angle) % 360
    is_left = 90 < degrees < 270
    anchor: Anchor = "end" if is_left else "start"
    return Text(seat.node.label, x, y, anchor, degrees - 180 if is_left else degrees)
