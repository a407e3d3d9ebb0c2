"""The row type of the registry of capabilities (RFC 5492 §4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

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

    def __repr__(self) -> str:
        return f"<Capability {self.name}>"
