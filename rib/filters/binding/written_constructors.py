"""Communities whose parts are all written there: what is wrong with them is found when they are read."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from rib.filters.algebra.constructors import GENERIC
from rib.filters.errors import FilterError
from rib.filters.syntax import (
    Expression,
    ExtendedCommunityExpression,
    LargeCommunityExpression,
    Literal,
    MaskLiteral,
    PairExpression,
    SetLiteral,
)
from rib.filters.values import WORD, Address, EnumValue, Prefix, Quad

_HALF: Final = 0xFFFF
_WRITTEN: Final = (int, bool, str, EnumValue, SetLiteral, PairExpression)
_NUMBERS: Final = "Can't operate with {} type in {} constructor"


def check_written(expression: Expression) -> None:
    """Raise FilterError where BIRD does so while it reads a pair or another community.

    Where a part has to be worked out, that happens at run time, and so does the error.
    """
    rule = _RULES.get(expression.__class__)
    if rule is not None:
        rule(expression)


def _values(*parts: Expression) -> list[Any] | None:
    """Return the values of parts that are all written there."""
    values = [value for value in map(_written, parts) if isinstance(value, _WRITTEN)]
    return values if len(values) == len(parts) else None


def _written(part: Expression) -> object:
    """Return the value of a literal; a set or a written pair stands for itself: no constructor takes one."""
    if isinstance(part, PairExpression) and _values(part.first, part.second) is None:
        return None
    return part.value if isinstance(part, Literal) else part


def _pair(node: PairExpression) -> None:
    values = _values(node.first, node.second)
    if values is None:
        return
    if any(type(value) is not int for value in values):
        raise FilterError(node.at, _NUMBERS.format("value of non-integer", "pair"))
    for value in values:
        _check_half(node, value)


def _large(node: LargeCommunityExpression) -> None:
    values = _values(node.first, node.second, node.third)
    if values is not None and any(type(value) is not int for value in values):
        raise FilterError(node.at, "LC - " + _NUMBERS.format("value of non-integer", "tuple"))


def _extended(node: ExtendedCommunityExpression) -> None:
    known_key, values = _written(node.key), _values(node.value)
    is_address = isinstance(known_key, Quad) or (isinstance(known_key, Address) and len(known_key) == 4)
    if _is_constant(node.key) and type(known_key) is not int and not is_address:
        raise FilterError(node.at, _NUMBERS.format("key of non-integer/IPv4", "EC"))
    if values is None:
        return
    (value,) = values
    if type(value) is not int:
        raise FilterError(node.at, _NUMBERS.format("value of non-integer", "EC"))
    is_wide_key = is_address or (type(known_key) is int and known_key > _HALF)
    if is_wide_key and node.kind != GENERIC:
        _check_half(node, value)


def _is_constant(part: Expression) -> bool:
    """Tell whether a key is one value, whatever its type; BIRD for IPv6 does not know that of addresses."""
    match part:
        case PairExpression(first=first, second=second):
            return _values(first, second) is not None
        case LargeCommunityExpression(first=first, second=second, third=third):
            return _values(first, second, third) is not None
        case ExtendedCommunityExpression(key=key, value=value):
            return _is_constant(key) and _values(value) is not None
    if isinstance(part, Literal):
        address = part.value.address if isinstance(part.value, Prefix) else part.value
        return not isinstance(address, Address) or len(address) == 4
    return isinstance(part, (SetLiteral, MaskLiteral))


def _check_half(node: PairExpression | ExtendedCommunityExpression, value: int) -> None:
    """Complain as BIRD does, which prints the number with a sign."""
    if value > _HALF:
        signed = value - (WORD + 1) if value >> 31 else value
        raise FilterError(node.at, f"Value {signed} out of range (0-65535)")


_RULES: Final[Mapping[type, Callable[[Any], None]]] = {
    PairExpression: _pair,
    LargeCommunityExpression: _large,
    ExtendedCommunityExpression: _extended,
}
