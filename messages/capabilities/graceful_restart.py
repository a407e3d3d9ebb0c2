"""Graceful Restart capability (RFC 4724 §3, RFC 8538 §2)."""

from struct import Struct
from typing import Final, NamedTuple

from messages.capabilities.capability import Capability
from messages.capabilities.family_numbers import AnyFamily, family_of, numbers_of, render_family
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode

_HEAD: Final = Struct("!H")
_FAMILY: Final = Struct("!HBB")
_RESTART_STATE: Final = 0x8000
_NOTIFICATION: Final = 0x4000
_RESTART_TIME: Final = 0x0FFF
_FORWARDING_STATE: Final = 0x80


class RestartingFamily(NamedTuple):
    """A family whose routes may be kept while the speaker restarts."""

    family: AnyFamily
    forwarding_preserved: bool
    """The speaker went on forwarding along these routes in its last restart."""

    def __str__(self) -> str:
        return render_family(self.family) + "(preserved)" * self.forwarding_preserved


class GracefulRestart(NamedTuple):
    """What a speaker does when it restarts; without families it only helps others."""

    restarting: bool
    """The speaker has just restarted, and waits for no End-of-RIB of ours (Restart State)."""
    notification: bool
    """NOTIFICATIONs and expired hold timers do not end forwarding either (RFC 8538 §2)."""
    restart_time: int
    """Seconds within which the session will be there again; twelve bits."""
    families: tuple[RestartingFamily, ...]

    def __str__(self) -> str:
        marks = ["restarting"] * self.restarting + ["notification"] * self.notification
        return " ".join((f"{self.restart_time}s", *marks, *map(str, self.families)))


def _decode(value: bytes) -> GracefulRestart:
    if len(value) < _HEAD.size or (len(value) - _HEAD.size) % _FAMILY.size:
        raise MalformedValueError(f"length {len(value)} is not 2 and a multiple of {_FAMILY.size}")
    (head,) = _HEAD.unpack_from(value)
    families = tuple(
        RestartingFamily(family_of(afi, safi), bool(flags & _FORWARDING_STATE))
        for afi, safi, flags in _FAMILY.iter_unpack(value[_HEAD.size :])
    )
    return GracefulRestart(
        bool(head & _RESTART_STATE), bool(head & _NOTIFICATION), head & _RESTART_TIME, families
    )


def _encode(restart: GracefulRestart) -> bytes:
    head = _RESTART_STATE * restart.restarting | _NOTIFICATION * restart.notification | restart.restart_time
    families = (
        _FAMILY.pack(*numbers_of(family), _FORWARDING_STATE * preserved)
        for family, preserved in restart.families
    )
    return b"".join((_HEAD.pack(head), *families))


GRACEFUL_RESTART: Final = Capability(
    code=CapabilityCode.GRACEFUL_RESTART,
    name="graceful_restart",
    decode=_decode,
    encode=_encode,
    render=str,
)
