"""Values with a fixed form: parts of known size, then perhaps others that repeat."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from bgpd.explain.field import Reader, Value
from messages.attributes import Attribute
from messages.errors import MalformedValueError

LEFT_OVER: Final = "Left over"
"""The name of octets that have no place in the form of a value."""


class Part(NamedTuple):
    """One field of a value."""

    name: str
    octets: int = 1
    value: Callable[[bytes], Value] = int.from_bytes
    meaning: Callable[[int], str] | None = None


class Layout(NamedTuple):
    """The form of a value."""

    fixed: tuple[Part, ...] = ()
    repeated: tuple[Part, ...] = ()


def read_layout(reader: Reader, layout: Layout) -> None:
    """Read a value to its end; what does not fit the form is left over."""
    _read_parts(reader, layout.fixed)
    while layout.repeated and reader.left and _read_parts(reader, layout.repeated):
        pass
    reader.rest(LEFT_OVER)


def _read_parts(reader: Reader, parts: tuple[Part, ...]) -> bool:
    for part in parts:
        octets = reader.peek(part.octets)
        if len(octets) < part.octets:
            return False
        meaning = part.meaning(int.from_bytes(octets)) if part.meaning else ""
        reader.take(part.name, part.octets, part.value(octets), meaning)
    return True


def element_of(row: Attribute[Any]) -> Callable[[bytes], str]:
    """Return what renders one element of a list as its row does."""

    def render(octets: bytes) -> str:
        try:
            return row.render(row.decode(octets))
        except MalformedValueError:
            return octets.hex()

    return render


def readable(octets: bytes) -> str:
    """Return the text that octets are in UTF-8, escaped where it is not printable."""
    return ascii(octets.decode(errors="backslashreplace"))[1:-1]
