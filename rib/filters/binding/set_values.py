"""Sets and path masks as they are written become the values that filters work with."""

from collections.abc import Callable, Sequence
from typing import Any

from rib.filters.algebra.path_masks import mask_of
from rib.filters.algebra.prefix_sets import PrefixRange, PrefixSet
from rib.filters.algebra.sets import Item, TupleBounds, ValueSet, make_set
from rib.filters.errors import FilterError, Place, RunError
from rib.filters.syntax import (
    Bounds,
    Expression,
    Literal,
    MaskLiteral,
    MaskPart,
    PrefixPattern,
    SetItem,
    TupleItem,
)
from rib.filters.values import Address, Prefix


class SetMaker:
    """Works out the items of sets, which must be known before any route is there."""

    def __init__(self, evaluate: Callable[[Expression], Any]) -> None:
        self._evaluate = evaluate

    def make(self, items: Sequence[SetItem], place: Place) -> ValueSet | PrefixSet:
        """Return the set of resolved items. Raises FilterError."""
        try:
            return make_set([self._item(item) for item in items])
        except RunError as error:
            raise FilterError(place, str(error)) from None

    def _item(self, item: SetItem) -> Item:
        if isinstance(item, PrefixPattern):
            prefix = Prefix(Address(item.address), item.length)
            return PrefixRange(prefix, item.shortest, item.longest)
        if isinstance(item, TupleItem):
            return TupleBounds(item.kind, tuple(map(self._span, item.places)))
        if isinstance(item, Bounds) and item.first is item.last and item.first is not None:
            value = self._value(item.first)
            return value, value
        assert item.first is not None  # only a place of a tuple can be *
        assert item.last is not None
        return self._value(item.first), self._value(item.last)

    def _span(self, bounds: Bounds) -> tuple[Any, Any] | None:
        if bounds.first is None or bounds.last is None:
            return None
        return self._value(bounds.first), self._value(bounds.last)

    def _value(self, expression: Expression) -> Any:  # noqa: ANN401 - whatever can be in a set
        value = expression.value if isinstance(expression, Literal) else self._evaluate(expression)
        if value is None:
            raise RunError("Integer expression expected")
        return value

    def mask(self, mask: MaskLiteral) -> MaskLiteral | Literal:
        """Return a resolved mask as a value, if all its numbers are known."""
        known = [_known_values(part) for part in mask.parts]
        if not all(part is not None for part in known):
            return mask
        try:
            value = mask_of(*(part for part in known if part is not None))
        except RunError:
            return mask  # it fails when it is reached
        return Literal(value, at=mask.at)


def _known_values(part: MaskPart) -> tuple[Any, ...] | None:
    """Return a part of a mask as it is given to ``mask_of``; None if it is only known at run time."""
    ends = () if part.bounds is None else (part.bounds.first, part.bounds.last)
    values = [end.value for end in ends if isinstance(end, Literal)]
    if len(values) < sum(end is not None for end in ends):
        return None
    return (part.kind, *values)
