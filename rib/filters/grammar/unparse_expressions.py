"""Expressions and values as text again: the parser would read the same tree from it."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import singledispatch
from types import MappingProxyType
from typing import Final

from rib.filters import syntax
from rib.filters.algebra.constructors import GENERIC
from rib.filters.algebra.operators import type_of
from rib.filters.algebra.prefix_sets import Node, PrefixSet
from rib.filters.algebra.printing import render
from rib.filters.grammar.names import ENUMS
from rib.filters.syntax import Bounds, Expression, SetItem
from rib.filters.values import (
    Address,
    AsPath,
    CommunityList,
    EnumValue,
    ExtendedCommunityList,
    LargeCommunity,
    LargeCommunityList,
    Pair,
    Prefix,
    Quad,
    Type,
)

_LOGICAL: Final = 1
_COMPARISON: Final = 2
_POWERS: Final[Mapping[str, int]] = MappingProxyType({"+": 3, "-": 3, "*": 4, "/": 4})
"""How closely an operator binds; those that are not here compare."""
_NEGATION: Final = 5
_OPERAND: Final = 6
_WORD: Final = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_EMPTY: Final[Mapping[Type, str]] = MappingProxyType(
    {
        Type.BGPPATH: "+empty+",
        Type.CLIST: "-empty-",
        Type.ECLIST: "--empty--",
        Type.LCLIST: "---empty---",
    }
)
_NOTHING: Final = (AsPath.EMPTY, ())
_KINDS: Final[Mapping[int, str]] = MappingProxyType({0x0002: "rt", 0x0003: "ro", GENERIC: "generic"})
"""Of extended communities."""
_CONSTANTS: Final[Mapping[EnumValue, str]] = MappingProxyType({value: name for name, value in ENUMS.items()})
_ITEMS: Final = (int, Address, Quad, EnumValue, Pair, LargeCommunity)
"""What stands in a set as it is; anything else is in parentheses there."""


def unparse_name(name: str) -> str:
    """Return a name as it is written: in quotes if it is no plain word."""
    return name if _WORD.fullmatch(name) else f"'{name}'"


def unparse_value(value: object) -> str:
    """Return a value as it is written, or, of those that no literal stands for, as it is printed."""
    match value:
        case EnumValue():
            return _CONSTANTS[value]
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case CommunityList() | ExtendedCommunityList() | LargeCommunityList() | AsPath() if value in _NOTHING:
            return _EMPTY[type_of(value)]
        case PrefixSet():
            return f"[{', '.join(pattern for node in value.nodes() for pattern in _patterns(node))}]"
    return render(value)


def _patterns(node: Node) -> Iterator[str]:
    """Yield a pattern for each row of lengths that a prefix is accepted with."""
    most = len(node.prefix.address) * 8
    wanted = [bits for bits in range(most + 2) if node.lengths >> bits & 1 != node.lengths << 1 >> bits & 1]
    for shortest, end in zip(wanted[::2], wanted[1::2], strict=True):
        yield pattern_text(node.prefix, shortest, end - 1)


def pattern_text(prefix: Prefix, shortest: int, longest: int) -> str:
    """Return ``10.0.0.0/8{16,24}``, or what is shorter and means the same."""
    length, most = prefix.length, len(prefix.address) * 8
    marks = {(0, length): "-", (length, most): "+", (length, length): ""}
    return render(prefix) + marks.get((shortest, longest), f"{{{shortest},{longest}}}")


def unparse_items(items: tuple[SetItem, ...]) -> str:
    """Return ``1, 3..5``, as in a set or before the colon of a ``case``."""
    return ", ".join(map(_item, items))


def _item(item: SetItem) -> str:
    match item:
        case syntax.PrefixPattern(address, length, shortest, longest):
            return pattern_text(Prefix(Address(address), length), shortest, longest)
        case syntax.TupleItem(kind, places):
            return f"({_kind(kind)}{', '.join(map(_place, places))})"
        case syntax.TupleRange(first, last):
            return f"{unparse(first)}..{unparse(last)}"
    return _range(item, _atom)


def _place(bounds: Bounds) -> str:
    return "*" if bounds.first is None else _range(bounds, unparse)


def _range(bounds: Bounds, text: Callable[[Expression], str]) -> str:
    assert bounds.first is not None
    assert bounds.last is not None
    first = text(bounds.first)
    return first if bounds.last is bounds.first else f"{first}..{text(bounds.last)}"


def _atom(expression: Expression) -> str:
    """A place of a set takes no more than a constant or a name without parentheses."""
    text = unparse(expression)
    match expression:
        case syntax.Name():
            return text
        case syntax.Literal(value=value) if isinstance(value, _ITEMS) and not isinstance(
            value, bool | Prefix
        ):
            return text
    return f"({text})"


def _kind(kind: int | None) -> str:
    return "" if kind is None else f"{_KINDS.get(kind) or f'unknown {kind:#x}'}, "


def _list(expressions: tuple[Expression, ...]) -> str:
    return ", ".join(map(unparse, expressions))


def unparse(expression: Expression) -> str:
    """Return an expression as it is written."""
    return _text(expression)


def _within(expression: Expression, power: int) -> str:
    """Return an operand, in parentheses if it doesn't bind as closely as that."""
    text = unparse(expression)
    return text if _power(expression) >= power else f"({text})"


