"""The messages that mutation starts from: the golden vectors, and real ones if there are any."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from messages.attributes.attribute import wrap
from messages.families import FAMILIES, IPV4_UNICAST
from messages.framing import frame
from messages.iana import AttributeCode, MessageType
from messages.keepalive import KEEPALIVE
from tests.bench.mrt import CHURN, FULL_TABLE, read_messages
from tests.messages.vectors import names, vectors

_NLRI: Final = bytes.fromhex("080a 18c63364")
_MANDATORY: Final = {
    AttributeCode.ORIGIN: bytes.fromhex("40010100"),
    AttributeCode.AS_PATH: bytes.fromhex("40020602010000fde9"),
    AttributeCode.NEXT_HOP: bytes.fromhex("400304c0000201"),
}
_REAL_PER_FILE: Final = 2_000


def update(attributes: bytes = b"", nlri: bytes = b"", withdrawn: bytes = b"") -> bytes:
    """Return an UPDATE."""
    parts = (len(withdrawn).to_bytes(2), withdrawn, len(attributes).to_bytes(2), attributes, nlri)
    return frame(MessageType.UPDATE, b"".join(parts))


def vector_messages() -> list[bytes]:
    """Return a message for each golden vector of messages, attributes, capabilities and families."""
    return [KEEPALIVE, *_bodies(), *_attributes(), *_capabilities(), *_prefixes(), *_paths()]


def real_messages() -> list[bytes]:
    """Return messages that route collectors received; none if the files are not there."""
    found: dict[bytes, None] = {}
    for path in (CHURN, FULL_TABLE):
        if path.exists():
            found |= dict.fromkeys(each.message for each in islice(read_messages(path), _REAL_PER_FILE))
    return list(found)


def _bodies() -> Iterator[bytes]:
    for kind in (MessageType.OPEN, MessageType.UPDATE, MessageType.NOTIFICATION, MessageType.ROUTE_REFRESH):
        for vector in vectors("messages", kind.name.lower()):
            yield frame(kind, vector.wire)


def _attributes() -> Iterator[bytes]:
    for name in sorted(names("attributes")):
        for vector in vectors("attributes", name):
            yield update(_complete(vector.wire), _NLRI)


def _complete(attribute: bytes) -> bytes:
    """Return the attribute among those that every announcement has."""
    pieces = _MANDATORY | {attribute[1]: attribute}
    return b"".join(pieces[code] for code in sorted(pieces))


def _capabilities() -> Iterator[bytes]:
    for name in sorted(names("capabilities")):
        for vector in vectors("capabilities", name):
            octets = len(vector.wire)
            body = bytes.fromhex("04fde9005ac0000201") + bytes((octets + 2, 2, octets)) + vector.wire
            yield frame(MessageType.OPEN, body)


def _prefixes() -> Iterator[bytes]:
    for family in FAMILIES.values():
        for vector in vectors("families", family.name):
            if family is IPV4_UNICAST:
                yield update(b"".join(_MANDATORY.values()), vector.wire)
                continue
            head = family.afi.to_bytes(2) + bytes((family.safi,))
            next_hop = bytes.fromhex("10 20010db8000000000000000000000001 00")
            reach = wrap(0x80, AttributeCode.MP_REACH_NLRI, head + next_hop + vector.wire)
            yield update(reach + b"".join(_MANDATORY.values()))
            yield update(wrap(0x80, AttributeCode.MP_UNREACH_NLRI, head + vector.wire))


def _paths() -> Iterator[bytes]:
    """Prefixes with path identifiers (RFC 7911 §3); who does not expect them reads others."""
    yield update(
        b"".join(_MANDATORY.values()), bytes.fromhex("00000001 080a 00000002 080a 00000003 18c63364")
    )
    reach = "0002 01 10 20010db8000000000000000000000001 00 00000001 20 20010db8 00000002 20 20010db8"
    yield update(
        wrap(0x80, AttributeCode.MP_REACH_NLRI, bytes.fromhex(reach)) + b"".join(_MANDATORY.values())
    )
