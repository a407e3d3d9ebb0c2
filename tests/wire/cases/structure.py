"""The structure of an UPDATE and its prefixes (RFC 4271 §4.3, §6.3, RFC 7606 §3-§5)."""

import struct
from typing import Final

from tests.wire.case import BELIEVED, GONE, SEEN, UNCHANGED, Case, Ends, Outcome, Then, case
from tests.wire.octets import (
    BYSTANDER,
    GOOD,
    NEVER_ANNOUNCED,
    ORIGIN,
    TARGET,
    UPDATE,
    among,
    announce,
    attribute,
    message,
    prefix,
    update,
)

_MALFORMED_LIST: Final = Ends(3, 1)
_NETWORK: Final = Ends(3, 10)
_TARGET: Final = prefix(TARGET)


def _lengths(name: str, withdrawn: int, attributes: int, rest: bytes = b"") -> Case:
    """Two lengths that do not fit the message."""
    body = struct.pack("!H", withdrawn) + struct.pack("!H", attributes) + rest
    return case(name, "RFC 7606 §3 b", message(UPDATE, body), _MALFORMED_LIST)


def _nlri(name: str, field: bytes) -> Case:
    return case(name, "RFC 7606 §5.3", announce(nlri=field), _NETWORK)


def _withdrawn(name: str, field: bytes) -> Case:
    """The RFCs name no subcode for this field."""
    return case(name, "RFC 7606 §3 i", update(withdrawn=field), _NETWORK, _MALFORMED_LIST)


def _overrun(name: str, *last: bytes) -> Case:
    """The prefixes can be found all the same."""
    return case(name, "RFC 7606 §4", update(*GOOD, *last, nlri=_TARGET), GONE)


def _routeless(name: str, bad: bytes, *outcomes: Outcome) -> Case:
    """Where nothing is announced, an error may have hidden it."""
    return case(name, "RFC 7606 §5.2", update(*among(bad)), *outcomes)


