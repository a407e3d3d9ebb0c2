"""ADD-PATH capability (RFC 7911 §4)."""

from struct import Struct
from typing import Final, NamedTuple

from messages.capabilities.capability import Capability
from messages.capabilities.family_numbers import AnyFamily, family_of, numbers_of, render_family
from messages.errors import MalformedValueError
from messages.iana import AddPathDirection, CapabilityCode

_FAMILY: Final = Struct("!HBB")
_DIRECTIONS: Final = frozenset(AddPathDirection)


class AddPath(NamedTuple):
    """Whether a speaker can receive, send, or receive and send several paths of a family."""

    family: AnyFamily
    direction: AddPathDirection

    @property
    def receives(self) -> bool:
        """Whether the speaker can receive several paths."""
        return bool(self.direction & AddPathDirection.RECEIVE)

    @property
    def sends(self) -> bool:
        """Whether the speaker can send several paths."""
        return bool(self.direction & AddPathDirection.SEND)

    def __str__(self) -> str:
        return f"{render_family(self.family)} {self.direction.name.lower().replace('_', ' ')}"


def _decode(value: bytes) -> tuple[AddPath, ...]:
    if len(value) % _FAMILY.size:
        raise MalformedValueError(f"length {len(value)} is not a multiple of {_FAMILY.size}")
    rows = []
    for afi, safi, direction in _FAMILY.iter_unpack(value):
        if direction not in _DIRECTIONS:
            raise MalformedValueError(f"Send/Receive {direction} has no meaning")
        rows.append(AddPath(family_of(afi, safi), AddPathDirection(direction)))
    return tuple(rows)


def _encode(rows: tuple[AddPath, ...]) -> bytes:
    return b"".join(_FAMILY.pack(*numbers_of(family), direction) for family, direction in rows)


def _render(rows: tuple[AddPath, ...]) -> str:
    return ", ".join(map(str, rows))


ADD_PATH: Final = Capability(
    code=CapabilityCode.ADD_PATH,
    name="add_path",
    decode=_decode,
    encode=_encode,
    render=_render,
    ignored_if_malformed=True,  # RFC 7911 §4
)
