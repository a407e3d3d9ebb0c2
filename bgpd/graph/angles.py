"""Where on a circle everybody stands."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final

from bgpd.graph.model import Graph, Node
from bgpd.graph.tiers import reflectors_of

TOP: Final = -math.pi / 2
_BELOW: Final = math.pi / 2
"""Where those stand who belong to all sides."""
_NOWHERE: Final = 0.01
_FEW: Final = 4
"""More of them than this stand all around if they are crowded."""
_FEWEST_SLOTS: Final = 9


def around(graph: Graph, nodes: Sequence[Node], inside: int) -> dict[str, float]:
    """Return the angles of nodes all around; between those of other reflectors there is a gap.

    The first one is at the top, unless somebody would be in line with two reflectors ``inside``.
    """
    above = reflectors_of(graph)
    gaps = [above.get(one.name) != above.get(other.name) for one, other in pairwise(nodes)]
    step = 2 * math.pi / (len(nodes) + (sum(gaps) + 1 if any(gaps) else 0) or 1)
    slots = [0, *accumulate(1 + gap for gap in gaps)]
    turns = (0.0, step / 2, step / 4) if inside == 2 else (0.0,)
    start = max((TOP + turn for turn in turns), key=lambda start: _clearance(start, step, slots))
    return {node.name: start + step * slot for node, slot in zip(nodes, slots, strict=False)}


def _clearance(start: float, step: float, slots: Sequence[int]) -> float:
    """Return how far the nearest node is from the line through the middle on which two reflectors are."""
    return round(min(abs(math.sin(start + step * slot)) for slot in slots), 6)


def near(graph: Graph, nodes: Sequence[Node], known: Mapping[str, float]) -> Mapping[str, float]:
    """Return angles near those of whom nodes have sessions with, and not too near to each other."""
    wanted = _wanted(graph, nodes, known)
    order = sorted(wanted, key=lambda name: wanted[name])
    least = 2 * math.pi / max(len(order) + 1, _FEWEST_SLOTS)
    angles = [wanted[name] for name in order]
    if len(order) < 2 or not _is_crowded(angles, least):
        return wanted
    if len(order) > _FEW:
        start, step = angles[0], 2 * math.pi / len(order)
    else:
        middle = math.atan2(sum(map(math.sin, angles)), sum(map(math.cos, angles)))
        start, step = middle - least * (len(order) - 1) / 2, least
    return {name: start + step * number for number, name in enumerate(order)}


def _wanted(graph: Graph, nodes: Sequence[Node], known: Mapping[str, float]) -> Mapping[str, float]:
    """Return the middle of the angles of those whom each has sessions with."""
    sums = {node.name: [0.0, 0.0] for node in nodes}
    for edge in graph.edges:
        for name, other in (edge.ends, edge.ends[::-1]):
            if name in sums and other in known:
                sums[name][0] += math.cos(known[other])
                sums[name][1] += math.sin(known[other])
    return {
        name: math.atan2(y, x) if math.hypot(x, y) > _NOWHERE else _BELOW for name, (x, y) in sums.items()
    }


def _is_crowded(angles: Sequence[float], least: float) -> bool:
    return any(later - earlier < least for earlier, later in pairwise([*angles, angles[0] + 2 * math.pi]))
