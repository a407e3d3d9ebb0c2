"""What a protocol lets through in one direction, and how it changes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from messages.attribute_set import AttributeSet


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A verdict on every route; two policies are the same only if they are one object."""

    name: str
    """The filter's name in BIRD's ``show protocols all``."""
    judge: Callable[[AttributeSet], AttributeSet | None]
    """Returns the attributes to go on with, the same object if they stay as they are; None refuses."""

    ALL: ClassVar["Policy"]
    NONE: ClassVar["Policy"]
    MISSING: ClassVar["Policy"]
    """An external neighbor's direction about which the configuration says nothing (RFC 8212)."""


def _accept(attributes: AttributeSet) -> AttributeSet:
    return attributes


def _reject(_attributes: AttributeSet) -> None:
    return None


Policy.ALL = Policy("ACCEPT", _accept)
Policy.NONE = Policy("REJECT", _reject)
Policy.MISSING = Policy("REJECT (no policy, RFC 8212)", _reject)
