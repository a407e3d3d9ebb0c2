"""MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760, RFC 2545, RFC 7606 §5, §7.11)."""

from typing import Final

from tests.wire.case import (
    BELIEVED,
    BELIEVED6,
    GONE,
    GONE6,
    IPV4_ONLY,
    SEEN,
    UNCHANGED,
    Case,
    Ends,
    Then,
    case,
)
from tests.wire.octets import (
    BYSTANDER6,
    GATEWAY,
    GATEWAY6,
    GOOD,
    NEXT_HOP,
    TARGET,
    TARGET6,
    address,
    announce6,
    attribute,
    mp_reach,
    mp_unreach,
    prefix,
    update,
)

_TARGET, _TARGET6 = prefix(TARGET), prefix(TARGET6)
_LINK_LOCAL: Final = address("fe80::250")
_RESETS: Final = tuple(Ends(3, subcode) for subcode in (9, 1, 5, 8, 10))
"""RFC 4760 §7 says 9; RFC 7606 resets the session and does not name a subcode."""
_BESIDES: Final = tuple(piece for piece in GOOD if piece != NEXT_HOP)


def _reset(name: str, rule: str, *attributes: bytes) -> Case:
    return case(name, rule, update(*attributes, *_BESIDES), *_RESETS)


def _reach(name: str, value: bytes) -> Case:
    return _reset(name, "RFC 7606 §7.11", attribute(0x80, 14, value))


def _nlri(name: str, nlri: bytes) -> Case:
    return _reset(name, "RFC 7606 §5.3", mp_reach(nlri))


def _unreach(name: str, value: bytes) -> Case:
    return case(name, "RFC 7606 §5.3", update(attribute(0x80, 15, value)), *_RESETS)


_FAMILY: Final = b"\0\2\1"

_HEADS: Final = (
    _reach("MP_REACH_NLRI of no octets", b""),
    _reach("MP_REACH_NLRI of 3 octets", _FAMILY),
    _reach("MP_REACH_NLRI of 4 octets", _FAMILY + b"\0"),
    _reach("MP_REACH_NLRI without reserved octet", _FAMILY + b"\x10" + address(GATEWAY6)),
    _reach("a next hop of no octets", _FAMILY + b"\0\0" + _TARGET6),
    _reach("a next hop of 4 octets", _FAMILY + b"\4" + address(GATEWAY) + b"\0" + _TARGET6),
    _reach("a next hop of 15 octets", _FAMILY + b"\x0f" + address(GATEWAY6)[:15] + b"\0" + _TARGET6),
    _reach("a next hop of 17 octets", _FAMILY + b"\x11" + address(GATEWAY6) + b"\0\0" + _TARGET6),
    _reach(
        "a next hop of 33 octets", _FAMILY + b"\x21" + address(GATEWAY6) + _LINK_LOCAL + b"\0\0" + _TARGET6
    ),
    _reach("a next hop that goes too far", _FAMILY + b"\xff" + address(GATEWAY6) + b"\0" + _TARGET6),
    _nlri("an IPv6 prefix of 129 bits", b"\x81" + bytes(17)),
    _nlri("an IPv6 prefix of 255 bits", b"\xff" + bytes(32)),
    _nlri("an IPv6 prefix cut short", _TARGET6[:-1]),
    _nlri("an IPv6 prefix of 129 bits after a good one", _TARGET6 + b"\x81" + bytes(17)),
    _unreach("MP_UNREACH_NLRI of no octets", b""),
    _unreach("MP_UNREACH_NLRI of 2 octets", b"\0\2"),
    _unreach("a withdrawn IPv6 prefix of 129 bits", _FAMILY + b"\x81" + bytes(17)),
    _unreach("a withdrawn IPv6 prefix cut short", _FAMILY + _TARGET6[:-1]),
    _reset("MP_REACH_NLRI twice", "RFC 7606 §3 g", mp_reach(_TARGET6), mp_reach(prefix(BYSTANDER6))),
    _reset("MP_UNREACH_NLRI twice", "RFC 7606 §3 g", mp_unreach(_TARGET6), mp_unreach(prefix(BYSTANDER6))),
    # treat-as-withdraw where the routes are known, else they have to go with the session (RFC 7606 §5.3)
    case(
        "MP_REACH_NLRI transitive",
        "RFC 7606 §3 c",
        update(mp_reach(_TARGET6, flags=0xC0), *_BESIDES),
        GONE6,
        *_RESETS,
        Ends(3, 4),
    ),
    case(
        "MP_REACH_NLRI well-known",
        "RFC 7606 §3 c",
        update(mp_reach(_TARGET6, flags=0x40), *_BESIDES),
        GONE6,
        *_RESETS,
        Ends(3, 4),
    ),
    case(
        "MP_UNREACH_NLRI transitive",
        "RFC 7606 §3 c",
        update(mp_unreach(_TARGET6, flags=0xC0)),
        GONE6,
        *_RESETS,
        Ends(3, 4),
    ),
    case(
        "MP_REACH_NLRI cut off by the attributes",
        "RFC 7606 §4",
        update(*_BESIDES, attribute(0x80, 14, _FAMILY + b"\x10", length=40)),
        *_RESETS,
    ),
)
"""For MP_* twice RFC 7606 names 3/1; the rows below check that."""

