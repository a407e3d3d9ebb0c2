"""The values filters work with, each of which knows its type.

==================  =======================================
an undefined value  ``None``
int                 ``int``, 32 bits without a sign
bool                ``bool``
string              ``str``
ip                  ``Address``
prefix              ``Prefix``
pair                ``Pair``
quad                ``Quad``
ec                  ``ExtendedCommunity``
lc                  ``LargeCommunity`` (of ``messages``)
bgppath             ``AsPath`` (of ``messages``)
clist               ``CommunityList``
eclist              ``ExtendedCommunityList``
lclist              ``LargeCommunityList``
bgpmask             ``PathMask`` (``path_masks.py``)
sets                ``ValueSet`` (``sets.py``), ``PrefixSet`` (``prefix_sets.py``)
enumerations        ``EnumValue``
==================  =======================================
"""

from enum import Enum
from typing import Final, NamedTuple, Self

from messages.attributes.as_path import AsPath
from messages.attributes.large_communities import LargeCommunity
from messages.families.prefix import PrefixKey

WORD: Final = 0xFFFF_FFFF
"""The largest int; arithmetic goes round behind it."""


class Type(Enum):
    """The types of the language, as they are written where they can be."""

    VOID = "void"
    INT = "int"
    BOOL = "bool"
    IP = "ip"
    PREFIX = "prefix"
    PAIR = "pair"
    QUAD = "quad"
    EC = "ec"
    LC = "lc"
    STRING = "string"
    BGPMASK = "bgpmask"
    BGPPATH = "bgppath"
    CLIST = "clist"
    ECLIST = "eclist"
    LCLIST = "lclist"
    SET = "set"
    """Of anything but prefixes."""
    PREFIX_SET = "prefix set"
    RTS = "source of a route"
    SCOPE = "scope"
    RTC = "cast"
    RTD = "destination"
    ORIGIN = "origin"
    ROA = "result of roa_check"
    OPAQUE = "opaque"
    """Of an attribute that can only be tested with ``defined``."""


class EnumValue(NamedTuple):
    """One constant of an enumeration."""

    type: Type
    number: int


class Address(bytes):
    """An IP address: 4 or 16 octets."""

    __slots__ = ()


class Prefix(NamedTuple):
    """A network; ``address`` has no bit set behind ``length``."""

    address: Address
    length: int

    @classmethod
    def from_key(cls, key: PrefixKey, octets: int) -> Self:
        """Return the prefix of a key; ``octets`` is the size of an address of its family."""
        return cls(Address(key[1:].ljust(octets, b"\0")), key[0])


class Pair(int):
    """A community as operators write it, ``(65000,1)``: 32 bits."""

    __slots__ = ()


class Quad(int):
    """A router id or cluster id: 32 bits."""

    __slots__ = ()


class ExtendedCommunity(int):
    """The eight octets of an extended community (RFC 4360 §2) as one number."""

    __slots__ = ()


class CommunityList(tuple[int, ...]):
    """COMMUNITIES or CLUSTER_LIST, in the order of the wire."""

    __slots__ = ()


class ExtendedCommunityList(tuple[int, ...]):
    """EXTENDED_COMMUNITIES, each as one number of 64 bits."""

    __slots__ = ()


class LargeCommunityList(tuple[LargeCommunity, ...]):
    """LARGE_COMMUNITY, in the order of the wire."""

    __slots__ = ()


class OpaqueValue(Enum):
    """What an attribute is that can only be tested with ``defined``."""

    OPAQUE = 0


__all__ = [
    "WORD",
    "Address",
    "AsPath",
    "CommunityList",
    "EnumValue",
    "ExtendedCommunity",
    "ExtendedCommunityList",
    "LargeCommunity",
    "LargeCommunityList",
    "OpaqueValue",
    "Pair",
    "Prefix",
    "Quad",
    "Type",
]
