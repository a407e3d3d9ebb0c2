"""What can be worked out before any route is there: constant expressions become their values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from messages.attributes.as_path import AsPath
from rib.filters.algebra import operators
from rib.filters.algebra.methods import METHODS
from rib.filters.errors import RunError
from rib.filters.syntax import (
    Binary,
    Empty,
    Expression,
    ExtendedCommunityExpression,
    LargeCommunityExpression,
    Literal,
    Method,
    Not,
    PairExpression,
)
from rib.filters.values import CommunityList, ExtendedCommunityList, LargeCommunityList, Type

_EMPTY: Final = {
    Type.BGPPATH: AsPath.EMPTY,
    Type.CLIST: CommunityList(),
    Type.ECLIST: ExtendedCommunityList(),
    Type.LCLIST: LargeCommunityList(),
}


def fold(expression: Expression) -> Expression:
    """Return the value of an expression whose parts are values; another one as it is.

    What fails stays as it is and fails when it is reached.
    """
    rule = _RULES.get(expression.__class__)
    if rule is None:
        return expression
    try:
        value = rule(expression)
    except RunError:
        return expression
    return expression if value is NotImplemented else Literal(value, at=expression.at)


def _values(*parts: Expression) -> list[Any] | None:
    values = [part.value for part in parts if isinstance(part, Literal)]
    return values if len(values) == len(parts) else None


def _applied(function: Callable[..., object], *parts: Expression) -> object:
    values = _values(*parts)
    return NotImplemented if values is None else function(*values)


def _extended(node: ExtendedCommunityExpression) -> object:
    return _applied(
        lambda key, value: operators.extended_community(node.kind, key, value), node.key, node.value
    )


_RULES: Final[Mapping[type, Callable[[Any], object]]] = {
    Not: lambda node: _applied(operators.negate, node.operand),
    Binary: lambda node: _applied(operators.OPERATORS[node.operator], node.left, node.right),
    Method: lambda node: _applied(METHODS[node.method], node.subject, *node.arguments),
    PairExpression: lambda node: _applied(operators.pair, node.first, node.second),
    LargeCommunityExpression: lambda node: _applied(
        operators.large_community, node.first, node.second, node.third
    ),
    ExtendedCommunityExpression: _extended,
    Empty: lambda node: _EMPTY[node.type],
}
