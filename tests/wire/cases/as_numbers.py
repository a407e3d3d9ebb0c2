"""AS numbers of four octets, and neighbors that know only two (RFC 6793)."""

from typing import Final

from tests.wire.case import (
    BELIEVED,
    GONE,
    SEEN,
    TWO_OCTETS,
    WIDE,
    Case,
    Terms,
    Then,
    attributes,
    case,
)
from tests.wire.octets import (
    AS_TRANS,
    EXTERNAL_ASN,
    GATEWAY,
    LOCAL_ASN,
    NEW,
    NEXT_HOP,
    ORIGIN,
    TARGET,
    WIDE_ASN,
    address,
    among,
    announce,
    as_path,
    attribute,
    opening,
    prefix,
    sequence,
    update,
)

_NARROW_PATH: Final = as_path(sequence(EXTERNAL_ASN, octets=2))
_NARROW: Final = (ORIGIN, _NARROW_PATH, NEXT_HOP, NEW)
_TRANS_PATH: Final = as_path(sequence(EXTERNAL_ASN, AS_TRANS, AS_TRANS, octets=2))
_UNMERGED: Final = as_path(sequence(LOCAL_ASN, EXTERNAL_ASN, AS_TRANS, AS_TRANS))
_MERGED: Final = as_path(sequence(LOCAL_ASN, EXTERNAL_ASN, WIDE_ASN, WIDE_ASN + 1))
_SPLIT: Final = as_path(sequence(LOCAL_ASN, EXTERNAL_ASN), sequence(WIDE_ASN, WIDE_ASN + 1))
"""The same path; RFC 6793 §4.2.3 does not say whether the two parts become one segment."""
_TAIL: Final = sequence(WIDE_ASN, WIDE_ASN + 1)
_ADDRESS: Final = address(GATEWAY)


def _from_old(name: str, rule: str, pieces: tuple[bytes, ...], *outcomes: Then) -> Case:
    """From a neighbor whose AS numbers have two octets."""
    sends = update(*among(*pieces, good=_NARROW), nlri=prefix(TARGET))
    return case(name, rule, sends, *outcomes, terms=TWO_OCTETS)


def _as4_path(name: str, rule: str, value: bytes, *paths: bytes) -> Case:
    """A path with two AS_TRANS and this AS4_PATH."""
    outcomes = [_with(path) for path in paths]
    return _from_old(name, rule, (_TRANS_PATH, attribute(0xC0, 17, value)), *outcomes)


def _with(*pieces: bytes) -> Then:
    return Then({TARGET: {**SEEN, **attributes(*pieces)}})


def _aggregator(asn: int, octets: int = 2) -> bytes:
    return attribute(0xC0, 7 if octets == 2 else 18, asn.to_bytes(octets) + _ADDRESS)


def _wide_aggregator(asn: int) -> bytes:
    return attribute(0xC0, 7, asn.to_bytes(4) + _ADDRESS)


_FROM_NEW: Final = (
    case("AS4_PATH from a new speaker", "RFC 6793 §4.1", announce(attribute(0xC0, 17, _TAIL)), BELIEVED),
    case("AS4_AGGREGATOR from a new speaker", "RFC 6793 §4.1", announce(_aggregator(WIDE_ASN, 4)), BELIEVED),
    case(
        "malformed AS4_PATH from a new speaker",
        "RFC 6793 §4.1",
        announce(attribute(0xC0, 17, b"abc")),
        BELIEVED,
    ),
    case(
        "a wide AS on the way",
        "RFC 6793 §4.2.2",
        announce(as_path(sequence(EXTERNAL_ASN, WIDE_ASN))),
        Then(
            {
                TARGET: {
                    **SEEN,
                    **attributes(
                        as_path(sequence(LOCAL_ASN, EXTERNAL_ASN, AS_TRANS, octets=2)),
                        attribute(0xC0, 17, sequence(LOCAL_ASN, EXTERNAL_ASN, WIDE_ASN)),
                    ),
                }
            },
            "old",
        ),
    ),
    case(
        "a wide aggregator on the way",
        "RFC 6793 §4.2.2",
        announce(_wide_aggregator(WIDE_ASN)),
        Then(
            {
                TARGET: {
                    **SEEN,
                    **attributes(
                        as_path(sequence(LOCAL_ASN, EXTERNAL_ASN, octets=2)),
                        _aggregator(AS_TRANS),
                        _aggregator(WIDE_ASN, 4),
                    ),
                }
            },
            "old",
        ),
    ),
    case(
        "no AS4_PATH where two octets do",
        "RFC 6793 §4.2.2",
        announce(),
        Then({TARGET: {**SEEN, **attributes(as_path(sequence(LOCAL_ASN, EXTERNAL_ASN, octets=2)))}}, "old"),
    ),
    case(
        "from a wide AS",
        "RFC 6793 §4.1",
        announce(as_path(sequence(WIDE_ASN))),
        _with(as_path(sequence(LOCAL_ASN, WIDE_ASN))),
        kind=WIDE,
        terms=Terms(opening(WIDE_ASN)),
    ),
)

