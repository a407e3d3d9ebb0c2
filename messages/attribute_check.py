"""The check of received path attributes, and what each error costs (RFC 4271 §6.3, RFC 7606)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from messages.attributes import AS4_AGGREGATOR, AS4_PATH, ATTRIBUTES
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


class Checked(NamedTuple):
    """What is left of the attributes after the check."""

    pieces: dict[int, bytes]
    """Whole attributes by code, in the order received."""
    flaws: list[AttributeFlaw]
    ordinary: bool
    """The attributes stand in the order of their types, and none was dropped or changed."""


def _unwelcome(row: Attribute[Any], external: bool, as_number_octets: int) -> str:
    """Tell why a well-formed attribute is discarded in such a session, if it is."""
    if row.internal_only and external:
        return "from an external peer (RFC 7606 §7.5, §7.9, §7.10)"
    if row in (AS4_PATH, AS4_AGGREGATOR) and as_number_octets == 4:
        return "from a speaker of 4-octet AS numbers (RFC 6793 §4.1)"
    return ""


def _welcome_rows(external: bool, as_number_octets: int) -> tuple[Attribute[Any] | None, ...]:
    """Return, indexed by code, the rows of the attributes that may be in an UPDATE of such a session."""
    rows = (ATTRIBUTES.get(code) for code in range(256))
    return tuple(row if row and not _unwelcome(row, external, as_number_octets) else None for row in rows)


_WELCOME: Final[Mapping[tuple[bool, int], tuple[Attribute[Any] | None, ...]]] = {
    (external, octets): _welcome_rows(external, octets) for external in (False, True) for octets in (2, 4)
}


def check_attributes(raw: bytes, context: Context) -> Checked:
    """Go once over path attributes without MP_REACH_NLRI and MP_UNREACH_NLRI, and collect every error.

    The loop itself handles an attribute that is welcome, in the order of types, and has the flags of its row;
    ``_judge`` handles every other.
    """
    rows = _WELCOME[context.external, context.as_number_octets]
    pieces: dict[int, bytes] = {}
    flaws: list[AttributeFlaw] = []
    ordinary = True
    last = position = 0
    end = len(raw)
    while position < end:
        flags = raw[position]
        extended = flags & EXTENDED_LENGTH
        start = position + (4 if extended else 3)
        if start > end:
            flaws.append(_overrun(raw[position:]))
            break
        code = raw[position + 1]
        stop = start + (raw[start - 2] << 8 | raw[start - 1] if extended else raw[start - 1])
        piece = raw[position:stop]
        if stop > end:
            flaws.append(_overrun(piece))
            break
        row = rows[code]
        if row is None or code <= last or flags - extended != row.flags:
            ordinary = False
            last = max(last, code)
            _judge(piece, pieces, flaws, context)
        else:
            try:
                row.check(raw[start:stop], context)
                pieces[code] = piece
            except MalformedValueError as error:
                flaws.append(AttributeFlaw(code, row.on_malformed, str(error), piece))
            last = code
        position = stop
    return Checked(pieces, flaws, ordinary and not flaws)


def _overrun(rest: bytes) -> AttributeFlaw:
    """An attribute that does not fit; where the prefixes begin is known all the same (RFC 7606 §4)."""
    code = rest[1] if len(rest) > 1 else 0
    return AttributeFlaw(code, Malformed.TREAT_AS_WITHDRAW, "attribute overruns the path attributes", rest)


def _judge(piece: bytes, pieces: dict[int, bytes], flaws: list[AttributeFlaw], context: Context) -> None:
    """Keep, drop or complain about an attribute that is unknown, unwelcome, repeated or oddly flagged."""
    flags, code = piece[0], piece[1]
    row = ATTRIBUTES.get(code)
    if code in pieces or any(flaw.code == code for flaw in flaws):  # RFC 7606 §3 g
        flaws.append(AttributeFlaw(code, Malformed.ATTRIBUTE_DISCARD, "repeated attribute", piece))
    elif row is None:
        _judge_unknown(piece, pieces)
    elif row.on_malformed == Malformed.SESSION_RESET:
        raise NotificationError(
            ErrorCode.UPDATE_MESSAGE,
            UpdateSubcode.OPTIONAL_ATTRIBUTE_ERROR,
            piece,
            f"flags {flags:#04x} of {row.name}, which would have been set apart (RFC 7606 §5.3)",
        )
    elif (flags ^ row.flags) & (OPTIONAL | TRANSITIVE):  # RFC 7606 §3 c
        reason = f"flags {flags:#04x} of an attribute that has {row.flags:#04x}"
        flaws.append(AttributeFlaw(code, Malformed.TREAT_AS_WITHDRAW, reason, piece))
    elif reason := _unwelcome(row, context.external, context.as_number_octets):
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


def missing(mandatory: Iterable[Attribute[Any]], checked: Checked) -> list[AttributeFlaw]:
    """Return a flaw for each attribute that is not there at all (RFC 7606 §3 d)."""
    absent = [row for row in mandatory if row.code not in checked.pieces]
    malformed = {flaw.code for flaw in checked.flaws}
    return [
        AttributeFlaw(row.code, Malformed.TREAT_AS_WITHDRAW, f"{row.name} is missing", b"")
        for row in absent
        if row.code not in malformed
    ]


def withdraws(flaws: Iterable[AttributeFlaw]) -> bool:
    """Tell whether the strongest approach among these is more than to discard attributes (RFC 7606 §3 h)."""
    return any(flaw.cost >= Malformed.TREAT_AS_WITHDRAW for flaw in flaws)
