"""What was negotiated and changes how bytes are read or judged."""

from dataclasses import dataclass

from messages.families import IPV4_UNICAST
from messages.families.family import Family
from messages.iana import MAXIMUM_MESSAGE_OCTETS


@dataclass(frozen=True, slots=True)
class Context:
    """The facts about a session that the codec needs; sessions with equal facts can share what they parse."""

    external: bool = True
    """The peer is in another AS, and not in our confederation."""
    as_number_octets: int = 4
    families: frozenset[Family] = frozenset({IPV4_UNICAST})
    message_octets: int = MAXIMUM_MESSAGE_OCTETS
    """The longest UPDATE, NOTIFICATION or ROUTE-REFRESH in either direction (RFC 8654 §4)."""
    add_path_receive: frozenset[Family] = frozenset()
    """The families whose prefixes the peer sends with Path Identifiers (RFC 7911 §4)."""
    add_path_send: frozenset[Family] = frozenset()
    """The families whose prefixes we send with Path Identifiers."""
    confederation: bool = False
    """The peer is in another member AS of our confederation (RFC 5065); then it is not external."""
    extended_next_hop: frozenset[Family] = frozenset()
    """The families whose routes may have a next hop of the other address family (RFC 8950 §4)."""
