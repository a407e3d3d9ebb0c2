"""The pictures: everything is there once, nothing on top of anything else, whatever names nodes have."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest

from bgpd.graph.documents import read_document
from bgpd.graph.dot import dot
from bgpd.graph.model import Graph, graph_of
from bgpd.graph.ring import ring
from bgpd.graph.shapes import Line, Pill, overlapping
from bgpd.graph.svg import svg
from tests.graph.clusters import Document, Shape, documents, outsider
from tests.graph.pictures import PICTURES

SVG = "{http://www.w3.org/2000/svg}"
SMALL = (Shape(1), Shape(2), Shape(5), Shape(24), Shape(5, 1), Shape(5, 2), Shape(20, 3), Shape(12, 2, 3))
LARGE = (Shape(25), Shape(60), Shape(100, 2), Shape(118, 2), Shape(121, 2), Shape(300, 2, 10))
DOWN = Shape(200, 2, down=[frozenset({"node7", "rr1"})])


def graph(told: Sequence[Document]) -> Graph:
    return graph_of([read_document(each) for each in told])


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("shape", [*SMALL, *LARGE], ids=str)
def test_every_node_is_there_once(shape: Shape) -> None:
    root = parsed(svg(graph(documents(shape))))
    found = Counter(element.get("data-node") for element in root.iter() if element.get("data-node"))
    assert found == Counter(shape.names)


@pytest.mark.parametrize("shape", [*SMALL, *LARGE[:4]], ids=str)
def test_every_edge_is_there_once(shape: Shape) -> None:
    seen = graph(documents(shape))
    found = Counter(
        element.get("data-edge") for element in parsed(svg(seen)).iter() if element.get("data-edge")
    )
    assert found == Counter(" ".join(edge.ends) for edge in seen.edges)


@pytest.mark.parametrize("shape", [*SMALL, Shape(19, 4), Shape(24, 2, 6)], ids=str)
def test_no_node_is_on_top_of_another(shape: Shape) -> None:
    told = [each | {"peers": [*each["peers"]]} for each in documents(shape)]
    for number, each in enumerate(told):
        each["peers"].append(outsider(f"a-switch-on-top-of-rack-{number % 3}", f"10.9.0.{number % 3}", 65001))
    shapes = ring(graph(told)).shapes
    boxes = [pill.box for pill in shapes if isinstance(pill, Pill)]
    assert len(boxes) == len(shape.names) + min(3, len(shape.names))
    assert [*overlapping(boxes)] == []


@pytest.mark.parametrize("nodes", range(2, 13))
def test_no_line_runs_behind_another_reflector(nodes: int) -> None:
    """It would look like a session with that one."""
    shapes = ring(graph(documents(Shape(nodes, 2)))).shapes
    boxes = {shape.node.name: shape.box for shape in shapes if isinstance(shape, Pill)}
    for line in (shape for shape in shapes if isinstance(shape, Line) and shape.ends != ("rr1", "rr2")):
        (other,) = {"rr1", "rr2"} - {*line.ends}
        middle = ((boxes[other].left + boxes[other].right) / 2, (boxes[other].top + boxes[other].bottom) / 2)
        assert distance(middle, line) > 8, line.ends


def distance(place: tuple[float, float], line: Line) -> float:
    """Return how far a place is from a line, which has an end."""
    (x1, y1), (x2, y2), (x, y) = line.start, line.stop, place
    along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
    along = min(1.0, max(0.0, along))
    return math.hypot(x1 + along * (x2 - x1) - x, y1 + along * (y2 - y1) - y)


def test_of_many_nodes_what_is_not_well_is_drawn_by_itself_and_named() -> None:
    root = parsed(svg(graph(documents(DOWN))))
    drawn = {
        element.get("data-edge"): element.get("class") for element in root.iter() if element.get("data-edge")
    }
    assert drawn == {"rr1 rr2": "session up", "node7 rr1": "session down"}
    captions = [element.text for element in root.iter(f"{SVG}title")]
    assert "199 of 200 up" in captions
    assert "200 of 200 up" in captions
    assert any(text.startswith("node7 – rr1 not up (") for text in texts(root))
    assert "200 nodes, 199 with all their sessions up" in texts(root)


@pytest.mark.parametrize("name", ['<&">', "]]>", "a b", "ĂŽ☕", "x" * 150, "-->", "'"])
def test_names_are_text_whatever_they_contain(name: str) -> None:
    told = [*documents(Shape(3))]
    renamed = [each | {"peers": [peer | {"node": name} for peer in each["peers"]]} for each in told[:1]]
    seen = graph(renamed)
    root = parsed(svg(seen))
    assert name in {element.get("data-node") for element in root.iter()}
    assert any(text == name for text in texts(root))
    quoted = re.findall(r'"(?:[^"\\]|\\.)*"', dot(seen))
    assert '"' + name.replace('"', '\\"') + '"' in quoted


@pytest.mark.parametrize(
    ("shape", "title"),
    [
        (Shape(3), "Cluster: full mesh"),
        (Shape(3, 1), "Cluster: route reflectors"),
    ],
)
def test_the_title_says_the_mode(shape: Shape, title: str) -> None:
    assert texts(parsed(svg(graph(documents(shape)))))[0] == title


def test_a_cluster_between_two_modes_says_so() -> None:
    told = [*documents(Shape(3, 1))]
    told[0] = told[0] | {"mode": "mesh"}
    title = texts(parsed(svg(graph(told))))[0]
    assert title == "Cluster between two modes: 1 full mesh, 3 route reflectors"


def test_the_view_of_one_node_has_its_name() -> None:
    seen = texts(parsed(svg(graph(documents(Shape(4, 2))[:1]))))
    assert seen[0] == "node1 and its neighbors: route reflectors"
    assert "2 of 2 sessions up · asked 1 of 6 nodes" in seen[1]
    assert "3 nodes more in the cluster: no session with who was asked" in seen


def test_graphviz_gets_every_node_and_edge_once() -> None:
    seen = graph(documents(Shape(6, 2, 2)))
    lines = dot(seen).splitlines()
    edges = [line for line in lines if " -- " in line]
    assert len(edges) == len(seen.edges)
    assert len([line for line in lines if "[label=" in line]) == len(seen.nodes)
    assert lines[0] == "graph cluster {"
    assert lines[-1] == "}"


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_of_the_documentation_are_what_is_drawn_now(name: str) -> None:
    """Otherwise: python -m tests.graph.pictures."""
    path, text = PICTURES[name]
    assert path.read_text() == text()
