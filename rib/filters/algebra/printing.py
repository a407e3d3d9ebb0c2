"""Values as ``print`` and ``eval`` show them, in BIRD's formats."""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address
from itertools import chain
from math import inf
from types import MappingProxyType
from typing import Any, Final

from messages.attributes.as_path import read_segments
from messages.iana import SegmentType
from rib.filters.algebra.path_masks import PathMask, Place, Wildcard
from rib.filters.algebra.prefix_sets import Node, PrefixSet
from rib.filters.algebra.sets import ValueSet
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

_LONGEST_TEXT: Final = 2_000
"""Characters of a set, which is more than a line has; the rest is not worked out."""
_LINE: Final = 1_023
"""Characters of a line."""
_CUT: Final = 924
"""What is left of a longer one."""
_LONGEST: Final = MappingProxyType({"path": 984, "clist": 976, "eclist": 936, "lclist": 935})
"""Characters of paths and lists; longer ones end in `` ...`` behind the first word that goes beyond."""
_BRACKETS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        SegmentType.AS_SET: ("{", "}"),
        SegmentType.AS_SEQUENCE: ("", ""),
        SegmentType.AS_CONFED_SEQUENCE: ("(", ")"),
        SegmentType.AS_CONFED_SET: ("[", "]"),
    }
)
_ENUMERATIONS: Final[Mapping[Type, int]] = MappingProxyType(
    {
        Type.RTS: 0x30,
        Type.ORIGIN: 0x31,
        Type.SCOPE: 0x32,
        Type.RTC: 0x33,
        Type.RTD: 0x34,
        Type.ROA: 0x35,
    }
)
_SUBTYPES: Final = MappingProxyType({0x0002: "rt", 0x0003: "ro"})
"""Route target and route origin (RFC 4360 §4, §5)."""


def render(value: object) -> str:
    """Return the text of a value."""
    return _RENDERERS[type(value)](value)


class PrintedLine:
    """What ``print`` has put together so far; a line has an end, and what is behind it is lost as in BIRD."""

    __slots__ = ("_is_full", "text")

    def __init__(self) -> None:
        self.text = ""
        self._is_full = False

    def add(self, value: object) -> int:
        """Put the text of a value at the end: of a set what fits, of other values all or nothing.

        Return how many characters had to be worked out for that.
        """
        if self._is_full:
            return 0
        text = render(value)
        if len(self.text) + len(text) <= _LINE:
            self.text += text
            return len(text)
        self._is_full = True
        if isinstance(value, ValueSet | PrefixSet | PathMask):
            self.text += text
        if len(self.text) >= _CUT:
            self.text = f"{self.text[:_CUT]} ... <too long>"
        return len(text)


def _address(address: bytes) -> str:
    """IPv4 addresses in IPv6 ones (RFC 4291 §2.5.5) are written as such."""
    if len(address) == 4:
        return str(IPv4Address(address))
    if not any(address[:10]) and (
        address[10:12] == b"\xff\xff" or (not any(address[10:12]) and any(address[12:14]))
    ):
        return f"::{'ffff:' if address[10] else ''}{IPv4Address(address[12:])}"
    return str(IPv6Address(address))


def _prefix(prefix: Prefix) -> str:
    return f"{_address(prefix.address)}/{prefix.length}"


def _quad(quad: int) -> str:
    return str(IPv4Address(int(quad)))


def _pair(pair: int) -> str:
    return f"({pair >> 16},{pair & 0xFFFF})"


def _large_community(community: LargeCommunity) -> str:
    return f"({', '.join(map(str, community))})"


