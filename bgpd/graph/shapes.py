"""Lines, pills, dots and texts at their places, in a plane whose y grows downwards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from bgpd.graph.model import Graph, Node, Pair
from bgpd.graph.sessions import State

LETTER: Final = 7.2
"""About how wide a letter of a label is."""
LINE_HEIGHT: Final = 16.0
_PILL_MARGIN: Final = 11.0

Kind = Literal["node", "reflector", "other"]
Anchor = Literal["start", "middle", "end"]


class Box(NamedTuple):
    """What a shape takes of the plane."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> "Box":
        """Return a box with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: "Box") -> bool:
        """Tell whether two boxes share a place."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


@dataclass(frozen=True, slots=True)
class Line:
    """An edge."""

    ends: Pair
    state: State
    start: tuple[float, float]
    stop: tuple[float, float]
    hint: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The edges between a block and a node, in one line."""

    start: tuple[float, float]
    stop: tuple[float, float]
    width: float
    caption: str
    """How many of them there are, and are up."""
    state: State


@dataclass(frozen=True, slots=True)
class Pill:
    """A node with its name inside."""

    node: Node
    kind: Kind
    state: State
    """The worst of its edges."""
    x: float
    y: float
    """Its middle."""
    lines: tuple[str, ...]

    @property
    def width(self) -> float:
        """Wide enough for its longest line."""
        return pill_width(self.lines)

    @property
    def height(self) -> float:
        """High enough for its lines."""
        return LINE_HEIGHT * len(self.lines) + 10.0

    @property
    def box(self) -> Box:
        """Its place."""
        half, half_height = self.width / 2, self.height / 2
        return Box(self.x - half, self.y - half_height, self.x + half, self.y + half_height)


@dataclass(frozen=True, slots=True)
class Dot:
    """A node without room for its name inside."""

    node: Node
    kind: Kind
    state: State
    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        """Its place."""
        return Box(self.x, self.y, self.x, self.y).grown(self.radius)


@dataclass(frozen=True, slots=True)
class Text:
    """A label."""

    text: str
    x: float
    y: float
    anchor: Anchor = "middle"
    angle: float | None = None
    """In degrees, clockwise, about the middle of its beginning or end; ``None``: it lies on a line."""
    style: Literal["label", "strong", "faint"] = "label"

    @property
    def width(self) -> float:
        """About how long it is."""
        return len(self.text) * LETTER


@dataclass(frozen=True, slots=True)
class Frame:
    """The edge of a block."""

    box: Box


Shape: TypeAlias = Line | Bundle | Pill | Dot | Text | Frame


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything at its place; what comes later is above what comes first."""

    shapes: Sequence[Shape]
    box: Box


def pill_width(lines: Iterable[str]) -> float:
    """Return how wide a pill is."""
    return max(map(len, lines)) * LETTER + 2 * _PILL_MARGIN


def kind_of(graph: Graph, node: Node) -> Kind:
    """Return how a node is drawn."""
    if node.name in graph.reflects:
        return "reflector"
    return "node" if node.is_member or node.is_asked else "other"


def label_lines(node: Node) -> tuple[str, ...]:
    """Return the text in a pill: the name and the address, if that is something else."""
    second = node.address if node.is_member or not node.asn else f"AS {node.asn}"
    return (node.label, second) if second and second != node.label else (node.label,)


def states_of(graph: Graph) -> dict[str, State]:
    """Return the worst state of each node's edges."""
    worst: dict[str, State] = {}
    for edge in graph.edges:
        for name in edge.ends:
            worst[name] = max(worst.get(name, State.UP), edge.state)
    return worst


def bounds(boxes: Iterable[Box]) -> Box:
    """Return the box around all."""
    every = [*boxes] or [Box(0, 0, 0, 0)]
    lefts, tops, rights, bottoms = zip(*every, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def overlapping(boxes: Sequence[Box]) -> Iterator[tuple[int, int]]:
    """Yield which boxes share a place."""
    for number, box in enumerate(boxes):
        for other in range(number + 1, len(boxes)):
            if box.overlaps(boxes[other]):
                yield number, other
