"""What the RFCs make of path attributes between a table and a neighbor, in plain steps."""

from collections.abc import Iterator, Mapping, Sequence
from struct import iter_unpack, pack
from typing import Final, NamedTuple

from tests.real_table.recording import Peer
from tests.real_table.updates import MP_REACH_NLRI, NEXT_HOP, Attributes

ORIGIN, AS_PATH, MULTI_EXIT_DISC, LOCAL_PREF = 1, 2, 4, 5
AGGREGATOR, COMMUNITIES, ORIGINATOR_ID, CLUSTER_LIST = 7, 8, 9, 10
EXTENDED_COMMUNITIES, AS4_PATH, AS4_AGGREGATOR = 16, 17, 18

AS_SET, AS_SEQUENCE = 1, 2
_AS_TRANS: Final = 23456
_LARGEST_OLD_AS: Final = 0xFFFF
_LONGEST_SEGMENT: Final = 255
_OPTIONAL, _TRANSITIVE, _PARTIAL = 0x80, 0x40, 0x20
_KNOWN: Final = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 16, 17, 18, 32, 35}
_NO_EXPORT, _NO_ADVERTISE = b"\xff\xff\xff\x01", b"\xff\xff\xff\x02"
_INSIDE: Final = {MULTI_EXIT_DISC, LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST}
"""What does not leave the AS (RFC 4271 §5.1.4, §5.1.5, RFC 4456 §8)."""


class Segment(NamedTuple):
    """One part of an AS_PATH."""

    kind: int
    asns: Sequence[int]


class Heard(NamedTuple):
    """What one peer says of a prefix."""

    peer: Peer
    router_id: bytes
    attributes: Attributes


def segments(value: bytes) -> Iterator[Segment]:
    """Cut an AS_PATH with 4-octet AS numbers (RFC 4271 §4.3, RFC 6793)."""
    position = 0
    while position < len(value):
        kind, count = value[position], value[position + 1]
        end = position + 2 + 4 * count
        yield Segment(kind, [asn for (asn,) in iter_unpack("!I", value[position + 2 : end])])
        position = end


def path_of(attributes: Attributes) -> list[Segment]:
    """Return the AS_PATH."""
    return list(segments(attributes[AS_PATH][1]))


def communities(attributes: Attributes) -> list[bytes]:
    """Return the communities (RFC 1997)."""
    value = attributes.get(COMMUNITIES, (0, b""))[1]
    return [value[at : at + 4] for at in range(0, len(value), 4)]


# On the way in


def is_malformed(attributes: Attributes) -> bool:
    """Tell whether the route is to be treated as withdrawn: AS 0 is nobody (RFC 7607 §2)."""
    return is_loop(attributes, 0)


def accepted(received: Attributes) -> Attributes:
    """Leave out an attribute that is malformed and discarded: no AS 0 aggregates routes (RFC 7607 §2)."""
    if received.get(AGGREGATOR, (0, b"\xff"))[1][:4] == bytes(4):
        return {code: attribute for code, attribute in received.items() if code != AGGREGATOR}
    return received


def is_loop(attributes: Attributes, asn: int) -> bool:
    """Tell whether the route has been in this AS (RFC 4271 §9.1.2)."""
    return any(asn in segment.asns for segment in path_of(attributes))


def best(candidates: Sequence[Heard]) -> Heard:
    """Return the winner among routes of external neighbors whose next hops are all on the link.

    LOCAL_PREF, EBGP over IBGP and the cost to the next hop are the same for all of them (RFC 4271 §9.1.2.2).
    """
    shortest = min(_path_length(each) for each in candidates)
    left = [each for each in candidates if _path_length(each) == shortest]
    lowest = min(each.attributes[ORIGIN][1] for each in left)
    left = [each for each in left if each.attributes[ORIGIN][1] == lowest]
    left = [each for each in left if not any(_has_lower_med(other, each) for other in left)]
    return min(left, key=lambda each: each.router_id)


def _path_length(heard: Heard) -> int:
    """Count AS numbers; a set counts as one."""
    return sum(1 if kind == AS_SET else len(asns) for kind, asns in path_of(heard.attributes))


