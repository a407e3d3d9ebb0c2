"""Mistakes in expressions that can be found without running them, told to those who wrote them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import product
from types import MappingProxyType
from typing import Any, Final

from rib.filters import syntax
from rib.filters.algebra.sets import ValueSet
from rib.filters.algebra.signatures import method_result, result_of
from rib.filters.analysis.scope import Scope, Types, walk
from rib.filters.analysis.types import (
    BOOL,
    ELEMENTS,
    INT,
    KEY_OF_EXTENDED_COMMUNITY,
    UNDEFINED,
    types_of,
)
from rib.filters.errors import FilterError
from rib.filters.syntax import Expression, Node
from rib.filters.values import Type

_DEFINED: Final = tuple(kind for kind in Type if kind is not Type.VOID)
_MOST_ADVICE: Final = 4
"""Operations to name in a message; if there are more, it is better short."""


def expression_errors(
    expression: Expression, scope: Scope, unused: Expression | None = None
) -> Iterator[FilterError]:
    """Yield what is wrong with an expression and its parts; nobody wants the value of ``unused``."""
    for node in walk(expression):
        if isinstance(node, syntax.Call) and node is not unused and _is_procedure(node, scope):
            yield FilterError(node.at, f"function {node.function} never returns a value")
        find = _CHECKS.get(type(node))
        message = find and find(node, scope)
        if message:
            yield FilterError(node.at, message)


def _is_procedure(call: syntax.Call, scope: Scope) -> bool:
    return not scope.functions[call.function].returns_value


def defined_types(expression: Expression, scope: Scope) -> Types:
    """Return what an expression can give that is defined; nothing if a mistake in it was told already."""
    return types_of(expression, scope) - UNDEFINED


def assignable(declared: Collection[Type]) -> Types:
    """Return what a variable or parameter can be set to: an address of four octets becomes a quad."""
    return frozenset(declared) | ({Type.IP} if Type.QUAD in declared else set())


def spell(things: Collection[Type | str]) -> str:
    """Return types and the like as text: ``int``, ``int or ip``, ``clist, eclist or lclist``."""
    names = sorted(thing if isinstance(thing, str) else thing.value for thing in things)
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def needs(found: Types, possible: AbstractSet[Type], what: str) -> str | None:
    """Return what to say if none of the types found is possible."""
    if not found or found & possible:
        return None
    return f"{what} must be {spell(possible)}, not {spell(found)}"


def _check_binary(expression: syntax.Binary, scope: Scope) -> str | None:
    left, right = defined_types(expression.left, scope), defined_types(expression.right, scope)
    if not left or not right:
        return None
    operator = expression.operator
    if operator in _EQUALITY:
        return None if same_kind(left, right) else _never_equal(left, right, _EQUALITY[operator])
    if any(result_of(operator, *pair) is not None for pair in product(left, right)):
        return _check_items(left, expression.right) if operator in _MATCHING else None
    advice = (
        _possible(operator, left, _DEFINED)
        or _possible(operator, _DEFINED, right)
        or _possible(operator, _DEFINED, _DEFINED)
    )
    only = f", only {spell(advice)}" if len(advice) <= _MOST_ADVICE else ""
    return f"{spell(left)} {operator} {spell(right)} is not possible{only}"


def _possible(operator: str, left: Iterable[Type], right: Iterable[Type]) -> list[str]:
    """Return the operations that are possible, as text."""
    return [
        f"{one.value} {operator} {other.value}"
        for one, other in product(left, right)
        if result_of(operator, one, other) is not None
    ]


def same_kind(left: Types, right: Types) -> bool:
    """Tell whether two values can be equal; an address and a quad may be the same 32 bits."""
    return bool(_with_twin(left) & right)


def _with_twin(types: Types) -> Types:
    return types | _TWINS if types & _TWINS else types


def _never_equal(left: Types, right: Types, outcome: str) -> str:
    return f"can't compare {spell(left)} with {spell(right)}: this is {outcome}"


def _check_items(subject: Types, items: Expression) -> str | None:
    """Look into a set that is known: it must hold what the subject is, or what is in the subject."""
    match items:
        case syntax.Literal(value=ValueSet(is_empty=False, item_type=item_type)):
            wanted = frozenset(ELEMENTS.get(kind, kind) for kind in subject)
            if Type.CLIST in subject:  # of cluster ids, which are written as quads
                wanted |= _TWINS
            if not same_kind(wanted, frozenset({item_type})):
                return (
                    f"no {spell(subject)} can match a set of {item_type.value}; a set of {spell(wanted)} can"
                )
    return None


def _check_not(expression: syntax.Not, scope: Scope) -> str | None:
    return needs(defined_types(expression.operand, scope), BOOL, "the operand of !")


def _check_logical(expression: syntax.Logical, scope: Scope) -> str | None:
    what = f"an operand of {expression.operator}"
    return _first(needs(defined_types(operand, scope), BOOL, what) for operand in expression.operands)


def _check_call(call: syntax.Call, scope: Scope) -> str | None:
    parameters = scope.functions[call.function].parameters
    return _first(
        needs(defined_types(argument, scope), assignable({declared}), f"argument {number} of {call.function}")
        for number, (argument, declared) in enumerate(zip(call.arguments, parameters, strict=False), 1)
    )


def _check_roa(check: syntax.RoaCheck, scope: Scope) -> str | None:
    return _first(
        needs(defined_types(argument, scope), wanted, f"argument {number} of roa_check")
        for number, (argument, wanted) in enumerate(zip(check.arguments, (_PREFIX, INT), strict=False), 2)
    )


def _check_builtin(call: syntax.Builtin, scope: Scope) -> str | None:
    if call.function == "defined":
        return None
    return _check_methods(call.function, call.arguments, scope)


def _check_method(call: syntax.Method, scope: Scope) -> str | None:
    return _check_methods(call.method, (call.subject, *call.arguments), scope)


def _check_methods(method: str, operands: Sequence[Expression], scope: Scope) -> str | None:
    subject, *arguments = (defined_types(operand, scope) for operand in operands)
    if not subject or not all(arguments):
        return None
    if any(
        method_result(method, one, tuple(rest)) is not None for one, *rest in product(subject, *arguments)
    ):
        return _check_items(subject, operands[1]) if arguments else None
    possible = {
        (one, argument)
        for one, argument in product(_DEFINED, _DEFINED)
        if method_result(method, one, (argument,) * len(arguments)) is not None
    }
    taken = {argument for one, argument in possible if one in subject}
    if taken:
        return f"{method} of {spell(subject)} takes {spell(taken)}, not {spell(arguments[0])}"
    return f"{spell(subject)} has no {method}; {spell({one for one, _ in possible})} can have it"


def _check_pair(expression: syntax.PairExpression, scope: Scope) -> str | None:
    return _check_numbers((expression.first, expression.second), scope, "a place of a pair")


def _check_large_community(expression: syntax.LargeCommunityExpression, scope: Scope) -> str | None:
    places = (expression.first, expression.second, expression.third)
    return _check_numbers(places, scope, "a place of a large community")


def _check_extended_community(expression: syntax.ExtendedCommunityExpression, scope: Scope) -> str | None:
    return needs(
        defined_types(expression.key, scope), KEY_OF_EXTENDED_COMMUNITY, "the key of an extended community"
    ) or needs(defined_types(expression.value, scope), INT, "the value of an extended community")


def _check_numbers(places: Iterable[Expression], scope: Scope, what: str) -> str | None:
    return _first(needs(defined_types(place, scope), INT, what) for place in places)


def _check_mask(mask: syntax.MaskLiteral, scope: Scope) -> str | None:
    bounds = [part.bounds for part in mask.parts if part.kind == "asn" and part.bounds is not None]
    numbers = [number for bound in bounds for number in (bound.first, bound.last) if number is not None]
    return _check_numbers(numbers, scope, "a place of a path mask")


def _first(messages: Iterable[str | None]) -> str | None:
    return next(filter(None, messages), None)


_EQUALITY: Final = MappingProxyType({"=": "never true", "!=": "always true"})
_MATCHING: Final = frozenset({"~", "!~"})
_TWINS: Final[Types] = frozenset({Type.IP, Type.QUAD})
_PREFIX: Final[Types] = frozenset({Type.PREFIX})
_CHECKS: Final[Mapping[type[Node], Callable[[Any, Scope], str | None]]] = MappingProxyType(
    {
        syntax.Not: _check_not,
        syntax.Binary: _check_binary,
        syntax.Logical: _check_logical,
        syntax.Call: _check_call,
        syntax.Builtin: _check_builtin,
        syntax.RoaCheck: _check_roa,
        syntax.Method: _check_method,
        syntax.PairExpression: _check_pair,
        syntax.LargeCommunityExpression: _check_large_community,
        syntax.ExtendedCommunityExpression: _check_extended_community,
        syntax.MaskLiteral: _check_mask,
    }
)
