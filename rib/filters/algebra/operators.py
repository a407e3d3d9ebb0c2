"""What operators do with values; the texts of the errors are BIRD's. Types: ``signatures.py``."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from rib.filters.algebra.constructors import extended_community, large_community, pair
from rib.filters.algebra.matching import MATCHERS, address_of, is_case, quad_of
from rib.filters.algebra.path_masks import PathMask
from rib.filters.algebra.prefix_sets import PrefixSet
from rib.filters.algebra.sets import ValueSet
from rib.filters.errors import RunError
from rib.filters.values import (
    WORD,
    Address,
    AsPath,
    CommunityList,
    EnumValue,
    ExtendedCommunity,
    ExtendedCommunityList,
    LargeCommunity,
    LargeCommunityList,
    OpaqueValue,
    Pair,
    Prefix,
    Quad,
    Type,
)

_INCOMPARABLE: Final = "Can't compare values of incompatible types"
_TYPES: Final[Mapping[type, Type]] = MappingProxyType(
    {
        type(None): Type.VOID,
        int: Type.INT,
        bool: Type.BOOL,
        str: Type.STRING,
        Address: Type.IP,
        Prefix: Type.PREFIX,
        Pair: Type.PAIR,
        Quad: Type.QUAD,
        ExtendedCommunity: Type.EC,
        LargeCommunity: Type.LC,
        AsPath: Type.BGPPATH,
        PathMask: Type.BGPMASK,
        CommunityList: Type.CLIST,
        ExtendedCommunityList: Type.ECLIST,
        LargeCommunityList: Type.LCLIST,
        ValueSet: Type.SET,
        PrefixSet: Type.PREFIX_SET,
        OpaqueValue: Type.OPAQUE,
    }
)


def type_of(value: object) -> Type:
    """Return the type of a value."""
    return value.type if type(value) is EnumValue else _TYPES[type(value)]


# Numbers


def _operand_error(left: object, right: object) -> RunError:
    """Return what is wrong with operands of which one is no int."""
    kind = type_of(left)
    if kind is not type_of(right):
        return RunError("Can't operate with values of incompatible types")
    return RunError("Can't operate with values of type void" if left is None else "Usage of unknown type")


def add(left: object, right: object) -> int:
    """``left + right``, without a sign and round behind 32 bits, as all numbers here."""
    if type(left) is not int or type(right) is not int:
        raise _operand_error(left, right)
    return left + right & WORD


def subtract(left: object, right: object) -> int:
    """``left - right``."""
    if type(left) is not int or type(right) is not int:
        raise _operand_error(left, right)
    return left - right & WORD


def multiply(left: object, right: object) -> int:
    """``left * right``."""
    if type(left) is not int or type(right) is not int:
        raise _operand_error(left, right)
    return left * right & WORD


def divide(left: object, right: object) -> int:
    """``left / right``."""
    if type(left) is not int or type(right) is not int:
        raise _operand_error(left, right)
    if not right:
        raise RunError("Mother told me not to divide by 0")
    return left // right


# Comparisons


def equal(left: object, right: object) -> bool:
    """``left = right``; values of different types are not equal, but a quad is an IPv4 address."""
    if type(left) is type(right):
        return left == right
    if type(left) is Address and type(right) is Quad:
        return left == address_of(right)
    return type(left) is Quad and type(right) is Address and address_of(left) == right


def not_equal(left: object, right: object) -> bool:
    """``left != right``."""
    return not equal(left, right)


def less(left: object, right: object) -> bool:
    """``left < right``; an undefined value is less than every other."""
    if type(left) is int and type(right) is int:
        return left < right
    one, other = _sort_keys(left, right)
    return bool(one < other)


def less_or_equal(left: object, right: object) -> bool:
    """``left <= right``."""
    if type(left) is int and type(right) is int:
        return left <= right
    one, other = _sort_keys(left, right)
    return bool(one <= other)


def greater(left: object, right: object) -> bool:
    """``left > right``."""
    return less(right, left)


def greater_or_equal(left: object, right: object) -> bool:
    """``left >= right``."""
    return less_or_equal(right, left)


_SORT_KEYS: Final[Mapping[type, Callable[[Any], tuple[object, ...]]]] = MappingProxyType(
    {
        **{
            kind: lambda value: (type(value), value)
            for kind in (int, bool, str, Pair, ExtendedCommunity, LargeCommunity)
        },
        Address: lambda address: ((Address, len(address)), address),
        Quad: lambda quad: ((Address, 4), address_of(quad)),
        Prefix: lambda prefix: ((Prefix, len(prefix.address)), prefix),
        EnumValue: lambda value: value,
    }
)
"""What a value can be compared with, and how: quads with IPv4 addresses, these not with those of IPv6."""


def _sort_keys(left: object, right: object) -> tuple[Any, Any]:
    """Return what Python can compare instead of two values."""
    if left is None or right is None:
        return left is not None, right is not None
    one, other = (_SORT_KEYS.get(type(value), _no_sort_key)(value) for value in (left, right))
    if one[0] != other[0]:
        raise RunError(_INCOMPARABLE)
    return one[1:], other[1:]


def _no_sort_key(_value: object) -> tuple[object, ...]:
    raise RunError(_INCOMPARABLE)


# Membership


def matches(left: object, right: object) -> bool:
    """``left ~ right``: is in, has one of, looks like."""
    matcher = MATCHERS.get((type(left), type(right)))
    result = None if matcher is None else matcher(left, right)
    if result is None:
        raise RunError("~ applied on unknown type pair")
    return result


def does_not_match(left: object, right: object) -> bool:
    """``left !~ right``."""
    return not _matched("!~", left, right)


def _matched(operator: str, left: object, right: object) -> bool:
    matcher = MATCHERS.get((type(left), type(right)))
    result = None if matcher is None else matcher(left, right)
    if result is None:
        raise RunError(f"{operator} applied on unknown type pair")
    return result


# Truth


def truth(value: object) -> bool:
    """Return an operand of ``&&`` or ``||``."""
    if type(value) is not bool:
        raise RunError("Can't do boolean operation on non-booleans")
    return value


def condition(value: object) -> bool:
    """Return the condition of an ``if``."""
    if type(value) is not bool:
        raise RunError("If requires boolean expression")
    return value


def negate(value: object) -> bool:
    """``! value``."""
    if type(value) is not bool:
        raise RunError("Not applied to non-boolean")
    return not value


# Variables


def assigned(kind: Type, value: object) -> object:
    """Return what a variable of a type gets: ``[]`` is a set of any type, an IPv4 address can be a quad."""
    if value is None or type_of(value) is kind:
        return value
    if kind is Type.QUAD and type(value) is Address and len(value) == 4:
        return quad_of(value)
    if kind is Type.PREFIX_SET and type(value) is ValueSet and value.is_empty:
        return value
    raise RunError("Assigning to variable of incompatible type")


OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        "+": add,
        "-": subtract,
        "*": multiply,
        "/": divide,
        "=": equal,
        "!=": not_equal,
        "<": less,
        "<=": less_or_equal,
        ">": greater,
        ">=": greater_or_equal,
        "~": matches,
        "!~": does_not_match,
    }
)
"""By how they are written."""

__all__ = [
    "OPERATORS",
    "add",
    "assigned",
    "condition",
    "divide",
    "does_not_match",
    "equal",
    "extended_community",
    "greater",
    "greater_or_equal",
    "is_case",
    "large_community",
    "less",
    "less_or_equal",
    "matches",
    "multiply",
    "negate",
    "not_equal",
    "pair",
    "subtract",
    "truth",
    "type_of",
]
