"""What random filter text is made of: for every type, leaves and forms.

A form is text with places for expressions in angle brackets: ``<int> + <int>``.  A leaf has no such places.
"""

from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Final

Forms = Mapping[str, tuple[str, ...]]

ENUMERATIONS: Final[Forms] = {
    "rts": ("RTS_DUMMY", "RTS_STATIC", "RTS_BGP", "RTS_DEVICE", "RTS_INHERIT"),
    "scope": ("SCOPE_HOST", "SCOPE_LINK", "SCOPE_SITE", "SCOPE_ORGANIZATION", "SCOPE_UNIVERSE"),
    "rtc": ("RTC_UNICAST", "RTC_BROADCAST", "RTC_MULTICAST", "RTC_ANYCAST"),
    "rtd": ("RTD_ROUTER", "RTD_DEVICE", "RTD_BLACKHOLE", "RTD_UNREACHABLE", "RTD_PROHIBIT"),
    "roa": ("ROA_UNKNOWN", "ROA_VALID", "ROA_INVALID"),
    "origin": ("ORIGIN_IGP", "ORIGIN_EGP", "ORIGIN_INCOMPLETE"),
}

ADDRESSES: Final = {
    32: ("10.0.0.1", "10.1.2.3", "192.168.1.255", "10.0.0.0", "0.0.0.0", "255.255.255.255", "172.16.5.4"),
    128: (
        "fd00::1",
        "2001:db8:1:2::3",
        "::",
        "::1",
        "fd00::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::9",
    ),
}
PREFIXES: Final = {
    32: (
        "10.0.0.0/8",
        "10.1.0.0/16",
        "10.1.2.0/24",
        "10.1.2.3/32",
        "0.0.0.0/0",
        "192.168.0.0/23",
        "172.16.0.0/12",
    ),
    128: (
        "fd00::/8",
        "fd00:1::/32",
        "fd00:1:2::/48",
        "::/0",
        "::1/128",
        "2001:db8::/32",
        "2001:db8:1:2::/63",
    ),
}
PATTERNS: Final = {
    32: (
        "10.0.0.0/8+",
        "10.1.0.0/16-",
        "10.1.0.0/16{8,24}",
        "192.168.0.0/23{24,32}",
        "0.0.0.0/0+",
        "10.1.2.0/24{0,8}",
    ),
    128: ("fd00::/8+", "fd00:1::/32-", "fd00:1:2::/48{16,64}", "2001:db8::/32{33,48}", "::/0{0,0}", "::/0+"),
}

SINGLES: Final = ("int", "pair", "quad", "ip", "ec", "lc", *ENUMERATIONS)
"""Types that can be in a set, apart from prefixes."""
LISTS: Final = {"clist": "pair", "eclist": "ec", "lclist": "lc"}
EMPTY_LISTS: Final = {"clist": "-empty-", "eclist": "--empty--", "lclist": "---empty---"}
COLLECTIONS: Final = ("bgppath", *LISTS)
DECLARED: Final = (
    "int",
    "bool",
    "ip",
    "prefix",
    "pair",
    "quad",
    "ec",
    "lc",
    "string",
    "bgpmask",
    *COLLECTIONS,
)
"""Types a variable can have, sets aside."""
SETS: Final = ("int set", "pair set", "quad set", "ip set", "ec set", "lc set", "prefix set")
TYPES: Final = (*DECLARED, *SETS, *ENUMERATIONS, *(f"{name} set" for name in ENUMERATIONS))

_ITEMS: Final[Forms] = {
    "int": ("1", "2..5", "7", "0", "10..20", "(1+2)", "4294967295", "65536..65540", "3"),
    "pair": (
        "(1,2)",
        "(1,*)",
        "(2,3..9)",
        "(7..9,7)",
        "(3..5,*)",
        "(1,2)..(1,9)",
        "(10,20)",
        "(65535,65281)",
        "(*,*)",
    ),
    "ec": ("(rt,1,2)", "(rt,10,*)", "(ro,1,2..5)", "(generic,0x43000000,1)", "(rt,70000,3)"),
    "lc": (
        "(1,2,3)",
        "(1,*,*)",
        "(10,20,*)",
        "(1,2,3..9)",
        "(4294967295,0,1)",
        "(1,2,3)..(1,2,6)",
        "(*,*,*)",
    ),
    **{
        name: (constants[0], constants[1], f"{constants[0]}..{constants[-1]}")
        for name, constants in ENUMERATIONS.items()
    },
}

_LEAVES: Final[Forms] = {
    "int": (
        "0",
        "1",
        "2",
        "3",
        "7",
        "10",
        "20",
        "100",
        "255",
        "65535",
        "65536",
        "0xff",
        "2147483648",
        "4294967295",
    ),
    "small": tuple(map(str, range(33))),
    "bool": ("true", "false"),
    "pair": ("(1,2)", "(1,3)", "(0,0)", "(10,20)", "(65535,65281)", "(2,7)"),
    "ec": ("(rt,1,2)", "(ro,1,3)", "(rt,70000,3)", "(generic,0x43000000,1)", "(rt,10,20)"),
    "lc": ("(1,2,3)", "(1,2,4)", "(10,20,30)", "(4294967295,0,1)", "(0,0,0)"),
    "string": ('""', '"a"', '"abc"', '"eth0"', '"eth*"', '"?b*"', '"cali12"', '"*"'),
    "bgppath": (
        "+empty+",
        *(f"prepend(prepend(+empty+, {a}), {b})" for a, b in ((1, 2), (2, 1), (7, 7), (10, 65536))),
    ),
    "bgpmask": (
        "[= * =]",
        "[= 1 2 =]",
        "[= * 1 * =]",
        "[= ? ? =]",
        "[= 1..5 * =]",
        "[= * (1+1) 1 =]",
        "[= =]",
        "[= 7 * 7 =]",
    ),
    "clist": (
        "-empty-",
        "add(-empty-, (1,2))",
        "add(add(-empty-, (10,20)), (1,2))",
        "add(add(-empty-, (2,7)), (0,0))",
    ),
    "eclist": ("--empty--", "add(--empty--, (rt,1,2))", "add(add(--empty--, (rt,10,20)), (ro,1,3))"),
    "lclist": ("---empty---", "add(---empty---, (1,2,3))", "add(add(---empty---, (10,20,30)), (1,2,4))"),
    **ENUMERATIONS,
}

