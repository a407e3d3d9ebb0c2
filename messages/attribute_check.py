"""The check of received path attributes, and what each error costs (RFC 4271 §6.3, RFC 7606)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from messages.attributes import AS4_AGGREGATOR, AS4_PATH, ATTRIBUTES, MP_REACH_NLRI, MP_UNREACH_NLRI
from messages.attributes.attribute import (
    EXTENDED_LENGTH,
    OPTIONAL,
    OPTIONAL_TRANSITIVE,
    PARTIAL,
    TRANSITIVE,
    UNUSED,
    Attribute,
    value_of,
)
from messages.context import Context
from messages.errors import AttributeFlaw, Malformed, MalformedValueError, NotificationError
from messages.iana import ErrorCode, UpdateSubcode

Welcome = tuple[Attribute[Any] | None, ...]
"""The rows of the attributes that an UPDATE of some session may have, indexed by code."""


class Checked(NamedTuple):
    """What is left of the attributes after the check."""

    pieces: dict[int, bytes]
    """Whole attributes by code, in the order received."""
    flaws: list[AttributeFlaw]


def _unwelcome(row: Attribute[Any], context: Context) -> str:
    """Tell why a well-formed attribute is discarded in such a session, if it is."""
    if row.internal_only and context.external:
        return "from an external peer (RFC 7606 §7.5, §7.9, §7.10)"
    if row.member_only and context.confederation:
        return "from another member AS of the confederation (RFC 7606 §7.9, §7.10)"
    if row in (AS4_PATH, AS4_AGGREGATOR) and context.as_number_octets == 4:
        return "from a speaker of 4-octet AS numbers (RFC 6793 §4.1)"
    return ""


def welcome(context: Context) -> Welcome:
    """Return the rows of the attributes that may be in an UPDATE of such a session."""
    apart = (MP_REACH_NLRI, MP_UNREACH_NLRI)
    rows = {
        code: row
        for code, row in ATTRIBUTES.items()
        if row not in apart
        and not _unwelcome(row, context)
        and not (row.unrecognized_from_external and context.external)
    }
    return tuple(map(rows.get, range(256)))


def sound_attributes(raw: bytes, rows: Welcome, context: Context) -> dict[int, bytes] | None:
    """Return whole attributes by code if there is nothing to say about them, as in almost every UPDATE.

    They are welcome and well-formed, have the flags of their rows and stand in the order of their types.
    Otherwise return None; then ``check_attributes`` finds out what is wrong, if anything is.
    """
    pieces: dict[int, bytes] = {}
    last = position = 0
    end = len(raw)
    try:
        while position < end:
            flags, code = raw[position], raw[position + 1]
            if flags & EXTENDED_LENGTH:
                flags -= EXTENDED_LENGTH
                start = position + 4
                stop = start + (raw[start - 2] << 8 | raw[start - 1])
            else:
                start = position + 3
                stop = start + raw[start - 1]
            row = rows[code]
            if row is None or flags != row.flags or code <= last or stop > end:
                return None
            row.check(raw[start:stop], context)
            pieces[code] = raw[position:stop]
            last = code
            position = stop
    except (IndexError, MalformedValueError):  # it ends within a header, or a value is malformed
        return None
    return pieces


def check_attributes(raw: bytes, context: Context) -> Checked:
    """Go once over path attributes without MP_REACH_NLRI and MP_UNREACH_NLRI, and collect every error."""
    pieces: dict[int, bytes] = {}
    flaws: list[AttributeFlaw] = []
    seen: set[int] = set()
    repeated: set[int] = set()
    position, end = 0, len(raw)
    while position < end:
        start = position + (4 if raw[position] & EXTENDED_LENGTH else 3)
        stop = start + int.from_bytes(raw[position + 2 : start])
        piece = raw[position:stop]
        if start > end or stop > end:
            flaws.append(_overrun(piece))
            break
        code = piece[1]
        if code not in seen:
            _judge(piece, pieces, flaws, context)
        elif code not in repeated:  # the first one counts (RFC 7606 §3 g); one complaint is enough
            flaws.append(AttributeFlaw(code, Malformed.ATTRIBUTE_DISCARD, "repeated attribute", piece))
            repeated.add(code)
        seen.add(code)
        position = stop
    return Checked(pieces, flaws)


def _overrun(rest: bytes) -> AttributeFlaw:
    """An attribute that does not fit; where the prefixes begin is known all the same (RFC 7606 §4).

    Unless they are in this very attribute: then the session is reset (RFC 7606 §5.3).
    """
    code = rest[1] if len(rest) > 1 else 0
    row = ATTRIBUTES.get(code)
    if row and row.on_malformed == Malformed.SESSION_RESET:
        raise NotificationError(
            ErrorCode.UPDATE_MESSAGE,
            UpdateSubcode.OPTIONAL_ATTRIBUTE_ERROR,
            rest,
            f"{row.name} overruns the path attributes (RFC 7606 §5.3)",
        )
    return AttributeFlaw(code, Malformed.TREAT_AS_WITHDRAW, "attribute overruns the path attributes", rest)


def _judge(piece: bytes, pieces: dict[int, bytes], flaws: list[AttributeFlaw], context: Context) -> None:
    """Keep, drop or complain about one attribute."""
    flags, code = piece[0], piece[1]
    row = ATTRIBUTES.get(code)
    if row and row.unrecognized_from_external and context.external:
        return
    if row is None:
        _judge_unknown(piece, pieces)
    elif (flags ^ row.flags) & (OPTIONAL | TRANSITIVE):
        reason = f"flags {flags:#04x} of an attribute that has {row.flags:#04x}"
        flaws.append(AttributeFlaw(code, row.on_wrong_flags, reason, piece))
    elif reason := _unwelcome(row, context):
        flaws.append(AttributeFlaw(code, Malformed.ATTRIBUTE_DISCARD, reason, piece))
    else:
        try:
            row.check(value_of(piece), context)
        except MalformedValueError as error:
            flaws.append(AttributeFlaw(code, row.on_malformed, str(error), piece))
        else:
            meaningless = UNUSED if row.flags == OPTIONAL_TRANSITIVE else UNUSED | PARTIAL
            pieces[code] = bytes((flags & ~meaningless,)) + piece[1:]


def _judge_unknown(piece: bytes, pieces: dict[int, bytes]) -> None:
    """RFC 4271 §5 and §9: pass on what is transitive, marked Partial; ignore what is not."""
    flags, code = piece[0], piece[1]
    if not flags & OPTIONAL:
        raise NotificationError(
            ErrorCode.UPDATE_MESSAGE,
            UpdateSubcode.UNRECOGNIZED_WELL_KNOWN_ATTRIBUTE,
            piece,
            f"well-known attribute {code} is unknown (RFC 4271 §6.3)",
        )
    if flags & TRANSITIVE:
        pieces[code] = bytes((flags & ~UNUSED | PARTIAL,)) + piece[1:]


def missing(
    mandatory: Collection[int], pieces: Mapping[int, bytes], flaws: Iterable[AttributeFlaw]
) -> list[AttributeFlaw]:
    """Return a flaw for each attribute that is not there at all (RFC 7606 §3 d)."""
    malformed = {flaw.code for flaw in flaws}
    return [
        AttributeFlaw(code, Malformed.TREAT_AS_WITHDRAW, f"{ATTRIBUTES[code].name} is missing", b"")
        for code in mandatory
        if code not in pieces and code not in malformed
    ]


def withdraws(flaws: Iterable[AttributeFlaw]) -> bool:
    """Tell whether the strongest approach among these is more than to discard attributes (RFC 7606 §3 h)."""
    return any(flaw.cost >= Malformed.TREAT_AS_WITHDRAW for flaw in flaws)
