"""MP_REACH_NLRI and MP_UNREACH_NLRI in an UPDATE: prefixes among the path attributes (RFC 4760)."""

from typing import Final, TypeVar

from messages.attributes import MP_REACH_NLRI, MP_UNREACH_NLRI, Attribute, MpReach, MpUnreach
from messages.attributes.attribute import EXTENDED_LENGTH, value_of
from messages.context import Context
from messages.errors import MalformedValueError, NotificationError
from messages.iana import ErrorCode, UpdateSubcode

T = TypeVar("T")

_REACH, _LONG_REACH, _UNREACH, _LONG_UNREACH = _HEADERS = tuple(
    bytes((row.flags | extended, row.code))
    for row in (MP_REACH_NLRI, MP_UNREACH_NLRI)
    for extended in (0, EXTENDED_LENGTH)
)
_REACH_CODE: Final = int(MP_REACH_NLRI.code)
_UNREACH_CODE: Final = int(MP_UNREACH_NLRI.code)
_SHORTEST: Final = 3


def has_multiprotocol(raw: bytes) -> bool:
    """Tell whether one of the two may be in a path attributes field.

    Most fields do not contain the octets with which one of them begins, and need not be walked through.
    """
    return (_REACH_CODE in raw and (_REACH in raw or _LONG_REACH in raw)) or (
        _UNREACH_CODE in raw and (_UNREACH in raw or _LONG_UNREACH in raw)
    )


def set_apart(raw: bytes, context: Context) -> tuple[MpReach | None, MpUnreach | None, bytes]:
    """Take the two attributes out of a path attributes field, wherever they are (RFC 7606 §5.1).

    The rest is what attribute sets are made of. What overruns the field or has other flags stays in it, for
    ``check_attributes`` to find.
    """
    if not has_multiprotocol(raw):
        return None, None, raw
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
        if raw[position : position + 2] in _HEADERS:
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
    if not found:
        return None, None, raw
    kept.append(raw[begin:])
    reach, unreach = _read(MP_REACH_NLRI, found, context), _read(MP_UNREACH_NLRI, found, context)
    return reach, unreach, b"".join(kept)


def _read(row: Attribute[T], found: dict[int, bytes], context: Context) -> T | None:
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
