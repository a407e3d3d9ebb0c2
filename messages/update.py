"""UPDATE message (RFC 4271 §4.3, RFC 4760, RFC 7606)."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from struct import Struct
from typing import Any, Final, NamedTuple, Self, TypeAlias, TypeVar

from messages.as_numbers import narrow
from messages.attribute_check import check_attributes, withdraws
from messages.attribute_set import AttributeSet, AttributeSetTable, in_order
from messages.attributes import MP_REACH_NLRI, MP_UNREACH_NLRI, NEXT_HOP, MpReach
from messages.attributes.attribute import Attribute, value_of, wrap
from messages.attributes.next_hop import without_empty_half
from messages.context import Context
from messages.errors import AttributeFlaw, Malformed, NotificationError
from messages.families import FAMILIES, IPV4_UNICAST, Family
from messages.families.multicast import without_multicast
from messages.families.path import IDENTIFIER_OCTETS, PathKey, split_paths
from messages.families.prefix import PrefixKey, split, split_unicast_ipv4
from messages.framing import frame
from messages.iana import HEADER_OCTETS, ErrorCode, MessageType, UpdateSubcode
from messages.multiprotocol import set_apart
from messages.plain_attributes import PlainAttributes

K = TypeVar("K", bound=bytes)

Announcement: TypeAlias = tuple[PlainAttributes, list[PrefixKey]]
"""Attributes and the prefixes that have them."""

_IPV4: Final = (IPV4_UNICAST.afi, IPV4_UNICAST.safi)
_LENGTHS: Final = Struct("!HH").unpack_from
"""Withdrawn Routes Length, and Total Path Attribute Length if the first is 0 (RFC 4271 §4.3)."""
_BEFORE_ATTRIBUTES: Final = Struct("!QQHBHH").pack
"""A header, and the lengths of withdrawn routes and path attributes."""
_ONES: Final = (1 << 64) - 1
"""Half of a marker."""
_UPDATE: Final = int(MessageType.UPDATE)
_ATTRIBUTES_AT: Final = 4
"""Where path attributes begin if nothing is withdrawn."""
_CLASSIC_OCTETS: Final = HEADER_OCTETS + 4
"""Header, Withdrawn Routes Length and Total Path Attribute Length."""
_MULTIPROTOCOL_OCTETS: Final = _CLASSIC_OCTETS + 4
"""The same and the header of the one attribute that carries prefixes."""


@dataclass(slots=True)
class Update:
    """What one UPDATE says, with RFC 7606 applied.

    A prefix that is withdrawn and announced in one UPDATE is announced (RFC 4271 §4.3), so apply the
    withdrawals first. One family can be listed twice. Families with ADD-PATH have lists of their own.
    """

    withdrawn: Sequence[tuple[Family, list[PrefixKey]]] = ()
    announced: Sequence[tuple[Family, AttributeSet, list[PrefixKey]]] = ()
    end_of_rib: Family | None = None
    """RFC 4724 §2."""
    errors: Sequence[AttributeFlaw] = ()
    """What was discarded or ignored, or made announced routes withdrawn: to log and to count."""
    withdrawn_paths: Sequence[tuple[Family, list[PathKey]]] = ()
    announced_paths: Sequence[tuple[Family, AttributeSet, list[PathKey]]] = ()
    """The same for the families of ``Context.add_path_receive``."""


def decode_announcements(
    bodies: Sequence[bytes], position: int, sets: AttributeSetTable
) -> list[Announcement]:
    """Read UPDATEs from ``position`` on, while they give plain attributes to IPv4 prefixes and say no more.

    A full table comes in such UPDATEs. For the first that is another, ``decode_update`` is there.
    """
    found: list[Announcement] = []
    if not sets.plain_ipv4:
        return found
    plain, append = sets.plain, found.append
    for place in range(position, len(bodies)):  # without a look at those before
        body = bodies[place]
        withdrawn_octets, octets = _LENGTHS(body)
        stop = _ATTRIBUTES_AT + octets
        attributes = None if withdrawn_octets else plain(body[_ATTRIBUTES_AT:stop])
        if attributes is None:
            break
        keys = split_unicast_ipv4(body[stop:])
        if not keys:
            break
        append((attributes, keys))
    return found


def decode_update(body: bytes, sets: AttributeSetTable) -> Update:
    """Read any UPDATE."""
    size = len(body)
    start = 4 + (body[0] << 8 | body[1]) if size >= 4 else 4
    if start > size:
        raise _malformed_list("withdrawn routes overrun the message (RFC 7606 §3 b)")
    stop = start + (body[start - 2] << 8 | body[start - 1])
    if stop > size:
        raise _malformed_list("path attributes overrun the message (RFC 7606 §3 b)")
    return _Reading(sets).read(body[2 : start - 2], body[start:stop], body[stop:])


class _Reading:
    """The way of an UPDATE that is more, or less, than an announcement of IPv4 prefixes."""

    __slots__ = (
        "announced",
        "announced_paths",
        "context",
        "errors",
        "sets",
        "withdrawn",
        "withdrawn_paths",
        "withdraws",
    )

    def __init__(self, sets: AttributeSetTable) -> None:
        self.sets = sets
        self.context = sets.context
        self.withdrawn: list[tuple[Family, list[PrefixKey]]] = []
        self.announced: list[tuple[Family, AttributeSet, list[PrefixKey]]] = []
        self.errors: list[AttributeFlaw] = []
        self.withdraws = False
        self.withdrawn_paths: list[tuple[Family, list[PathKey]]] = []
        self.announced_paths: list[tuple[Family, AttributeSet, list[PathKey]]] = []

    def read(self, withdrawn: bytes, raw: bytes, nlri: bytes) -> Update:
        """Join what the classic fields and the multiprotocol attributes say (RFC 7606 §5.1)."""
        reach, unreach, rest, self.errors = set_apart(raw, self.context)
        self.withdraws = withdraws(self.errors)
        if withdrawn:
            self._withdraw(*_IPV4, withdrawn)
        if unreach and unreach.withdrawn:
            self._withdraw(*unreach)
        if nlri:
            self._announce(MpReach(*_IPV4, b"", nlri), rest)
        if reach:
            self._announce(reach, rest)
        elif rest and not nlri:
            self._check_without_routes(rest)
        end_of_rib = None
        if not (withdrawn or nlri or reach or rest) and not (unreach and unreach.withdrawn):
            end_of_rib = self._family(*unreach[:2]) if unreach else self._family(*_IPV4)
        routes = self.withdrawn, self.announced
        return Update(*routes, end_of_rib, self.errors, self.withdrawn_paths, self.announced_paths)

    def _family(self, afi: int, safi: int) -> Family | None:
        """Return the family if it was negotiated; otherwise what is said of it is ignored (RFC 4760 §7)."""
        family = FAMILIES.get((afi, safi))
        if family in self.context.families:
            return family
        reason = f"AFI {afi}, SAFI {safi} was not negotiated"
        self.errors.append(AttributeFlaw(0, Malformed.AFI_SAFI_DISABLE, reason, b""))
        return None

    def _withdraw(self, afi: int, safi: int, withdrawn: bytes) -> None:
        family = self._family(afi, safi)
        if family in self.context.add_path_receive:
            self.withdrawn_paths.append((family, split_paths(withdrawn, family.max_bits)))
        elif family:
            self.withdrawn.append((family, split(withdrawn, family.max_bits)))

    def _announce(self, reach: MpReach, raw: bytes) -> None:
        """Without a set of attributes the routes are treated as withdrawn (RFC 7606 §2)."""
        family = self._family(reach.afi, reach.safi)
        if family is None:
            return
        if family in self.context.add_path_receive:
            paths = self._unicast(family, split_paths(reach.nlri, family.max_bits), IDENTIFIER_OCTETS)
            if attributes := self._intern(raw, reach.next_hop, family):
                self.announced_paths.append((family, attributes, paths))
            else:
                self.withdrawn_paths.append((family, paths))
        else:
            keys = self._unicast(family, split(reach.nlri, family.max_bits))
            if attributes := self._intern(raw, reach.next_hop, family):
                self.announced.append((family, attributes, keys))
            else:
                self.withdrawn.append((family, keys))

    def _unicast(self, family: Family, keys: list[K], offset: int = 0) -> list[K]:
        kept, ignored = without_multicast(keys, family, offset)
        self.errors += map(_multicast, ignored)
        return kept

    def _intern(self, raw: bytes, next_hop: bytes, family: Family) -> AttributeSet | None:
        attributes, flaws = self.sets.intern(raw, without_empty_half(next_hop))
        self.errors += flaws
        if self._is_foreign(next_hop, family):
            reason = f"an IPv6 next hop for {family.name} was not negotiated (RFC 8950 §4)"
            self.errors.append(
                AttributeFlaw(MP_REACH_NLRI.code, Malformed.TREAT_AS_WITHDRAW, reason, next_hop)
            )
            return None
        return None if self.withdraws else attributes

    def _is_foreign(self, next_hop: bytes, family: Family) -> bool:
        """Tell whether IPv4 routes have an IPv6 next hop and must not.

        The length does not hide where the prefixes begin, so RFC 7606 §7.11 does not ask for a reset.
        """
        is_ipv6 = len(next_hop) > IPV4_UNICAST.address_octets
        return is_ipv6 and family is IPV4_UNICAST and family not in self.context.extended_next_hop

    def _check_without_routes(self, raw: bytes) -> None:
        """Where no route is announced, the error may hide one: reset the session (RFC 7606 §5.2)."""
        flaws = check_attributes(raw, self.context).flaws
        if withdraws(flaws):
            raise _malformed_list(f"no routes, and malformed attributes: {flaws[0].reason} (RFC 7606 §5.2)")
        self.errors += flaws


def _multicast(key: bytes) -> AttributeFlaw:
    reason = "a multicast prefix is ignored (RFC 4271 §6.3)"
    return AttributeFlaw(0, Malformed.ATTRIBUTE_DISCARD, reason, key)


def _malformed_list(reason: str) -> NotificationError:
    return NotificationError(ErrorCode.UPDATE_MESSAGE, UpdateSubcode.MALFORMED_ATTRIBUTE_LIST, reason=reason)


class Encoded(NamedTuple):
    """What a neighbor is sent about a route, all but the prefixes; equal if there is no difference."""

    attributes: bytes
    next_hop: bytes
    """For MP_REACH_NLRI; empty if NEXT_HOP among the attributes says it."""


def encode_attributes(attributes: AttributeSet, family: Family, context: Context) -> Encoded:
    """Return the attributes as a neighbor of this context must get them (RFC 4760 §3, RFC 6793 §4.2.2)."""
    pieces = attributes.pieces()
    next_hop = value_of(pieces[NEXT_HOP.code])
    classic = family is IPV4_UNICAST and len(next_hop) == family.address_octets
    if classic and context.as_number_octets == 4:
        return Encoded(attributes.wire, b"")
    pieces = pieces.copy()
    if not classic:
        del pieces[NEXT_HOP.code]
    if context.as_number_octets == 2:
        narrow(pieces)
        pieces = in_order(pieces)
    return Encoded(b"".join(pieces.values()), b"" if classic else next_hop)


Keys = Sequence[PrefixKey] | Sequence[PathKey]
"""Paths for the families of ``Context.add_path_send``, prefixes for all others."""


def pack_announcements(family: Family, encoded: Encoded, keys: Keys, context: Context) -> list[bytes]:
    """Return the UPDATEs that announce these prefixes, as many in each as fit.

    There are none if the attributes leave no room for a prefix.
    """
    attributes, next_hop = encoded
    if next_hop:
        before = b"".join((_afi_safi(family), bytes((len(next_hop),)), next_hop, b"\0"))
        room = context.message_octets - _MULTIPROTOCOL_OCTETS - len(before) - len(attributes)
        return [_multiprotocol(MP_REACH_NLRI, before + nlri, attributes) for nlri in _fill(keys, room)]
    return pack_classic_announcements(attributes, keys, context.message_octets)


def pack_classic_announcements(attributes: bytes, keys: Keys, most_octets: int) -> list[bytes]:
    """Return the same for IPv4 prefixes whose next hop is among the attributes."""
    octets = len(attributes)
    room = most_octets - _CLASSIC_OCTETS - octets
    nlri = b"".join(keys)
    fields = [nlri] if 0 < len(nlri) <= room else _fill(keys, room)
    messages = []
    for field in fields:
        before = _BEFORE_ATTRIBUTES(_ONES, _ONES, _CLASSIC_OCTETS + octets + len(field), _UPDATE, 0, octets)
        messages.append(b"".join((before, attributes, field)))
    return messages


class JoinedUpdates(bytes):
    """Several UPDATEs, one behind the other, that are written as one: to hundreds of neighbors, perhaps."""

    number: int
    """How many they are."""

    @classmethod
    def of(cls, messages: Sequence[bytes]) -> Self:
        """Join them."""
        joined = cls(b"".join(messages))
        joined.number = len(messages)
        return joined


def pack_withdrawals(family: Family, keys: Keys, context: Context) -> list[bytes]:
    """Return the UPDATEs that withdraw these prefixes, as many in each as fit."""
    if family is IPV4_UNICAST:
        fields = _fill(keys, context.message_octets - _CLASSIC_OCTETS)
        return [frame(MessageType.UPDATE, len(field).to_bytes(2) + field + b"\0\0") for field in fields]
    before = _afi_safi(family)
    fields = _fill(keys, context.message_octets - _MULTIPROTOCOL_OCTETS - len(before))
    return [_multiprotocol(MP_UNREACH_NLRI, before + field) for field in fields]


def encode_end_of_rib(family: Family) -> bytes:
    """Return the UPDATE that ends the initial exchange of a family (RFC 4724 §2)."""
    if family is IPV4_UNICAST:
        return frame(MessageType.UPDATE, b"\0\0\0\0")
    return _multiprotocol(MP_UNREACH_NLRI, _afi_safi(family))


def _afi_safi(family: Family) -> bytes:
    return family.afi.to_bytes(2) + family.safi.to_bytes(1)


def _multiprotocol(row: Attribute[Any], value: bytes, attributes: bytes = b"") -> bytes:
    """Return an UPDATE without classic fields; the prefixes are its first attribute (RFC 7606 §5.1)."""
    attributes = wrap(row.flags, row.code, value) + attributes
    return frame(MessageType.UPDATE, b"".join((b"\0\0", len(attributes).to_bytes(2), attributes)))


def _fill(keys: Keys, room: int) -> list[bytes]:
    """Join prefixes to fields of at most ``room`` octets; to none at all if a prefix does not fit."""
    if not keys:
        return []
    joined = b"".join(keys)
    if len(joined) <= room:
        return [joined]
    if max(map(len, keys)) > room:
        return []
    ends = list(accumulate(map(len, keys)))
    fields: list[bytes] = []
    begin = 0
    while begin < len(joined):
        end = ends[bisect_right(ends, begin + room) - 1]
        fields.append(joined[begin:end])
        begin = end
    return fields
