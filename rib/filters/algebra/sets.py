"""Sets of anything but prefixes: ``[1, 3..5]``, ``[(65000, *)]``, ``[1.2.3.4]``, ``[(rt, 10, *)]``."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias, cast

from rib.filters.algebra.constructors import GENERIC, extended_community
from rib.filters.algebra.prefix_sets import PrefixRange, PrefixSet
from rib.filters.algebra.rows import Rows, are_alone, are_too_many, numbered
from rib.filters.algebra.spans import FIRST, Numbers, Span, overlap
from rib.filters.errors import RunError
from rib.filters.values import (
    WORD,
    Address,
    EnumValue,
    ExtendedCommunity,
    LargeCommunity,
    Pair,
    Prefix,
    Quad,
    Type,
)

_HALF: Final = 0xFFFF
_SEARCH: Final = 64
"""Sixty-fourths of a microsecond, about, to look for a value where there is more than a hash."""
_IPV6: Final = 1 << 128
"""Added to IPv6 addresses, so that those of IPv4 are other numbers."""


def _number_of_address(address: Address) -> int:
    return int.from_bytes(address) + (_IPV6 if len(address) == 16 else 0)


def _address_of_number(number: int) -> Address:
    return Address((number - _IPV6).to_bytes(16) if number >= _IPV6 else number.to_bytes(4))


def _number_of_large_community(community: LargeCommunity) -> int:
    return community[0] << 64 | community[1] << 32 | community[2]


def _large_community_of_number(number: int) -> LargeCommunity:
    return LargeCommunity(number >> 64, number >> 32 & WORD, number & WORD)


_NUMBER_OF_CONSTANT: Final[Callable[[EnumValue], int]] = itemgetter(1)
_NUMBERS: Final[Mapping[Type, tuple[Callable[[Any], int], Callable[[int], Any]]]] = MappingProxyType(
    {
        Type.INT: (int, int),
        Type.PAIR: (int, Pair),
        Type.QUAD: (int, Quad),
        Type.EC: (int, ExtendedCommunity),
        Type.LC: (_number_of_large_community, _large_community_of_number),
        Type.IP: (_number_of_address, _address_of_number),
    }
)
"""How values of a type become numbers, and these become values again; other types are enumerations."""
_ITEM_TYPES: Final[Mapping[type, Type]] = MappingProxyType(
    {
        int: Type.INT,
        Pair: Type.PAIR,
        Quad: Type.QUAD,
        ExtendedCommunity: Type.EC,
        LargeCommunity: Type.LC,
        Address: Type.IP,
    }
)


def numbers_of(kind: Type) -> tuple[Callable[[Any], int], Callable[[int], Any]]:
    """Return what makes a value of a type a number, and a number a value."""
    return _NUMBERS.get(kind) or (_NUMBER_OF_CONSTANT, lambda number: EnumValue(kind, number))


class ValueSet:
    """Values of one type; an empty set is of type VOID. Immutable."""

    __slots__ = (
        "_has_more",
        "_has_number",
        "_items",
        "_number_of",
        "_numbers",
        "_rows",
        "_values",
        "item_type",
        "weight",
    )

    def __init__(self, item_type: Type, items: Iterable[Span | Rows] = ()) -> None:
        self.item_type = item_type
        self._items = tuple(items)
        self._rows = tuple(item for item in self._items if isinstance(item, Rows))
        alone = [item for item in self._items if not isinstance(item, Rows)]
        is_simple = are_alone(self._rows, self._items) and not overlap(sorted(alone))
        if is_simple or are_too_many(self._rows):
            self._numbers = Numbers(alone)
        else:
            self._rows = ()
            self._numbers = Numbers(self._spans())
        self._number_of, value_of = numbers_of(item_type)
        self._values = frozenset(map(value_of, self._numbers.singles))
        self._has_more = self._numbers.has_ranges or bool(self._rows)
        self._has_number = self._is_in_rows if self._rows else self._numbers.in_ranges
        self.weight: Final = _SEARCH * (len(self._rows) + self._numbers.has_ranges + (item_type is Type.IP))
        """What it takes to look a value up: sixty-fourths of a microsecond, beyond the first."""

    @classmethod
    def of(cls, item_type: Type, *items: object) -> "ValueSet":
        """Return the set of these values and ``(first, last)`` tuples of them."""
        number_of, _ = numbers_of(item_type)
        bounds = (item if type(item) is tuple else (item, item) for item in items)
        return cls(item_type, [(number_of(first), number_of(last)) for first, last in bounds])

    def __contains__(self, value: object) -> bool:
        """Tell whether a value, which must be of the type of the items, is found."""
        return value in self._values or (self._has_more and self._has_number(self._number_of(value)))

    def has_any(self, values: Iterable[object]) -> bool:
        """Tell whether one of the values, which must be of the type of the items, is found."""
        if not self._has_more:
            return not self._values.isdisjoint(values)
        singles, number_of, has_number = self._values, self._number_of, self._has_number
        for value in values:  # noqa: SIM110 - this is what filters do most
            if value in singles or has_number(number_of(value)):
                return True
        return False

    def _is_in_rows(self, number: int) -> bool:
        return self._numbers.in_ranges(number) or any(row.has(number) for row in self._rows)

    @property
    def single_values(self) -> frozenset[Any] | None:
        """The values, if there are no ranges of them."""
        return None if self._has_more else self._values

    @property
    def is_empty(self) -> bool:
        """Whether it is ``[]``, which goes with every type."""
        return self.item_type is Type.VOID

    @property
    def takes_quads(self) -> bool:
        """Whether quads can be in it: they are the same as IPv4 addresses."""
        return self.item_type is Type.QUAD or (
            self.item_type is Type.IP and next(self._spans(), (_IPV6,))[0] < _IPV6
        )

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Yield the first and the last value of each item, in BIRD's order: by the first, then as written."""
        _, value_of = numbers_of(self.item_type)
        for first, last in self._spans():
            yield value_of(first), value_of(last)

    def _spans(self) -> Iterator[Span]:
        alone = [item for item in self._items if not isinstance(item, Rows)]
        if len(alone) == len(self._items):
            return iter(sorted(alone, key=FIRST))
        spans = merge(*(numbered(position, item) for position, item in enumerate(self._items)))
        return ((first, last) for first, _, last in spans)

    def __eq__(self, other: object) -> bool:
        """Tell whether two sets have been written with the same items."""
        return (
            isinstance(other, ValueSet)
            and (self.item_type is other.item_type or (self.takes_quads and other.takes_quads))
            and tuple(self._spans()) == tuple(other._spans())
        )

    def __hash__(self) -> int:
        return hash(tuple(islice(self._spans(), 3)))


