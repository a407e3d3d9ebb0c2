"""The words of the filter language: what its keywords, enumerations and methods are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rib.filters.algebra.constructors import GENERIC
from rib.filters.attributes import ATTRIBUTES
from rib.filters.values import EnumValue, Type

TYPES: Final[Mapping[str, Type]] = MappingProxyType(
    {
        kind.value: kind
        for kind in (
            Type.INT,
            Type.BOOL,
            Type.IP,
            Type.PREFIX,
            Type.PAIR,
            Type.QUAD,
            Type.EC,
            Type.LC,
            Type.STRING,
            Type.BGPMASK,
            Type.BGPPATH,
            Type.CLIST,
            Type.ECLIST,
            Type.LCLIST,
        )
    }
)
"""What a variable may be declared as."""

SETS: Final[Mapping[Type, Type]] = MappingProxyType(
    {Type.PREFIX: Type.PREFIX_SET}
    | dict.fromkeys((Type.INT, Type.PAIR, Type.QUAD, Type.EC, Type.LC, Type.IP), Type.SET)
)
"""The types with sets, and how ``TYPE set`` is called."""

METHODS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "ip": 0,
        "len": 0,
        "mask": 1,
        "first": 0,
        "last": 0,
        "last_nonaggregated": 0,
        "empty": 0,
        "prepend": 1,
        "add": 1,
        "delete": 1,
        "filter": 1,
    }
)
"""What may follow a dot, with the number of arguments."""

CHANGING_METHODS: Final = frozenset({"empty", "prepend", "add", "delete", "filter"})
"""Those that are statements, too: the attribute is set to what they make of it."""

FUNCTIONS: Final[Mapping[str, int]] = MappingProxyType(
    {"defined": 1, "prepend": 2, "add": 2, "delete": 2, "filter": 2}
)
"""Built in functions, with the number of arguments."""

EXTENDED_COMMUNITY_KINDS: Final[Mapping[str, int]] = MappingProxyType(
    {"rt": 0x0002, "ro": 0x0003, "generic": GENERIC}
)
"""The upper two octets of an extended community (RFC 4360 §4, §5)."""

ATTRIBUTE_NAMES: Final = frozenset(ATTRIBUTES)

_STRUCTURE: Final = """
    function define roa table max as eval filter where set if then else case for in return
    accept reject error quitbird print printn unset true false unknown roa_check contains match reset
"""

KEYWORDS: Final = frozenset(_STRUCTURE.split()).union(
    ATTRIBUTE_NAMES, EXTENDED_COMMUNITY_KINDS, FUNCTIONS, METHODS, TYPES
)
"""No function, constant or variable can be called so. ``do`` is free, since BIRD 1.6 doesn't know it."""

_ENUMERATIONS: Final = (
    (
        Type.RTS,
        "RTS",
        "DUMMY STATIC INHERIT DEVICE STATIC_DEVICE REDIRECT "
        "RIP OSPF OSPF_IA OSPF_EXT1 OSPF_EXT2 BGP PIPE BABEL",
    ),
    (Type.ORIGIN, "ORIGIN", "IGP EGP INCOMPLETE"),
    (Type.SCOPE, "SCOPE", "HOST LINK SITE ORGANIZATION UNIVERSE UNDEFINED"),
    (Type.RTC, "RTC", "UNICAST BROADCAST MULTICAST ANYCAST"),
    (Type.RTD, "RTD", "ROUTER DEVICE BLACKHOLE UNREACHABLE PROHIBIT MULTIPATH"),
    (Type.ROA, "ROA", "UNKNOWN VALID INVALID"),
)
"""The constants of each enumeration, in the order of their numbers."""

ENUMS: Final[Mapping[str, EnumValue]] = MappingProxyType(
    {
        f"{prefix}_{name}": EnumValue(kind, number)
        for kind, prefix, names in _ENUMERATIONS
        for number, name in enumerate(names.split())
    }
)
