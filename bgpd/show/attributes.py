"""Path attributes for readers: BIRD's lines, and plain values for JSON."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    ATOMIC_AGGREGATE,
    ATTRIBUTES,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    AsPath,
)
from messages.attributes.attribute import TRANSITIVE
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
