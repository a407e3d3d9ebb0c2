"""The bodies of NOTIFICATION and ROUTE-REFRESH (RFC 4271 §4.5, RFC 2918, RFC 7313)."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from bgpd.explain.field import Explanation, Fault, Reader, name_in
from bgpd.explain.layout import LEFT_OVER, readable
from bgpd.explain.rules import session_reason
from messages.errors import NotificationError
from messages.iana import (
    AFI,
    SAFI,
    CeaseSubcode,
    ErrorCode,
    FsmSubcode,
    MessageHeaderSubcode,
    OpenSubcode,
    RouteRefreshSubcode,
    RouteRefreshSubtype,
    UpdateSubcode,
)
from messages.notification import decode_notification
from messages.route_refresh import decode_route_refresh

_SUBCODES: Final[Mapping[int, type[IntEnum]]] = {
    ErrorCode.MESSAGE_HEADER: MessageHeaderSubcode,
    ErrorCode.OPEN_MESSAGE: OpenSubcode,
    ErrorCode.UPDATE_MESSAGE: UpdateSubcode,
    ErrorCode.FINITE_STATE_MACHINE: FsmSubcode,
    ErrorCode.CEASE: CeaseSubcode,
    ErrorCode.ROUTE_REFRESH_MESSAGE: RouteRefreshSubcode,
}
_WITH_COMMUNICATION: Final = (CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, CeaseSubcode.ADMINISTRATIVE_RESET)


def explain_notification(explanation: Explanation, reader: Reader) -> NotificationError | None:
    """Read the body; a NOTIFICATION is never answered, whatever is wrong with it (RFC 4271 §6.4)."""
    body = reader.peek(reader.left)
    try:
        notification = decode_notification(body)
    except NotificationError as error:
        explanation.faults.append(Fault(reader.offset, error.reason, "RFC 4271 §6.4"))
        explanation.verdict = "ends the session; an error in a NOTIFICATION is not answered"
        reader.rest(LEFT_OVER)
        return None
    if notification.flaw:
        explanation.faults.append(Fault(reader.offset, notification.flaw, "RFC 4271 §6.4, RFC 9003 §2"))
    communication = notification.shutdown_communication
    said = f": {readable(communication.encode())}" if communication else ""
    explanation.verdict = f"ends the session: {notification}{said}"
    _read_code(reader)
    return None


def _read_code(reader: Reader) -> None:
    """Read code, subcode and data; that of a hard reset is another such triple (RFC 8538 §3.1)."""
    code = reader.number("Error Code", meaning=name_in(ErrorCode))
    registry = _SUBCODES.get(code)
    subcode = reader.number("Error Subcode", meaning=name_in(registry) if registry else None)
    if code == ErrorCode.CEASE and subcode in _WITH_COMMUNICATION and reader.left:
        octets = reader.number("Shutdown Communication Length")
        reader.take("Shutdown Communication", octets, readable(reader.peek(octets)))
        reader.rest(LEFT_OVER)
    elif code == ErrorCode.CEASE and subcode == CeaseSubcode.HARD_RESET and reader.left >= 2:
        _read_code(reader)
    else:
        reader.rest("Data")


def explain_route_refresh(explanation: Explanation, reader: Reader) -> NotificationError | None:
    """Read the body; return what ends the session, if something does."""
    begin = reader.offset
    body = reader.peek(reader.left)
    try:
        refresh = decode_route_refresh(body)
    except NotificationError as error:
        explanation.faults.append(Fault(begin, *session_reason(error.code, error.reason)))
        reader.rest(LEFT_OVER)
        return error
    reader.number("AFI", 2, name_in(AFI))
    subtype = reader.number("Message Subtype", meaning=name_in(RouteRefreshSubtype))
    reader.number("SAFI", 1, name_in(SAFI))
    what = name_in(RouteRefreshSubtype)(subtype).lower().replace("_", " ")
    explanation.verdict = f"{what}: AFI {refresh.afi}, SAFI {refresh.safi}"
    return None
