"""Messages in the wrong state, and NOTIFICATIONs (RFC 4271 §6.4-§6.7, RFC 6608, RFC 8538, RFC 9003)."""

from typing import Final

from tests.wire.case import Case, Closes, Ends, Moment, Terms, case
from tests.wire.octets import KEEPALIVE, announce, message, notification, opening, route_refresh

_OPEN_SENT, _OPEN_CONFIRM = Moment.OPEN_SENT, Moment.OPEN_CONFIRM


def _unexpected(name: str, sends: bytes, moment: Moment, subcode: int) -> Case:
    """The data is the type of the message."""
    return case(name, "RFC 6608 §4", sends, Ends(5, subcode, sends[18:19]), moment=moment)


def _noted(name: str, rule: str, sends: bytes, moment: Moment = Moment.ESTABLISHED) -> Case:
    """A NOTIFICATION is never answered with another."""
    return case(name, rule, sends, Closes(), moment=moment)


CASES: Final = (
    _unexpected("KEEPALIVE before OPEN", message(KEEPALIVE), _OPEN_SENT, 1),
    _unexpected("UPDATE before OPEN", announce(), _OPEN_SENT, 1),
    _unexpected("ROUTE-REFRESH before OPEN", route_refresh(1, 1), _OPEN_SENT, 1),
    _unexpected("UPDATE before KEEPALIVE", announce(), _OPEN_CONFIRM, 2),
    _unexpected("ROUTE-REFRESH before KEEPALIVE", route_refresh(1, 1), _OPEN_CONFIRM, 2),
    _unexpected("OPEN in Established", opening(), Moment.ESTABLISHED, 3),
    case(
        "silence",
        "RFC 4271 §6.5",
        b"",
        Ends(4, 0),
        terms=Terms(opening(hold_time=3)),
        patience=6.0,
    ),
    _noted("NOTIFICATION before OPEN", "RFC 4271 §8.2.2", notification(6, 5), _OPEN_SENT),
    _noted("NOTIFICATION of the version", "RFC 4271 §8.2.2", notification(2, 1, b"\0\3"), _OPEN_SENT),
    _noted("NOTIFICATION before KEEPALIVE", "RFC 4271 §8.2.2", notification(6, 7), _OPEN_CONFIRM),
    _noted("Cease", "RFC 4271 §6.7", notification(6, 0)),
    _noted("Cease with a message", "RFC 9003 §2", notification(6, 2, b"\5later")),
    _noted("Cease with half a message", "RFC 9003 §4", notification(6, 2, b"\x20later")),
    _noted("Cease with a message too long", "RFC 9003 §4", notification(6, 4, b"\2later")),
    _noted("Cease in no language", "RFC 9003 §4", notification(6, 2, b"\4\xff\xfe\xc0\x80")),
    _noted("Hard Reset", "RFC 8538 §3", notification(6, 9, b"\6\2\5later")),
    _noted("Hard Reset without what it hides", "RFC 8538 §3", notification(6, 9)),
    _noted("Send Hold Timer Expired", "RFC 9687 §3", notification(8, 0)),
    _noted("NOTIFICATION nobody knows", "RFC 4271 §6.4", notification(200, 200, bytes(500))),
    _noted("NOTIFICATION of 4096 octets", "RFC 4271 §6.4", notification(3, 1, bytes(4075))),
)
