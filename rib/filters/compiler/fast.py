"""Shorter code for what filters do most, where the types are known.

A shortcut returns None where it does not apply; then the general code is used. Whatever it returns has the
value that the general code would have: a test compares them on random programs.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from messages.attributes import COMMUNITIES, LARGE_COMMUNITIES
from messages.attributes.attribute import Attribute
from rib.filters import syntax
from rib.filters.algebra.sets import ValueSet
from rib.filters.compiler.code import (
    RUN,
    attribute,
    both,
    call,
    compare,
    either,
    is_none,
    is_not_none,
    load,
)
from rib.filters.compiler.expressions import Expressions
from rib.filters.compiler.prefix_tests import prefix_test
from rib.filters.running.work import LONG, listed
from rib.filters.syntax import AttributeName, Binary, Builtin, Expression, Literal
from rib.filters.values import WORD, LargeCommunity, Pair, Type

Shortcut = Callable[[Expressions, Any], ast.expr | None]

_INT: Final = frozenset({Type.INT})
_VOID: Final = frozenset({Type.VOID})
_ORDERED: Final = frozenset({Type.INT, Type.PAIR, Type.QUAD, Type.EC, Type.STRING})
"""Types whose values Python orders as BIRD does."""
_SIMPLE: Final = _ORDERED | {
    Type.BOOL,
    Type.PREFIX,
    Type.IP,
    Type.LC,
    Type.RTS,
    Type.SCOPE,
    Type.RTD,
    Type.RTC,
    Type.ORIGIN,
    Type.ROA,
}
"""Types whose values are the same if Python says so."""
_ARITHMETIC: Final[Mapping[str, Callable[[], ast.operator]]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult}
_EQUALITY: Final[Mapping[str, Callable[[], ast.cmpop]]] = {"=": ast.Eq, "!=": ast.NotEq}
_LISTS: Final[Mapping[str, tuple[type, Attribute[Any]]]] = {
    "bgp_community": (Pair, COMMUNITIES),
    "bgp_large_community": (LargeCommunity, LARGE_COMMUNITIES),
}


class FastExpressions(Expressions):
    """Takes shortcuts."""

    def compile(self, expression: Expression) -> ast.expr:
        """Return the Python expression of the same value."""
        for shortcut in _SHORTCUTS.get(expression.__class__, ()):
            code = shortcut(self, expression)
            if code is not None:
                return self.located(expression, code)
        return super().compile(expression)


def _arithmetic(code: Expressions, node: Binary) -> ast.expr | None:
    """Numbers go round after 32 bits."""
    operator = _ARITHMETIC.get(node.operator)
    if operator is None or not code.types(node.left) == code.types(node.right) == _INT:
        return None
    result = ast.BinOp(code.compile(node.left), operator(), code.compile(node.right))
    return ast.BinOp(result, ast.BitAnd(), ast.Constant(WORD))


def _equality(code: Expressions, node: Binary) -> ast.expr | None:
    operator = _EQUALITY.get(node.operator)
    if operator is None or _one_type(code, node, _SIMPLE) is None:
        return None
    return compare(code.compile(node.left), operator(), code.compile(node.right))


def _one_type(code: Expressions, node: Binary, among: frozenset[Type]) -> Type | None:
    """Return the one type that both sides have if they are defined; None if it is another or they differ."""
    types = (code.types(node.left) | code.types(node.right)) - _VOID
    return next(iter(types)) if len(types) == 1 and types <= among else None


def _order(code: Expressions, node: Binary) -> ast.expr | None:
    """What is undefined is less than everything, and not less than something undefined."""
    if node.operator not in _ORDERS or _one_type(code, node, _ORDERED) is None:
        return None
    operator, is_mirrored = _ORDERS[node.operator]
    less, more = (node.right, node.left) if is_mirrored else (node.left, node.right)
    if Type.VOID not in code.types(less) | code.types(more):
        return compare(code.compile(less), operator(), code.compile(more))
    return _order_of_undefined(code, operator(), less, more)


def _order_of_undefined(
    code: Expressions, operator: ast.cmpop, less: Expression, more: Expression
) -> ast.expr | None:
    """One side is a number that is written there, the other may be undefined."""
    kept = code.names.temporary()
    if isinstance(more, Literal) and more.value is not None:
        value = ast.NamedExpr(ast.Name(kept, ast.Store()), code.compile(less))
        return either(is_none(value), compare(load(kept), operator, code.compile(more)))
    if isinstance(less, Literal) and less.value is not None:
        value = ast.NamedExpr(ast.Name(kept, ast.Store()), code.compile(more))
        return both(is_not_none(value), compare(code.compile(less), operator, load(kept)))
    return None


_ORDERS: Final[Mapping[str, tuple[Callable[[], ast.cmpop], bool]]] = {
    "<": (ast.Lt, False),
    "<=": (ast.LtE, False),
    ">": (ast.Lt, True),
    ">=": (ast.LtE, True),
}


def _about_prefix(code: Expressions, node: Binary) -> ast.expr | None:
    """``net ~ 10.0.0.0/8``, ``net ~ [ … ]``, ``net = 10.0.0.0/8`` look at the octets of the key."""
    test = prefix_test(node)
    if test is None:
        return None
    holds = call(code.names.of(test.holds), attribute(RUN, "key"), attribute(RUN, "octets"))
    return holds if test.wanted else ast.UnaryOp(ast.Not(), holds)


def _membership(code: Expressions, node: Binary) -> ast.expr | None:
    """``(1,2) ~ bgp_community``."""
    left, right = node.left, node.right
    if (
        node.operator not in _MEMBERSHIPS
        or not isinstance(left, Literal)
        or not isinstance(right, AttributeName)
    ):
        return None
    kind, row = _LISTS.get(right.name, (None, None))
    if left.value.__class__ is not kind:
        return None
    among = call(code.names.of(listed), load(RUN), load(code.names.of(row)))
    return compare(load(code.names.of(left.value)), _MEMBERSHIPS[node.operator](), among)


_MEMBERSHIPS: Final[Mapping[str, Callable[[], ast.cmpop]]] = {"~": ast.In, "!~": ast.NotIn}


def _among_single_values(code: Expressions, node: Binary) -> ast.expr | None:
    """``source ~ [RTS_BGP, RTS_STATIC]``: a set of single values."""
    values = node.right.value if isinstance(node.right, Literal) else None
    if node.operator not in _MEMBERSHIPS or not isinstance(values, ValueSet):
        return None
    singles = values.single_values
    if singles is None or code.types(node.left) != {values.item_type}:
        return None
    return compare(code.compile(node.left), _MEMBERSHIPS[node.operator](), load(code.names.of(singles)))


def _always_defined(code: Expressions, node: Builtin) -> ast.expr | None:
    """``defined(ifname)`` is true for every route."""
    if node.function != "defined" or not isinstance(node.arguments[0], AttributeName):
        return None
    types = code.types(node.arguments[0])
    return None if Type.VOID in types or types & LONG else ast.Constant(True)


def _length_of_prefix(_code: Expressions, node: syntax.Method) -> ast.expr | None:
    """``net.len`` is the first octet of the key."""
    if node.method != "len" or not isinstance(node.subject, AttributeName) or node.subject.name != "net":
        return None
    return ast.Subscript(attribute(RUN, "key"), ast.Constant(0), ast.Load())


def _negation(code: Expressions, node: syntax.Not) -> ast.expr | None:
    if code.types(node.operand) != {Type.BOOL}:
        return None
    return ast.UnaryOp(ast.Not(), code.compile(node.operand))


_SHORTCUTS: Final[Mapping[type, tuple[Shortcut, ...]]] = {
    Binary: (_about_prefix, _membership, _among_single_values, _arithmetic, _equality, _order),
    Builtin: (_always_defined,),
    syntax.Not: (_negation,),
    syntax.Method: (_length_of_prefix,),
}
