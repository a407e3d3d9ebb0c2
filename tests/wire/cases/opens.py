"""OPEN messages, refused and accepted (RFC 4271 §6.2, RFC 5492, RFC 6286, RFC 6793, RFC 7607, RFC 9072)."""

from typing import Final

from tests.wire.case import (
    EXTERNAL,
    INTERNAL,
    UNCHANGED,
    WIDE,
    Case,
    Ends,
    Kind,
    Moment,
    Outcome,
    Terms,
    case,
)
from tests.wire.octets import (
    AS_TRANS,
    EXTERNAL_ASN,
    IPV4,
    IPV6,
    LOCAL_ASN,
    OPEN,
    REFRESH,
    ROUTER,
    WIDE_ASN,
    capability,
    four_octet_as,
    message,
    multiprotocol,
    opening,
    parameter,
)

_USUAL: Final = IPV4 + IPV6 + REFRESH + four_octet_as(EXTERNAL_ASN)
_CAPABILITIES: Final = parameter(2, _USUAL)
_TWO: Final = parameter(2, IPV4)
"""Without 4-octet AS numbers."""
_LONG: Final = b"".join(capability(code, bytes(200)) for code in (200, 201, 202))


def _refused(name: str, rule: str, sends: bytes, *endings: Ends, kind: Kind = EXTERNAL) -> Case:
    return case(name, rule, sends, *endings, moment=Moment.OPEN_SENT, kind=kind)


def _accepted(
    name: str,
    rule: str,
    sends: bytes,
    *,
    kind: Kind = EXTERNAL,
    as_octets: int = 4,
    ipv6: bool = True,
    or_else: tuple[Outcome, ...] = (),
) -> Case:
    """A session with this OPEN serves like any other; its UPDATEs are as the OPEN promises."""
    return case(name, rule, b"", UNCHANGED, *or_else, kind=kind, terms=Terms(sends, as_octets, ipv6))


def _extended(parameters: bytes, *, mark: int = 255, octets: int | None = None) -> bytes:
    """Return an OPEN whose parameters have the form of RFC 9072 §2."""
    octets = len(parameters) if octets is None else octets
    return opening(parameters=b"\xff" + octets.to_bytes(2) + parameters, octets=mark)


def _wide_parameter(kind: int, value: bytes) -> bytes:
    return bytes((kind,)) + len(value).to_bytes(2) + value


