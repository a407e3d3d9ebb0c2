"""Syntax trees as one line of text each, for tables of what a parser makes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from rib.filters.algebra.printing import render
from rib.filters.syntax import AttributeName, Block, Bounds, Literal, Name, Node
from rib.filters.values import Address, Type

_LEFT_OUT: Final = ("at", "values")


def shape(node: object) -> str:
    """Return ``Class(field field …)``; literals and names as they are printed, attributes with ``@``."""
    rule = _RULES.get(type(node))
    if rule is not None:
        return rule(node)
    if isinstance(node, Node):
        parts = [shape(getattr(node, each.name)) for each in fields(node) if each.name not in _LEFT_OUT]
        return f"{type(node).__name__}({' '.join(parts)})"
    return "-" if node is None else str(node)


def _bounds(bounds: Bounds) -> str:
    if bounds.first is None:
        return "*"
    return shape(bounds.first) + ("" if bounds.first is bounds.last else f"..{shape(bounds.last)}")


def _literal(literal: Literal) -> str:
    return f'"{literal.value}"' if isinstance(literal.value, str) else render(literal.value)


_RULES: Final[Mapping[type, Callable[[Any], str]]] = {
    Literal: _literal,
    Name: lambda node: node.name,
    AttributeName: lambda node: f"@{node.name}",
    Bounds: _bounds,
    Block: lambda block: "{" + "; ".join(map(shape, block.statements)) + "}",
    tuple: lambda parts: "[" + ", ".join(map(shape, parts)) + "]",
    Type: lambda kind: kind.value,
    Address: render,
}


def nodes(tree: object) -> Iterator[Node]:
    """Yield all nodes of a tree, each before those in it."""
    if isinstance(tree, tuple):
        for part in tree:
            yield from nodes(part)
    elif isinstance(tree, Node):
        yield tree
        for each in fields(tree):
            yield from nodes(getattr(tree, each.name))
