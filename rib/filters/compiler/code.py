"""Pieces of Python, as the compiler puts them together."""

import ast
from collections.abc import Sequence
from typing import Final, TypeVar

from rib.filters.errors import Place

A = TypeVar("A", bound=ast.stmt | ast.expr)

RUN: Final = "run"
"""The name of the first parameter of all compiled functions."""
COMPILED: Final = "compiled"
"""The name of the one function of a module."""


def at(place: Place, node: A) -> A:
    """Give a piece the line that it was written on: errors are found again by it."""
    node.lineno = node.end_lineno = place.line
    node.col_offset = node.end_col_offset = 0
    return node


def load(name: str) -> ast.expr:
    """``name``."""
    return ast.Name(name, ast.Load())


def store(name: str) -> ast.expr:
    """``name``, to be assigned to."""
    return ast.Name(name, ast.Store())


def call(function: str | ast.expr, *arguments: ast.expr) -> ast.expr:
    """``function(arguments)``."""
    return ast.Call(load(function) if isinstance(function, str) else function, list(arguments), [])


def call_on(name: str, method: str, *arguments: ast.expr) -> ast.expr:
    """``name.method(arguments)``."""
    return ast.Call(attribute(name, method), list(arguments), [])


def attribute(name: str, field: str) -> ast.expr:
    """``name.field``."""
    return ast.Attribute(load(name), field, ast.Load())


def assign(name: str, value: ast.expr) -> ast.stmt:
    """``name = value``."""
    return ast.Assign([store(name)], value)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """``left operator right``."""
    return ast.Compare(left, [operator], [right])


def is_none(value: ast.expr) -> ast.expr:
    """``value is None``."""
    return compare(value, ast.Is(), ast.Constant(None))


def is_not_none(value: ast.expr) -> ast.expr:
    """``value is not None``, worked out if that is known: Python warns of comparing what is written there."""
    if isinstance(value, ast.Constant):
        return ast.Constant(value.value is not None)
    return compare(value, ast.IsNot(), ast.Constant(None))


def both(*operands: ast.expr) -> ast.expr:
    """``a and b and c``."""
    return ast.BoolOp(ast.And(), list(operands))


def either(*operands: ast.expr) -> ast.expr:
    """``a or b or c``."""
    return ast.BoolOp(ast.Or(), list(operands))


def module(parameters: Sequence[str], body: list[ast.stmt], place: Place) -> ast.Module:
    """Return a module with one function, which takes a run and these parameters."""
    tree = ast.parse(f"def {COMPILED}(): pass")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.args.args = [ast.arg(parameter) for parameter in (RUN, *parameters)]
    function.body = body or [ast.Pass()]
    at(place, function)
    return ast.fix_missing_locations(tree)
