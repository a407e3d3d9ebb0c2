"""A thousand nodes: reflectors as pills, all others as dots in blocks of those with the same reflectors.

What is well is one line for many sessions, or not drawn at all within a block; what is not well is drawn by
itself, as long as that can be seen.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from bgpd.graph.block import BETWEEN, Block, blocks_of
from bgpd.graph.model import Edge, Graph, Node
from bgpd.graph.ring import edge_lines
from bgpd.graph.rows import rows
from bgpd.graph.sessions import State
from bgpd.graph.shapes import Box, Bundle, Drawing, Pill, Shape, bounds, kind_of, label_lines, states_of
from bgpd.graph.tiers import Tier, tiers

_FLOOR: Final = 120.0
"""From one tier to the next."""
_ROW: Final = 60.0
"""From one row of pills to the next."""
_MOST_LINES: Final = 200

Place: TypeAlias = tuple[float, float]


def blocks(graph: Graph) -> Drawing:
    """Return the picture."""
    return _Blocks(graph).drawing()


class _Blocks:
    """The picture while it is made, from its top to its bottom."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._worst = states_of(graph)
        self._places: dict[str, Place] = {}
        self._homes: dict[str, Box] = {}
        """The frame that a dot is in."""
        self._frames: list[Shape] = []
        self._dots: list[Shape] = []
        self._pills: list[Pill] = []
        self._y = 0.0

    def drawing(self) -> Drawing:
        who = tiers(self._graph)
        found = blocks_of(self._graph, who[Tier.NODE], who[Tier.RACK])
        heads = {head.name for block in found for head in block.heads}
        self._add_pills(who[Tier.TOP])
        self._add_pills([node for node in who[Tier.RACK] if node.name not in heads])
        self._add_blocks(found)
        self._y += BETWEEN
        self._add_pills(who[Tier.OTHER])
        between, single = self._single_edges()
        lines: list[Shape] = [*edge_lines(between, self._places)]
        bundled: list[Shape] = [*self._bundles(), *edge_lines(single, self._places)]
        extent = bounds([*self._homes.values(), *(pill.box for pill in self._pills)])
        return Drawing([*lines, *self._frames, *bundled, *self._dots, *self._pills], extent)

    # Who is where

    def _add_pills(self, nodes: Sequence[Node]) -> None:
        """Put nodes side by side, in rows around the middle."""
        pills = [self._pill(node) for node in nodes]
        for row in rows([pill.width for pill in pills], BETWEEN):
            for number, x in row:
                self._put(pills[number].node, x + pills[number].width / 2, self._y)
            self._y += _ROW
        self._y += (_FLOOR - _ROW) * bool(pills)

    def _pill(self, node: Node, x: float = 0.0, y: float = 0.0) -> Pill:
        state = self._worst.get(node.name, State.UP)
        return Pill(node, kind_of(self._graph, node), state, x, y, label_lines(node))

    def _put(self, node: Node, x: float, y: float) -> None:
        self._places[node.name] = x, y
        self._pills.append(self._pill(node, x, y))

    def _add_blocks(self, found: Sequence[Block]) -> None:
        for row in rows([block.width for block in found], BETWEEN):
            above = max((_ROW for number, _ in row if found[number].heads), default=0.0)
            for number, x in row:
                block = found[number]
                self._add_heads(block, x)
                self._add_block(
                    block, Box(x, self._y + above, x + block.width, self._y + above + block.height)
                )
            self._y += above + max(found[number].height for number, _ in row) + BETWEEN

    def _add_heads(self, block: Block, x: float) -> None:
        pitch = block.width / max(len(block.heads), 1)
        for number, head in enumerate(block.heads):
            self._put(head, x + pitch * (number + 0.5), self._y)

    def _add_block(self, block: Block, box: Box) -> None:
        frame, texts = block.frame(box, self._worst)
        self._frames.append(frame)
        self._dots += texts
        for dot in block.dots(self._graph, box, self._worst):
            self._places[dot.node.name] = dot.x, dot.y
            self._homes[dot.node.name] = box
            self._dots.append(dot)

    # What is drawn

    def _single_edges(self) -> tuple[Sequence[Edge], Sequence[Edge]]:
        """Return the edges between pills, and the worst of the others that are not well."""
        homes = self._homes
        between = [edge for edge in self._graph.edges if not homes.keys() & {*edge.ends}]
        worst = [edge for edge in self._graph.troubles() if homes.keys() & {*edge.ends}]
        return between, worst[:_MOST_LINES]

    def _bundles(self) -> Iterator[Bundle]:
        """Yield a line for all edges between a block and a pill, or another block."""
        found: dict[frozenset[Box | str], list[Edge]] = {}
        for edge in self._graph.edges:
            ends = frozenset(self._homes.get(name, name) for name in edge.ends)
            if len(ends) > 1 and any(isinstance(end, Box) for end in ends):
                found.setdefault(ends, []).append(edge)
        for ends, edges in found.items():
            one, other = sorted(map(self._door, ends), key=lambda place: place[1])
            yield _bundle(one, other, edges)

    def _door(self, end: Box | str) -> Place:
        """Return where lines begin: at the top of a block, or at a pill, which hides the rest of them."""
        return self._places[end] if isinstance(end, str) else ((end.left + end.right) / 2, end.top)


def _bundle(start: Place, stop: Place, edges: Sequence[Edge]) -> Bundle:
    up = sum(edge.state.is_well for edge in edges)
    state = State.UP if up else max(edge.state for edge in edges)
    return Bundle(start, stop, 1.5 + math.log10(len(edges)) * 2, f"{up:,} of {len(edges):,} up", state)
