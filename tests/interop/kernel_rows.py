"""Routes of every form that the kernel can have: what they are in the configurations, and what filters add.

A row is a route in each of its families. BIRD's text of it is the same in both versions but ``multipath``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.interop.routers import FAMILIES, Family

NEAR: Final[Mapping[Family, str]] = {"ipv4": "10.10.0.2", "ipv6": "fd00:10::2"}
"""The gateway on eth0, which is a neighbor, too."""
SECOND: Final[Mapping[Family, str]] = {"ipv4": "10.10.0.3", "ipv6": "fd00:10::3"}
"""Another neighbor there."""
OTHER: Final[Mapping[Family, str]] = {"ipv4": "10.20.0.2", "ipv6": "fd00:20::2"}
"""A gateway on eth1."""
OFF_LINK: Final[Mapping[Family, str]] = {"ipv4": "10.30.0.2", "ipv6": "fd00:30::2"}
FAR: Final[Mapping[Family, str]] = {"ipv4": "10.99.0.1", "ipv6": "fd00:99::1"}
"""A next hop that a static route over ``OTHER`` leads to."""
FAR_NETWORK: Final[Mapping[Family, str]] = {"ipv4": "10.99.0.0/16", "ipv6": "fd00:99::/48"}
HERE: Final[Mapping[Family, str]] = {"ipv4": "10.10.0.1", "ipv6": "fd00:10::1"}
"""Our address on eth0."""
OWN: Final[Mapping[Family, str]] = {"ipv4": "10.20.0.1", "ipv6": "fd00:20::1"}
"""That on eth1."""


class Way(NamedTuple):
    """A static route's destination, as BIRD writes it and as our file has it."""

    bird: str
    ours: str
    only: Sequence[Family] = FAMILIES


WAYS: Final[Mapping[str, Way]] = {
    "gateway": Way("via {near}", 'via = "{near}"'),
    "device": Way('via "eth0"', 'dev = "eth0"'),
    "link-local gateway": Way("via fe80::99%eth1", 'via = "fe80::99"\ndev = "eth1"', ("ipv6",)),
    "onlink": Way("via {off}%eth1 onlink", 'via = "{off}"\ndev = "eth1"\nonlink = true'),
    "several": Way(
        "{multipath}via {near} via {other}", 'nexthops = [{{ via = "{near}" }}, {{ via = "{other}" }}]'
    ),
    "weights": Way(
        "{multipath}via {near} weight 3 via {other} weight 10",
        'nexthops = [{{ via = "{near}", weight = 3 }}, {{ via = "{other}", weight = 10 }}]',
    ),
    "blackhole": Way("blackhole", "blackhole = true"),
    "unreachable": Way("unreachable", "unreachable = true"),
    "prohibit": Way("prohibit", "prohibit = true"),
}


class Row(NamedTuple):
    """One route: a way of ``WAYS``, or who sends it, and the statements of the kernel's export filter."""

    way: str
    statements: str = ""
    only: Sequence[Family] = FAMILIES
    unlike: frozenset[str] = frozenset()
    """Daemons that can't have it so."""

    @property
    def families(self) -> Sequence[Family]:
        """Return the families in which there is such a route."""
        by_way = WAYS[self.way].only if self.way in WAYS else FAMILIES
        return [family for family in self.only if family in by_way]


_IPV4: Final[Sequence[Family]] = ("ipv4",)
_IPV6: Final[Sequence[Family]] = ("ipv6",)
_NOT_IN_BIRD1: Final = frozenset({"bird1"})
"""BIRD 1.6 knows neither onlink nor IPv4 over IPv6, and bird6 gives all next hops the weight 1."""
_METRICS: Final = (
    "krt_mtu = 1400;",
    "krt_mtu = 1400; krt_lock_mtu = true;",
    "krt_lock_mtu = true;",
    "krt_lock_mtu = false; krt_mtu = 1300;",
    "krt_advmss = 1360;",
    "krt_advmss = 1360; krt_lock_advmss = true; krt_mtu = 1400;",
    "krt_hoplimit = 7;",
    "krt_window = 1000;",
    "krt_cwnd = 20; krt_lock_cwnd = true;",
    "krt_initcwnd = 30; krt_initrwnd = 40;",
    "krt_rtt = 100; krt_rttvar = 200;",
    "krt_sstresh = 50;",
    "krt_reordering = 5; krt_lock_reordering = true;",
    "krt_rto_min = 300; krt_lock_rto_min = true;",
    "krt_quickack = 1;",
    "krt_feature_ecn = true;",
    "krt_feature_ecn = false;",
)

