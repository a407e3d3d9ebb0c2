"""What an explanation is made of: fields, faults, and the reader that takes fields off octets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

Value = int | str


@dataclass(slots=True)
class Field:
    """Some octets and their meaning; one with parts is a heading, and its octets are those of the parts."""

    offset: int
    octets: bytes
    name: str
    value: Value | None = None
    meaning: str = ""
    parts: list["Field"] = field(default_factory=list)
    is_heading: bool = False


class Fault(NamedTuple):
    """Something that breaks a rule."""

    offset: int
    reason: str
    rule: str
    cost: str = ""
    """What it costs (RFC 7606 §2), where the verdict on the message does not say it."""


@dataclass(slots=True)
class Explanation:
    """One message, or octets that are none."""

    offset: int
    octets: bytes
    kind: str
    fields: list[Field] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    verdict: str = ""
    """What a speaker does that receives it."""


class Reader:
    """Takes fields off octets, one after the other; offsets are those in the whole input."""

    def __init__(self, octets: bytes, offset: int) -> None:
        self._octets = octets
        self._offset = offset
        self._position = 0
        self.fields: list[Field] = []

    @property
    def offset(self) -> int:
        """Where the next field begins."""
        return self._offset + self._position

    @property
    def left(self) -> int:
        """How many octets are not read yet."""
        return len(self._octets) - self._position

    def peek(self, octets: int) -> bytes:
        """Return the next octets, or all there are, without reading them."""
        return self._octets[self._position : self._position + octets]

    def number(self, name: str, octets: int = 1, meaning: Callable[[int], str] | None = None) -> int:
        """Read a number; there must be so many octets."""
        number = int.from_bytes(self.peek(octets))
        self.take(name, octets, number, meaning(number) if meaning else "")
        return number

    def take(self, name: str, octets: int, value: Value | None = None, meaning: str = "") -> bytes:
        """Read octets, or what there is of them, as one field; there is no field without octets."""
        taken = self.peek(octets)
        if taken:
            self.fields.append(Field(self.offset, taken, name, value, meaning))
        self._position += len(taken)
        return taken

    def rest(self, name: str, meaning: str = "") -> bytes:
        """Read everything that is left as one field."""
        return self.take(name, self.left, meaning=meaning)

    def inner(self, octets: int) -> "Reader":
        """Return a reader of the next octets, whose fields go on the list of this one."""
        reader = Reader(self.peek(octets), self.offset)
        reader.fields = self.fields
        self._position += min(octets, self.left)
        return reader

    def heading(self, name: str, octets: int) -> "Reader":
        """Return a reader of the next octets, whose fields become the parts of one field of this name."""
        heading = Field(self.offset, self.peek(octets), name, is_heading=True)
        self.fields.append(heading)
        reader = self.inner(octets)
        reader.fields = heading.parts
        return reader


def name_in(registry: type[IntEnum]) -> Callable[[int], str]:
    """Return what names the numbers of a registry."""
    names = {int(member): member.name for member in registry}

    def name(number: int) -> str:
        return names.get(number, "unknown")

    return name
