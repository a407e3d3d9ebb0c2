"""A block: nodes with the same reflectors as dots, and the reflectors that are theirs alone above it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bgpd.graph.model import Graph, Node
from bgpd.graph.sessions import State
from bgpd.graph.shapes import LETTER, Box, Dot, Frame, Text, kind_of, label_lines, pill_width
from bgpd.graph.tiers import natural, reflectors_of

BETWEEN: Final = 34.0
"""From one block to the next."""
_PITCH: Final = 16.0
_RADIUS: Final = 5.0
_PADDING: Final = 14.0
_HEAD: Final = 44.0
_NAMED: Final = 2
"""Reflectors in a title."""


@dataclass(frozen=True, slots=True)
class Block:
    """Nodes with the same reflectors, and of the same group."""

    title: str
    nodes: Sequence[Node]
    heads: Sequence[Node]
    """The reflectors that have no other clients."""

    @property
    def columns(self) -> int:
        """How many dots are side by side."""
        return max(12, math.ceil(math.sqrt(len(self.nodes) * 1.8)))

    @property
    def width(self) -> float:
        """Wide enough for its dots, its words and its heads."""
        heads = sum(pill_width(label_lines(head)) + BETWEEN for head in self.heads) - BETWEEN
        words = max(len(self.title), len(_standing(len(self.nodes), 0))) * LETTER
        return max(self.columns * _PITCH + 2 * _PADDING, words + 2 * _PADDING, heads)

    @property
    def height(self) -> float:
        """High enough for its words and its dots."""
        return math.ceil(len(self.nodes) / self.columns) * _PITCH + _HEAD + _PADDING

    def frame(self, box: Box, worst: Mapping[str, State]) -> tuple[Frame, Sequence[Text]]:
        """Return the frame and the words in it."""
        well = sum(worst.get(node.name, State.UP).is_well for node in self.nodes)
        x = box.left + _PADDING
        title = Text(self.title, x, box.top + 19, "start", style="strong")
        standing = Text(_standing(len(self.nodes), well), x, box.top + 35, "start", style="faint")
        return Frame(box), (title, standing)

    def dots(self, graph: Graph, box: Box, worst: Mapping[str, State]) -> Iterator[Dot]:
        """Yield the nodes."""
        for number, node in enumerate(self.nodes):
            x = box.left + _PADDING + (number % self.columns + 0.5) * _PITCH
            y = box.top + _HEAD + (number // self.columns + 0.5) * _PITCH
            yield Dot(node, kind_of(graph, node), worst.get(node.name, State.UP), x, y, _RADIUS)


def blocks_of(graph: Graph, nodes: Sequence[Node], racks: Sequence[Node]) -> Sequence[Block]:
    """Return the blocks in the order of their names."""
    above = reflectors_of(graph)
    found: dict[tuple[tuple[str, ...], str], list[Node]] = {}
    for node in nodes:
        reflectors = sorted(above.get(node.name, ()), key=natural)
        found.setdefault((tuple(reflectors), node.group), []).append(node)
    served: dict[str, int] = {}
    for reflectors_there, _group in found:
        for name in reflectors_there:
            served[name] = served.get(name, 0) + 1
    blocks = []
    for (names, group), members in found.items():
        heads = [rack for rack in racks if rack.name in names and served[rack.name] == 1]
        blocks.append(Block(_title(names, group), members, heads))
    return sorted(blocks, key=lambda block: natural(block.title))


def _title(reflectors: Sequence[str], group: str) -> str:
    if group:
        return f"group {group}"
    if not reflectors:
        return "nodes"
    more = f" and {len(reflectors) - _NAMED} more" if len(reflectors) > _NAMED else ""
    return f"clients of {', '.join(reflectors[:_NAMED])}{more}"


def _standing(number: int, well: int) -> str:
    words = "all their sessions are up" if well == number else f"{well:,} with all their sessions up"
    return f"{number:,} nodes, {words}"
