"""Message headers and framing (RFC 4271 §4.1, §6.1)."""

from typing import Final

from tests.wire.case import BELIEVED, Case, Closes, Ends, Moment, Then, case
from tests.wire.octets import (
    GOOD,
    KEEPALIVE,
    MARKER,
    NOTIFICATION,
    OPEN,
    ROUTE_REFRESH,
    TARGET,
    UPDATE,
    announce,
    header,
    message,
    opening,
    prefix,
    update,
)

_RULE: Final = "RFC 4271 §6.1"
_HOLED: Final = MARKER[:-1] + b"\xfe"
_FULL: Final = (4096 - len(update(*GOOD))) // 4
"""How many prefixes of 24 bits fill an UPDATE to 4096 octets or a few less."""
_MANY: Final = [f"10.{number >> 8}.{number & 0xFF}.0/24" for number in range(_FULL)]


def _length(octets: int) -> Ends:
    return Ends(1, 2, octets.to_bytes(2))


def _first(name: str, sends: bytes, *endings: Ends | Closes) -> Case:
    return case(name, _RULE, sends, *endings, moment=Moment.OPEN_SENT)


def _later(name: str, sends: bytes, *endings: Ends | Closes) -> Case:
    return case(name, _RULE, sends, *endings)


CASES: Final = (
    _first("marker of zeros", opening().replace(MARKER, bytes(16)), Ends(1, 1)),
    _first("marker with one bit off", opening().replace(MARKER, _HOLED), Ends(1, 1)),
    _first("another protocol", b"GET / HTTP/1.1\r\nHost: bgp\r\n\r\n", Ends(1, 1)),
    _first("length 0", header(0, KEEPALIVE), _length(0)),
    _first("length 18", header(18, KEEPALIVE), _length(18)),
    _first("OPEN of 28 octets", header(28, OPEN) + bytes(9), _length(28)),
    _first("OPEN of 4097 octets", header(4097, OPEN) + bytes(4078), _length(4097)),
    _first("length 65535", header(65535, OPEN), _length(65535)),
    _first("type 0", header(19, 0), Ends(1, 3, b"\0")),
    _first("type 6", header(19, 6), Ends(1, 3, b"\6")),
    _first("type 255", header(19, 255), Ends(1, 3, b"\xff")),
    _later("marker of zeros later", header(19, KEEPALIVE, bytes(16)), Ends(1, 1)),
    _later("marker with one bit off later", header(19, KEEPALIVE, _HOLED), Ends(1, 1)),
    _later("marker off and length wrong", header(18, KEEPALIVE, _HOLED), Ends(1, 1)),
    _later("length 18 later", header(18, UPDATE), _length(18)),
    _later("KEEPALIVE of 20 octets", header(20, KEEPALIVE) + b"\0", _length(20)),
    _later("KEEPALIVE of 4096 octets", header(4096, KEEPALIVE) + bytes(4077), _length(4096)),
    _later("UPDATE of 22 octets", header(22, UPDATE) + bytes(3), _length(22)),
    _later("UPDATE of 19 octets", header(19, UPDATE), _length(19)),
    _later("UPDATE of 4097 octets", header(4097, UPDATE) + bytes(4078), _length(4097)),
    _later("UPDATE of 65535 octets", header(65535, UPDATE) + bytes(4078), _length(65535)),
    _later("type 0 later", header(19, 0), Ends(1, 3, b"\0")),
    _later("type 6 later", message(6, bytes(10)), Ends(1, 3, b"\6")),
    _later("type 128 later", message(128, bytes(10)), Ends(1, 3, b"\x80")),
    # RFC 4271 §6.4 forbids to answer an error in a NOTIFICATION, §6.1 names the answer to its length
    _later("NOTIFICATION of 20 octets", header(20, NOTIFICATION) + b"\6", _length(20), Closes()),
    _later("NOTIFICATION of 19 octets", header(19, NOTIFICATION), _length(19), Closes()),
    case(
        "UPDATE as long as can be",
        "RFC 4271 §4.1",
        update(*GOOD, nlri=b"".join(map(prefix, _MANY))),
        Then(dict.fromkeys(_MANY, BELIEVED.routes[TARGET])),
    ),
    case("KEEPALIVEs in a row", "RFC 4271 §4.4", message(KEEPALIVE) * 100 + announce(), BELIEVED),
    case(
        "ROUTE-REFRESH of 4096 octets",
        "RFC 7313 §5",
        message(ROUTE_REFRESH, b"\0\1\0\1".ljust(4077, b"\0")),
        Ends(7, 1),
        Ends(1, 2),
    ),
)
