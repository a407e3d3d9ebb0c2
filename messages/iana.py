"""Numbers that IANA assigned to BGP; each class names its registry."""

from enum import IntEnum
from typing import Final

BGP_PORT: Final = 179
HEADER_OCTETS: Final = 19
MAXIMUM_MESSAGE_OCTETS: Final = 4096
"""RFC 4271 §4.1."""
EXTENDED_MESSAGE_OCTETS: Final = 65535
"""RFC 8654 §3."""
AS_TRANS: Final = 23456
"""Stands for an AS number that does not fit two octets (RFC 6793 §9)."""


class AFI(IntEnum):
    """Address Family Numbers."""

    IPV4 = 1
    IPV6 = 2


class SAFI(IntEnum):
    """Subsequent Address Family Identifiers (RFC 4760 §6)."""

    UNICAST = 1
    MULTICAST = 2


class MessageType(IntEnum):
    """BGP Message Types (RFC 4271 §4.1, RFC 2918)."""

    OPEN = 1
    UPDATE = 2
    NOTIFICATION = 3
    KEEPALIVE = 4
    ROUTE_REFRESH = 5


class ErrorCode(IntEnum):
    """BGP Error (Notification) Codes (RFC 4271 §4.5, RFC 7313 §5, RFC 9687 §4)."""

    MESSAGE_HEADER = 1
    OPEN_MESSAGE = 2
    UPDATE_MESSAGE = 3
    HOLD_TIMER_EXPIRED = 4
    FINITE_STATE_MACHINE = 5
    CEASE = 6
    ROUTE_REFRESH_MESSAGE = 7
    SEND_HOLD_TIMER_EXPIRED = 8


class MessageHeaderSubcode(IntEnum):
    """Message Header Error subcodes (RFC 4271 §6.1)."""

    UNSPECIFIC = 0
    CONNECTION_NOT_SYNCHRONIZED = 1
    BAD_MESSAGE_LENGTH = 2
    BAD_MESSAGE_TYPE = 3


class OpenSubcode(IntEnum):
    """OPEN Message Error subcodes (RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §6); 5 and 8 to 10 are deprecated."""

    UNSPECIFIC = 0
    UNSUPPORTED_VERSION_NUMBER = 1
    BAD_PEER_AS = 2
    BAD_BGP_IDENTIFIER = 3
    UNSUPPORTED_OPTIONAL_PARAMETER = 4
    UNACCEPTABLE_HOLD_TIME = 6
    UNSUPPORTED_CAPABILITY = 7
    ROLE_MISMATCH = 11


class UpdateSubcode(IntEnum):
    """UPDATE Message Error subcodes (RFC 4271 §6.3); 7 is deprecated."""

    UNSPECIFIC = 0
    MALFORMED_ATTRIBUTE_LIST = 1
    UNRECOGNIZED_WELL_KNOWN_ATTRIBUTE = 2
    MISSING_WELL_KNOWN_ATTRIBUTE = 3
    ATTRIBUTE_FLAGS_ERROR = 4
    ATTRIBUTE_LENGTH_ERROR = 5
    INVALID_ORIGIN_ATTRIBUTE = 6
    INVALID_NEXT_HOP_ATTRIBUTE = 8
    OPTIONAL_ATTRIBUTE_ERROR = 9
    INVALID_NETWORK_FIELD = 10
    MALFORMED_AS_PATH = 11


class FsmSubcode(IntEnum):
    """Finite State Machine Error subcodes (RFC 6608 §3)."""

    UNSPECIFIED = 0
    UNEXPECTED_MESSAGE_IN_OPEN_SENT = 1
    UNEXPECTED_MESSAGE_IN_OPEN_CONFIRM = 2
    UNEXPECTED_MESSAGE_IN_ESTABLISHED = 3


class CeaseSubcode(IntEnum):
    """Cease subcodes (RFC 4486 §3, RFC 8538 §3, RFC 9384 §3)."""

    UNSPECIFIC = 0
    MAXIMUM_NUMBER_OF_PREFIXES_REACHED = 1
    ADMINISTRATIVE_SHUTDOWN = 2
    PEER_DE_CONFIGURED = 3
    ADMINISTRATIVE_RESET = 4
    CONNECTION_REJECTED = 5
    OTHER_CONFIGURATION_CHANGE = 6
    CONNECTION_COLLISION_RESOLUTION = 7
    OUT_OF_RESOURCES = 8
    HARD_RESET = 9
    BFD_DOWN = 10