_FROM_OLD: Final = (
    _from_old("an old speaker's route", "RFC 6793 §4.2.3", (), BELIEVED),
    _from_old(
        "a path of four octets from an old speaker", "RFC 7606 §7.2", (as_path(sequence(EXTERNAL_ASN)),), GONE
    ),
    _from_old("an old path that goes too far", "RFC 7606 §7.2", (as_path(b"\2\2\xfd\xe9"),), GONE),
    _from_old("AS 0 in an old path", "RFC 7607 §2", (as_path(sequence(EXTERNAL_ASN, 0, octets=2)),), GONE),
    _from_old(
        "AS 0 in an AS4_PATH",
        "RFC 7607 §2",
        (_TRANS_PATH, attribute(0xC0, 17, sequence(WIDE_ASN, 0))),
        _with(_UNMERGED),
    ),
    _as4_path("AS4_PATH", "RFC 6793 §4.2.3", _TAIL, _MERGED, _SPLIT),
    _as4_path(
        "AS4_PATH longer than AS_PATH", "RFC 6793 §4.2.3", sequence(*range(WIDE_ASN, WIDE_ASN + 4)), _UNMERGED
    ),
    _as4_path("AS4_PATH of 5 octets", "RFC 6793 §6", b"\2\1abc", _UNMERGED),
    _as4_path("AS4_PATH with an empty segment", "RFC 6793 §6", _TAIL + sequence(), _UNMERGED),
    _as4_path("AS4_PATH with a segment of type 9", "RFC 6793 §6", sequence(WIDE_ASN, kind=9), _UNMERGED),
    _as4_path("AS4_PATH that goes too far", "RFC 6793 §6", b"\2\3" + _TAIL[2:], _UNMERGED),
    _as4_path(
        "AS4_PATH with a confederation", "RFC 6793 §6", sequence(64999, kind=3) + _TAIL, _MERGED, _SPLIT
    ),
    _from_old(
        "AGGREGATOR of 6 octets from an old speaker",
        "RFC 6793 §4.2.3",
        (_aggregator(EXTERNAL_ASN),),
        _with(_wide_aggregator(EXTERNAL_ASN)),
    ),
    _from_old(
        "AGGREGATOR of 8 octets from an old speaker",
        "RFC 7606 §7.7",
        (_wide_aggregator(EXTERNAL_ASN),),
        BELIEVED,
    ),
    _from_old("AGGREGATOR of AS 0 from an old speaker", "RFC 7607 §2", (_aggregator(0),), BELIEVED),
    _from_old(
        "AS4_AGGREGATOR",
        "RFC 6793 §4.2.3",
        (_aggregator(AS_TRANS), _aggregator(WIDE_ASN, 4)),
        _with(_wide_aggregator(WIDE_ASN)),
    ),
    _from_old(
        "AS4_AGGREGATOR of 7 octets",
        "RFC 6793 §6",
        (_aggregator(AS_TRANS), attribute(0xC0, 18, bytes(7))),
        _with(_wide_aggregator(AS_TRANS)),
    ),
    _from_old(
        "AS4_AGGREGATOR of 9 octets",
        "RFC 6793 §6",
        (_aggregator(AS_TRANS), attribute(0xC0, 18, b"\0\2" + bytes(7))),
        _with(_wide_aggregator(AS_TRANS)),
    ),
    _from_old("AS4_AGGREGATOR alone", "RFC 6793 §4.2.3", (_aggregator(WIDE_ASN, 4),), BELIEVED),
    _from_old(
        "an AGGREGATOR that is not AS_TRANS",
        "RFC 6793 §4.2.3",
        (_TRANS_PATH, _aggregator(EXTERNAL_ASN), attribute(0xC0, 17, _TAIL), _aggregator(WIDE_ASN, 4)),
        _with(_UNMERGED, _wide_aggregator(EXTERNAL_ASN)),
    ),
)

CASES: Final = _FROM_NEW + _FROM_OLD