_SHARED: Final = frozenset({"several", "weights", "both"})
"""Ways with more than one next hop."""

STATICS: Final = (
    *(Row(way) for way in WAYS if way not in ("onlink", "weights")),
    Row("onlink", unlike=_NOT_IN_BIRD1),
    Row("weights", only=_IPV4),
    Row("weights", only=_IPV6, unlike=_NOT_IN_BIRD1),
    *(Row("gateway", statements) for statements in _METRICS),
    *(Row(way, "krt_metric = 512;") for way in WAYS if way not in ("onlink", "weights")),
    Row("gateway", "krt_metric = 4294967295;"),
    Row("gateway", "krt_metric = 2147483647 - 100;"),
    Row("gateway", "krt_prefsrc = {own};"),
    Row("device", "krt_prefsrc = {own}; krt_metric = 7;"),
    Row("several", "krt_mtu = 1400; krt_advmss = 1360; krt_metric = 7;"),
    Row("blackhole", "krt_mtu = 1400;"),
    Row("gateway", "krt_realm = 5;"),
    Row("gateway", "krt_realm = 327687;"),
    Row("device", "krt_realm = 5; krt_scope = 200;"),
    Row("device", "krt_scope = 0;", _IPV4),
    Row("blackhole", "krt_scope = 200;", _IPV4),
    Row("gateway", "krt_scope = 200;", _IPV6),
)
"""Of a static protocol."""
FED: Final = (
    Row("first"),
    Row("both"),
    Row("far"),
    Row("first", "krt_metric = 2147483647 - bgp_local_pref; krt_prefsrc = {own}; krt_mtu = 1400;"),
    Row("both", "krt_metric = 2147483647 - bgp_local_pref; krt_advmss = 1360;"),
    Row("far", "krt_metric = 1024; krt_realm = 7;", _IPV4),
    Row("by ipv6", only=_IPV4, unlike=_NOT_IN_BIRD1),
    Row("by ipv6", "krt_metric = 1024; krt_mtu = 1400;", _IPV4, _NOT_IN_BIRD1),
)
"""From neighbors: the first on the link, both, the first with a next hop farther away, or one over IPv6."""
ROWS: Final = (*STATICS, *FED)


class Route(NamedTuple):
    """A row in one family."""

    prefix: str
    row: Row
    statements: str


@dataclass(frozen=True, slots=True)
class Task:
    """What a daemon is to write."""

    table: int = 254
    metric: int = 0
    """The option of the kernel protocol."""
    rows: Sequence[Row] = ROWS

    def routes(self, family: Family) -> Iterator[Route]:
        """Yield the routes of a family; the prefix tells the number of the row."""
        pattern = "10.200.{0}.0/24" if family == "ipv4" else "fd00:200:{0:x}::/48"
        for number, row in enumerate(self.rows, 1):
            if family in row.families:
                yield Route(pattern.format(number), row, row.statements.replace("{own}", OWN[family]))

    def statics(self, family: Family) -> Iterator[Route]:
        """Yield the routes of the static protocol."""
        return (route for route in self.routes(family) if route.row.way in WAYS)

    def is_complete(self, family: Family, written: Mapping[str, str], daemon: str = "") -> bool:
        """Tell whether a daemon has written all that it can, and over all next hops."""
        return all(
            written.get(route.prefix, "").count("nexthop") == 2 * (route.row.way in _SHARED)
            and route.prefix in written
            for route in self.routes(family)
            if daemon not in route.row.unlike
        )

    def sent(self, family: Family, *ways: str) -> list[str]:
        """Return the prefixes that neighbors send in one of these ways."""
        return [route.prefix for route in self.routes(family) if route.row.way in ways]

    def filter(self, family: Family) -> str:
        """Return the body of the kernel's export filter in BIRD's language, which is ours as well."""
        cases = [route for route in self.routes(family) if route.statements]
        rules = "".join(f"  if net = {route.prefix} then {{ {route.statements} }}\n" for route in cases)
        return f"  if source = RTS_DEVICE then reject;\n{rules}  accept;\n"


def destination(text: str, family: Family, multipath: str = "") -> str:
    """Return the text of a way with the addresses of a family."""
    return text.format(near=NEAR[family], other=OTHER[family], off=OFF_LINK[family], multipath=multipath)
