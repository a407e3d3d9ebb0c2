"""The way in for tests: an Ingress of 192.0.2.1 beside the neighbor's link."""

from typing import Any

from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address
from rib.admission import Admission
from rib.ingress import Ingress
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import Source
from rib.table import Table
from tests.rib.building import key

ROUTER_ID = int.from_bytes(parse_address("192.0.2.1"))


def ingress(source: Source, policy: Policy = Policy.ALL, *, local_as: int = 64512, **more: Any) -> Ingress:
    """Return the Ingress of a source; ``more`` goes into its Admission."""
    next_hops = NextHops(Table("master", IPV4_UNICAST))
    next_hops.set_connected({key("192.0.2.0/24"): 2}, {2})
    own = frozenset({parse_address("192.0.2.1")})
    return Ingress(source, Admission(local_as, ROUTER_ID, policy, own, **more), next_hops)