_TWICE: Final = tuple(
    case(each.name, each.rule, each.sends, Ends(3, 1)) for each in _HEADS if each.name.endswith("twice")
)


def _malformed(name: str, rule: str, *bad: bytes, omit: tuple[int, ...] = ()) -> Case:
    return case(name, rule, announce6(*bad, omit=omit), GONE6)


_REST: Final = (
    _malformed("IPv6 without ORIGIN", "RFC 7606 §3 d", omit=(1,)),
    _malformed("IPv6 without AS_PATH", "RFC 7606 §3 d", omit=(2,)),
    _malformed("IPv6 with bad ORIGIN", "RFC 7606 §7.1", attribute(0x40, 1, b"\3")),
    _malformed("IPv6 with bad COMMUNITIES", "RFC 7606 §7.8", attribute(0xC0, 8, b"abc")),
    _malformed("IPv6 with bad LARGE_COMMUNITY", "RFC 8092 §6", attribute(0xC0, 32, b"abc")),
    case("IPv6 with bad AGGREGATOR", "RFC 7606 §7.7", announce6(attribute(0xC0, 7, b"abc")), BELIEVED6),
    case(
        "IPv6 and IPv4 with a bad attribute",
        "RFC 7606 §2",
        update(mp_reach(_TARGET6), *GOOD[:-1], attribute(0xC0, 8, b"abc"), nlri=_TARGET),
        Then({TARGET: None, TARGET6: None}),
    ),
    case(
        "IPv6 withdrawn and a bad attribute",
        "RFC 7606 §5.2",
        update(mp_unreach(_TARGET6), *GOOD[:-1], attribute(0xC0, 8, b"abc")),
        *_RESETS,
    ),
    case("IPv6 withdrawn", "RFC 4760 §4", update(mp_unreach(_TARGET6)), GONE6),
    case("IPv6 withdrawn with attributes", "RFC 4760 §4", update(mp_unreach(_TARGET6), *GOOD), GONE6),
    case("IPv6 End-of-RIB", "RFC 4724 §2", update(mp_unreach(b"")), UNCHANGED),
    case("IPv4 End-of-RIB by attribute", "RFC 4724 §2", update(mp_unreach(b"", afi=1)), UNCHANGED),
    case(
        "IPv6 after all other attributes", "RFC 7606 §5.1", update(*_BESIDES, mp_reach(_TARGET6)), BELIEVED6
    ),
    case(
        "IPv6 and IPv4 in one message",
        "RFC 7606 §5.1",
        update(mp_reach(_TARGET6), *GOOD, nlri=_TARGET),
        Then({TARGET: SEEN, TARGET6: SEEN}),
    ),
    case(
        "IPv6 withdrawn, IPv4 announced",
        "RFC 7606 §5.1",
        update(mp_unreach(_TARGET6), *GOOD, nlri=_TARGET),
        Then({TARGET: SEEN, TARGET6: None}),
    ),
    case(
        "IPv6 announced and withdrawn",
        "RFC 7606 §5.1",
        update(mp_reach(_TARGET6), mp_unreach(prefix(BYSTANDER6)), *_BESIDES),
        Then({TARGET6: SEEN, BYSTANDER6: None}),
    ),
    case("IPv6 with a NEXT_HOP", "RFC 4760 §3", update(mp_reach(_TARGET6), *GOOD), BELIEVED6),
    case(
        "IPv6 with a link-local next hop too",
        "RFC 2545 §3",
        update(mp_reach(_TARGET6, next_hop=address(GATEWAY6) + _LINK_LOCAL), *_BESIDES),
        BELIEVED6,
    ),
    case(
        "IPv6 with an extended length",
        "RFC 4271 §4.3",
        update(mp_reach(_TARGET6, flags=0x90), *_BESIDES),
        BELIEVED6,
    ),
    case(
        "IPv6 with unused flags",
        "RFC 4271 §4.3",
        update(mp_reach(_TARGET6, flags=0x8F), *_BESIDES),
        BELIEVED6,
    ),
    case(
        "the reserved octet is 1",
        "RFC 4760 §3",
        update(mp_reach(_TARGET6).replace(b"\0" + _TARGET6, b"\1" + _TARGET6), *_BESIDES),
        BELIEVED6,
    ),
    case(
        "bits after an IPv6 prefix",
        "RFC 4760 §5",
        update(mp_reach(b"\x2f\x20\1\x0d\xb8\1\1"), *_BESIDES),
        Then({"2001:db8:100::/47": SEEN}),
    ),
    case("the IPv6 default route", "RFC 4760 §5", update(mp_reach(b"\0"), *_BESIDES), Then({"::/0": SEEN})),
    case(
        "an IPv6 multicast prefix",
        "RFC 4271 §6.3",
        update(mp_reach(prefix("ff0e::/32") + _TARGET6), *_BESIDES),
        BELIEVED6,
    ),
    case(
        "IPv4 by attribute",
        "RFC 4760 §3",
        update(mp_reach(_TARGET, afi=1, next_hop=address(GATEWAY)), *_BESIDES),
        BELIEVED,
    ),
    case("IPv4 withdrawn by attribute", "RFC 4760 §4", update(mp_unreach(_TARGET, afi=1)), GONE),
    case(
        "a family nobody negotiated",
        "RFC 4760 §8",
        update(mp_reach(_TARGET, afi=1, safi=2, next_hop=address(GATEWAY)), *_BESIDES),
        UNCHANGED,
    ),
    case(
        "a family nobody knows",
        "RFC 4760 §8",
        update(mp_reach(b"\x08\1", afi=16397, safi=200, next_hop=b""), *_BESIDES),
        UNCHANGED,
        *_RESETS,
    ),
    case(
        "a withdrawn family nobody knows",
        "RFC 4760 §8",
        update(mp_unreach(b"\x08\1", afi=16397, safi=200)),
        UNCHANGED,
    ),
    case("IPv6 that was not negotiated", "RFC 4760 §8", announce6(), UNCHANGED, terms=IPV4_ONLY),
    case(
        "IPv6 withdrawn that was not negotiated",
        "RFC 4760 §8",
        update(mp_unreach(_TARGET6)),
        UNCHANGED,
        terms=IPV4_ONLY,
    ),
    case(
        "a next hop of zeros",
        "RFC 4271 §6.3",
        update(mp_reach(_TARGET6, next_hop=bytes(16)), *_BESIDES),
        GONE6,
        *_RESETS,
    ),
    case(
        "a multicast next hop",
        "RFC 4271 §6.3",
        update(mp_reach(_TARGET6, next_hop=address("ff0e::1")), *_BESIDES),
        GONE6,
        *_RESETS,
    ),
)

CASES: Final = tuple(each for each in _HEADS if not each.name.endswith("twice")) + _TWICE + _REST
