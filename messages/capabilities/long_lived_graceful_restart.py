"""Long-Lived Graceful Restart capability (RFC 9494 §3)."""

from typing import Final, NamedTuple

from messages.capabilities.capability import Capability
from messages.capabilities.family_numbers import AnyFamily, family_of, numbers_of, render_family
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode

_OCTETS: Final = 7
_FORWARDING_STATE: Final = 0x80


class LongLivedFamily(NamedTuple):
    """A family whose routes may be kept for long while the speaker is away."""

    family: AnyFamily
    forwarding_preserved: bool
    """The speaker went on forwarding along these routes in its last restart."""
    stale_time: int
    """Seconds; 24 bits."""

    def __str__(self) -> str:
        return f"{render_family(self.family)} {self.stale_time}s" + " (preserved)" * self.forwarding_preserved


def _decode(value: bytes) -> tuple[LongLivedFamily, ...]:
    if len(value) % _OCTETS:
        raise MalformedValueError(f"length {len(value)} is not a multiple of {_OCTETS}")
    tuples = (value[start : start + _OCTETS] for start in range(0, len(value), _OCTETS))
    return tuple(
        LongLivedFamily(
            family_of(int.from_bytes(octets[:2]), octets[2]),
            bool(octets[3] & _FORWARDING_STATE),
            int.from_bytes(octets[4:]),
        )
        for octets in tuples
    )


def _encode(families: tuple[LongLivedFamily, ...]) -> bytes:
    return b"".join(map(_encode_one, families))


def _encode_one(row: LongLivedFamily) -> bytes:
    afi, safi = numbers_of(row.family)
    flags = _FORWARDING_STATE * row.forwarding_preserved
    return afi.to_bytes(2) + bytes((safi, flags)) + row.stale_time.to_bytes(3)


def _render(families: tuple[LongLivedFamily, ...]) -> str:
    return " ".join(map(str, families))


LONG_LIVED_GRACEFUL_RESTART: Final = Capability(
    code=CapabilityCode.LONG_LIVED_GRACEFUL_RESTART,
    name="long_lived_graceful_restart",
    decode=_decode,
    encode=_encode,
    render=_render,
)
