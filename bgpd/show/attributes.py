"""Path attributes for readers: BIRD's lines, and plain values for JSON."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AIGP,
    AS_PATH,
    ATOMIC_AGGREGATE,
    ATTRIBUTES,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    IPV6_EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    ONLY_TO_CUSTOMER,
    AsPath,
)
from messages.attributes.attribute import TRANSITIVE, value_of
from messages.iana import SegmentType

_LONGEST_LINE: Final = 470
"""Characters after which a list goes on in another line: BIRD's clients read no more than 512 octets."""

_ELEMENT: Final = re.compile(r"\([^)]*\)|\{[^}]*\}|\S+")


def attribute_lines(attributes: AttributeSet) -> Iterator[str]:
    """Return what ``show route all`` prints of a set, one attribute a line; long ones go on in another."""
    for code, row, value, flags in attributes.items():
        if row is None:
            name = f"{code:02x} [t]" if flags & TRANSITIVE else f"{code:02x}"
            text = value.hex(" ")
        else:
            name, text = row.name, row.render(value)
        yield from _wrapped(f"BGP.{name}: ", text)


def _wrapped(name: str, text: str) -> Iterator[str]:
    if len(name) + len(text) <= _LONGEST_LINE:
        yield f"\t{name}{text}"
        return
    line = f"\t{name}"
    for element in _ELEMENT.findall(text):
        if len(line) + len(element) > _LONGEST_LINE:
            yield line.rstrip(" ")
            line = "\t\t"
        line += f"{element} "
    yield line.rstrip(" ")


_ROOM: Final = 500
"""Octets of BIRD's buffer for a line."""
_OF_A_SET: Final[Mapping[int, int]] = {
    COMMUNITIES.code: _ROOM - 24,
    EXTENDED_COMMUNITIES.code: _ROOM - 64,
    LARGE_COMMUNITIES.code: _ROOM - 64,
}
"""Attributes that go on in another line, each with how long a line may be before one more element."""
_OF_A_LIST: Final[Mapping[int, int]] = {AS_PATH.code: _ROOM - 16, CLUSTER_LIST.code: _ROOM - 24}
"""Attributes that are cut off there."""
_OF_OCTETS: Final = _ROOM - 10
_UNKNOWN_TO_BIRD: Final = {AIGP.code, ONLY_TO_CUSTOMER.code, IPV6_EXTENDED_COMMUNITIES.code}


def attribute_lines_of_bird(attributes: AttributeSet) -> Iterator[str]:
    """Return what BIRD 1.6.8 prints of a set, with its ways to shorten what is long."""
    for code, row, value, flags in attributes.items():
        if row is None or code in _UNKNOWN_TO_BIRD:
            octets = value if row is None else value_of(attributes.pieces()[code])
            name = f"BGP.{code:02x}{' [t]' if flags & TRANSITIVE else ''}: "
            yield f"\t{_cut_off(name, octets.hex(' '), _OF_OCTETS)}"
        elif code in _OF_A_SET:
            yield from _in_lines(f"BGP.{row.name}: ", row.render(value), _OF_A_SET[code])
        else:
            bound = _OF_A_LIST.get(code, _ROOM)
            yield f"\t{_cut_off(f'BGP.{row.name}: ', row.render(value), bound)}"


def _cut_off(name: str, text: str, bound: int) -> str:
    """Return a line, without the elements that would follow when it is longer than ``bound``."""
    if len(name) + len(text) <= bound:
        return name + text
    end = text.find(" ", max(bound - len(name) + 1, 0))
    return name + text if end < 0 else f"{name}{text[:end]} ..."


def _in_lines(name: str, text: str, bound: int) -> Iterator[str]:
    line, tabs = name, "\t"
    begins = True
    for element in _ELEMENT.findall(text):
        if len(line) > (bound if tabs == "\t" else bound - 1):
            yield tabs + line
            line, tabs, begins = "", "\t\t", True
        line += element if begins else f" {element}"
        begins = False
    yield tabs + line


def _path(path: AsPath) -> Sequence[object]:
    """Numbers in their order; a set is a list of its own."""
    plain: list[object] = []
    for segment in path.segments:
        if segment.kind in (SegmentType.AS_SET, SegmentType.AS_CONFED_SET):
            plain.append(list(segment.asns))
        else:
            plain.extend(segment.asns)
    return plain


_PLAIN: Final[Mapping[int, Callable[[Any], object]]] = {
    AS_PATH.code: _path,
    MULTI_EXIT_DISC.code: int,
    LOCAL_PREF.code: int,
    ATOMIC_AGGREGATE.code: lambda _value: True,
    COMMUNITIES.code: lambda values: [f"{value >> 16}:{value & 0xFFFF}" for value in values],
    CLUSTER_LIST.code: lambda values: CLUSTER_LIST.render(values).split(),
    EXTENDED_COMMUNITIES.code: lambda values: [EXTENDED_COMMUNITIES.render((value,)) for value in values],
    LARGE_COMMUNITIES.code: lambda values: list(map(str, values)),
}
"""Attributes that JSON shows otherwise than as the text of their row."""


def plain_attributes(attributes: AttributeSet) -> dict[str, object]:
    """Return name and plain value of each attribute; an unknown one has its number as name and is in hex."""
    plain: dict[str, object] = {}
    for code, row, value, _flags in attributes.items():
        if row is None:
            plain[f"attribute_{code}"] = value.hex()
        else:
            plain[row.name] = _PLAIN.get(code, ATTRIBUTES[code].render)(value)
    return plain