_FORMS: Final[Forms] = {
    "int": (
        *(
            "<int> + <int>",
            "<int> - <int>",
            "<int> * <int>",
            "<int> / <int>",
            "<int> + <int> * <int>",
            "<int> - <int> - <int>",
        ),
        *(f"<{kind}>.len" for kind in ("prefix", *COLLECTIONS)),
        *("<bgppath>.first", "<bgppath>.last", "<bgppath>.last_nonaggregated"),
    ),
    "bool": (
        *(
            "<bool> && <bool>",
            "<bool> || <bool>",
            "<bool> && <bool> || <bool>",
            "<bool> || <bool> && <bool>",
            "! <bool>",
        ),
        *(f"defined(<{kind}>)" for kind in ("int", "ip", "clist", "bgppath", "string")),
        *(
            f"<{kind}> {sign} <{kind}>"
            for kind in ("int", "pair", "ip", "lc", "ec")
            for sign in ("<", "<=", ">", ">=")
        ),
        *(f"<{kind}> {sign} <{kind}>" for kind in TYPES for sign in ("=", "!=")),
        *(f"<{kind}> {sign} <{kind} set>" for kind in (*SINGLES, "prefix") for sign in ("~", "!~")),
        *(f"<{kind}> ~ <{item} set>" for kind, item in (*LISTS.items(), ("bgppath", "int"))),
        *(f"<{item}> ~ <{kind}>" for kind, item in LISTS.items()),
        *("<int> ~ <bgppath>", "<bgppath> ~ <bgpmask>", "<string> ~ <string>", "<string> !~ <string>"),
        *("<ip> ~ <prefix>", "<prefix> ~ <prefix>", "<ip> ~ <prefix set>", "<prefix> !~ <prefix>"),
    ),
    "ip": ("<prefix>.ip", "<ip>.mask(<small>)"),
    "pair": ("(<int>, <int>)", "(<small>, <small>)"),
    "ec": (
        "(rt, <int>, <int>)",
        "(ro, <ip>, <small>)",
        "(generic, <int>, <int>)",
        "(unknown 0x4000, <int>, <int>)",
    ),
    "lc": ("(<int>, <int>, <int>)",),
    "bgppath": (
        *("prepend(<bgppath>, <int>)", "delete(<bgppath>, <int>)", "delete(<bgppath>, <int set>)"),
        *("filter(<bgppath>, <int set>)", "filter(<bgppath>, <int>)"),
    ),
    **{
        kind: (
            *(f"{call}(<{kind}>, <{argument}>)" for call in ("add", "delete") for argument in (item, kind)),
            *(
                f"{call}(<{kind}>, <{argument}>)"
                for call in ("delete", "filter")
                for argument in (f"{item} set", kind)
            ),
        )
        for kind, item in LISTS.items()
    },
}
"""In the form that BIRD 1.6 has, where only attributes have methods that change something."""

METHODS: Final[Forms] = {
    "bgppath": (
        "<bgppath>.prepend(<int>)",
        "<bgppath>.delete(<int set>)",
        "<bgppath>.filter(<int set>)",
        "<bgppath>.empty",
    ),
    **{
        kind: (
            *(f"<{kind}>.{method}(<{item}>)" for method in ("add", "delete")),
            *(f"<{kind}>.{method}(<{item} set>)" for method in ("delete", "filter")),
        )
        for kind, item in LISTS.items()
    },
}
"""What BIRD 2 has in addition."""


@cache
def leaves(bits: int) -> Forms:
    """Return the leaves of every type in the family with addresses of ``bits`` bits."""
    items = {**_ITEMS, "ip": (*ADDRESSES[bits], "..".join(sorted(ADDRESSES[bits][:2])))}
    return {
        **_LEAVES,
        "ip": ADDRESSES[bits],
        "quad": ("1.2.3.4", "10.0.0.1", "0.0.0.0"),
        "prefix": PREFIXES[bits],
        "item": tuple(chain.from_iterable(items.values())),
        **{f"{kind} item": choices for kind, choices in items.items()},
        "prefix item": (*PREFIXES[bits], *PATTERNS[bits]),
        "quad item": ("1.2.3.4", "10.0.0.1..10.0.0.9"),
    }


@cache
def forms(*, methods: bool) -> Forms:
    """Return what is composed of other expressions; ``methods`` includes those that only BIRD 2 has."""
    if not methods:
        return _FORMS
    return {kind: (*_FORMS.get(kind, ()), *METHODS.get(kind, ())) for kind in {**_FORMS, **METHODS}}
