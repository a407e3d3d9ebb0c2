"""The row type of the registry of capabilities (RFC 5492 §4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from messages.errors import MalformedValueError
from messages.iana import CapabilityCode

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Capability(Generic[T]):
    """One row of the capability registry; ``decode`` raises ``MalformedValueError``."""

    code: CapabilityCode
    name: str
    decode: Callable[[bytes], T]
    encode: Callable[[T], bytes]
    render: Callable[[T], str]
    ignored_if_malformed: bool = False
    """A malformed value counts as a capability we do not know; otherwise it refuses the OPEN."""

    def __repr__(self) -> str:
        return f"<Capability {self.name}>"


def mark(code: CapabilityCode, name: str) -> Capability[bool]:
    """Return the row of a capability without a value: being there is all it says."""
    return Capability(code=code, name=name, decode=_decode_mark, encode=_encode_mark, render=_render_mark)


def _decode_mark(value: bytes) -> bool:
    if value:
        raise MalformedValueError(f"length {len(value)} is not 0")
    return True


def _encode_mark(_present: bool) -> bytes:
    return b""


def _render_mark(_present: bool) -> str:
    return ""
