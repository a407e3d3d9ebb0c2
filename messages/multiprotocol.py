"""MP_REACH_NLRI and MP_UNREACH_NLRI in an UPDATE: prefixes among the path attributes (RFC 4760)."""

from typing import Final, NamedTuple, TypeVar

from messages.attributes import MP_REACH_NLRI, MP_UNREACH_NLRI, Attribute, MpReach, MpUnreach
from messages.attributes.attribute import EXTENDED_LENGTH, OPTIONAL, TRANSITIVE, value_of
from messages.context import Context
from messages.errors import MalformedValueError, NotificationError
from messages.iana import ErrorCode, UpdateSubcode

T = TypeVar("T")

_MULTIPROTOCOL: Final = frozenset((MP_REACH_NLRI.code, MP_UNREACH_NLRI.code))
_REACH_TYPE: Final = MP_REACH_NLRI.code.to_bytes(1)
_UNREACH_TYPE: Final = MP_UNREACH_NLRI.code.to_bytes(1)
_SHORTEST: Final = 3


class SetApart(NamedTuple):
    """A path attributes field without its prefixes; ``rest`` is what attribute sets are made of."""

    reach: MpReach | None
    unreach: MpUnreach | None
    rest: bytes


def set_apart(raw: bytes, context: Context) -> SetApart:
    """Take the two attributes out of a path attributes field, wherever they are (RFC 7606 §5.1).

    An attribute that overruns the field stays in the rest, for ``check_attributes`` to find. Most fields do not
    even contain an octet that could be the type of one of the two, and need no walk.
    """
    if _REACH_TYPE not in raw and _UNREACH_TYPE not in raw:
        return SetApart(None, None, raw)
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
        if code in _MULTIPROTOCOL:
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
        return SetApart(None, None, raw)
    kept.append(raw[begin:])
    reach, unreach = _read(MP_REACH_NLRI, found, context), _read(MP_UNREACH_NLRI, found, context)
    return SetApart(reach, unreach, b"".join(kept))


def _read(row: Attribute[T], found: dict[int, bytes], context: Context) -> T | None:
    """Check and decode one of the two; unless it is right the routes are unknown (RFC 7606 §3 j, §5.3)."""
    piece = found.get(row.code)
    if piece is None:
        return None
    value = value_of(piece)
    try:
        if (piece[0] ^ row.flags) & (OPTIONAL | TRANSITIVE):
            raise MalformedValueError(f"flags {piece[0]:#04x}")
        row.check(value, context)
    except MalformedValueError as error:
        raise NotificationError(
            ErrorCode.UPDATE_MESSAGE, UpdateSubcode.OPTIONAL_ATTRIBUTE_ERROR, piece, f"{row.name}: {error}"
        ) from None
    return row.decode(value)
