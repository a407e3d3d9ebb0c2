"""AS_PATH path attribute (RFC 4271 §4.3, §5.1.2; RFC 5065; RFC 6793)."""

from collections.abc import Callable, Iterator
from struct import Struct, pack, unpack_from
from typing import ClassVar, Final, NamedTuple, Self

from messages.attributes.attribute import WELL_KNOWN, Attribute
from messages.context import Context
from messages.errors import MalformedValueError
from messages.iana import AttributeCode, SegmentType

_SEGMENT_HEADER: Final = Struct("!BB")
_FIRST_OF_SEQUENCE: Final = Struct("!BBI")
_AS_ZERO: Final = {2: b"\0\0", 4: b"\0\0\0\0"}
_LETTER: Final = {2: "H", 4: "I"}
_LONGEST_SEGMENT: Final = 255
_LONGEST_PATH: Final = 0xF000
"""Octets; what is longer leaves no room for ASes before it in the 65,535 that an attribute can have."""
_SETS: Final = (SegmentType.AS_SET, SegmentType.AS_CONFED_SET)
_CONFEDERATION: Final = (SegmentType.AS_CONFED_SEQUENCE, SegmentType.AS_CONFED_SET)
_MEMBERS_FIRST: Final = bytes((SegmentType.AS_CONFED_SEQUENCE,))
_BRACKETS: Final = {
    SegmentType.AS_SET: ("{", "}"),
    SegmentType.AS_SEQUENCE: ("", ""),
    SegmentType.AS_CONFED_SEQUENCE: ("(", ")"),
    SegmentType.AS_CONFED_SET: ("({", "})"),
}


class Segment(NamedTuple):
    """One path segment (RFC 4271 §4.3)."""

    kind: int
    asns: tuple[int, ...]

    @property
    def length(self) -> int:
        """What the segment adds to the path length (RFC 4271 §9.1.2.2 a, RFC 5065 §5.3)."""
        if self.kind == SegmentType.AS_SEQUENCE:
            return len(self.asns)
        return 1 if self.kind == SegmentType.AS_SET else 0

    def encode(self, as_number_octets: int = 4) -> bytes:
        """Return the wire form: several segments if there are more ASes than one can count."""
        return b"".join(
            self._pack(self.asns[start : start + _LONGEST_SEGMENT], _LETTER[as_number_octets])
            for start in range(0, len(self.asns), _LONGEST_SEGMENT)
        )

    def _pack(self, asns: tuple[int, ...], letter: str) -> bytes:
        return pack(f"!BB{len(asns)}{letter}", self.kind, len(asns), *asns)

    def translate(self, change: Callable[[int], int | None]) -> "Segment":
        """Return the segment with every AS changed, or left out where ``change`` returns None."""
        asns = tuple(changed for changed in map(change, self.asns) if changed is not None)
        return Segment(self.kind, tuple(dict.fromkeys(asns)) if self.kind in _SETS else asns)

    def __str__(self) -> str:
        before, after = _BRACKETS[SegmentType(self.kind)]
        return before + " ".join(map(str, self.asns)) + after


def read_segments(value: bytes, as_number_octets: int = 4) -> Iterator[Segment]:
    """Yield the segments of a value that has passed ``check_segments``."""
    position, end = 0, len(value)
    letter = _LETTER[as_number_octets]
    while position < end:
        kind, count = value[position], value[position + 1]
        yield Segment(kind, unpack_from(f"!{count}{letter}", value, position + 2))
        position += 2 + count * as_number_octets


def check_segments(value: bytes, as_number_octets: int, last_kind: int) -> None:
    """Complain about unknown, empty or overlong segments (RFC 7606 §7.2) and AS 0 (RFC 7607 §2).

    ``last_kind`` is AS_SEQUENCE where confederation segments must not be (RFC 5065 §5).
    """
    position, end = 0, len(value)
    while position < end:
        if end - position < 2:
            raise MalformedValueError("one octet is left after the last segment")
        kind, count = value[position], value[position + 1]
        if not 0 < kind <= last_kind:
            raise MalformedValueError(f"segment type {kind} is unknown or not allowed here")
        if not count:
            raise MalformedValueError("empty segment")
        position += 2 + count * as_number_octets
    if position > end:
        raise MalformedValueError(f"the last segment overruns the attribute by {position - end} octets")
    if _AS_ZERO[as_number_octets] in value and any(
        0 in segment.asns for segment in read_segments(value, as_number_octets)
    ):
        raise MalformedValueError("AS 0 in the path")