def _extended_community(community: int) -> str:
    """Return ``(rt, 65000, 1)``: where the key ends is in the first octet (RFC 4360 §3)."""
    kind = community >> 48
    name = _SUBTYPES.get(kind & 0xF0FF, f"unknown 0x{kind:x}")
    match kind >> 8 & 0xBF:
        case 0x00:
            return f"({name}, {community >> 32 & 0xFFFF}, {community & WORD})"
        case 0x01:
            return f"({name}, {_quad(community >> 16 & WORD)}, {community & 0xFFFF})"
        case 0x02:
            return f"({name}, {community >> 16 & WORD}, {community & 0xFFFF})"
    return f"(generic, 0x{community >> 32:x}, 0x{community & WORD:x})"


def _enumeration(value: EnumValue) -> str:
    return f"(enum {_ENUMERATIONS[value.type]:x}){value.number}"


def _path(path: AsPath) -> str:
    """Return ``(path 65000 { 1 2 })``; a set that is too long is closed all the same."""
    text, is_cut = "", False
    for segment in read_segments(path.wire):
        before, after = _BRACKETS[segment.kind]
        text, is_cut = _extended(text, before, _LONGEST["path"])
        if not is_cut:
            text, is_cut = _extended(text, map(str, segment.asns), _LONGEST["path"])
            text, _ = _extended(text, after)
        if is_cut:
            break
    return f"(path {text}{' ...' if is_cut else ''})"


def _list(kind: str, elements: Iterable[str]) -> str:
    text, is_cut = _extended("", elements, _LONGEST[kind])
    return f"({kind} {text}{' ...' if is_cut else ''})"


def _extended(text: str, words: Iterable[str], longest: float = inf) -> tuple[str, bool]:
    """Return the text with words behind it, and whether there were more than fit."""
    for word in words:
        if len(text) > longest:
            return text, True
        text = f"{text} {word}" if text else word
    return text, False


def _brackets(items: Iterable[str]) -> str:
    """Return what is in a set, or as much of it as anybody will see."""
    text = ""
    for item in items:
        if len(text) > _LONGEST_TEXT:
            return f"[{text}, ...]"
        text = f"{text}, {item}" if text else item
    return f"[{text}]"


def _value_set(values: ValueSet) -> str:
    return _brackets(
        render(first) if first == last else f"{render(first)}..{render(last)}"
        for first, last in values.items()
    )


def _prefix_set(prefixes: PrefixSet) -> str:
    return _brackets(
        chain(map(_prefix, prefixes.defaults), (_node(node) for node in prefixes.nodes() if node.lengths > 1))
    )


def _node(node: Node) -> str:
    """Return ``10.0.0.0/8{0.1.255.0}``: the accepted lengths, but for 0, are the bits of an address."""
    octets = len(node.prefix.address)
    mask = int(f"{node.lengths >> 1:0{octets * 8}b}"[::-1], 2)
    return f"{_prefix(node.prefix)}{{{_address(mask.to_bytes(octets))}}}"


def _mask(mask: PathMask) -> str:
    return f"[= {''.join(f'{_place(place)} ' for place in mask.places)}=]"


def _place(place: Place) -> str:
    if isinstance(place, Wildcard):
        return place.value
    if isinstance(place, tuple):
        return f"{place[0]}..{place[1]}"
    return render(place)


_RENDERERS: Final[Mapping[type, Callable[[Any], str]]] = MappingProxyType(
    {
        type(None): lambda _: "(void)",
        int: str,
        bool: lambda value: "TRUE" if value else "FALSE",
        str: str,
        Address: _address,
        Prefix: _prefix,
        Pair: _pair,
        Quad: _quad,
        ExtendedCommunity: _extended_community,
        LargeCommunity: _large_community,
        AsPath: _path,
        CommunityList: lambda value: _list("clist", map(_pair, value)),
        ExtendedCommunityList: lambda value: _list("eclist", map(_extended_community, value)),
        LargeCommunityList: lambda value: _list("lclist", map(_large_community, value)),
        ValueSet: _value_set,
        PrefixSet: _prefix_set,
        PathMask: _mask,
        EnumValue: _enumeration,
        OpaqueValue: lambda _: "(enum 3f)0",
    }
)
