"""Attribute flags, and attributes unknown, repeated, missing or out of order (RFC 4271 §5, RFC 7606 §3)."""

from typing import Final

from tests.wire.case import BELIEVED, GONE, INTERNAL, INTERNALLY, Case, Ends, case, with_
from tests.wire.octets import (
    AS_PATH,
    GATEWAY,
    GOOD,
    NEW,
    NEXT_HOP,
    OLD,
    ORIGIN,
    TARGET,
    address,
    announce,
    attribute,
    prefix,
    update,
)

_TARGET: Final = prefix(TARGET)
_TRANSITIVE, _OPTIONAL = 0x40, 0x80
_AGGREGATOR: Final = (65001).to_bytes(4) + address(GATEWAY)
_UNKNOWN: Final = 200


def _conflict(name: str, flags: int, good: bytes) -> Case:
    """The Optional or the Transitive flag is not what the type has."""
    return case(name, "RFC 7606 §3 c", announce(bytes((flags,)) + good[1:]), GONE)


def _harmless(name: str, rule: str, *attributes: bytes) -> Case:
    return case(name, rule, announce(*attributes), BELIEVED)


_FLAGS: Final = (
    _conflict("ORIGIN optional", 0xC0, ORIGIN),
    _conflict("ORIGIN not transitive", 0x00, ORIGIN),
    _conflict("ORIGIN optional and not transitive", 0x80, ORIGIN),
    _conflict("AS_PATH optional", 0xC0, AS_PATH),
    _conflict("AS_PATH not transitive", 0x00, AS_PATH),
    _conflict("NEXT_HOP optional", 0xC0, NEXT_HOP),
    _conflict("NEXT_HOP not transitive", 0x00, NEXT_HOP),
    _conflict("MULTI_EXIT_DISC transitive", 0xC0, attribute(0x80, 4, bytes(4))),
    _conflict("MULTI_EXIT_DISC well-known", 0x40, attribute(0x80, 4, bytes(4))),
    _conflict("ATOMIC_AGGREGATE optional", 0xC0, attribute(0x40, 6)),
    _conflict("AGGREGATOR not transitive", 0x80, attribute(0xC0, 7, _AGGREGATOR)),
    _conflict("COMMUNITIES well-known", 0x40, NEW),
    _conflict("COMMUNITIES not transitive", 0x80, NEW),
    _conflict("EXTENDED COMMUNITIES not transitive", 0x80, attribute(0xC0, 16, b"\0\2\xfd\xe9\0\0\0\1")),
    _conflict("LARGE_COMMUNITY not transitive", 0x80, attribute(0xC0, 32, b"\0\0\xfd\xe9" + bytes(8))),
    case(
        "LOCAL_PREF optional, inside",
        "RFC 7606 §3 c",
        update(ORIGIN, attribute(0x40, 2), NEXT_HOP, attribute(0xC0, 5, bytes(4)), NEW, nlri=_TARGET),
        GONE,
        kind=INTERNAL,
        terms=INTERNALLY,
    ),
    _harmless("ORIGIN partial", "RFC 7606 §3 c", bytes((0x60,)) + ORIGIN[1:]),
    _harmless("unused flags of ORIGIN", "RFC 4271 §4.3", bytes((0x4F,)) + ORIGIN[1:]),
    _harmless("unused flags of COMMUNITIES", "RFC 4271 §4.3", bytes((0xCF,)) + NEW[1:]),
    _harmless("ORIGIN with extended length", "RFC 4271 §4.3", attribute(0x50, 1, b"\0")),
    _harmless("COMMUNITIES with extended length", "RFC 4271 §4.3", attribute(0xD0, 8, NEW[3:])),
    case(
        "COMMUNITIES partial",
        "RFC 4271 §5",
        announce(bytes((0xE0,)) + NEW[1:]),
        with_(bytes((0xE0,)) + NEW[1:]),
    ),
)