class RouteRefreshSubcode(IntEnum):
    """ROUTE-REFRESH Message Error subcodes (RFC 7313 §5)."""

    INVALID_MESSAGE_LENGTH = 1


class RouteRefreshSubtype(IntEnum):
    """BGP Route Refresh Subcodes (RFC 7313 §3.2)."""

    REQUEST = 0
    BEGINNING_OF_ROUTE_REFRESH = 1
    END_OF_ROUTE_REFRESH = 2


class OptionalParameter(IntEnum):
    """BGP OPEN Optional Parameter Types (RFC 5492 §4, RFC 9072 §2)."""

    CAPABILITIES = 2
    EXTENDED_LENGTH = 255


class CapabilityCode(IntEnum):
    """Capability Codes (RFC 5492 §5)."""

    MULTIPROTOCOL = 1
    ROUTE_REFRESH = 2
    EXTENDED_NEXT_HOP = 5
    EXTENDED_MESSAGE = 6
    ROLE = 9
    GRACEFUL_RESTART = 64
    FOUR_OCTET_AS = 65
    ADD_PATH = 69
    ENHANCED_ROUTE_REFRESH = 70
    LONG_LIVED_GRACEFUL_RESTART = 71
    FQDN = 73
    SOFTWARE_VERSION = 75
    LEGACY_ROUTE_REFRESH = 128


class Role(IntEnum):
    """BGP Role Values: what the speaker is to its peer (RFC 9234 §4.1)."""

    PROVIDER = 0
    RS = 1
    RS_CLIENT = 2
    CUSTOMER = 3
    PEER = 4


class AddPathDirection(IntEnum):
    """The Send/Receive field of the ADD-PATH capability (RFC 7911 §4)."""

    RECEIVE = 1
    SEND = 2
    RECEIVE_AND_SEND = 3


class AttributeCode(IntEnum):
    """BGP Path Attributes."""

    ORIGIN = 1
    AS_PATH = 2
    NEXT_HOP = 3
    MULTI_EXIT_DISC = 4
    LOCAL_PREF = 5
    ATOMIC_AGGREGATE = 6
    AGGREGATOR = 7
    COMMUNITIES = 8
    ORIGINATOR_ID = 9
    CLUSTER_LIST = 10
    MP_REACH_NLRI = 14
    MP_UNREACH_NLRI = 15
    EXTENDED_COMMUNITIES = 16
    AS4_PATH = 17
    AS4_AGGREGATOR = 18
    IPV6_EXTENDED_COMMUNITIES = 25
    AIGP = 26
    LARGE_COMMUNITY = 32
    ONLY_TO_CUSTOMER = 35


class Origin(IntEnum):
    """Values of the ORIGIN attribute (RFC 4271 §5.1.1)."""

    IGP = 0
    EGP = 1
    INCOMPLETE = 2


class SegmentType(IntEnum):
    """AS_PATH Segment Types (RFC 4271 §4.3, RFC 5065 §3)."""

    AS_SET = 1
    AS_SEQUENCE = 2
    AS_CONFED_SEQUENCE = 3
    AS_CONFED_SET = 4


class WellKnownCommunity(IntEnum):
    """BGP Well-known Communities (RFC 1997, RFC 3765, RFC 7611, RFC 7999, RFC 8326, RFC 9026, RFC 9494)."""

    GRACEFUL_SHUTDOWN = 0xFFFF0000
    ACCEPT_OWN = 0xFFFF0001
    ROUTE_FILTER_TRANSLATED_V4 = 0xFFFF0002
    ROUTE_FILTER_V4 = 0xFFFF0003
    ROUTE_FILTER_TRANSLATED_V6 = 0xFFFF0004
    ROUTE_FILTER_V6 = 0xFFFF0005
    LLGR_STALE = 0xFFFF0006
    NO_LLGR = 0xFFFF0007
    ACCEPT_OWN_NEXT_HOP = 0xFFFF0008
    STANDBY_PE = 0xFFFF0009
    BLACKHOLE = 0xFFFF029A
    NO_EXPORT = 0xFFFFFF01
    NO_ADVERTISE = 0xFFFFFF02
    NO_EXPORT_SUBCONFED = 0xFFFFFF03
    NO_PEER = 0xFFFFFF04
