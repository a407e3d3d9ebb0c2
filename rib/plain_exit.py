"""The way out for plain attributes to external neighbors that nothing special was agreed with (RFC 4271 §5).

Nearly all routes of a full table leave this way: our AS goes before the path, the next hop becomes what ``egress``
says, what never goes to an external neighbor is left out, and all else is copied. Where a well-known community may
be among the attributes, or anything else asks for more, ``egress`` decides. Both come to the same.
"""

from collections.abc import Sequence
from typing import Final

from messages.attribute_set import PlainAttributeSet
from messages.attributes import AS_PATH, CLUSTER_LIST, LOCAL_PREF, MULTI_EXIT_DISC, NEXT_HOP, ORIGINATOR_ID
from messages.attributes.as_path import AsPath
from messages.attributes.attribute import wrap
from messages.families import IPV4_UNICAST
from messages.plain_attributes import (
    AS_PATH_AT,
    AS_PATH_LENGTH_AT,
    FIRST_AS_AT,
    MOST_ASES,
    NEXT_HOP_BEHIND_PATH,
    ORIGIN_OCTETS,
)
from messages.update import Encoded
from rib.as_paths import PrivateAs
from rib.egress import GroupKey, next_hop_towards
from rib.policy import Policy
from rib.route import Route, SourceKind

_WELL_KNOWN: Final = b"\xff\xff"
"""What well-known communities begin with (RFC 1997): NO_EXPORT and its like hold routes back."""
_FOUR_OCTETS: Final = 7
"""What an attribute takes whose value has four."""
_MED, _LOCAL_PREF = (bytes((row.flags, row.code)) for row in (MULTI_EXIT_DISC, LOCAL_PREF))
_OF_REFLECTORS: Final = tuple(bytes((row.flags, row.code)) for row in (ORIGINATOR_ID, CLUSTER_LIST))
_MOST_KNOWN: Final = 1024


class PlainExit:
    """Encodes routes for one group key."""

    def __init__(self, key: GroupKey) -> None:
        self._key = key
        self._paths = _beginnings(key.prepended or (key.public_as,))
        self._next_hops: dict[bytes, bytes] = {}

    @staticmethod
    def suits(key: GroupKey) -> bool:
        """Tell whether routes may leave to the neighbors of a group this way."""
        special = (
            key.family is not IPV4_UNICAST,
            not key.external,
            key.context.as_number_octets != 4,
            key.policy is not Policy.ALL,
            key.role is not None,
            key.is_draining,
            key.is_route_server_client,
            key.override_as,
            key.private_as is not PrivateAs.KEEP,
        )
        return not any(special)

    def encoded(self, route: Route) -> Encoded | None:
        """Return what the neighbors are sent; None if ``egress`` has to look."""
        attributes, source = route.attributes, route.source
        if attributes.__class__ is not PlainAttributeSet or source.kind is not SourceKind.BGP:
            return None
        wire = attributes.wire
        if _WELL_KNOWN in wire:
            return None
        octets = wire[AS_PATH_LENGTH_AT]
        before = self._paths.get(octets)
        end = AS_PATH_AT + octets
        next_hop_at = end + NEXT_HOP_BEHIND_PATH
        learned = wire[next_hop_at : next_hop_at + 4]
        next_hop = self._next_hops.get(learned) or self._next_hop(learned)
        if not next_hop or before is None:
            return None
        rest = end + _FOUR_OCTETS
        if wire.startswith(_MED, rest):
            rest += _FOUR_OCTETS
        if not source.external:
            if any(row in wire for row in _OF_REFLECTORS):
                return None
            rest += _FOUR_OCTETS if wire.startswith(_LOCAL_PREF, rest) else 0
        parts = (wire[:ORIGIN_OCTETS], before, wire[FIRST_AS_AT:end], next_hop, wire[rest:])
        return Encoded(b"".join(parts), b"")

    def _next_hop(self, learned: bytes) -> bytes:
        """Return the whole NEXT_HOP that is told for one that was learned; empty if there is none."""
        told = next_hop_towards(self._key, learned)
        if len(told) != IPV4_UNICAST.address_octets:
            return b""
        if len(self._next_hops) >= _MOST_KNOWN:
            self._next_hops.clear()
        piece = self._next_hops[learned] = wrap(NEXT_HOP.flags, NEXT_HOP.code, told)
        return piece


def _beginnings(asns: Sequence[int]) -> dict[int, bytes]:
    """Return AS_PATH up to what follows these ASes, by the octets that the path has without them."""
    beginnings = {}
    for count in range(MOST_ASES + 1 - len(asns)):
        longer = AsPath.of(*asns, *[0] * count).wire
        whole = wrap(AS_PATH.flags, AS_PATH.code, longer)
        beginnings[2 + 4 * count if count else 0] = whole[: len(whole) - 4 * count]
    return beginnings
