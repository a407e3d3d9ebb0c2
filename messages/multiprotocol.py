"""MP_REACH_NLRI and MP_UNREACH_NLRI in an UPDATE: prefixes among the path attributes (RFC 4760)."""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeVar

from messages.attributes import MP_REACH_NLRI, MP_UNREACH_NLRI, Attribute, MpReach, MpUnreach
from messages.attributes.attribute import EXTENDED_LENGTH, OPTIONAL, TRANSITIVE, value_of
from messages.context import Context
from messages.errors import AttributeFlaw, MalformedValueError, NotificationError
from messages.iana import ErrorCode, UpdateSubcode

T = TypeVar("T")

_CODES: Final = (MP_REACH_NLRI.code, MP_UNREACH_NLRI.code)
_SHORTEST: Final = 3


class Apart(NamedTuple):
    """A path attributes field in parts."""

    reach: MpReach | None
    unreach: MpUnreach | None
    rest: bytes
    """What attribute sets are made of."""
    flaws: list[AttributeFlaw]


def set_apart(raw: bytes, context: Context) -> Apart:
    """Take the two attributes out of a path attributes field, wherever they are (RFC 7606 §5.1).

    What overruns the field stays in the rest, for ``check_attributes`` to find.
    """
    found: dict[int, bytes] = {}
    kept: list[bytes] = []
    position = begin = 0  # of this attribute, and of the attributes to keep since the last one found
    end = len(raw)
    while end - position >= _SHORTEST:
        stop = position + 3 + raw[position + 2]
        if raw[position] & EXTENDED_LENGTH:
            stop = position + 4 + int.from_bytes(raw[position + 2 : position + 4])
        if stop > end:
            break
        code = raw[position + 1]
        if code in _CODES:
            if code in found:
                raise NotificationError(
                    ErrorCode.UPDATE_MESSAGE,
                    UpdateSubcode.MALFORMED_ATTRIBUTE_LIST,
                    reason=f"attribute {code} is repeated (RFC 7606 §3 g)",
                )
            found[code] = raw[position:stop]
            kept.append(raw[begin:position])
            begin = stop
        position = stop
    kept.append(raw[begin:])
    flaws = [
        AttributeFlaw(row.code, row.on_wrong_flags, f"flags {found[row.code][0]:#04x}", found[row.code])
        for row in (MP_REACH_NLRI, MP_UNREACH_NLRI)
        if row.code in found and (found[row.code][0] ^ row.flags) & (OPTIONAL | TRANSITIVE)
    ]
    reach, unreach = _read(MP_REACH_NLRI, found, context), _read(MP_UNREACH_NLRI, found, context)
    return Apart(reach, unreach, b"".join(kept), flaws)


def _read(row: Attribute[T], found: Mapping[int, bytes], context: Context) -> T | None:
    """Check and decode one of the two; unless it is right the routes are unknown (RFC 7606 §3 j, §5.3)."""
    piece = found.get(row.code)
    if piece is None:
        return None
    value = value_of(piece)
    try:
        row.check(value, context)
    except MalformedValueError as error:
        raise NotificationError(
            ErrorCode.UPDATE_MESSAGE, UpdateSubcode.OPTIONAL_ATTRIBUTE_ERROR, piece, f"{row.name}: {error}"
        ) from None
    return row.decode(value)
