"""Path attributes that belong together: checked once, shared, and decoded when somebody asks."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar, overload

from messages.as_numbers import widen
from messages.attribute_check import check_attributes, missing, sound_attributes, welcome, withdraws
from messages.attributes import AS_PATH, ATTRIBUTES, MP_REACH_NLRI, NEXT_HOP, ORIGIN
from messages.attributes.attribute import (
    EXTENDED_LENGTH,
    OPTIONAL_TRANSITIVE,
    PARTIAL,
    Attribute,
    shortened,
    value_of,
    wrap,
)
from messages.attributes.next_hop import check_host
from messages.context import Context
from messages.errors import AttributeFlaw, Malformed, MalformedValueError
from messages.families import IPV4_UNICAST
from messages.plain_attributes import plain_attributes
from messages.weak_table import WeakTable

T = TypeVar("T")
D = TypeVar("D")


class AttributeSet:
    """One distinct set of path attributes; immutable, compared by identity.

    ``wire`` holds the attributes in the order of their types, whatever session they came from: AS numbers
    have four octets, AS4_PATH and AS4_AGGREGATOR are merged into what they stand for, and NEXT_HOP is the
    next hop even if MP_REACH_NLRI brought it (then with 4, 16 or 32 octets). MP_REACH_NLRI and
    MP_UNREACH_NLRI carry prefixes and are no part of it.
    """

    __slots__ = ("__weakref__", "_pieces", "_values", "wire")

    flaws: Sequence[AttributeFlaw] = ()
    """What was discarded when the set was read (RFC 7606 §2)."""
    local: Mapping[str, Any] = MappingProxyType({})
    """What filters noted beside it, by name (``krt_metric``); no neighbor is sent any of it."""

    def __init__(self, wire: bytes, pieces: dict[int, bytes] | None = None) -> None:
        self.wire = wire
        self._pieces = pieces
        self._values: dict[int, Any] | None = None

    @classmethod
    def of(cls, values: Mapping[Attribute[Any], Any]) -> "AttributeSet":
        """Return the set of these values."""
        return AttributeSet(b"").replace(values)

    @overload
    def get(self, row: Attribute[T]) -> T | None: ...

    @overload
    def get(self, row: Attribute[T], default: D) -> T | D: ...

    def get(self, row: Attribute[T], default: D | None = None) -> T | D | None:
        """Return the value of an attribute, decoded on first demand."""
        code = row.code
        values = self._values
        if values is None:
            values = self._values = {}
        elif code in values:
            known: T = values[code]
            return known
        piece = (self._pieces or self.pieces()).get(code)
        if piece is None:
            return default
        value = values[code] = row.decode(value_of(piece))
        return value

    def __contains__(self, row: Attribute[Any]) -> bool:
        return row.code in (self._pieces or self.pieces())

    def pieces(self) -> dict[int, bytes]:
        """Return the whole attributes by code, in the order of the wire; not to be changed."""
        if self._pieces is None:
            self._pieces = _cut(self.wire)
        return self._pieces

    def items(self) -> Iterator[tuple[int, Attribute[Any] | None, Any, int]]:
        """Yield code, row, value and flags of each attribute; an unknown one has no row and is bytes."""
        for code, piece in self.pieces().items():
            row = ATTRIBUTES.get(code)
            yield code, row, value_of(piece) if row is None else self.get(row), piece[0]

    def forget(self) -> None:
        """Drop what can be had again from the wire form: most sets are asked only once."""
        self._pieces = self._values = None

    def replace(self, values: Mapping[Attribute[Any], Any]) -> "AttributeSet":
        """Return a set in which these attributes have these values; None removes one.

        The others are copied unread. The Partial bit stays once it is set (RFC 4271 §4.3).
        """
        before = self._pieces or self.pieces()
        pieces = before.copy()
        for row, value in values.items():
            code, flags = row.code, row.flags
            if value is None:
                pieces.pop(code, None)
                continue
            if flags == OPTIONAL_TRANSITIVE and code in before:
                flags |= before[code][0] & PARTIAL
            pieces[code] = wrap(flags, code, row.encode(value))
        if not pieces.keys() <= before.keys():
            pieces = in_order(pieces)
        wire = b"".join(pieces.values())
        return _AnnotatedAttributeSet(wire, pieces, self.local) if self.local else AttributeSet(wire, pieces)

    def annotated(self, local: Mapping[str, Any]) -> "AttributeSet":
        """Return the same attributes with these notes beside them."""
        if local == self.local:
            return self
        if not local:
            return AttributeSet(self.wire, self._pieces)
        return _AnnotatedAttributeSet(self.wire, self._pieces, local)

    def says_the_same_as(self, other: "AttributeSet") -> bool:
        """Tell whether there is no difference, neither for neighbors nor for ourselves."""
        return self.wire == other.wire and self.local == other.local

    def __repr__(self) -> str:
        return f"<AttributeSet {self.wire.hex()}>"


class _FlawedAttributeSet(AttributeSet):
    """A set some attributes of which were discarded; sound sets do not pay for the memory of it."""

    __slots__ = ("flaws",)

    def __init__(self, wire: bytes, pieces: dict[int, bytes], flaws: Sequence[AttributeFlaw]) -> None:
        super().__init__(wire, pieces)
        self.flaws = flaws


class _AnnotatedAttributeSet(AttributeSet):
    """A set with something noted beside it; others do not pay for the memory of it."""

    __slots__ = ("local",)

    def __init__(self, wire: bytes, pieces: dict[int, bytes] | None, local: Mapping[str, Any]) -> None:
        super().__init__(wire, pieces)
        self.local = local


def _cut(wire: bytes) -> dict[int, bytes]:
    """Cut attributes that have been checked into pieces."""
    pieces = {}
    position, end = 0, len(wire)
    while position < end:
        if wire[position] & EXTENDED_LENGTH:
            stop = position + 4 + (wire[position + 2] << 8 | wire[position + 3])
        else:
            stop = position + 3 + wire[position + 2]
        pieces[wire[position + 1]] = wire[position:stop]
        position = stop
    return pieces


def in_order(pieces: dict[int, bytes]) -> dict[int, bytes]:
    """Return the attributes in the order of their types (RFC 4271 §5)."""
    return {code: pieces[code] for code in sorted(pieces)}


class AttributeSetTable:
    """All attribute sets read under one context; a set lives as long as somebody uses it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.plain_ipv4: Final = (
            IPV4_UNICAST in context.families and IPV4_UNICAST not in context.add_path_receive
        )
        """Whether the classic fields of an UPDATE hold prefixes, as they nearly always do."""
        self._welcome = welcome(context)
        self.plain: Final = plain_attributes(self._welcome, context)
        """Returns a path attributes field if it is plain; then its octets say all there is to know."""
        self._classic: WeakTable[bytes, AttributeSet] = WeakTable()
        self._multiprotocol: WeakTable[bytes, AttributeSet] = WeakTable()

    def __len__(self) -> int:
        return len(self._classic) + len(self._multiprotocol)

    def intern(
        self, raw: bytes, next_hop: bytes = b""
    ) -> tuple[AttributeSet | None, Sequence[AttributeFlaw]]:
        """Return the one set that these octets mean, and the flaws found in them.

        ``raw`` is a path attributes field without MP_REACH_NLRI and MP_UNREACH_NLRI, ``next_hop`` that of
        MP_REACH_NLRI if the set is for its prefixes. There is no set where routes are treated as withdrawn.
        """
        sets, key, mandatory = self._place(raw, next_hop)
        known = sets.get(key) or self._learn(raw, next_hop)
        if known is not None:
            return known, known.flaws
        pieces, flaws = check_attributes(raw, self.context)
        flaws += [*missing(mandatory, pieces, flaws), *_next_hop_flaws(next_hop)]
        if withdraws(flaws):
            return None, flaws
        try:
            new = self._make(b"", pieces, next_hop, flaws)
        except MalformedValueError as error:
            reason = AttributeFlaw(AS_PATH.code, AS_PATH.on_malformed, str(error), pieces[AS_PATH.code])
            return None, [*flaws, reason]
        sets.put(key, new)
        return new, flaws

    def _learn(self, raw: bytes, next_hop: bytes = b"") -> AttributeSet | None:
        """Return the new set for attributes that are complete and without any oddity, else None.

        If MP_REACH_NLRI or MP_UNREACH_NLRI is among them, that is an oddity, too.
        """
        sets, key, mandatory = self._place(raw, next_hop)
        pieces = sound_attributes(raw, self._welcome, self.context)
        if pieces is None or not pieces.keys() >= mandatory or _next_hop_flaws(next_hop):
            return None
        try:
            new = self._make(raw, pieces, next_hop)
        except MalformedValueError:
            return None
        sets.put(key, new)
        return new

    def _place(
        self, raw: bytes, next_hop: bytes
    ) -> tuple[WeakTable[bytes, AttributeSet], bytes, frozenset[int]]:
        """Return the table for a set, its key there, and the attributes that it must have."""
        if next_hop:
            return self._multiprotocol, bytes((len(next_hop),)) + next_hop + raw, _MANDATORY_BESIDES_NEXT_HOP
        return self._classic, raw, _MANDATORY

    def _make(
        self, raw: bytes, pieces: dict[int, bytes], next_hop: bytes, flaws: Sequence[AttributeFlaw] = ()
    ) -> AttributeSet:
        """Bring what has passed the check into canonical form; ``raw``, if given, most often has it.

        Raises ``MalformedValueError`` if AS numbers of four octets make the path too long.
        """
        changed = _tidy(pieces) or not raw
        path = pieces[AS_PATH.code]
        if path[0] & EXTENDED_LENGTH:
            pieces[AS_PATH.code] = shortened(path)
            changed = True
        if next_hop:  # RFC 4760 §3: this one is used, whatever NEXT_HOP says
            pieces[NEXT_HOP.code] = wrap(NEXT_HOP.flags, NEXT_HOP.code, next_hop)
            changed = True
        if self.context.as_number_octets == 2:
            widen(pieces)
            changed = True
        if changed:
            pieces = in_order(pieces)
            raw = b"".join(pieces.values())
        return _FlawedAttributeSet(raw, pieces, flaws) if flaws else AttributeSet(raw, pieces)


