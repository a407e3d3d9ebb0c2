"""Short ways to make keys, sources, attribute sets and routes in tests."""

from typing import Any

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, MULTI_EXIT_DISC, NEXT_HOP, ORIGIN
from messages.attributes.as_path import AsPath
from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address, parse_prefix
from messages.iana import Origin
from rib.egress import GroupKey, NextHopRule, Withheld, egress
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Refusal, Route, Source, SourceKind
from rib.update_group import UpdateGroup
from rib.views import Views

SOMEWHERE = Destination(DestinationKind.UNICAST, (NextHop(parse_address("192.0.2.254"), 2),))


def key(text: str) -> PrefixKey:
    """Return the key of a prefix in text."""
    return parse_prefix(text)[1]


def neighbor(name: str, *, external: bool = True, router_id: int = 1, address: str = "192.0.2.254") -> Source:
    """Return a BGP source."""
    source = Source(name, SourceKind.BGP)
    source.external = external
    source.router_id = router_id
    source.address = parse_address(address)
    return source


def attributes(
    *path: int,
    med: int | None = None,
    local_pref: int | None = None,
    next_hop: str = "192.0.2.254",
    **more: Any,
) -> AttributeSet:
    """Return a set as an UPDATE would bring it; ``more`` is by row name as in messages.attributes."""
    values: dict[Any, Any] = {
        ORIGIN: more.pop("origin", Origin.IGP),
        AS_PATH: AsPath.of(*path),
        NEXT_HOP: parse_address(next_hop),
    }
    if med is not None:
        values[MULTI_EXIT_DISC] = med
    if local_pref is not None:
        values[LOCAL_PREF] = local_pref
    values.update(more.pop("rows", {}))
    assert not more
    return AttributeSet.of(values)


def route(
    source: Source, received: AttributeSet, refusal: Refusal | None = None, igp_metric: int = 0
) -> Route:
    """Return a route that arrived in second 0."""
    return Route(source, received, SOMEWHERE, 0, refusal, igp_metric)


def discarded(source: Source) -> Route:
    """Return a route of our own that leads nowhere and has no attributes."""
    return Route(source, AttributeSet.of({}), Destination(DestinationKind.BLACKHOLE), 0)


def sent_as(group: GroupKey, route: Route) -> AttributeSet | Withheld:
    """Return what a group makes of a route to a prefix like any other."""
    return egress(group, route, key("203.0.113.0/24"))


def group_key(*, external: bool = True, **changes: Any) -> GroupKey:
    """Return the key of a plain group with ``export all``."""
    values: dict[str, Any] = {
        "family": IPV4_UNICAST,
        "context": Context(external=external),
        "local_as": 64512,
        "policy": Policy.ALL,
        "next_hop_rule": NextHopRule.AUTO,
        "own_next_hop": parse_address("192.0.2.1"),
    }
    return GroupKey(**(values | changes))


def group_of(key: GroupKey) -> UpdateGroup:
    """Return a group of its own for a key."""
    return UpdateGroup(key, Views(key, 0))
