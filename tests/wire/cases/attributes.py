"""The values of path attributes, one by one (RFC 7606 §7 and the RFC of each)."""

from typing import Final

from tests.wire.case import (
    BELIEVED,
    GONE,
    INTERNAL,
    INTERNALLY,
    SEEN,
    SEEN_INSIDE,
    Case,
    Then,
    attributes,
    case,
    with_,
)
from tests.wire.octets import (
    EXTERNAL_ASN,
    GATEWAY,
    LOCAL_ASN,
    NEW,
    NEXT_HOP,
    ORIGIN,
    ROUTER,
    TARGET,
    address,
    announce,
    as_path,
    attribute,
    community,
    prefix,
    sequence,
    update,
)

_INSIDE: Final = (ORIGIN, attribute(0x40, 2), NEXT_HOP, attribute(0x40, 5, (100).to_bytes(4)), NEW)
_AS: Final = EXTERNAL_ASN.to_bytes(4)
_SEEN_FROM_INSIDE: Final = {**SEEN, **attributes(as_path(sequence(LOCAL_ASN)))}


def _malformed(name: str, rule: str, *bad: bytes) -> Case:
    """Treat-as-withdraw."""
    return case(name, rule, announce(*bad), GONE)


def _malformed_or_unknown(name: str, rule: str, bad: bytes) -> Case:
    """Treat-as-withdraw by those who know the attribute."""
    return case(name, rule, announce(bad), GONE, with_(bytes((0xE0,)) + bad[1:]))


def _discarded(name: str, rule: str, *bad: bytes) -> Case:
    """The route stays, without the attribute."""
    return case(name, rule, announce(*bad), BELIEVED)


def _kept(name: str, rule: str, *good: bytes) -> Case:
    """The attribute is passed on as it is."""
    return case(name, rule, announce(*good), with_(*good))


def _inside(name: str, rule: str, outcome: Then, *pieces: bytes) -> Case:
    """From an internal neighbor, with these among attributes that are good inside."""
    codes = {piece[1] for piece in pieces}
    good = [piece for piece in _INSIDE if piece[1] not in codes]
    joined = sorted([*good, *pieces], key=lambda piece: piece[1])
    sends = update(*joined, nlri=prefix(TARGET))
    return case(name, rule, sends, outcome, kind=INTERNAL, terms=INTERNALLY)


def _seen_inside(name: str, rule: str, *bad: bytes) -> Case:
    """From an external neighbor; the internal observer must not learn of it."""
    return case(name, rule, announce(*bad), Then({TARGET: SEEN_INSIDE}, "internal"))


_ORIGIN: Final = (
    _malformed("ORIGIN 3", "RFC 7606 §7.1", attribute(0x40, 1, b"\3")),
    _malformed("ORIGIN 255", "RFC 7606 §7.1", attribute(0x40, 1, b"\xff")),
    _malformed("ORIGIN of no octets", "RFC 7606 §7.1", attribute(0x40, 1)),
    _malformed("ORIGIN of 2 octets", "RFC 7606 §7.1", attribute(0x40, 1, b"\0\0")),
    _kept("ORIGIN INCOMPLETE", "RFC 4271 §4.3", attribute(0x40, 1, b"\2")),
)


def _path(name: str, rule: str, *segments: bytes) -> Case:
    return _malformed(name, rule, as_path(*segments))


