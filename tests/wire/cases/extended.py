"""What must be negotiated first: messages of up to 65535 octets (RFC 8654) and several paths (RFC 7911)."""

from typing import Final

from tests.wire.case import ADD_PATH, BELIEVED, GONE, SEEN, UNCHANGED, Case, Ends, Outcome, Terms, Then, case
from tests.wire.octets import (
    EXTENDED_MESSAGE,
    EXTERNAL_ASN,
    GOOD,
    IPV4,
    IPV6,
    KEEPALIVE,
    OPEN,
    REFRESH,
    ROUTE_REFRESH,
    TARGET,
    UPDATE,
    announce,
    attribute,
    capability,
    four_octet_as,
    header,
    opening,
    parameter,
    prefix,
    update,
)

_USUAL: Final = IPV4 + IPV6 + REFRESH + four_octet_as(EXTERNAL_ASN)
_EXTENDED: Final = Terms(opening(parameters=parameter(2, _USUAL + EXTENDED_MESSAGE)))
_PATHS: Final = Terms(
    opening(
        parameters=parameter(2, IPV4 + REFRESH + four_octet_as(EXTERNAL_ASN) + capability(69, b"\0\1\1\3"))
    ),
    ipv6=False,
    path_id=1,
)


def _long(name: str, sends: bytes, *outcomes: Outcome) -> Case:
    return case(name, "RFC 8654 §4", sends, *outcomes, terms=_EXTENDED, needs=(6,))


def _paths(name: str, rule: str, sends: bytes, *outcomes: Outcome) -> Case:
    """The good routes have path identifier 1."""
    return case(name, rule, sends, *outcomes, kind=ADD_PATH, terms=_PATHS, needs=(69,))


def _filled(octets: int) -> bytes:
    """Return an UPDATE of this length, most of it an attribute that will not be passed on."""
    rest = len(announce(attribute(0x90, 200)))
    return announce(attribute(0x90, 200, bytes(octets - rest)))


_FIRST, _SECOND, _THIRD = (prefix(TARGET, number) for number in (1, 2, 3))
_WIDER: Final = prefix("198.51.100.0/23", 1)

CASES: Final = (
    _long("UPDATE of 4097 octets, negotiated", _filled(4097), BELIEVED),
    _long("UPDATE of 65535 octets, negotiated", _filled(65535), BELIEVED),
    _long(
        "KEEPALIVE of 4097 octets, negotiated", header(4097, KEEPALIVE) + bytes(4078), Ends(1, 2, b"\x10\1")
    ),
    _long("OPEN of 4097 octets, negotiated", header(4097, OPEN) + bytes(4078), Ends(1, 2, b"\x10\1")),
    _long("UPDATE of 18 octets, negotiated", header(18, UPDATE), Ends(1, 2, b"\0\x12")),
    _long(
        "a long ROUTE-REFRESH, negotiated",
        header(5000, ROUTE_REFRESH) + b"\0\1\1\1" + bytes(4977),
        Ends(7, 1),
        Ends(1, 2),
    ),
    _long(
        "a long UPDATE with a bad attribute",
        _filled(9000).replace(GOOD[0], attribute(0x40, 1, b"\3")),
        Then({TARGET: None}),
    ),
    _paths("a path of the same number", "RFC 7911 §3", announce(nlri=_FIRST), BELIEVED),
    _paths(
        "a second path, the first withdrawn",
        "RFC 7911 §3",
        announce(nlri=_SECOND) + update(withdrawn=_FIRST),
        BELIEVED,
    ),
    _paths(
        "a second path, itself withdrawn",
        "RFC 7911 §3",
        announce(nlri=_SECOND) + update(withdrawn=_SECOND),
        UNCHANGED,
    ),
    _paths(
        "two paths, both withdrawn",
        "RFC 7911 §3",
        announce(nlri=_SECOND) + update(withdrawn=_FIRST + _SECOND),
        GONE,
    ),
    _paths("a path that never was withdrawn", "RFC 7911 §3", update(withdrawn=_THIRD), UNCHANGED),
    _paths(
        "path identifier 0",
        "RFC 7911 §3",
        update(withdrawn=_FIRST) + announce(nlri=prefix(TARGET, 0)),
        BELIEVED,
    ),
    _paths(
        "path identifier 4294967295",
        "RFC 7911 §3",
        update(withdrawn=_FIRST) + announce(nlri=prefix(TARGET, 0xFFFFFFFF)),
        BELIEVED,
    ),
    _paths(
        "two paths in a message",
        "RFC 7911 §3",
        update(withdrawn=_FIRST) + announce(nlri=_SECOND + _THIRD),
        BELIEVED,
    ),
    _paths(
        "a bad attribute withdraws one path",
        "RFC 7606 §2",
        announce(nlri=_SECOND) + announce(attribute(0x40, 1, b"\3"), nlri=_FIRST),
        BELIEVED,
    ),
    _paths("a path and nothing else", "RFC 7911 §3", announce(nlri=_WIDER), Then({"198.51.100.0/23": SEEN})),
    _paths("a path identifier cut short", "RFC 7911 §3", announce(nlri=_FIRST[:3]), Ends(3, 10), Ends(3, 1)),
    _paths(
        "a path identifier without prefix", "RFC 7911 §3", announce(nlri=_FIRST[:4]), Ends(3, 10), Ends(3, 1)
    ),
    _paths(
        "a prefix of 33 bits after an identifier",
        "RFC 7911 §3",
        announce(nlri=b"\0\0\0\1\x21" + bytes(5)),
        Ends(3, 10),
        Ends(3, 1),
    ),
    _paths(
        "a prefix cut short after an identifier",
        "RFC 7911 §3",
        announce(nlri=_FIRST[:-1]),
        Ends(3, 10),
        Ends(3, 1),
    ),
    _paths(
        "a withdrawn identifier cut short",
        "RFC 7911 §3",
        update(withdrawn=_FIRST[:3]),
        Ends(3, 10),
        Ends(3, 1),
    ),
)