def _has_lower_med(one: Heard, other: Heard) -> bool:
    """RFC 4271 §9.1.2.2 c: among routes learned from the same neighboring AS."""
    return one.peer.asn == other.peer.asn and _med(one) < _med(other)


def _med(heard: Heard) -> bytes:
    return heard.attributes.get(MULTI_EXIT_DISC, (0, bytes(4)))[1]


# On the way out


def is_withheld(attributes: Attributes) -> bool:
    """Tell whether other ASes are not to be told (RFC 1997)."""
    return not {_NO_EXPORT, _NO_ADVERTISE}.isdisjoint(communities(attributes))


def to_external(received: Attributes, asn: int, next_hop: bytes) -> Attributes:
    """Return what an external neighbor is told."""
    told = _passed_on(received)
    for code in _INSIDE:
        told.pop(code, None)
    told[AS_PATH] = _TRANSITIVE, _written(_prepended(path_of(received), asn), 4)
    told = _without_inner_communities(told)
    if MP_REACH_NLRI in told:
        told[MP_REACH_NLRI] = _OPTIONAL, next_hop
    else:
        told[NEXT_HOP] = _TRANSITIVE, next_hop
    return told


def in_two_octets(told: Attributes) -> Attributes:
    """Return the same to a neighbor that knows AS numbers of two octets only (RFC 6793 §4.2.2)."""
    old = dict(told)
    path = path_of(told)
    old[AS_PATH] = _TRANSITIVE, _written([Segment(kind, [*map(_old, asns)]) for kind, asns in path], 2)
    if any(asn > _LARGEST_OLD_AS for segment in path for asn in segment.asns):
        old[AS4_PATH] = _OPTIONAL | _TRANSITIVE, _written(path, 4)
    if AGGREGATOR in told:
        flags, value = told[AGGREGATOR]
        asn = int.from_bytes(value[:4])
        old[AGGREGATOR] = flags, pack("!H", _old(asn)) + value[4:]
        if asn > _LARGEST_OLD_AS:
            old[AS4_AGGREGATOR] = flags, value
    return old


def to_client(received: Attributes, originator_id: bytes, cluster_id: bytes) -> Attributes:
    """Return what a client is told of a route from an internal neighbor (RFC 4456 §8)."""
    told = _passed_on(received)
    told.setdefault(ORIGINATOR_ID, (_OPTIONAL, originator_id))
    told[CLUSTER_LIST] = _OPTIONAL, cluster_id + received.get(CLUSTER_LIST, (0, b""))[1]
    return told


def _passed_on(received: Attributes) -> dict[int, tuple[int, bytes]]:
    """Leave out what is unknown and not transitive; what is unknown is marked partial (RFC 4271 §5)."""
    told: dict[int, tuple[int, bytes]] = {}
    for code, (flags, value) in received.items():
        if code in _KNOWN:
            told[code] = flags, value
        elif flags & _TRANSITIVE:
            told[code] = flags | _PARTIAL, value
    return told


def _without_inner_communities(told: Mapping[int, tuple[int, bytes]]) -> dict[int, tuple[int, bytes]]:
    """Take out extended communities that do not leave the AS (RFC 4360 §2)."""
    left = dict(told)
    if EXTENDED_COMMUNITIES in left:
        flags, value = left.pop(EXTENDED_COMMUNITIES)
        elements = [value[at : at + 8] for at in range(0, len(value), 8)]
        outer = b"".join(element for element in elements if not element[0] & 0x40)
        if outer:
            left[EXTENDED_COMMUNITIES] = flags, outer
    return left


def _prepended(path: Sequence[Segment], asn: int) -> Sequence[Segment]:
    """Put an AS before a path (RFC 4271 §5.1.2)."""
    if path and path[0].kind == AS_SEQUENCE and len(path[0].asns) < _LONGEST_SEGMENT:
        return [Segment(AS_SEQUENCE, [asn, *path[0].asns]), *path[1:]]
    return [Segment(AS_SEQUENCE, [asn]), *path]


def _written(path: Sequence[Segment], octets: int) -> bytes:
    return b"".join(
        bytes((kind, len(asns))) + b"".join(asn.to_bytes(octets) for asn in asns) for kind, asns in path
    )


def _old(asn: int) -> int:
    return asn if asn <= _LARGEST_OLD_AS else _AS_TRANS
