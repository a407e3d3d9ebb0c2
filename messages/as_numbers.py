"""AS numbers of two octets on the wire, of four everywhere else (RFC 6793 §4.2).

A neighbor without the capability FOUR_OCTET_AS is sent AS_TRANS for what does not fit, and the truth in
AS4_PATH and AS4_AGGREGATOR. Both functions work on whole attributes by code, in place.
"""

from collections.abc import Iterator
from typing import Final

from messages.attributes.aggregator import Aggregator, decode_aggregator, encode_aggregator
from messages.attributes.as4_aggregator import AS4_AGGREGATOR
from messages.attributes.as4_path import AS4_PATH
from messages.attributes.as_path import AsPath, Segment, check_length, read_segments
from messages.attributes.attribute import value_of, wrap
from messages.iana import AS_TRANS, AttributeCode, SegmentType

_LARGEST_OF_TWO_OCTETS: Final = 0xFFFF


def widen(pieces: dict[int, bytes]) -> None:
    """Merge what a neighbor of 2-octet AS numbers sent into the canonical form (RFC 6793 §4.2.3).

    Raises ``MalformedValueError`` if the path is too long in that form.
    """
    as4_path = pieces.pop(AttributeCode.AS4_PATH, None)
    as4_aggregator = pieces.pop(AttributeCode.AS4_AGGREGATOR, None)
    aggregator = pieces.get(AttributeCode.AGGREGATOR)
    if aggregator is not None:
        value = value_of(aggregator)
        if as4_aggregator is None:
            wide = b"\0\0" + value
        elif int.from_bytes(value[:2]) == AS_TRANS:
            wide = value_of(as4_aggregator)
        else:  # an old speaker aggregated after AS4_* were made: they describe another route
            wide, as4_path = b"\0\0" + value, None
        pieces[AttributeCode.AGGREGATOR] = wrap(aggregator[0], AttributeCode.AGGREGATOR, wide)
    as_path = pieces[AttributeCode.AS_PATH]
    path = AsPath.from_segments(*read_segments(value_of(as_path), 2))
    if as4_path is not None:
        path = _merge(path, AsPath(value_of(as4_path)))
    check_length(len(path.wire))
    pieces[AttributeCode.AS_PATH] = wrap(as_path[0], AttributeCode.AS_PATH, path.wire)


def _merge(as_path: AsPath, as4_path: AsPath) -> AsPath:
    """Return AS4_PATH behind the ASes that were added in front of it since (RFC 6793 §4.2.3)."""
    tail = AsPath.from_segments(*_without_confederation(as4_path))
    added = as_path.length - tail.length
    if added < 0:
        return as_path
    return AsPath(AsPath.from_segments(*_leading(as_path, added)).wire + tail.wire)


def _leading(path: AsPath, length: int) -> Iterator[Segment]:
    """Yield the front of a path, of this length, with the confederation segments next to it."""
    for segment in path.segments:
        if segment.kind <= SegmentType.AS_SEQUENCE:
            if not length:
                return
            if segment.length > length:
                yield Segment(segment.kind, segment.asns[:length])
                return
            length -= segment.length
        yield segment


def _without_confederation(path: AsPath) -> Iterator[Segment]:
    """AS4_PATH does not carry AS_CONFED segments (RFC 6793 §3, §6)."""
    return (segment for segment in path.segments if segment.kind <= SegmentType.AS_SEQUENCE)


def narrow(pieces: dict[int, bytes]) -> None:
    """Put the attributes in the form for a neighbor of 2-octet AS numbers (RFC 6793 §4.2.2)."""
    as_path = pieces[AttributeCode.AS_PATH]
    path = AsPath(value_of(as_path))
    value = b"".join(_narrow_segment(segment).encode(2) for segment in path.segments)
    pieces[AttributeCode.AS_PATH] = wrap(as_path[0], AttributeCode.AS_PATH, value)
    as4_path = AsPath.from_segments(*_without_confederation(path))
    if any(asn > _LARGEST_OF_TWO_OCTETS for segment in as4_path.segments for asn in segment.asns):
        pieces[AS4_PATH.code] = wrap(AS4_PATH.flags, AS4_PATH.code, as4_path.wire)
    wire = pieces.get(AttributeCode.AGGREGATOR)
    if wire is not None:
        aggregator = decode_aggregator(value_of(wire))
        pieces[AttributeCode.AGGREGATOR] = wrap(
            wire[0], AttributeCode.AGGREGATOR, _narrow_aggregator(aggregator)
        )
        if aggregator.asn > _LARGEST_OF_TWO_OCTETS:
            value = encode_aggregator(aggregator)
            pieces[AS4_AGGREGATOR.code] = wrap(AS4_AGGREGATOR.flags, AS4_AGGREGATOR.code, value)


def _narrow(asn: int) -> int:
    return asn if asn <= _LARGEST_OF_TWO_OCTETS else AS_TRANS


def _narrow_segment(segment: Segment) -> Segment:
    return Segment(segment.kind, tuple(map(_narrow, segment.asns)))


def _narrow_aggregator(aggregator: Aggregator) -> bytes:
    return _narrow(aggregator.asn).to_bytes(2) + aggregator.address
