"""What the Linux routing table holds, as values (rtnetlink(7)).

A ``KernelRoute`` has no prefix: one object serves every prefix that is forwarded alike.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from messages.families import IPV6_UNICAST, Family

IPV6_DEFAULT_METRIC: Final = 1024
"""What IPv6 makes of the metric 0."""


class RouteKind(IntEnum):
    """``RTN_*`` of ``linux/rtnetlink.h``; we write UNICAST, BLACKHOLE, UNREACHABLE and PROHIBIT."""

    UNICAST = 1
    LOCAL = 2
    BROADCAST = 3
    ANYCAST = 4
    MULTICAST = 5
    BLACKHOLE = 6
    UNREACHABLE = 7
    PROHIBIT = 8
    THROW = 9


WRITTEN_KINDS: Final = (RouteKind.UNICAST, RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT)
"""What routes of ours can be."""


class NextHop(NamedTuple):
    """One way out: no ``gateway`` for a neighbor on the link, ``interface`` 0 to let the kernel find it."""

    gateway: bytes
    interface: int
    weight: int = 1
    onlink: bool = False


class Metric(IntEnum):
    """``RTAX_*`` of ``linux/rtnetlink.h``: what the kernel is told about the way to a destination."""

    LOCK = 1
    MTU = 2
    WINDOW = 3
    RTT = 4
    RTTVAR = 5
    SSTHRESH = 6
    CWND = 7
    ADVMSS = 8
    REORDERING = 9
    HOPLIMIT = 10
    INITCWND = 11
    FEATURES = 12
    RTO_MIN = 13
    INITRWND = 14
    QUICKACK = 15


class Scope(IntEnum):
    """``RT_SCOPE_*`` of ``linux/rtnetlink.h``: how far away the destination of an IPv4 route is."""

    UNIVERSE = 0
    SITE = 200
    LINK = 253
    HOST = 254
    NOWHERE = 255


class KernelRoute(NamedTuple):
    """How packets to some prefixes are treated."""

    kind: RouteKind
    next_hops: tuple[NextHop, ...] = ()
    metric: int = 0
    """The priority; 0 is the default of the family."""
    preferred_source: bytes = b""
    realm: int = 0
    """Of IPv4 only, as the scope is."""
    metrics: tuple[tuple[int, int], ...] = ()
    """Pairs of ``Metric`` and value."""
    scope: int | None = None
    """None: link if the destination is on it, else universe."""

    def canonical(self, family: Family) -> "KernelRoute":
        """Return the route in the form in which the kernel shows it."""
        kind, next_hops, metric, preferred_source, realm, metrics, scope = self
        if kind is not RouteKind.UNICAST:
            next_hops = ()
        elif len(next_hops) > 1:
            different = next_hops if family is not IPV6_UNICAST else _without_repetitions(next_hops)
            next_hops = tuple(sorted(different, key=_heavier_first))
        if len(next_hops) == 1:
            next_hops = (next_hops[0]._replace(weight=1),)
        if family is IPV6_UNICAST:
            metric, realm, scope = metric or IPV6_DEFAULT_METRIC, 0, Scope.UNIVERSE
        elif scope is None:
            on_link = kind is RouteKind.UNICAST and not any(hop.gateway for hop in next_hops)
            scope = Scope.LINK if on_link else Scope.UNIVERSE
        shown = tuple(sorted((name, min(value, _most(name))) for name, value in metrics if value))
        source = preferred_source if any(preferred_source) else b""
        return KernelRoute(kind, next_hops, metric, source, realm, shown, scope)

    def matches(self, observed: "KernelRoute") -> bool:
        """Tell whether ``observed`` is what the kernel makes of this route; both are canonical."""
        return self == observed or (
            any(not hop.interface for hop in self.next_hops)
            and self._replace(next_hops=()) == observed._replace(next_hops=())
            and len(self.next_hops) == len(observed.next_hops)
            and all(map(_same_hop, self.next_hops, observed.next_hops))
        )


def _without_repetitions(next_hops: Iterable[NextHop]) -> Iterable[NextHop]:
    """IPv6 takes a next hop once."""
    return {hop[:2]: hop for hop in next_hops}.values()


def _heavier_first(hop: NextHop) -> tuple[int, NextHop]:
    """Return the key of BIRD's order, in which the kernel shows next hops as well."""
    return -hop.weight, hop


def _most(metric: int) -> int:
    """Return what the kernel cuts a larger value down to."""
    return _LARGEST.get(metric, 0xFFFF_FFFF)


_LARGEST: Final[Mapping[int, int]] = {Metric.ADVMSS: 65535 - 40, Metric.MTU: 65535 - 15, Metric.HOPLIMIT: 255}


def _same_hop(wanted: NextHop, observed: NextHop) -> bool:
    return wanted == (observed if wanted.interface else observed._replace(interface=0))


class ObservedRoute(NamedTuple):
    """A route as the kernel told of it; ``protocol`` says who put it there."""

    route: KernelRoute
    protocol: int


class Failure(NamedTuple):
    """The kernel's answer to a message it refused: an errno and words for the operator."""

    errno: int
    text: str


MAIN_TABLE: Final = 254
ALL_TABLES: Final = 0
"""``RT_TABLE_UNSPEC``: stands for every table of the kernel."""

PROTOCOL_BIRD: Final = 12
"""``RTPROT_BIRD``: the mark of our routes, printed by ``ip route`` as ``proto bird``."""

_PROTOCOLS: Final[Mapping[int, str]] = {
    1: "redirect",
    2: "kernel",
    3: "boot",
    4: "static",
    8: "gated",
    9: "ra",
    10: "mrt",
    11: "zebra",
    12: "bird",
    13: "dnrouted",
    14: "xorp",
    15: "ntk",
    16: "dhcp",
    17: "mrouted",
    18: "keepalived",
    42: "babel",
    186: "bgp",
    187: "isis",
    188: "ospf",
    189: "rip",
    192: "eigrp",
}


def protocol_name(protocol: int) -> str:
    """Return the name ``ip route`` prints for a protocol number."""
    return _PROTOCOLS.get(protocol, str(protocol))
