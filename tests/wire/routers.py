"""How each routing daemon is told of the neighbors that misbehave and of those that watch."""

from collections.abc import Iterator, Mapping
from typing import Final

from tests.interop.routers import Bgpd, Bird2, Frr
from tests.interop.routers.router import Neighbor, Router
from tests.wire.case import ADD_PATH, EXTERNAL, INTERNAL, Case, Kind
from tests.wire.octets import LOCAL_ASN, ROUTER

ROUTERS: Final[tuple[type[Router], ...]] = (Bgpd, Bird2, Frr)
OBSERVERS: Final = {"external": "198.18.1.1", "internal": "198.18.1.2", "old": "198.18.1.3"}
"""Who watches: a neighbor outside, one inside, and one outside that knows AS numbers of two octets only."""
NETWORKS: Final = ("198.18.1.0/24", "198.18.2.0/23")
"""The addresses of all neighbors."""
OBSERVER_ASNS: Final = {"external": 65002, "internal": LOCAL_ASN, "old": 65003}

_EXTRA: Final[Mapping[tuple[type[Router], Kind], tuple[str, ...]]] = {
    # next hops are looked for on the connected network, as in the other two
    (Bird2, INTERNAL): ("direct;",),
    (Bird2, EXTERNAL): ("enable extended messages on;",),
    (Bgpd, ADD_PATH): ('add_paths = "receive"',),
}

IMPATIENT: Final[Mapping[type[Router], tuple[str, ...]]] = {
    Frr: (f"router bgp {LOCAL_ASN}", " coalesce-time 0", "exit"),
}
"""What makes a router tell its news at once."""


def address_of(number: int) -> str:
    """Return the address of the neighbor that plays the case of this number."""
    return f"198.18.{2 + (number >> 8)}.{number & 0xFF}"


def neighbors(router: type[Router], cases: tuple[Case, ...]) -> Iterator[Neighbor]:
    """Yield a neighbor for each case, so that none waits for the error of another to be forgotten."""
    for name, address in OBSERVERS.items():
        kind = Kind(name, OBSERVER_ASNS[name])
        yield _neighbor(router, kind if kind.external else INTERNAL, address)
    for number, each in enumerate(cases):
        yield _neighbor(router, each.kind, address_of(number))


def _neighbor(router: type[Router], kind: Kind, address: str) -> Neighbor:
    return Neighbor(
        address=address,
        asn=kind.asn,
        local_address=ROUTER,
        families=("ipv4", "ipv6"),
        hold_time=240,
        passive=True,
        extra=_EXTRA.get((router, kind), ()),
    )
