"""OPEN message (RFC 4271 §4.2, RFC 5492, RFC 9072)."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from messages.capabilities import FOUR_OCTET_AS, Capabilities
from messages.errors import MalformedValueError, NotificationError
from messages.framing import frame
from messages.iana import ErrorCode, MessageType, OpenSubcode, OptionalParameter

_FIXED: Final = Struct("!BHHIB")
_EXTENDED: Final = Struct("!BH")
_VERSION: Final = 4
_LONGEST_CAPABILITIES: Final = 253
"""What fits in one parameter if the length of all parameters has one octet."""


@dataclass(frozen=True, slots=True)
class Open:
    """What a speaker says of itself; ``autonomous_system`` is the field of two octets, as it was sent."""

    version: int
    autonomous_system: int
    hold_time: int
    router_id: int
    capabilities: Capabilities

    @property
    def asn(self) -> int:
        """The AS number: that of the capability, if it is there (RFC 6793 §4.1)."""
        wide = self.capabilities.get(FOUR_OCTET_AS)
        return self.autonomous_system if wide is None else wide


def decode_open(body: bytes) -> Open:
    """Read an OPEN; whether it is acceptable depends on the configuration, and is not judged here."""
    if len(body) < _FIXED.size:
        raise _error(OpenSubcode.UNSPECIFIC, "OPEN is too short")
    version, autonomous_system, hold_time, router_id, octets = _FIXED.unpack_from(body)
    if version != _VERSION:
        raise NotificationError(
            ErrorCode.OPEN_MESSAGE,
            OpenSubcode.UNSUPPORTED_VERSION_NUMBER,
            _VERSION.to_bytes(2),
            f"version {version}",
        )
    return Open(version, autonomous_system, hold_time, router_id, _capabilities(octets, body[_FIXED.size :]))


def encode_open(message: Open) -> bytes:
    """Return the message; all capabilities are in one parameter, of the extended form only if needed."""
    head = (message.version, message.autonomous_system, message.hold_time, message.router_id)
    capabilities = message.capabilities.encode()
    octets = len(capabilities)
    if octets == 0:
        body = _FIXED.pack(*head, 0)
    elif octets <= _LONGEST_CAPABILITIES:
        body = _FIXED.pack(*head, octets + 2) + bytes((OptionalParameter.CAPABILITIES, octets))
    else:
        parameter = _EXTENDED.pack(OptionalParameter.CAPABILITIES, octets)
        marker = OptionalParameter.EXTENDED_LENGTH
        body = _FIXED.pack(*head, marker) + _EXTENDED.pack(marker, octets + len(parameter)) + parameter
    return frame(MessageType.OPEN, body + capabilities)


def _capabilities(octets: int, rest: bytes) -> Capabilities:
    """Read the optional parameters, of which only capabilities are known (RFC 5492 §4)."""
    size = 1
    if octets and rest[:1] == bytes((OptionalParameter.EXTENDED_LENGTH,)):  # RFC 9072 §2
        if len(rest) < _EXTENDED.size:
            raise _error(OpenSubcode.UNSPECIFIC, "OPEN ends within the length of its parameters")
        octets, rest, size = _EXTENDED.unpack_from(rest)[1], rest[_EXTENDED.size :], 2
    if octets != len(rest):
        raise _error(OpenSubcode.UNSPECIFIC, f"{len(rest)} octets of optional parameters, not {octets}")
    capabilities = Capabilities()
    try:
        for kind, value in _parameters(rest, size):
            if kind != OptionalParameter.CAPABILITIES:
                raise _error(OpenSubcode.UNSUPPORTED_OPTIONAL_PARAMETER, f"optional parameter {kind}")
            capabilities += Capabilities.decode(value)
    except MalformedValueError as error:
        raise _error(OpenSubcode.UNSPECIFIC, str(error)) from None
    return capabilities


def _parameters(field: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield type and value of the parameters, whose lengths have ``size`` octets."""
    position, end = 0, len(field)
    while position < end:
        start = position + 1 + size
        stop = start + int.from_bytes(field[position + 1 : start])
        if start > end or stop > end:
            raise MalformedValueError("an optional parameter overruns the message")
        yield field[position], field[start:stop]
        position = stop


def _error(subcode: OpenSubcode, reason: str) -> NotificationError:
    return NotificationError(ErrorCode.OPEN_MESSAGE, subcode, reason=reason)