Place: TypeAlias = tuple[Any, Any] | None


class TupleBounds(NamedTuple):
    """``(1, 2..5)`` or ``(rt, 10, *)`` in a set: first and last of each place, None where any will do."""

    kind: int | None
    """Of an extended community."""
    places: tuple[Place, ...]


Item: TypeAlias = tuple[Any, Any] | TupleBounds | PrefixRange
INCOMPATIBLE: Final = "Set-incompatible type"
_NO_NUMBER: Final = "Integer expression expected"


def make_set(items: Sequence[Item]) -> ValueSet | PrefixSet:
    """Return the set of these items, which must be of one type. Raises RunError."""
    patterns = [_pattern(item) for item in items if _is_pattern(item)]
    bounds = [_bounds(item) for item in items if not _is_pattern(item)]
    kinds = {kind for item in bounds for kind in _item_types(item)} | {Type.PREFIX for _ in patterns}
    if len(kinds) > 1:
        raise RunError(INCOMPATIBLE)
    if patterns:
        return PrefixSet(patterns)
    kind = next(iter(kinds), Type.VOID)
    number_of, _ = numbers_of(kind)
    spans = [item if isinstance(item, Rows) else (number_of(item[0]), number_of(item[1])) for item in bounds]
    if kind is Type.PAIR:
        _check_order(span for span in spans if not isinstance(span, Rows))
    return ValueSet(kind, spans)


def _is_pattern(item: Item) -> bool:
    return isinstance(item, PrefixRange) or type(item[0]) is Prefix


def _pattern(item: Item) -> PrefixRange:
    """A prefix alone is only itself."""
    if isinstance(item, PrefixRange):
        return item
    prefix, last = cast("tuple[Any, Any]", item)
    if prefix != last:
        raise RunError(INCOMPATIBLE)
    return PrefixRange(prefix, prefix.length, prefix.length)


def _item_types(item: tuple[Any, Any] | Rows) -> Iterable[Type]:
    return (Type.PAIR,) if isinstance(item, Rows) else map(_item_type, item)


def _item_type(value: object) -> Type:
    kind = value.type if type(value) is EnumValue else _ITEM_TYPES.get(type(value))
    if kind is None:
        raise RunError(INCOMPATIBLE)
    return kind


def _bounds(item: Item) -> tuple[Any, Any] | Rows:
    if not isinstance(item, TupleBounds):
        first, last = cast("tuple[Any, Any]", item)
        return first, last
    if item.kind is not None:
        return _extended_communities(item.kind, item.places)
    return _pairs(item.places) if len(item.places) == 2 else _large_communities(item.places)


def _pairs(places: Sequence[Place]) -> tuple[Pair, Pair] | Rows:
    """Where the second half is all there is, rows that follow one another are one range."""
    spans = [_numbers(place, _HALF) for place in places]
    for _, last in spans:
        _check_half(last)
    _check_order(spans)
    (first_row, last_row), (first, last) = spans
    if first_row == last_row or (first, last) == (0, _HALF):
        return Pair(first_row << 16 | first), Pair(last_row << 16 | last)
    return Rows(range(first_row, last_row + 1), range(first, last + 1))


def _large_communities(places: Sequence[Place]) -> tuple[LargeCommunity, LargeCommunity]:
    """Behind a place that can be several numbers, all must be ``*``: then it is one range."""
    spans = [_numbers(place, WORD) for place in places]
    several = [first != last for first, last in spans]
    if any(several) and any(place is not None for place in places[several.index(True) + 1 :]):
        raise RunError("Only * can follow a range in a large community")
    return LargeCommunity(*(first for first, _ in spans)), LargeCommunity(*(last for _, last in spans))


def _extended_communities(kind: int, places: Sequence[Place]) -> tuple[ExtendedCommunity, ExtendedCommunity]:
    """The value has two octets where the key needs four."""
    key = None if places[0] is None else places[0][0]
    if _item_type(key) not in (Type.INT, Type.IP, Type.QUAD):
        raise RunError(_NO_NUMBER)
    is_wide = kind == GENERIC or (type(key) is int and key <= _HALF)
    first, last = _numbers(places[1], WORD if is_wide else _HALF)
    if not is_wide:
        _check_half(max(first, last))
    return extended_community(kind, key, first), extended_community(kind, key, last)


def _numbers(place: Place, highest: int) -> Span:
    first, last = (0, highest) if place is None else place
    if type(first) is not int or type(last) is not int:
        raise RunError(_NO_NUMBER)
    return first, last


def _check_half(number: int) -> None:
    if number > _HALF:
        raise RunError(f"Value {number} out of range (0-65535)")


def _check_order(spans: Iterable[Span]) -> None:
    if any(first > last for first, last in spans):
        raise RunError("From value cannot be higher that To value in pair sets")