_UNRECOGNIZED: Final = (
    case(
        "unknown, well-known",
        "RFC 4271 §6.3",
        announce(attribute(_TRANSITIVE, _UNKNOWN, b"ab")),
        Ends(3, 2, attribute(0x40, _UNKNOWN, b"ab")),
    ),
    case(
        "unknown, neither optional nor transitive",
        "RFC 4271 §6.3",
        announce(attribute(0, _UNKNOWN, b"ab")),
        Ends(3, 2),
    ),
    case(
        "unknown, well-known, without routes",
        "RFC 4271 §6.3",
        update(*GOOD, attribute(_TRANSITIVE, _UNKNOWN, b"ab")),
        Ends(3, 2),
        Ends(3, 1),
    ),
    case(
        "unknown, transitive",
        "RFC 4271 §5",
        announce(attribute(0xC0, _UNKNOWN, b"ab")),
        with_(attribute(0xE0, _UNKNOWN, b"ab")),
    ),
    case(
        "unknown, transitive, partial",
        "RFC 4271 §5",
        announce(attribute(0xE0, _UNKNOWN, b"ab")),
        with_(attribute(0xE0, _UNKNOWN, b"ab")),
    ),
    case(
        "unknown, transitive, empty",
        "RFC 4271 §5",
        announce(attribute(0xC0, _UNKNOWN)),
        with_(attribute(0xE0, _UNKNOWN)),
    ),
    case(
        "unknown, transitive, long",
        "RFC 4271 §5",
        announce(attribute(0xC0, _UNKNOWN, bytes(2000))),
        with_(attribute(0xE0, _UNKNOWN, bytes(2000))),
    ),
    case(
        "unknown, type 254",
        "RFC 4271 §5",
        announce(attribute(0xC0, 254, b"ab")),
        with_(attribute(0xE0, 254, b"ab")),
    ),
    _harmless("unknown, not transitive", "RFC 4271 §5", attribute(_OPTIONAL, _UNKNOWN, b"ab")),
    _harmless("unknown, not transitive, long", "RFC 4271 §5", attribute(_OPTIONAL, _UNKNOWN, bytes(2000))),
)


def _repeated(name: str, *attributes: bytes) -> Case:
    """The first is kept, whatever the others are."""
    return case(name, "RFC 7606 §3 g", update(*attributes, nlri=_TARGET), BELIEVED)


_ONCE: Final = (
    _repeated("ORIGIN twice", *GOOD, attribute(0x40, 1, b"\2")),
    _repeated("ORIGIN twice, the second malformed", *GOOD, attribute(0x40, 1, b"\3")),
    _repeated("AS_PATH twice", *GOOD, attribute(0x40, 2)),
    _repeated("NEXT_HOP twice, the second malformed", *GOOD, attribute(0x40, 3, b"abc")),
    _repeated("COMMUNITIES twice", *GOOD, OLD),
    _repeated("COMMUNITIES twice in a row", *GOOD, NEW),
    _repeated("COMMUNITIES twice, the second malformed", *GOOD, attribute(0xC0, 8, b"abc")),
    _repeated("COMMUNITIES a hundred times", *GOOD, *[OLD] * 100),
    case(
        "COMMUNITIES twice, the first malformed",
        "RFC 7606 §3 g",
        update(*GOOD[:-1], attribute(0xC0, 8, b"abc"), NEW, nlri=_TARGET),
        GONE,
    ),
    case(
        "an unknown attribute twice",
        "RFC 7606 §3 g",
        update(*GOOD, attribute(0xC0, _UNKNOWN, b"a"), attribute(0xC0, _UNKNOWN, b"b"), nlri=_TARGET),
        with_(attribute(0xE0, _UNKNOWN, b"a")),
    ),
)

_SET: Final = (
    case("no ORIGIN", "RFC 7606 §3 d", announce(omit=(1,)), GONE),
    case("no AS_PATH", "RFC 7606 §3 d", announce(omit=(2,)), GONE),
    case("no NEXT_HOP", "RFC 7606 §3 d", announce(omit=(3,)), GONE),
    case("nothing mandatory", "RFC 7606 §3 d", announce(omit=(1, 2, 3)), GONE),
    case("attributes backwards", "RFC 4271 §5", update(*reversed(GOOD), nlri=_TARGET), BELIEVED),
    case(
        "a bad attribute first, backwards",
        "RFC 7606 §4",
        update(attribute(0xC0, 32, b"abc"), *reversed(GOOD), nlri=_TARGET),
        GONE,
    ),
    case(
        "discard and withdraw",
        "RFC 7606 §3 h",
        announce(attribute(0x40, 6, b"x"), attribute(0xC0, 8, b"abc")),
        GONE,
    ),
    case(
        "withdraw and discard",
        "RFC 7606 §3 h",
        announce(attribute(0x40, 1, b"\3"), attribute(0xC0, 7, b"abc")),
        GONE,
    ),
    case(
        "withdraw and reset",
        "RFC 7606 §3 h",
        announce(attribute(0x40, 1, b"\3"), nlri=b"\x21" + bytes(5)),
        Ends(3, 10),
        Ends(3, 1),
    ),
    case(
        "no NEXT_HOP and a bad AGGREGATOR",
        "RFC 7606 §3 h",
        announce(attribute(0xC0, 7, b"abc"), omit=(3,)),
        GONE,
    ),
)

CASES: Final = _FLAGS + _UNRECOGNIZED + _ONCE + _SET
