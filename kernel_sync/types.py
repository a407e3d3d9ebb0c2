"""What the Linux routing table holds, as values (rtnetlink(7)).

A ``KernelRoute`` has no prefix: one object serves every prefix that is forwarded alike.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, NamedTuple


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


class NextHop(NamedTuple):
    """One way out: no ``gateway`` for a neighbor on the link, ``interface`` 0 to let the kernel find it."""

    gateway: bytes
    interface: int
    weight: int = 1
    onlink: bool = False


class KernelRoute(NamedTuple):
    """How packets to some prefixes are treated."""

    kind: RouteKind
    next_hops: tuple[NextHop, ...] = ()
    metric: int = 0
    preferred_source: bytes = b""

    def canonical(self, default_metric: int) -> "KernelRoute":
        """Return the route in the form in which the kernel shows it."""
        kind, next_hops, metric, preferred_source = self
        if kind is not RouteKind.UNICAST:
            next_hops = ()
        elif len(next_hops) == 1:
            next_hops = (next_hops[0]._replace(weight=1),)
        else:
            next_hops = tuple(sorted(next_hops))
        return KernelRoute(kind, next_hops, metric or default_metric, preferred_source)

    def matches(self, observed: "KernelRoute") -> bool:
        """Tell whether ``observed`` is what the kernel makes of this route; both are canonical."""
        return self == observed or (
            self[0::2] == observed[0::2]
            and self.preferred_source == observed.preferred_source
            and len(self.next_hops) == len(observed.next_hops)
            and all(map(_same_hop, self.next_hops, observed.next_hops))
        )


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
