"""Cuts octets into messages and explains each (RFC 4271 §4.1, §6.1)."""

from collections.abc import Iterator
from typing import Final

from bgpd.explain.field import Explanation, Fault, Reader, name_in
from bgpd.explain.layout import LEFT_OVER
from bgpd.explain.open import explain_open
from bgpd.explain.rules import session_reason
from bgpd.explain.short_messages import explain_notification, explain_route_refresh
from bgpd.explain.update import explain_update
from messages.context import Context
from messages.errors import NotificationError
from messages.framing import Framer
from messages.iana import (
    EXTENDED_MESSAGE_OCTETS,
    HEADER_OCTETS,
    MAXIMUM_MESSAGE_OCTETS,
    MessageHeaderSubcode,
    MessageType,
)
from messages.notification import text

_MARKER: Final = b"\xff" * 16
_PLACES: Final = {
    MessageHeaderSubcode.CONNECTION_NOT_SYNCHRONIZED: 0,
    MessageHeaderSubcode.BAD_MESSAGE_LENGTH: 16,
    MessageHeaderSubcode.BAD_MESSAGE_TYPE: 18,
}
"""Where in a header an error is, by its subcode."""
_message_types = name_in(MessageType)


def explain(octets: bytes, context: Context) -> Iterator[Explanation]:
    """Yield an explanation of each message and of what is none; together they have all octets."""
    position = 0
    while position < len(octets):
        if _MARKER.startswith(octets[position : position + len(_MARKER)]):
            explanation = _explain_message(octets, position, context)
        else:
            explanation = _explain_nothing(octets, position)
        yield explanation
        position += len(explanation.octets)


def _explain_nothing(octets: bytes, position: int) -> Explanation:
    """Skip what has no marker, to the next that is there."""
    stop = octets.find(_MARKER, position)
    skipped = octets[position : stop if stop >= 0 else len(octets)]
    ones = len(skipped) - len(skipped.lstrip(b"\xff"))
    reason = (
        "the marker is missing: a message begins with 16 octets ff, and "
        + (f"here are {ones}" if ones else "here is none")
        + "; the body of a message alone cannot be read"
    )
    explanation = Explanation(position, skipped, "no message")
    explanation.faults.append(Fault(position, reason, "RFC 4271 §4.1, §6.1"))
    reader = Reader(skipped, position)
    reader.rest(LEFT_OVER)
    explanation.fields = reader.fields
    explanation.verdict = _end(1, MessageHeaderSubcode.CONNECTION_NOT_SYNCHRONIZED)
    return explanation


def _explain_message(octets: bytes, position: int, context: Context) -> Explanation:
    """Explain the message that begins here, or what there is of it."""
    header = octets[position : position + HEADER_OCTETS]
    if len(header) < HEADER_OCTETS:
        return _explain_cut_off(Explanation(position, header, "cut off"), HEADER_OCTETS)
    size, kind = int.from_bytes(header[16:18]), header[18]
    message = octets[position : position + max(size, HEADER_OCTETS)]
    explanation = Explanation(position, message, _kind_name(kind))
    error = _header_error(message)
    if error is not None:
        explanation.faults.append(_header_fault(error, position))
    elif len(message) < size:
        return _explain_cut_off(explanation, size)
    reader = _read_header(explanation)
    body_error = _explain_body(kind, explanation, reader, context)
    error = error or body_error
    if error is not None:
        said = f": {error.reason}" if error.reason else ""
        explanation.verdict = _end(error.code, error.subcode) + said
    return explanation


def _explain_body(
    kind: int, explanation: Explanation, reader: Reader, context: Context
) -> NotificationError | None:
    match kind:
        case MessageType.OPEN:
            return explain_open(explanation, reader)
        case MessageType.UPDATE:
            return explain_update(explanation, reader, context)
        case MessageType.NOTIFICATION:
            return explain_notification(explanation, reader)
        case MessageType.ROUTE_REFRESH:
            return explain_route_refresh(explanation, reader)
    reader.rest(LEFT_OVER)
    explanation.verdict = "restarts the hold timer"
    return None


def _explain_cut_off(explanation: Explanation, size: int) -> Explanation:
    """Show what there is of a message whose end is not in the input."""
    there = len(explanation.octets)
    reason = f"{there} octets of a message that has {'at least ' * (there < HEADER_OCTETS)}{size}"
    explanation.faults.append(Fault(explanation.offset + there, reason, "RFC 4271 §4.1"))
    reader = _read_header(explanation)
    reader.rest(LEFT_OVER)
    explanation.verdict = "waits for the rest of the message"
    return explanation


def _read_header(explanation: Explanation) -> Reader:
    reader = Reader(explanation.octets, explanation.offset)
    explanation.fields = reader.fields
    reader.take("Marker", len(_MARKER))
    if reader.left >= 2:
        reader.number("Length", 2, _about_length)
    if reader.left:
        reader.number("Type", 1, _message_types)
    return reader


def _about_length(octets: int) -> str:
    if octets <= MAXIMUM_MESSAGE_OCTETS:
        return ""
    return f"more than {MAXIMUM_MESSAGE_OCTETS}: only where Extended Message was negotiated (RFC 8654 §4)"


def _header_error(message: bytes) -> NotificationError | None:
    try:
        for _ in Framer(EXTENDED_MESSAGE_OCTETS).feed(message):
            pass
    except NotificationError as error:
        return error
    return None


def _header_fault(error: NotificationError, position: int) -> Fault:
    place = _PLACES.get(MessageHeaderSubcode(error.subcode), 0)
    return Fault(position + place, *session_reason(error.code, error.reason))


def _kind_name(kind: int) -> str:
    name = _message_types(kind).replace("_", "-")
    return f"message of type {kind}" if name == "unknown" else name


def _end(code: int, subcode: int) -> str:
    return f"ends the session with NOTIFICATION {code:d}/{subcode:d}, {text(code, subcode)}"