def _next_hop_flaws(next_hop: bytes) -> Sequence[AttributeFlaw]:
    """Routes whose next hop in MP_REACH_NLRI can be nobody are ignored (RFC 4271 §6.3)."""
    if next_hop:
        try:
            check_host(next_hop)
        except MalformedValueError as error:
            return (AttributeFlaw(MP_REACH_NLRI.code, Malformed.TREAT_AS_WITHDRAW, str(error), next_hop),)
    return ()


def _tidy(pieces: dict[int, bytes]) -> bool:
    """Remove from the attributes what must not be passed on; tell whether there was anything."""
    found = False
    for code, tidy in _TIDIED:
        if code in pieces:
            value = value_of(pieces[code])
            tidied = tidy(value)
            if tidied is not value:
                pieces[code] = wrap(pieces[code][0], code, tidied)
                found = True
    return found


_TIDIED: Final = tuple((row.code, row.tidy) for row in ATTRIBUTES.values() if row.tidy)


_MANDATORY_BESIDES_NEXT_HOP: Final = frozenset({int(ORIGIN.code), int(AS_PATH.code)})
_MANDATORY: Final = _MANDATORY_BESIDES_NEXT_HOP | {int(NEXT_HOP.code)}
"""Well-known mandatory attributes (RFC 4271 §5); with MP_REACH_NLRI the next hop is there (RFC 4760 §3)."""