_PATH: Final = (
    _path("a segment of type 0", "RFC 7606 §7.2", sequence(EXTERNAL_ASN, kind=0)),
    _path("a segment of type 5", "RFC 7606 §7.2", sequence(EXTERNAL_ASN), sequence(EXTERNAL_ASN, kind=5)),
    _path("a segment of type 255", "RFC 7606 §7.2", sequence(EXTERNAL_ASN, kind=255)),
    _path("an empty segment", "RFC 7606 §7.2", sequence(EXTERNAL_ASN), sequence()),
    _path("an empty segment first", "RFC 7606 §7.2", sequence(), sequence(EXTERNAL_ASN)),
    _path("a segment that goes too far", "RFC 7606 §7.2", b"\2\2" + _AS),
    _path("a segment cut in an AS number", "RFC 7606 §7.2", b"\2\1" + _AS[:3]),
    _path("one octet after the segments", "RFC 7606 §7.2", sequence(EXTERNAL_ASN), b"\2"),
    _path("AS numbers of two octets", "RFC 6793 §4.1", sequence(EXTERNAL_ASN, octets=2)),
    _path("a confederation sequence", "RFC 5065 §5", sequence(EXTERNAL_ASN, kind=3), sequence(EXTERNAL_ASN)),
    _path("a confederation set", "RFC 5065 §5", sequence(EXTERNAL_ASN), sequence(64999, kind=4)),
    _path("AS 0 in the path", "RFC 7607 §2", sequence(EXTERNAL_ASN, 0)),
    _path("AS 0 among many", "RFC 7607 §2", sequence(EXTERNAL_ASN, 64999, 0, 64998)),
    _path("our own AS", "RFC 4271 §9.1.2", sequence(EXTERNAL_ASN, LOCAL_ASN)),
    _path(
        "our own AS in a set", "RFC 4271 §9.1.2", sequence(EXTERNAL_ASN), sequence(64999, LOCAL_ASN, kind=1)
    ),
    case(
        "a path of 255 ASes",
        "RFC 4271 §5.1.2",
        announce(as_path(sequence(*[EXTERNAL_ASN] * 255))),
        with_(as_path(sequence(LOCAL_ASN), sequence(*[EXTERNAL_ASN] * 255))),
        # or one segment is filled up and the other gets the rest
        with_(as_path(sequence(LOCAL_ASN, *[EXTERNAL_ASN] * 254), sequence(EXTERNAL_ASN))),
    ),
    case(
        "a path of two sequences",
        "RFC 4271 §5.1.2",
        announce(as_path(sequence(EXTERNAL_ASN), sequence(64999, 64998))),
        with_(as_path(sequence(LOCAL_ASN, EXTERNAL_ASN), sequence(64999, 64998))),
        with_(as_path(sequence(LOCAL_ASN, EXTERNAL_ASN, 64999, 64998))),
    ),
)


def _next_hop(name: str, rule: str, text: str) -> Case:
    return _malformed(name, rule, attribute(0x40, 3, address(text)))


_HOP: Final = (
    _malformed("NEXT_HOP of no octets", "RFC 7606 §7.3", attribute(0x40, 3)),
    _malformed("NEXT_HOP of 3 octets", "RFC 7606 §7.3", attribute(0x40, 3, b"abc")),
    _malformed("NEXT_HOP of 5 octets", "RFC 7606 §7.3", attribute(0x40, 3, address(GATEWAY) + b"\0")),
    _malformed("NEXT_HOP of 16 octets", "RFC 7606 §7.3", attribute(0x40, 3, address("fd00:18::250"))),
    _next_hop("NEXT_HOP 0.0.0.0", "RFC 4271 §6.3", "0.0.0.0"),
    _next_hop("NEXT_HOP of class D", "RFC 4271 §6.3", "224.0.0.1"),
    _next_hop("NEXT_HOP of class E", "RFC 4271 §6.3", "240.0.0.1"),
    _next_hop("NEXT_HOP 255.255.255.255", "RFC 4271 §6.3", "255.255.255.255"),
    _next_hop("NEXT_HOP is the receiver", "RFC 4271 §5.1.3", ROUTER),
    _next_hop("NEXT_HOP on no common network", "RFC 4271 §5.1.3", "100.64.0.9"),
)

_MED: Final = (
    _malformed("MULTI_EXIT_DISC of no octets", "RFC 7606 §7.4", attribute(0x80, 4)),
    _malformed("MULTI_EXIT_DISC of 3 octets", "RFC 7606 §7.4", attribute(0x80, 4, b"abc")),
    _malformed("MULTI_EXIT_DISC of 5 octets", "RFC 7606 §7.4", attribute(0x80, 4, b"abcde")),
    _discarded("MULTI_EXIT_DISC goes no further", "RFC 4271 §5.1.4", attribute(0x80, 4, b"abcd")),
)

