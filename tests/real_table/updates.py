"""UPDATE messages and path attributes, read octet by octet: who holds what (RFC 4271 §4.3, RFC 4760)."""

from collections.abc import Iterator, Mapping
from typing import Final

Prefix = bytes
"""AFI (one octet), length in bits, and as many octets of the address as these take."""
Field = bytes
"""The path attributes of an UPDATE as they were sent; NLRI of IPv6 is among them."""
Attributes = Mapping[int, tuple[int, bytes]]
"""Flags and value of each attribute by its code; MP_REACH_NLRI is its next hop, MP_UNREACH_NLRI left out."""

IPV4, IPV6 = 1, 2
NEXT_HOP, MP_REACH_NLRI, MP_UNREACH_NLRI = 3, 14, 15
_EXTENDED_LENGTH: Final = 0x10
_IPV6_UNICAST: Final = b"\0\x02\x01"
_HEADER_OCTETS: Final = 19
_UPDATE: Final = 2


class Held:
    """The prefixes that one speaker has announced to another, each with the attributes it has now."""

    def __init__(self) -> None:
        self.routes: dict[Prefix, Field] = {}
        self.announcements = 0
        self.withdrawals = 0
        self._rest = b""

    def clear(self) -> None:
        """The session is lost."""
        self.routes.clear()
        self._rest = b""

    def hear(self, octets: bytes) -> None:
        """Take what comes next of the messages, which may be cut anywhere."""
        octets = self._rest + octets
        position = 0
        while position + _HEADER_OCTETS <= len(octets):
            end = position + int.from_bytes(octets[position + 16 : position + 18])
            if end > len(octets):
                break
            if octets[position + 18] == _UPDATE:
                self._update(octets[position + _HEADER_OCTETS : end])
            position = end
        self._rest = octets[position:]

    def _update(self, body: bytes) -> None:
        attributes_at = 2 + int.from_bytes(body[:2])
        nlri_at = attributes_at + 2 + int.from_bytes(body[attributes_at : attributes_at + 2])
        field = body[attributes_at + 2 : nlri_at]
        self._withdraw(prefixes(IPV4, body[2:attributes_at]))
        self._announce(prefixes(IPV4, body[nlri_at:]), field)
        if bytes([MP_REACH_NLRI]) in field or bytes([MP_UNREACH_NLRI]) in field:  # else spare the time
            self._multiprotocol(field)

    def _multiprotocol(self, field: Field) -> None:
        """RFC 4760 §3, §4: AFI, SAFI, and in an announcement the next hop and a reserved octet."""
        for code, _, value in split(field):
            if value[:3] != _IPV6_UNICAST:
                continue
            if code == MP_REACH_NLRI:
                self._announce(prefixes(IPV6, value[5 + value[3] :]), field)
            elif code == MP_UNREACH_NLRI:
                self._withdraw(prefixes(IPV6, value[3:]))

    def _announce(self, announced: Iterator[Prefix], field: Field) -> None:
        for prefix in announced:
            self.routes[prefix] = field
            self.announcements += 1

    def _withdraw(self, withdrawn: Iterator[Prefix]) -> None:
        for prefix in withdrawn:
            self.routes.pop(prefix, None)
            self.withdrawals += 1


def prefixes(family: int, field: bytes) -> Iterator[Prefix]:
    """Cut NLRI into prefixes, with the bits behind the length cleared (RFC 4271 §4.3)."""
    position = 0
    while position < len(field):
        bits = field[position]
        end = position + 1 + (bits + 7) // 8
        address = field[position + 1 : end]
        if bits % 8:
            address = address[:-1] + bytes([address[-1] >> 8 - bits % 8 << 8 - bits % 8])
        yield bytes((family, bits)) + address
        position = end


def split(field: Field) -> Iterator[tuple[int, int, bytes]]:
    """Cut path attributes into code, flags and value."""
    position = 0
    while position < len(field):
        flags, code = field[position], field[position + 1]
        size = 2 if flags & _EXTENDED_LENGTH else 1
        begin = position + 2 + size
        position = begin + int.from_bytes(field[position + 2 : begin])
        yield code, flags, field[begin:position]


def read(routes: Mapping[Prefix, Field]) -> dict[Prefix, Attributes]:
    """Return the attributes of each prefix, one object for all that were announced with the same octets."""
    known: dict[tuple[int, Field], Attributes] = {}
    found: dict[Prefix, Attributes] = {}
    for prefix, field in routes.items():
        key = prefix[0], field
        if key not in known:
            known[key] = _attributes(*key)
        found[prefix] = known[key]
    return found


def _attributes(family: int, field: Field) -> Attributes:
    """Return what is said of prefixes of a family; how the length of an attribute is written does not matter.

    The next hop is NEXT_HOP to IPv4 and MP_REACH_NLRI to IPv6, whatever else there is in the message.
    """
    found = {code: (flags & ~_EXTENDED_LENGTH, value) for code, flags, value in split(field)}
    found.pop(MP_UNREACH_NLRI, None)
    reach = found.pop(MP_REACH_NLRI, None)
    if family == IPV6:
        assert reach is not None
        flags, value = reach
        found[MP_REACH_NLRI] = flags, value[4 : 4 + value[3]]
        found.pop(NEXT_HOP, None)
    return found
