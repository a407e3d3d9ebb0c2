"""The sessions for Graphviz: ``dot -Tsvg``, or any of its engines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bgpd.graph.captions import subtitle, title
from bgpd.graph.model import Edge, Graph, Node
from bgpd.graph.ring import hint_of
from bgpd.graph.sessions import State
from bgpd.graph.shapes import kind_of, label_lines
from bgpd.graph.tiers import Tier, tiers

_EDGES: Final[Mapping[State, str]] = {
    State.UP: 'color="#1a7f4b"',
    State.HELD: 'color="#0b62b0", style=dashed',
    State.DOWN: 'color="#cf222e", penwidth=2',
    State.DIFFERING: 'color="#b8490b", penwidth=2, style=dashed',
    State.ONE_SIDED: 'color="#b8490b", penwidth=2, style=dotted',
    State.MISSING: 'color="#cf222e", penwidth=2, style=dotted',
}
_NODES: Final = {
    "node": 'shape=box, style="rounded"',
    "reflector": 'shape=box, style="rounded,filled", fillcolor="#ddf4ff", penwidth=2',
    "other": "shape=box",
}


def dot(graph: Graph) -> str:
    """Return the text of a file."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    who = tiers(graph)
    yield "graph cluster {"
    words = _quoted(f"{title(graph)}\n{subtitle(graph)}")
    yield f"  label={words};"
    yield f"  layout={'circo' if not graph.reflects else 'dot'}; labelloc=t; overlap=false; splines=true;"
    yield '  node [fontname="sans-serif"]; edge [fontname="sans-serif"];'
    for tier in Tier:
        yield from _tier(graph, tier, who[tier])
    yield from (_edge(edge) for edge in graph.edges)
    yield "}"


def _tier(graph: Graph, tier: Tier, nodes: Sequence[Node]) -> Iterator[str]:
    if not nodes:
        return
    yield "  {"
    if tier in (Tier.TOP, Tier.RACK):
        yield "    rank=same;"
    for node in nodes:
        color = "" if node.is_asked else ', color="#6e7781"'
        lines = "\n".join(label_lines(node))
        yield f"    {_quoted(node.name)} [label={_quoted(lines)}, {_NODES[kind_of(graph, node)]}{color}];"
    yield "  }"


def _edge(edge: Edge) -> str:
    one, other = map(_quoted, edge.ends)
    return f"  {one} -- {other} [{_EDGES[edge.state]}, tooltip={_quoted(hint_of(edge))}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