_PREFERENCE: Final = (
    _seen_inside("LOCAL_PREF from outside", "RFC 7606 §7.5", attribute(0x40, 5, (7).to_bytes(4))),
    _discarded("LOCAL_PREF of 3 octets from outside", "RFC 7606 §7.5", attribute(0x40, 5, b"abc")),
    _inside("LOCAL_PREF of 3 octets", "RFC 7606 §7.5", GONE, attribute(0x40, 5, b"abc")),
    _inside("LOCAL_PREF of no octets", "RFC 7606 §7.5", GONE, attribute(0x40, 5)),
    _inside(
        "LOCAL_PREF goes no further",
        "RFC 4271 §5.1.5",
        Then({TARGET: _SEEN_FROM_INSIDE}),
        attribute(0x40, 5, bytes(4)),
    ),
)

_AGGREGATION: Final = (
    _discarded("ATOMIC_AGGREGATE of 1 octet", "RFC 7606 §7.6", attribute(0x40, 6, b"x")),
    _discarded("ATOMIC_AGGREGATE of 300 octets", "RFC 7606 §7.6", attribute(0x40, 6, bytes(300))),
    _kept("ATOMIC_AGGREGATE", "RFC 4271 §5.1.6", attribute(0x40, 6)),
    _discarded("AGGREGATOR of no octets", "RFC 7606 §7.7", attribute(0xC0, 7)),
    _discarded("AGGREGATOR of 6 octets", "RFC 7606 §7.7", attribute(0xC0, 7, _AS[2:] + address(GATEWAY))),
    _discarded("AGGREGATOR of 7 octets", "RFC 7606 §7.7", attribute(0xC0, 7, bytes(7))),
    _discarded("AGGREGATOR of 9 octets", "RFC 7606 §7.7", attribute(0xC0, 7, _AS + address(GATEWAY) + b"\0")),
    _discarded("AGGREGATOR of AS 0", "RFC 7607 §2", attribute(0xC0, 7, bytes(4) + address(GATEWAY))),
    _kept("AGGREGATOR", "RFC 4271 §5.1.7", attribute(0xC0, 7, _AS + address(GATEWAY))),
)

_COMMUNITY: Final = (
    _malformed("COMMUNITIES of no octets", "RFC 7606 §7.8", attribute(0xC0, 8)),
    _malformed("COMMUNITIES of 3 octets", "RFC 7606 §7.8", attribute(0xC0, 8, b"abc")),
    _malformed("COMMUNITIES of 5 octets", "RFC 7606 §7.8", attribute(0xC0, 8, NEW[3:] + b"\0")),
    _malformed("COMMUNITIES of 258 octets", "RFC 7606 §7.8", attribute(0xC0, 8, bytes(258))),
    _kept("COMMUNITIES of 400 octets", "RFC 1997", community(*[(65001, number) for number in range(100)])),
    case("NO_EXPORT", "RFC 1997", announce(community((0xFFFF, 0xFF01))), GONE),
    case("NO_ADVERTISE", "RFC 1997", announce(community((0xFFFF, 0xFF02))), Then({TARGET: None}, "internal")),
    _malformed("EXTENDED COMMUNITIES of no octets", "RFC 7606 §7.14", attribute(0xC0, 16)),
    _malformed("EXTENDED COMMUNITIES of 7 octets", "RFC 7606 §7.14", attribute(0xC0, 16, bytes(7))),
    _malformed("EXTENDED COMMUNITIES of 9 octets", "RFC 7606 §7.14", attribute(0xC0, 16, bytes(9))),
    _kept(
        "EXTENDED COMMUNITIES", "RFC 4360", attribute(0xC0, 16, b"\0\2\xfd\xe9\0\0\0\1\0\3\xfd\xe9\0\0\0\2")
    ),
    _kept(
        "an extended community nobody knows", "RFC 4360 §6", attribute(0xC0, 16, b"\x3f\xff\xfd\xe9\0\0\0\1")
    ),
    _malformed_or_unknown("IPv6 communities of no octets", "RFC 7606 §7.15", attribute(0xC0, 25)),
    _malformed_or_unknown("IPv6 communities of 21 octets", "RFC 7606 §7.15", attribute(0xC0, 25, bytes(21))),
    _malformed("LARGE_COMMUNITY of no octets", "RFC 8092 §6", attribute(0xC0, 32)),
    _malformed("LARGE_COMMUNITY of 11 octets", "RFC 8092 §6", attribute(0xC0, 32, bytes(11))),
    _malformed("LARGE_COMMUNITY of 13 octets", "RFC 8092 §6", attribute(0xC0, 32, bytes(13))),
    case(
        "LARGE_COMMUNITY twice the same",
        "RFC 8092 §2",
        announce(attribute(0xC0, 32, (_AS + bytes(8)) * 2)),
        with_(attribute(0xC0, 32, _AS + bytes(8))),
    ),
    _kept("LARGE_COMMUNITY of AS 0", "RFC 8092 §5", attribute(0xC0, 32, bytes(12))),
)