_REFUSED: Final = (
    _refused("version 3", "RFC 4271 §6.2", opening(version=3), Ends(2, 1, b"\0\4")),
    _refused("version 5", "RFC 4271 §6.2", opening(version=5), Ends(2, 1, b"\0\4")),
    _refused("version 0", "RFC 4271 §6.2", opening(version=0), Ends(2, 1, b"\0\4")),
    _refused("version 255", "RFC 4271 §6.2", opening(version=255), Ends(2, 1, b"\0\4")),
    _refused("another AS", "RFC 4271 §6.2", opening(65099), Ends(2, 2)),
    _refused("another AS of two octets", "RFC 4271 §6.2", opening(65099, parameters=_TWO), Ends(2, 2)),
    _refused("AS 0 of two octets", "RFC 7607 §2", opening(0, parameters=_TWO), Ends(2, 2)),
    _refused("AS 0 everywhere", "RFC 7607 §2", opening(0), Ends(2, 2)),
    _refused(
        "AS 0 in the capability",
        "RFC 7607 §2",
        opening(parameters=parameter(2, IPV4 + four_octet_as(0))),
        Ends(2, 2),
    ),
    _refused(
        "another AS in the capability",
        "RFC 6793 §4.1",
        opening(parameters=parameter(2, IPV4 + four_octet_as(65099))),
        Ends(2, 2),
    ),
    _refused("AS_TRANS alone", "RFC 6793 §4.1", opening(AS_TRANS, parameters=_TWO), Ends(2, 2)),
    _refused(
        "AS_TRANS alone for a wide AS",
        "RFC 6793 §4.1",
        opening(WIDE_ASN, parameters=_TWO),
        Ends(2, 2),
        kind=WIDE,
    ),
    _refused("our own AS from outside", "RFC 4271 §6.2", opening(LOCAL_ASN), Ends(2, 2)),
    _refused("identifier 0.0.0.0", "RFC 6286 §2.2", opening(router_id="0.0.0.0"), Ends(2, 3)),
    _refused(
        "our own identifier inside",
        "RFC 6286 §2.2",
        opening(LOCAL_ASN, router_id=ROUTER),
        Ends(2, 3),
        kind=INTERNAL,
    ),
    _refused("hold time 1", "RFC 4271 §6.2", opening(hold_time=1), Ends(2, 6)),
    _refused("hold time 2", "RFC 4271 §6.2", opening(hold_time=2), Ends(2, 6)),
    _refused("an unknown parameter", "RFC 4271 §6.2", opening(parameters=parameter(9, b"ab")), Ends(2, 4)),
    _refused(
        "an unknown parameter after capabilities",
        "RFC 4271 §6.2",
        opening(parameters=_CAPABILITIES + parameter(9, b"ab")),
        Ends(2, 4),
    ),
    _refused(
        "the old authentication parameter",
        "RFC 5492 §8",
        opening(parameters=parameter(1, b"\0secret")),
        Ends(2, 4),
        Ends(2, 5),  # the subcode it once had (RFC 1771 §6.2)
    ),
    _refused(
        "a parameter that goes too far",
        "RFC 4271 §6.2",
        opening(parameters=b"\2\x20" + IPV4),
        Ends(2, 0),
    ),
    _refused("half a parameter", "RFC 4271 §6.2", opening(parameters=_CAPABILITIES + b"\2"), Ends(2, 0)),
    _refused(
        "a capability that goes too far",
        "RFC 5492 §4",
        opening(parameters=parameter(2, b"\1\x08\0\1\0\1")),
        Ends(2, 0),
    ),
    _refused(
        "half a capability", "RFC 5492 §4", opening(parameters=parameter(2, _USUAL + b"\1")), Ends(2, 0)
    ),
    _refused(
        "parameters longer than the message",
        "RFC 4271 §6.2",
        opening(octets=len(_CAPABILITIES) + 4),
        Ends(2, 0),
        Ends(1, 2),
    ),
    _refused(
        "extended parameters that go too far",
        "RFC 9072 §2",
        _extended(b"\2\0\xff" + IPV4),
        Ends(2, 0),
    ),
    _refused(
        "extended parameters longer than the message",
        "RFC 9072 §2",
        _extended(_wide_parameter(2, _USUAL), octets=1000),
        Ends(2, 0),
        Ends(1, 2),
    ),
    _refused(
        "an unknown extended parameter",
        "RFC 9072 §2",
        _extended(_wide_parameter(9, bytes(300))),
        Ends(2, 4),
    ),
    _refused(
        "the extended length cut off",
        "RFC 9072 §2",
        message(OPEN, opening(parameters=b"\xff\0", octets=255)[19:]),
        Ends(2, 0),
        Ends(1, 2),
    ),
)

_TWICE: Final = IPV4 + IPV4 + IPV6 + REFRESH + REFRESH + four_octet_as(EXTERNAL_ASN) * 2
_ODD_LENGTH: Final = (Ends(2, 0),)
"""Of a capability; the RFCs do not say what that costs."""