class AsPath:
    """A path as its wire form with AS numbers of four octets; immutable, equal if the octets are."""

    __slots__ = ("wire",)

    EMPTY: ClassVar["AsPath"]

    def __init__(self, wire: bytes) -> None:
        self.wire = wire

    @classmethod
    def of(cls, *asns: int) -> Self:
        """Return the path of one AS_SEQUENCE."""
        return cls(Segment(SegmentType.AS_SEQUENCE, asns).encode() if asns else b"")

    @classmethod
    def from_segments(cls, *segments: Segment) -> Self:
        """Return the path of these segments."""
        return cls(b"".join(segment.encode() for segment in segments))

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The path in pieces."""
        return tuple(read_segments(self.wire))

    @property
    def length(self) -> int:
        """The number of ASes: a set is one (RFC 4271 §9.1.2.2 a), the confederation none (RFC 5065 §5.3)."""
        wire = self.wire
        if not wire:
            return 0
        if wire[0] == SegmentType.AS_SEQUENCE and len(wire) == 2 + 4 * wire[1]:
            return wire[1]
        return sum(segment.length for segment in read_segments(wire))

    @property
    def neighbor_as(self) -> int:
        """The AS the route came from: the first of the leading AS_SEQUENCE, 0 if there is none.

        Segments of the own confederation come before it (RFC 5065 §5.3).
        """
        wire = self.wire
        if wire and wire[0] == SegmentType.AS_SEQUENCE:
            return int.from_bytes(wire[2:6])
        for segment in read_segments(wire):
            if segment.kind <= SegmentType.AS_SEQUENCE:
                return segment.asns[0] if segment.kind == SegmentType.AS_SEQUENCE else 0
        return 0

    @property
    def origin_as(self) -> int:
        """The last AS, or the first of a set that ends the path; 0 if the path is empty."""
        last = Segment(SegmentType.AS_SEQUENCE, (0,))
        for segment in read_segments(self.wire):
            last = segment
        return last.asns[0 if last.kind in _SETS else -1]

    def count(self, asn: int) -> int:
        """Return how often ``asn`` is in the path, in whatever segment (RFC 4271 §9.1.2)."""
        if asn.to_bytes(4) not in self.wire:
            return 0
        return sum(segment.asns.count(asn) for segment in read_segments(self.wire))

    def count_in_confederation(self, asn: int) -> int:
        """Return how often ``asn`` is a member AS on the way through our confederation (RFC 5065 §4)."""
        return sum(segment.asns.count(asn) for segment in self.segments if segment.kind in _CONFEDERATION)

    @property
    def begins_in_confederation(self) -> bool:
        """Whether it came from another member AS of our confederation (RFC 5065 §5)."""
        return self.wire[:1] == _MEMBERS_FIRST

    def without_confederation(self) -> "AsPath":
        """Return the path as those outside of our confederation see it (RFC 5065 §4.1 c)."""
        if not any(kind in self.wire for kind in _CONFEDERATION):  # most paths need no walk
            return self
        return AsPath.from_segments(
            *(segment for segment in self.segments if segment.kind not in _CONFEDERATION)
        )

    def translate(self, change: Callable[[int], int | None]) -> "AsPath":
        """Return the path with every AS changed, or left out where ``change`` returns None."""
        return AsPath.from_segments(*(segment.translate(change) for segment in self.segments))

    def prepend(self, asn: int, times: int = 1, kind: int = SegmentType.AS_SEQUENCE) -> "AsPath":
        """Return the path with ``asn`` before it (RFC 4271 §5.1.2 b); what is behind is copied unread.

        Inside a confederation ``kind`` is AS_CONFED_SEQUENCE (RFC 5065 §4.1 b).
        """
        wire = self.wire
        if times == 1 and wire and wire[0] == kind and wire[1] < _LONGEST_SEGMENT:
            return AsPath(_FIRST_OF_SEQUENCE.pack(kind, wire[1] + 1, asn) + wire[2:])
        first = asn.to_bytes(4)
        while times > 0:
            count = wire[1] if wire and wire[0] == kind else 0
            if count in (0, _LONGEST_SEGMENT):  # no sequence to extend, or a full one: a new segment
                added, behind = min(times, _LONGEST_SEGMENT), wire
                count = 0
            else:
                added, behind = min(times, _LONGEST_SEGMENT - count), wire[2:]
            wire = _SEGMENT_HEADER.pack(kind, count + added) + first * added + behind
            times -= added
        return AsPath(wire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsPath) and self.wire == other.wire

    def __hash__(self) -> int:
        return hash(self.wire)

    def __str__(self) -> str:
        return " ".join(map(str, read_segments(self.wire)))

    def __repr__(self) -> str:
        return f"<AsPath {self}>"


AsPath.EMPTY = AsPath(b"")


def check_length(octets: int) -> None:
    """Complain about a path that could not be passed on; only long messages can hold one (RFC 8654)."""
    if octets > _LONGEST_PATH:
        raise MalformedValueError(f"a path of {octets} octets is longer than {_LONGEST_PATH}")


def _check(value: bytes, context: Context) -> None:
    check_length(len(value))
    last_kind = SegmentType.AS_SEQUENCE if context.external else SegmentType.AS_CONFED_SET
    check_segments(value, context.as_number_octets, last_kind)


def _encode(path: AsPath) -> bytes:
    return path.wire


AS_PATH: Final = Attribute(
    code=AttributeCode.AS_PATH,
    name="as_path",
    flags=WELL_KNOWN,
    check=_check,
    decode=AsPath,
    encode=_encode,
    render=str,
)