_REFLECTION: Final = (
    _discarded("ORIGINATOR_ID from outside", "RFC 7606 §7.9", attribute(0x80, 9, address(GATEWAY))),
    _discarded("ORIGINATOR_ID of 3 octets from outside", "RFC 7606 §7.9", attribute(0x80, 9, b"abc")),
    _discarded("CLUSTER_LIST from outside", "RFC 7606 §7.10", attribute(0x80, 10, address(GATEWAY))),
    _discarded("CLUSTER_LIST of 3 octets from outside", "RFC 7606 §7.10", attribute(0x80, 10, b"abc")),
    _inside("ORIGINATOR_ID of 3 octets", "RFC 7606 §7.9", GONE, attribute(0x80, 9, b"abc")),
    _inside("ORIGINATOR_ID of no octets", "RFC 7606 §7.9", GONE, attribute(0x80, 9)),
    _inside("our own ORIGINATOR_ID", "RFC 4456 §8", GONE, attribute(0x80, 9, address(ROUTER))),
    _inside("CLUSTER_LIST of no octets", "RFC 7606 §7.10", GONE, attribute(0x80, 10)),
    _inside("CLUSTER_LIST of 3 octets", "RFC 7606 §7.10", GONE, attribute(0x80, 10, b"abc")),
    _inside(
        "reflected, and sent outside",
        "RFC 4456 §8",
        Then({TARGET: _SEEN_FROM_INSIDE}),
        attribute(0x80, 9, address(GATEWAY)),
        attribute(0x80, 10, address(GATEWAY)),
    ),
)

_LATER: Final = (
    _discarded("AIGP that was not asked for", "RFC 7311 §3.3", attribute(0x80, 26, b"\1\0\x0b" + bytes(8))),
    _discarded("AIGP of 2 octets", "RFC 7311 §3", attribute(0x80, 26, b"\1\0")),
    _discarded(
        "AIGP with a TLV that goes too far", "RFC 7311 §3", attribute(0x80, 26, b"\1\0\xff" + bytes(8))
    ),
    _malformed("ONLY_TO_CUSTOMER of no octets", "RFC 9234 §5", attribute(0xC0, 35)),
    _malformed("ONLY_TO_CUSTOMER of 3 octets", "RFC 9234 §5", attribute(0xC0, 35, b"abc")),
    _malformed("ONLY_TO_CUSTOMER of 8 octets", "RFC 9234 §5", attribute(0xC0, 35, bytes(8))),
)

CASES: Final = (
    *_ORIGIN,
    *_PATH,
    *_HOP,
    *_MED,
    *_PREFERENCE,
    *_AGGREGATION,
    *_COMMUNITY,
    *_REFLECTION,
    *_LATER,
)