_ACCEPTED: Final = (
    _accepted("nothing optional", "RFC 4271 §4.2", opening(parameters=b""), as_octets=2, ipv6=False),
    _accepted("hold time 0", "RFC 4271 §4.2", opening(hold_time=0)),
    _accepted("hold time 3", "RFC 4271 §4.2", opening(hold_time=3)),
    _accepted("hold time 65535", "RFC 4271 §4.2", opening(hold_time=65535)),
    _accepted("our identifier outside", "RFC 6286 §2.1", opening(router_id=ROUTER)),
    _accepted("identifier of class D", "RFC 6286 §2.1", opening(router_id="224.0.0.1")),
    _accepted("identifier 255.255.255.255", "RFC 6286 §2.1", opening(router_id="255.255.255.255")),
    _accepted("identifier 0.0.0.1", "RFC 6286 §2.1", opening(router_id="0.0.0.1")),
    _accepted("AS_TRANS and a wide AS", "RFC 6793 §4.1", opening(WIDE_ASN), kind=WIDE),
    _accepted(
        "AS_TRANS and a narrow AS",
        "RFC 6793 §4.1",
        opening(AS_TRANS, parameters=_CAPABILITIES),
        or_else=(Ends(2, 2),),
    ),
    _accepted(
        "no capabilities in a parameter", "RFC 5492 §4", opening(parameters=parameter(2, b"") + _CAPABILITIES)
    ),
    _accepted(
        "a parameter each",
        "RFC 5492 §4",
        opening(
            parameters=b"".join(
                parameter(2, each) for each in (IPV4, IPV6, REFRESH, four_octet_as(EXTERNAL_ASN))
            )
        ),
    ),
    _accepted("every capability twice", "RFC 5492 §5", opening(parameters=parameter(2, _TWICE))),
    _accepted(
        "an unknown capability",
        "RFC 5492 §3",
        opening(parameters=parameter(2, capability(200, b"abc") + _USUAL + capability(255))),
    ),
    _accepted(
        "a capability for a family nobody knows",
        "RFC 4760 §8",
        opening(parameters=parameter(2, _USUAL + multiprotocol(16397, 200))),
    ),
    _accepted(
        "the refresh capability of old",
        "RFC 2918 §2",
        opening(parameters=parameter(2, capability(128) + _USUAL)),
    ),
    _accepted(
        "a multiprotocol capability of 3 octets",
        "RFC 4760 §8",
        opening(parameters=parameter(2, capability(1, b"\0\2\0") + _USUAL)),
        or_else=_ODD_LENGTH,
    ),
    _accepted(
        "a 4-octet AS capability of 3 octets",
        "RFC 6793 §3",
        opening(parameters=parameter(2, IPV4 + capability(65, b"\0\0\xfd"))),
        as_octets=2,
        ipv6=False,
        or_else=_ODD_LENGTH,
    ),
    _accepted(
        "a refresh capability of 1 octet",
        "RFC 2918 §2",
        opening(parameters=parameter(2, _USUAL + capability(2, b"x"))),
        or_else=_ODD_LENGTH,
    ),
    _accepted(
        "a graceful restart capability of 1 octet",
        "RFC 4724 §3",
        opening(parameters=parameter(2, _USUAL + capability(64, b"x"))),
        or_else=_ODD_LENGTH,
    ),
    _accepted(
        "a graceful restart capability of 7 octets",
        "RFC 4724 §3",
        opening(parameters=parameter(2, _USUAL + capability(64, b"\0\x78\0\1\1\0\0"))),
        or_else=_ODD_LENGTH,
    ),
    _accepted(
        "an ADD-PATH capability of 3 octets",
        "RFC 7911 §4",
        opening(parameters=parameter(2, _USUAL + capability(69, b"\0\1\1"))),
        or_else=_ODD_LENGTH,
    ),
    _accepted(
        "ADD-PATH in a way nobody knows",
        "RFC 7911 §4",
        opening(parameters=parameter(2, _USUAL + capability(69, b"\0\1\1\7"))),
    ),
    _accepted(
        "a host name that goes too far",
        "RFC 5492 §4",  # the capability is a draft's, draft-walton-bgp-hostname-capability
        opening(parameters=parameter(2, _USUAL + capability(73, b"\x20router"))),
        or_else=_ODD_LENGTH,
    ),
    _accepted("extended parameters", "RFC 9072 §2", _extended(_wide_parameter(2, _USUAL + _LONG))),
    _accepted("short extended parameters", "RFC 9072 §2", _extended(_wide_parameter(2, _USUAL))),
    _accepted(
        "extended parameters with another mark",
        "RFC 9072 §2",
        _extended(_wide_parameter(2, _USUAL), mark=4),
    ),
)

CASES: Final = _REFUSED + _ACCEPTED