CASES: Final = (
    _lengths("withdrawn routes longer than the message", 0xFFFF, 0),
    _lengths("withdrawn routes one octet too long", 3, 0),
    _lengths("no room for the length of the attributes", 1, 0),
    _lengths("attributes longer than the message", 0, 0xFFFF),
    _lengths("attributes one octet too long", 0, len(ORIGIN) + 1, ORIGIN),
    _nlri("a prefix of 33 bits", b"\x21" + bytes(5)),
    _nlri("a prefix of 255 bits", b"\xff" + bytes(32)),
    _nlri("a prefix cut short", _TARGET[:-1]),
    _nlri("a prefix of 33 bits after a good one", _TARGET + b"\x21" + bytes(5)),
    _nlri("half a prefix after a good one", _TARGET + b"\x18"),
    _withdrawn("a withdrawn prefix of 33 bits", b"\x21" + bytes(5)),
    _withdrawn("a withdrawn prefix cut short", _TARGET[:-1]),
    _withdrawn("a withdrawn prefix of 128 bits after a good one", _TARGET + b"\x80" + bytes(16)),
    _overrun("an attribute that goes too far", attribute(0xC0, 16, b"ab", length=8)),
    _overrun("an extended attribute that goes too far", attribute(0xD0, 16, b"ab", length=8)),
    _overrun("an unknown attribute that goes too far", attribute(0xC0, 200, b"ab", length=200)),
    _overrun("one octet after the attributes", b"\xc0"),
    _overrun("two octets after the attributes", b"\xc0\x10"),
    _overrun("an extended length cut off", b"\xd0\x10\0"),
    case(
        "first attribute goes too far",
        "RFC 7606 §4",
        update(b"\x40\1\xff" + b"".join(GOOD), nlri=_TARGET),
        GONE,
    ),
    _routeless("no routes and a bad ORIGIN", attribute(0x40, 1, b"\3"), _MALFORMED_LIST, Ends(3, 6)),
    _routeless(
        "no routes and bad COMMUNITIES", attribute(0xC0, 8, b"abc"), _MALFORMED_LIST, Ends(3, 5), Ends(3, 9)
    ),
    _routeless(
        "no routes and a bad MED", attribute(0x80, 4, b"abc"), _MALFORMED_LIST, Ends(3, 5), Ends(3, 9)
    ),
    _routeless("no routes and a bad AGGREGATOR", attribute(0xC0, 7, b"abc"), UNCHANGED),
    case("good attributes and no routes", "RFC 4271 §4.3", update(*GOOD), UNCHANGED),
    case(
        "withdrawn routes and a bad attribute",
        "RFC 7606 §5.2",
        update(*GOOD[:-1], attribute(0xC0, 8, b"abc"), withdrawn=_TARGET),
        _MALFORMED_LIST,
        Ends(3, 5),
        Ends(3, 9),
    ),
    case("withdrawal", "RFC 4271 §4.3", update(withdrawn=_TARGET), GONE),
    case("withdrawal twice in a message", "RFC 4271 §4.3", update(withdrawn=_TARGET * 2), GONE),
    case(
        "withdrawal of what never was", "RFC 4271 §4.3", update(withdrawn=prefix(NEVER_ANNOUNCED)), UNCHANGED
    ),
    case("withdrawal with attributes", "RFC 4271 §4.3", update(*GOOD, withdrawn=_TARGET), GONE),
    case(
        "announced and withdrawn", "RFC 4271 §4.3", update(*GOOD, withdrawn=_TARGET, nlri=_TARGET), BELIEVED
    ),
    case("announced twice in a message", "RFC 4271 §4.3", announce(nlri=_TARGET * 2), BELIEVED),
    case(
        "one announced, one withdrawn",
        "RFC 4271 §4.3",
        update(*GOOD, withdrawn=prefix(BYSTANDER), nlri=_TARGET),
        Then({TARGET: SEEN, BYSTANDER: None}),
    ),
    case("End-of-RIB", "RFC 4724 §2", update(), UNCHANGED),
    case(
        "bits after the prefix",
        "RFC 4271 §4.3",
        announce(nlri=b"\x17\xc6\x33\x65"),
        Then({"198.51.100.0/23": SEEN}),
    ),
    case(
        "bits after a withdrawn prefix",
        "RFC 4271 §4.3",
        announce(nlri=prefix("198.51.100.0/23")) + update(withdrawn=b"\x17\xc6\x33\x65"),
        UNCHANGED,
    ),
    case("the default route", "RFC 4271 §4.3", announce(nlri=b"\0"), Then({"0.0.0.0/0": SEEN})),
    case(
        "a host route", "RFC 4271 §4.3", announce(nlri=b"\x20\xc6\x33\x64\1"), Then({"198.51.100.1/32": SEEN})
    ),
    case("a multicast prefix", "RFC 4271 §6.3", announce(nlri=prefix("224.0.1.0/24") + _TARGET), BELIEVED),
    case("nothing but prefixes", "RFC 7606 §3 d", update(nlri=_TARGET), GONE),
    case(
        "a bad attribute of what never was",
        "RFC 7606 §2",
        announce(attribute(0x40, 1, b"\3"), nlri=prefix(NEVER_ANNOUNCED)),
        UNCHANGED,
    ),
    case(
        "bad attributes, two prefixes",
        "RFC 7606 §2",
        announce(attribute(0x40, 1, b"\3"), nlri=_TARGET + prefix(BYSTANDER)),
        Then({TARGET: None, BYSTANDER: None}),
    ),
    case(
        "bad attributes, one announced, one withdrawn",
        "RFC 7606 §2",
        update(*GOOD[:-1], attribute(0xC0, 8, b"abc"), withdrawn=prefix(BYSTANDER), nlri=_TARGET),
        Then({TARGET: None, BYSTANDER: None}),
    ),
    case(
        "withdrawn, and announced badly",
        "RFC 7606 §2",
        update(*GOOD[:-1], attribute(0xC0, 8, b""), withdrawn=_TARGET, nlri=_TARGET),
        GONE,
    ),
    case("bad, then good", "RFC 7606 §2", announce(attribute(0x40, 1, b"\3")) + announce(), BELIEVED),
)
