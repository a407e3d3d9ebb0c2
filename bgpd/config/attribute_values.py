"""Values of the filter language as TOML has them, for the routes of filter tests."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BeforeValidator

from bgpd.config.wording import Allowed, found, refusal
from messages.attributes.as_path import Segment
from messages.families.prefix import parse_address, parse_prefix, render_address
from messages.iana import SegmentType
from rib.filters.algebra.constructors import GENERIC, extended_community
from rib.filters.algebra.printing import render
from rib.filters.errors import RunError
from rib.filters.grammar.names import ENUMS
from rib.filters.values import (
    WORD,
    Address,
    AsPath,
    CommunityList,
    EnumValue,
    ExtendedCommunityList,
    LargeCommunity,
    LargeCommunityList,
    OpaqueValue,
    Prefix,
    Quad,
    Type,
)

_SEGMENTS: Final = re.compile(r"\s*(?:\{([\d\s]+)\}|(\d+(?:\s+\d+)*))\s*", re.ASCII)
_KINDS: Final[Mapping[str, int]] = MappingProxyType({"rt": 0x0002, "ro": 0x0003, "generic": GENERIC})

_COMMUNITIES: Final = 'a list like ["65000:1", "65000:2"]'
_LARGE_COMMUNITIES: Final = 'a list like ["65000:1:2"]'
_EXTENDED_COMMUNITIES: Final = 'a list like ["rt:65000:1", "ro:192.0.2.1:2", "generic:0x43000000:1"]'


class _Notation(NamedTuple):
    """How values of a type are written."""

    read: Callable[[Any], object]
    """Raises ValueError for whatever is not written so."""
    write: Callable[[Any], object]
    words: str
    """What may be written."""


def _number(text: str) -> int:
    number = int(text, 0) if text.isascii() and text.isalnum() else -1
    if not 0 <= number <= WORD:
        raise ValueError(text)
    return number


def _integer(value: int) -> int:
    if type(value) is not int or not 0 <= value <= WORD:
        raise ValueError(value)
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _switch(value: bool) -> bool:
    if type(value) is not bool:
        raise ValueError(value)
    return value


def _truth(value: bool) -> OpaqueValue:
    """There is nothing else to say of it than that it is there."""
    if value is not True:
        raise ValueError(value)
    return OpaqueValue.OPAQUE


def _prefix(text: str) -> Prefix:
    family, key = parse_prefix(_string(text))
    return Prefix.from_key(key, family.address_octets)


def _path(text: str) -> AsPath:
    """``65001 65002 {65003 65004}``: braces are around an AS_SET."""
    segments, position = [], 0
    text = _string(text).strip()
    while position < len(text):
        match = _SEGMENTS.match(text, position)
        if match is None:
            raise ValueError(text)
        kind = SegmentType.AS_SET if match[1] else SegmentType.AS_SEQUENCE
        segments.append(Segment(kind, tuple(map(_number, (match[1] or match[2]).split()))))
        position = match.end()
    return AsPath.from_segments(*segments)


def _community(text: str) -> int:
    first, second = map(_number, text.split(":"))
    if max(first, second) > 0xFFFF:
        raise ValueError(text)
    return first << 16 | second


def _large_community(text: str) -> LargeCommunity:
    first, second, third = map(_number, text.split(":"))
    return LargeCommunity(first, second, third)


def _extended_community(text: str) -> int:
    kind, key, value = text.split(":")
    try:
        return extended_community(
            _KINDS[kind], Address(parse_address(key)) if "." in key else _number(key), _number(value)
        )
    except (KeyError, RunError):
        raise ValueError(text) from None


def _written_extended_community(community: int) -> str:
    """Return ``rt:65000:1``, as the filter language prints it but for its parentheses and commas."""
    (text,) = _parenthesized(render(ExtendedCommunityList((community,))))
    return text


def _parenthesized(text: str) -> list[str]:
    return [":".join(found.replace(" ", "").split(",")) for found in re.findall(r"\(([^()]*)\)", text)]


def _list_of(
    kind: Callable[[Any], object], read: Callable[[str], object], words: str
) -> Callable[[Any], object]:
    """Return what reads a list; an item that is wrong is named, since there may be many."""

    def read_item(text: object) -> object:
        try:
            return read(_string(text))
        except ValueError:
            raise refusal(f"{found(text)} is not allowed; write {words}") from None

    def read_all(texts: list[str]) -> object:
        if not isinstance(texts, list):
            raise ValueError(texts)
        return kind(list(map(read_item, texts)))

    return read_all


def _address(text: str) -> Address:
    return Address(parse_address(_string(text)))


def _quad(text: str) -> Quad:
    octets = parse_address(_string(text))
    if len(octets) != 4:
        raise ValueError(text)
    return Quad(int.from_bytes(octets))


_PLAIN: Final[Mapping[Type, _Notation]] = MappingProxyType(
    {
        Type.INT: _Notation(_integer, int, "a number from 0 to 4294967295"),
        Type.BOOL: _Notation(_switch, bool, "true or false"),
        Type.STRING: _Notation(_string, str, "a string"),
        Type.OPAQUE: _Notation(_truth, lambda _: True, "true"),
        Type.IP: _Notation(_address, render_address, 'an address like "192.0.2.1"'),
        Type.QUAD: _Notation(_quad, render, 'four numbers like "192.0.2.1"'),
        Type.PREFIX: _Notation(_prefix, render, 'a prefix like "10.0.0.0/8"'),
        Type.BGPPATH: _Notation(_path, str, 'AS numbers like "65001 65002 {65003 65004}"'),
        Type.CLIST: _Notation(
            _list_of(CommunityList, _community, _COMMUNITIES),
            lambda value: [f"{each >> 16}:{each & 0xFFFF}" for each in value],
            _COMMUNITIES,
        ),
        Type.LCLIST: _Notation(
            _list_of(LargeCommunityList, _large_community, _LARGE_COMMUNITIES),
            lambda value: [str(each) for each in value],
            _LARGE_COMMUNITIES,
        ),
        Type.ECLIST: _Notation(
            _list_of(ExtendedCommunityList, _extended_community, _EXTENDED_COMMUNITIES),
            lambda value: [_written_extended_community(each) for each in value],
            _EXTENDED_COMMUNITIES,
        ),
    }
)


def _enumeration(kind: Type) -> _Notation:
    """Constants are words without what all of them begin with: ``ORIGIN_IGP`` is ``"igp"``."""
    words = {name.partition("_")[2].lower(): value for name, value in ENUMS.items() if value.type is kind}
    names = {value: word for word, value in words.items()}

    def read(text: str) -> EnumValue:
        try:
            return words[_string(text).lower()]
        except KeyError:
            raise ValueError(text) from None

    *first, last = (f'"{word}"' for word in words)
    return _Notation(read, names.__getitem__, f"{', '.join(first)} or {last}")


_ENUMERATIONS: Final = MappingProxyType(
    {kind: _enumeration(kind) for kind in {value.type for value in ENUMS.values()}}
)
NOTATIONS: Final[Mapping[Type, _Notation]] = MappingProxyType({**_PLAIN, **_ENUMERATIONS})
"""By the type of the filter language."""


def value_type(kind: Type) -> Any:  # noqa: ANN401 - pydantic's form of a type
    """Return the type of a key that holds values of a type of the filter language."""
    notation = NOTATIONS[kind]
    return Annotated[Any, BeforeValidator(notation.read), Allowed(notation.words)]


def written(kind: Type, value: object) -> object:
    """Return a value as it is written in TOML; None as it is."""
    return None if value is None else NOTATIONS[kind].write(value)
