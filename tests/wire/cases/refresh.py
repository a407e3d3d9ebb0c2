"""ROUTE-REFRESH, and the marks around its answer (RFC 2918, RFC 7313)."""

from typing import Final

from tests.wire.case import UNCHANGED, Case, Ends, Terms, Then, case
from tests.wire.octets import (
    BYSTANDER,
    ENHANCED_REFRESH,
    EXTERNAL_ASN,
    IPV4,
    IPV6,
    OLD,
    REFRESH,
    ROUTE_REFRESH,
    TARGET,
    announce,
    four_octet_as,
    message,
    opening,
    parameter,
    prefix,
    route_refresh,
)

_SENT_AGAIN, _IGNORED = Then({}, resends=True), Then({}, resends=False)
_ENHANCED: Final = Terms(
    opening(parameters=parameter(2, IPV4 + IPV6 + REFRESH + ENHANCED_REFRESH + four_octet_as(EXTERNAL_ASN)))
)


def _length(name: str, body: bytes) -> Case:
    """RFC 7313 names this error for the marks; RFC 2918 named none for the request, RFC 4271 §6.1 does."""
    sends = message(ROUTE_REFRESH, body)
    return case(name, "RFC 7313 §5", sends, Ends(7, 1), Ends(1, 2))


def _enhanced(name: str, rule: str, sends: bytes, *outcomes: Ends | Then) -> Case:
    return case(name, rule, sends, *outcomes, terms=_ENHANCED, needs=(70,))


def _mark(name: str, body: bytes) -> Case:
    """The data is the whole message."""
    sends = message(ROUTE_REFRESH, body)
    return _enhanced(name, "RFC 7313 §5", sends, Ends(7, 1, sends))


_BEGIN, _END = route_refresh(1, 1, 1), route_refresh(1, 1, 2)
_BEGIN6, _END6 = route_refresh(2, 1, 1), route_refresh(2, 1, 2)

CASES: Final = (
    case("refresh", "RFC 2918 §4", route_refresh(1, 1), _SENT_AGAIN),
    case("refresh of IPv6", "RFC 2918 §4", route_refresh(2, 1), UNCHANGED),
    case("refresh three times", "RFC 2918 §4", route_refresh(1, 1) * 3, _SENT_AGAIN),
    case("refresh of a family nobody negotiated", "RFC 2918 §4", route_refresh(1, 2), _IGNORED),
    case("refresh of a family nobody knows", "RFC 2918 §4", route_refresh(16397, 200), _IGNORED),
    case("refresh of AFI 0", "RFC 2918 §4", route_refresh(0, 0), _IGNORED),
    _length("refresh of 3 octets", b"\0\1\0"),
    _length("refresh of no octets", b""),
    _length("refresh of 1 octet", b"\0"),
    _enhanced("an unknown subtype", "RFC 7313 §5", route_refresh(1, 1, 3), _IGNORED),
    _enhanced("the reserved subtype", "RFC 7313 §5", route_refresh(1, 1, 255), _IGNORED),
    _enhanced(
        "marks of a family nobody negotiated",
        "RFC 7313 §4",
        route_refresh(1, 2, 1) + route_refresh(1, 2, 2),
        UNCHANGED,
    ),
    _enhanced("an end without beginning", "RFC 7313 §4", _END, UNCHANGED),
    _enhanced("a beginning alone", "RFC 7313 §4", _BEGIN, UNCHANGED),
    _enhanced(
        "all announced again",
        "RFC 7313 §4",
        _BEGIN + announce(OLD, nlri=prefix(TARGET) + prefix(BYSTANDER)) + _END,
        UNCHANGED,
    ),
    _enhanced(
        "one not announced again",
        "RFC 7313 §4",
        _BEGIN + announce(OLD, nlri=prefix(BYSTANDER)) + _END,
        Then({TARGET: None}),
    ),
    _enhanced("none announced again", "RFC 7313 §4", _BEGIN + _END, Then({TARGET: None, BYSTANDER: None})),
    _enhanced(
        "IPv6 marks leave IPv4 alone",
        "RFC 7313 §4",
        _BEGIN + _BEGIN6 + announce(OLD, nlri=prefix(BYSTANDER)) + _END,
        Then({TARGET: None}),
    ),
    _mark("a beginning of 3 octets", b"\0\1\1"),
    _mark("a beginning of 5 octets", b"\0\1\1\1\0"),
    _mark("an end of 5 octets", b"\0\1\2\1\0"),
    _mark("an end of 100 octets", b"\0\1\2\1".ljust(100, b"\0")),
)
