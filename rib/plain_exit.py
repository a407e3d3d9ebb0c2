"""The way out for plain attributes to external neighbors that nothing special was agreed with (RFC 4271 §5).

Nearly all routes of a full table leave this way: our AS goes before the path, the next hop becomes what
``egress`` says, what never goes to an external neighbor is left out, and all else is copied. Where anything
asks for more, ``egress`` decides. Both come to the same.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath
from messages.attributes.attribute import wrap
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from messages.plain_attributes import (
    AS_PATH_AT,
    AS_PATH_LENGTH_AT,
    FIRST_AS_AT,
    MOST_ASES,
    NEXT_HOP_BEHIND_PATH,
    ORIGIN_OCTETS,
    next_hop,
)
from messages.update import JoinedUpdates, pack_classic_announcements
from rib.as_paths import PrivateAs
from rib.egress import GroupKey, next_hop_towards
from rib.loc_rib import Change
from rib.outgoing import Outgoing, Part
from rib.policy import Policy
from rib.route import Route, Source, SourceKind

_FOUR_OCTETS: Final = 7
"""What an attribute takes whose value has four."""
_MED: Final = bytes((MULTI_EXIT_DISC.flags, MULTI_EXIT_DISC.code))
_INTERNAL: Final = {LOCAL_PREF.code, ORIGINATOR_ID.code, CLUSTER_LIST.code}
_MOST_KNOWN: Final = 1024


class PlainExit:
    """Encodes routes for one group key."""

    def __init__(self, key: GroupKey) -> None:
        self._key = key
        self._paths = _beginnings(key.prepended or (key.public_as,))
        self._next_hops: dict[bytes, bytes] = {}
        self.encodings = 0
        """How many routes were encoded to be announced."""

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

    def say(self, changes: Iterable[Change], outgoing: Outgoing) -> Sequence[Change]:
        """Announce plain routes to prefixes that had none, withdraw those with none now; return the rest.

        A first feed and its end run through here change by change.
        """
        most_octets = self._key.context.message_octets
        attributes_of, shows = self.attributes, self.shows
        announced: dict[Source, tuple[list[bytes], list[int]]] = {}
        withdrawn: dict[Source, list[PrefixKey]] = {}
        left: list[Change] = []
        for change in changes:
            old, new, keys = change
            if old is None and new is not None and (attributes := attributes_of(new)) is not None:
                messages, sizes = announced.get(new.source) or announced.setdefault(new.source, ([], []))
                messages += pack_classic_announcements(attributes, keys, most_octets)
                sizes.append(len(keys))
            elif new is None and old is not None and shows(old):
                withdrawn.setdefault(old.source, []).extend(keys)
            else:
                left.append(change)
        for source, (messages, sizes) in announced.items():
            outgoing.add(Part(source, [JoinedUpdates.of(messages)], announced=sum(sizes)))
            self.encodings += len(sizes)
        for source, gone in withdrawn.items():
            outgoing.withdraw(gone, but=source)
        return left

    def shows(self, route: Route) -> bool:
        """Tell whether the neighbors are sent a route; if not, ``egress`` has to look."""
        wire = route.meant
        if not isinstance(wire, bytes) or route.source.kind is not SourceKind.BGP:
            return False
        return wire[AS_PATH_LENGTH_AT] in self._paths and next_hop(wire) in self._next_hops

    def attributes(self, route: Route) -> bytes | None:
        """Return what the neighbors are sent of a route but for prefixes; None if ``egress`` has to look."""
        wire, source = route.meant, route.source
        if not isinstance(wire, bytes) or source.kind is not SourceKind.BGP:
            return None
        octets = wire[AS_PATH_LENGTH_AT]
        before = self._paths.get(octets)
        end = AS_PATH_AT + octets
        next_hop_at = end + NEXT_HOP_BEHIND_PATH
        learned = wire[next_hop_at : next_hop_at + 4]
        told = self._next_hops.get(learned) or self._told_next_hop(learned)
        if not told or before is None:
            return None
        rest = wire[end + _FOUR_OCTETS :]
        if rest.startswith(_MED):
            rest = rest[_FOUR_OCTETS:]
        if not route.facts.external:
            rest = _without_internal(rest)
        return b"".join((wire[:ORIGIN_OCTETS], before, wire[FIRST_AS_AT:end], told, rest))

    def _told_next_hop(self, learned: bytes) -> bytes:
        """Return the whole NEXT_HOP that is told for one that was learned; empty if there is none."""
        told = next_hop_towards(self._key, learned)
        if len(told) != IPV4_UNICAST.address_octets:
            return b""
        if len(self._next_hops) >= _MOST_KNOWN:
            self._next_hops.clear()
        piece = self._next_hops[learned] = wrap(NEXT_HOP.flags, NEXT_HOP.code, told)
        return piece


def _without_internal(attributes: bytes) -> bytes:
    """Leave out what neighbors inside our AS tell each other only; all lengths have one octet."""
    kept = []
    position = 0
    while position < len(attributes):
        end = position + 3 + attributes[position + 2]
        if attributes[position + 1] not in _INTERNAL:
            kept.append(attributes[position:end])
        position = end
    return b"".join(kept)


def _beginnings(asns: Sequence[int]) -> dict[int, bytes]:
    """Return AS_PATH up to what follows these ASes, by the octets that the path has without them."""
    beginnings = {}
    for count in range(MOST_ASES + 1 - len(asns)):
        longer = AsPath.of(*asns, *[0] * count).wire
        whole = wrap(AS_PATH.flags, AS_PATH.code, longer)
        beginnings[2 + 4 * count if count else 0] = whole[: len(whole) - 4 * count]
    return beginnings
