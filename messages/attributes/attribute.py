"""The row type of the registry of path attributes (RFC 4271 §4.3, §5)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from messages.context import Context
from messages.errors import Malformed, MalformedValueError
from messages.iana import AttributeCode

T = TypeVar("T")

Check = Callable[[bytes, Context], None]
"""Raises ``MalformedValueError`` if a value is not what its RFC says."""

OPTIONAL: Final = 0x80
TRANSITIVE: Final = 0x40
PARTIAL: Final = 0x20
EXTENDED_LENGTH: Final = 0x10
UNUSED: Final = 0x0F
"""Attribute Flags (RFC 4271 §4.3)."""

WELL_KNOWN: Final = TRANSITIVE
OPTIONAL_TRANSITIVE: Final = OPTIONAL | TRANSITIVE
OPTIONAL_NON_TRANSITIVE: Final = OPTIONAL
"""The categories of RFC 4271 §5, as the flags that say so on the wire."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute(Generic[T]):
    """One row of the attribute registry.

    ``check`` sees a value as it was received and raises ``MalformedValueError``; ``on_malformed`` then
    decides the outcome. ``decode`` and ``encode`` see only the canonical form of a value that has passed the
    check (AS numbers of four octets), so they need no context. ``render`` is what BIRD prints.
    """

    code: AttributeCode
    name: str
    flags: int
    check: Check
    decode: Callable[[bytes], T]
    encode: Callable[[T], bytes]
    render: Callable[[T], str]
    on_malformed: Malformed = Malformed.TREAT_AS_WITHDRAW
    on_wrong_flags: Malformed = Malformed.TREAT_AS_WITHDRAW
    """What it costs if Optional or Transitive is not as in ``flags`` (RFC 7606 §3 c)."""
    internal_only: bool = False
    """From an external peer the attribute is discarded unread (RFC 7606 §7.5, §7.9, §7.10)."""
    member_only: bool = False
    """From another member AS of our confederation, too: RFC 5065 §5.2 allows there only LOCAL_PREF."""
    unrecognized_from_external: bool = False
    """From an external peer the attribute is none that we know (RFC 7311 §3.3)."""
    tidy: Callable[[bytes], bytes] | None = None
    """Return a value without what must not be passed on, or the same value if there is nothing of it."""
    describe: Callable[[T], str] | None = None
    """What to print where BIRD's form is not asked for, if that tells more: names instead of numbers."""

    def explain(self, value: T) -> str:
        """Return the text that tells most."""
        return (self.describe or self.render)(value)

    def __repr__(self) -> str:
        return f"<Attribute {self.name}>"


def wrap(flags: int, code: int, value: bytes) -> bytes:
    """Return a whole attribute: flags, type, length and value (RFC 4271 §4.3)."""
    octets = len(value)
    if octets > 0xFF:
        return bytes((flags | EXTENDED_LENGTH, code, octets >> 8, octets & 0xFF)) + value
    return bytes((flags & ~EXTENDED_LENGTH, code, octets)) + value


def shortened(wire: bytes) -> bytes:
    """Return octets that begin with an attribute with its length in one octet, if it fits there."""
    if wire[2:3] == b"\0" and wire[0] & EXTENDED_LENGTH:
        return bytes((wire[0] & ~EXTENDED_LENGTH, wire[1])) + wire[3:]
    return wire


def value_of(wire: bytes) -> bytes:
    """Return the value of a whole attribute."""
    return wire[4:] if wire[0] & EXTENDED_LENGTH else wire[3:]


def length_is(octets: int) -> Check:
    """Return the check of a value of fixed length."""

    def check(value: bytes, _context: Context) -> None:
        if len(value) != octets:
            raise MalformedValueError(f"length {len(value)} is not {octets}")

    return check


def elements_of(octets: int) -> Check:
    """Return the check of a list, which must not be empty or end within an element (RFC 7606 §4)."""

    def check(value: bytes, _context: Context) -> None:
        if not value or len(value) % octets:
            raise MalformedValueError(f"length {len(value)} is not a non-zero multiple of {octets}")

    return check


def cut(value: bytes, octets: int) -> tuple[bytes, ...]:
    """Return the elements of a list that has passed the check."""
    return tuple(value[start : start + octets] for start in range(0, len(value), octets))
