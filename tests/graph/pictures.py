"""Draws the pictures of the documentation anew: python -m tests.graph.pictures."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bgpd.graph.documents import read_document
from bgpd.graph.model import graph_of
from bgpd.graph.svg import svg
from tests.graph.clusters import Document, Shape, documents, outsider

_DOCS: Final = Path(__file__).parents[2] / "docs"


def mesh() -> str:
    """Five nodes, two of which have a session with the switch of their rack."""
    told = [*documents(Shape(5))]
    return _drawn([*(_with_switch(each) for each in told[:2]), *told[2:]])


def reflectors() -> str:
    """Eight nodes with two reflectors, one of which a node can't reach."""
    return _drawn([*documents(Shape(8, 2, down=[frozenset({"node3", "rr2"})]))])


def _with_switch(document: Document) -> Document:
    return document | {"peers": [*document["peers"], outsider("tor1", "10.0.255.1", 65001)]}


def _drawn(told: list[Document]) -> str:
    return svg(graph_of([read_document(each) for each in told]))


PICTURES: Final[Mapping[str, tuple[Path, Callable[[], str]]]] = {
    "mesh": (_DOCS / "cluster-mesh.svg", mesh),
    "reflectors": (_DOCS / "cluster-reflectors.svg", reflectors),
}

if __name__ == "__main__":
    for path, text in PICTURES.values():
        path.write_text(text())