def _power(expression: Expression) -> int:
    match expression:
        case syntax.Logical():
            return _LOGICAL
        case syntax.Binary(operator=operator):
            return _POWERS.get(operator, _COMPARISON)
        case syntax.Not():
            return _NEGATION
    return _OPERAND


@singledispatch
def _text(expression: Expression) -> str:
    """Return the text of an expression; every kind has a rule of its own."""
    raise TypeError(expression)


@_text.register
def _literal(expression: syntax.Literal) -> str:
    return unparse_value(expression.value)


@_text.register
def _name(expression: syntax.Name) -> str:
    return unparse_name(expression.name)


@_text.register
def _attribute(expression: syntax.AttributeName) -> str:
    return expression.name


@_text.register
def _not(expression: syntax.Not) -> str:
    return f"!{_within(expression.operand, _NEGATION)}"


@_text.register
def _binary(expression: syntax.Binary) -> str:
    """Of equals the left one comes first, but comparisons don't chain."""
    power = _power(expression)
    left = _within(expression.left, power + (power == _COMPARISON))
    return f"{left} {expression.operator} {_within(expression.right, power + 1)}"


@_text.register
def _logical(expression: syntax.Logical) -> str:
    """``&&`` and ``||`` bind alike: parentheses say what readers may not know."""
    return f" {expression.operator} ".join(_within(each, _COMPARISON) for each in expression.operands)


@_text.register
def _call(expression: syntax.Call) -> str:
    return f"{unparse_name(expression.function)}({_list(expression.arguments)})"


@_text.register
def _builtin(expression: syntax.Builtin) -> str:
    return f"{expression.function}({_list(expression.arguments)})"


@_text.register
def _roa_check(expression: syntax.RoaCheck) -> str:
    arguments = ", ".join((unparse_name(expression.table), *map(unparse, expression.arguments)))
    return f"roa_check({arguments})"


@_text.register
def _method(expression: syntax.Method) -> str:
    arguments = f"({_list(expression.arguments)})" if expression.arguments else ""
    return f"{_within(expression.subject, _OPERAND)}.{expression.method}{arguments}"


@_text.register
def _pair(expression: syntax.PairExpression) -> str:
    return f"({unparse(expression.first)}, {unparse(expression.second)})"


@_text.register
def _large(expression: syntax.LargeCommunityExpression) -> str:
    return f"({_list((expression.first, expression.second, expression.third))})"


@_text.register
def _extended(expression: syntax.ExtendedCommunityExpression) -> str:
    return f"({_kind(expression.kind)}{unparse(expression.key)}, {unparse(expression.value)})"


@_text.register
def _set(expression: syntax.SetLiteral) -> str:
    return f"[{unparse_items(expression.items)}]"


@_text.register
def _mask(expression: syntax.MaskLiteral) -> str:
    return f"[= {''.join(f'{_part(part)} ' for part in expression.parts)}=]"


def _part(part: syntax.MaskPart) -> str:
    if part.bounds is None:
        return part.kind
    if part.kind == "set":
        assert part.bounds.first is not None
        return unparse(part.bounds.first)
    return _range(part.bounds, _atom)


@_text.register
def _empty(expression: syntax.Empty) -> str:
    return _EMPTY[expression.type]
