"""Which routes of other programs become routes of ours (``learn``); pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from kernel_sync.types import PROTOCOL_BIRD, WRITTEN_KINDS, KernelRoute, ObservedRoute
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, covers, parse_prefix

_NEVER_LEARNED: Final = frozenset({0, 1, 2, PROTOCOL_BIRD})
"""Unspecified, redirects, the addresses of interfaces, which are the business of ``direct``, and what a
program like ours has learned itself."""

_RESERVED: Final[Mapping[Family, Sequence[PrefixKey]]] = {
    family: [parse_prefix(text)[1] for text in blocks]
    for family, blocks in (
        # "This network", loopback, link-local, multicast, limited broadcast (RFC 6890 §2.2.2).
        # Not 240.0.0.0/4: there are networks that number their hosts from it.
        (IPV4_UNICAST, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32")),
        # Unspecified and loopback, IPv4-mapped, link-local, multicast (RFC 6890 §2.2.3, RFC 4291 §2.4).
        (IPV6_UNICAST, ("::/127", "::ffff:0:0/96", "fe80::/10", "ff00::/8")),
    )
}


def is_reserved(key: PrefixKey, family: Family) -> bool:
    """Tell whether no address of a prefix is forwarded to by routers."""
    return any(covers(block, key) for block in _RESERVED[family])


def learned(
    routes: Iterable[ObservedRoute], is_usable: Callable[[KernelRoute], bool]
) -> ObservedRoute | None:
    """Return the one of the alien routes to a prefix that is learned: the lowest metric wins."""
    candidates = [
        observed
        for observed in routes
        if observed.protocol not in _NEVER_LEARNED
        and observed.route.kind in WRITTEN_KINDS
        and is_usable(observed.route)
    ]
    return min(candidates, key=_order) if len(candidates) > 1 else next(iter(candidates), None)


def _order(observed: ObservedRoute) -> tuple[Any, ...]:
    """Of one metric the order is a fixed one, whichever was there first."""
    route = observed.route
    return (route.metric, observed.protocol, route.kind, route._replace(scope=route.scope or 0))
