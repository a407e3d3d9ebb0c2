"""The parts of a BIRD configuration that versions 1.6 and 2.0 share."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tests.interop.routers.router import (
    FAMILIES,
    AddPaths,
    Announcement,
    Attributes,
    Neighbor,
    RouterConfig,
    by_attributes,
    family_of,
)

_ADD_PATHS: Final[Mapping[AddPaths, str]] = {"receive": "rx", "send": "tx", "both": "on"}

_GRACEFUL_RESTART: Final = {"off": "off", "helper": "aware", "full": "on"}


def preamble(router_id: str) -> str:
    """Return the options and the device protocol."""
    return f"router id {router_id};\nlog stderr all;\nprotocol device {{ scan time 60; }}\n"


def export_filter(asn: int, routes: Iterable[Announcement]) -> str:
    """Return the body of the filter through which everything is exported.

    Attributes of originated routes are set here, since BIRD removes a MED set anywhere else.
    """
    rules = "".join(
        f"    if net ~ {prefixes} then {{ {actions}}}\n" for prefixes, actions in _rules(asn, routes)
    )
    return f"  if source = RTS_STATIC then {{\n    bgp_origin = ORIGIN_IGP;\n{rules}  }}\n  accept;\n"


def static_routes(routes: Iterable[Announcement]) -> str:
    """Return the lines of a static protocol."""
    return "".join(f"  route {route.prefix} blackhole;\n" for route in routes)


def session(neighbor: Neighbor, config: RouterConfig) -> Iterator[str]:
    """Yield the lines of a BGP protocol that have nothing to do with families."""
    yield f"  local {neighbor.local_address} as {config.asn};"
    yield f"  neighbor {_quoted(neighbor.address)} as {neighbor.asn};"
    yield f"  hold time {neighbor.hold_time};"
    yield f"  passive {'on' if neighbor.passive else 'off'};"
    yield f"  graceful restart {_GRACEFUL_RESTART[neighbor.graceful_restart]};"
    yield "  connect delay time 1;"
    yield "  connect retry time 1;"
    yield "  error wait time 1, 2;"
    if neighbor.password:
        yield f'  password "{neighbor.password}";'
    if neighbor.ttl_security:
        yield "  ttl security on;"
    if neighbor.multihop:
        yield f"  multihop {neighbor.multihop};"
    if neighbor.is_client:
        yield "  rr client;"
        if config.cluster_id:
            yield f"  rr cluster id {config.cluster_id};"
    if neighbor.role:
        yield f"  local role {neighbor.role};"
    yield from (f"  {line}" for line in neighbor.extra)


def channel(neighbor: Neighbor) -> Iterator[str]:
    """Yield what holds for a family: in BIRD 1.6 for the protocol, in BIRD 2.0 for a channel of it."""
    yield "  import all;"
    if neighbor.limit:
        yield f"  import limit {neighbor.limit} action disable;"
    if neighbor.add_paths:
        yield f"  add paths {_ADD_PATHS[neighbor.add_paths]};"
    yield "  export filter outgoing;"


def _quoted(address: str) -> str:
    """Return the address; the name of an interface may be no word of BIRD's language."""
    return re.sub("%(.*)", r"%'\1'", address)


def _rules(asn: int, routes: Iterable[Announcement]) -> Iterator[tuple[str, str]]:
    for shape, alike in by_attributes(routes).items():
        for family in FAMILIES:  # a prefix set has one family
            prefixes = ", ".join(route.prefix for route in alike if family_of(route.prefix) == family)
            if prefixes and (actions := "".join(_actions(asn, shape))):
                yield f"[ {prefixes} ]", actions


def _actions(asn: int, shape: Attributes) -> Iterator[str]:
    if shape.med is not None:
        yield f"bgp_med = {shape.med}; "
    if shape.local_pref is not None:
        yield f"bgp_local_pref = {shape.local_pref}; "
    for community in shape.communities:
        yield f"bgp_community.add(({community.replace(':', ',')})); "
    yield f"bgp_path.prepend({asn}); " * shape.prepend
