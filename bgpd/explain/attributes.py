"""Path attributes, one by one (RFC 4271 §4.3)."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from bgpd.explain.field import Fault, Reader, name_in
from bgpd.explain.layout import LEFT_OVER, Layout, Part, element_of, read_layout
from bgpd.explain.prefixes import read_prefixes
from messages.attributes import (
    ATTRIBUTES,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    IPV6_EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
)
from messages.attributes.attribute import EXTENDED_LENGTH, OPTIONAL, PARTIAL, TRANSITIVE, UNUSED
from messages.context import Context
from messages.families.prefix import render_address
from messages.iana import AFI, SAFI, AttributeCode, Origin, SegmentType

_HEADER_OCTETS: Final = 3
_TLV_HEADER_OCTETS: Final = 3
_METRIC_OCTETS: Final = 8
_ADDRESS_OCTETS: Final = (4, 16)


class Attribute(NamedTuple):
    """Where an attribute is."""

    offset: int
    code: int
    octets: bytes
    overruns: bool = False
    """Whether it has no end, or not even a whole header, in the path attributes."""


def attribute_name(code: int) -> str:
    """Return what the RFC calls the attribute."""
    name = _attribute_names(code)
    return f"Attribute {code}" if name == "unknown" else name


_attribute_names = name_in(AttributeCode)


def read_attributes(reader: Reader, context: Context) -> tuple[list[Attribute], list[Fault]]:
    """Read path attributes to their end, or to the first that overruns it."""
    found: list[Attribute] = []
    faults: list[Fault] = []
    while reader.left:
        offset = reader.offset
        octets = _octets_of_attribute(reader)
        if octets > reader.left or octets < _HEADER_OCTETS:
            begun = reader.peek(reader.left)
            found.append(Attribute(offset, int.from_bytes(begun[1:2]), begun, overruns=True))
            reader.rest(LEFT_OVER, "an attribute that overruns the path attributes")
            break
        whole = reader.peek(octets)
        found.append(Attribute(offset, whole[1], whole))
        faults += _read_attribute(reader.heading(attribute_name(whole[1]), octets), context)
    return found, faults


def _octets_of_attribute(reader: Reader) -> int:
    """Return the size of the next attribute, 0 if its header is cut off."""
    header = reader.peek(4)
    if len(header) < _HEADER_OCTETS:
        return 0
    if not header[0] & EXTENDED_LENGTH:
        return _HEADER_OCTETS + header[2]
    return 4 + int.from_bytes(header[2:]) if len(header) == 4 else 0


def _read_attribute(reader: Reader, context: Context) -> list[Fault]:
    flags = reader.peek(1)[0]
    reader.take("Attribute Flags", 1, f"0x{flags:02x}", _flag_names(flags))
    code = reader.number("Attribute Type Code", meaning=_attribute_names)
    reader.number("Attribute Length", 2 if flags & EXTENDED_LENGTH else 1)
    if code in _WITH_PREFIXES:
        return _WITH_PREFIXES[code](reader, context)
    as_number_octets = context.as_number_octets
    if code == AttributeCode.AS_PATH:
        _read_segments(reader, as_number_octets)
    elif code == AttributeCode.AS4_PATH:
        _read_segments(reader, 4)
    elif code == AttributeCode.AIGP:
        _read_tlvs(reader)
    elif code == AttributeCode.AGGREGATOR:
        read_layout(reader, _aggregator(as_number_octets))
    elif code in _LAYOUTS:
        read_layout(reader, _LAYOUTS[code])
    else:
        reader.rest("Value", "" if code in ATTRIBUTES else "of an attribute that is unknown here")
    return []


def _flag_names(flags: int) -> str:
    names = ["optional" if flags & OPTIONAL else "well-known"]
    names.append("transitive" if flags & TRANSITIVE else "non-transitive")
    names += ["partial"] * bool(flags & PARTIAL)
    names += ["extended length"] * bool(flags & EXTENDED_LENGTH)
    names += ["unused bits set"] * bool(flags & UNUSED)
    return ", ".join(names)


def _read_segments(reader: Reader, as_number_octets: int) -> None:
    """RFC 4271 §4.3, RFC 5065 §3."""
    while reader.left >= 2:
        reader.number("Path Segment Type", meaning=_segment_types)
        count = reader.number("Path Segment Length")
        for _ in range(count):
            if reader.left < as_number_octets:
                break
            reader.number("AS", as_number_octets)
    reader.rest(LEFT_OVER)


_segment_types = name_in(SegmentType)


def _read_tlvs(reader: Reader) -> None:
    """RFC 7311 §3; the length of a TLV counts its header."""
    while reader.left >= _TLV_HEADER_OCTETS:
        reader.number("TLV Type", meaning=lambda kind: "AIGP" if kind == 1 else "unknown")
        octets = reader.number("TLV Length", 2) - _TLV_HEADER_OCTETS
        if not 0 <= octets <= reader.left:
            break
        value = int.from_bytes(reader.peek(octets)) if octets == _METRIC_OCTETS else None
        reader.take("TLV Value", octets, value)
    reader.rest(LEFT_OVER)


def _read_reach(reader: Reader, context: Context) -> list[Fault]:
    """RFC 4760 §3."""
    if reader.left < 4:
        reader.rest(LEFT_OVER)
        return []
    afi, safi = _read_family(reader)
    octets = reader.number("Length of Next Hop")
    next_hop = reader.inner(octets)
    if next_hop.left == 32:  # RFC 2545 §3
        _take_address(next_hop, "Next Hop, global", 16)
        _take_address(next_hop, "Next Hop, link-local", 16)
    elif next_hop.left in _ADDRESS_OCTETS:
        _take_address(next_hop, "Next Hop", next_hop.left)
    next_hop.rest("Next Hop")
    reader.take("Reserved", 1, None)
    return read_prefixes(reader, afi, safi, context)


def _read_unreach(reader: Reader, context: Context) -> list[Fault]:
    """RFC 4760 §4."""
    if reader.left < 3:
        reader.rest(LEFT_OVER)
        return []
    return read_prefixes(reader, *_read_family(reader), context)


def _read_family(reader: Reader) -> tuple[int, int]:
    afi = reader.number("Address Family Identifier", 2, name_in(AFI))
    return afi, reader.number("Subsequent Address Family Identifier", 1, name_in(SAFI))


def _take_address(reader: Reader, name: str, octets: int) -> None:
    reader.take(name, octets, render_address(reader.peek(octets)))


def _aggregator(as_number_octets: int) -> Layout:
    return Layout((Part("AS", as_number_octets), Part("IP Address", 4, render_address)))


_WITH_PREFIXES: Final[Mapping[int, Callable[[Reader, Context], list[Fault]]]] = {
    AttributeCode.MP_REACH_NLRI: _read_reach,
    AttributeCode.MP_UNREACH_NLRI: _read_unreach,
}

_LAYOUTS: Final[Mapping[int, Layout]] = {
    AttributeCode.ORIGIN: Layout((Part("Origin", meaning=name_in(Origin)),)),
    AttributeCode.NEXT_HOP: Layout((Part("Next Hop", 4, render_address),)),
    AttributeCode.MULTI_EXIT_DISC: Layout((Part("Metric", 4),)),
    AttributeCode.LOCAL_PREF: Layout((Part("Degree of Preference", 4),)),
    AttributeCode.ATOMIC_AGGREGATE: Layout(),
    AttributeCode.COMMUNITIES: Layout(repeated=(Part("Community", 4, element_of(COMMUNITIES)),)),
    AttributeCode.ORIGINATOR_ID: Layout((Part("Originator", 4, render_address),)),
    AttributeCode.CLUSTER_LIST: Layout(repeated=(Part("Cluster", 4, render_address),)),
    AttributeCode.EXTENDED_COMMUNITIES: Layout(
        repeated=(Part("Extended Community", 8, element_of(EXTENDED_COMMUNITIES)),)
    ),
    AttributeCode.AS4_AGGREGATOR: _aggregator(4),
    AttributeCode.LARGE_COMMUNITY: Layout(
        repeated=(Part("Large Community", 12, element_of(LARGE_COMMUNITIES)),)
    ),
    AttributeCode.IPV6_EXTENDED_COMMUNITIES: Layout(
        repeated=(Part("IPv6 Extended Community", 20, element_of(IPV6_EXTENDED_COMMUNITIES)),)
    ),
    AttributeCode.ONLY_TO_CUSTOMER: Layout((Part("AS", 4),)),
}
