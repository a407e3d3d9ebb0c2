"""Routes of every kind that Calico's filters tell apart, in a form for BIRD and for our own filters."""

import ipaddress
from collections.abc import Iterable
from typing import Final, NamedTuple

INTERFACES: Final = ("eth0", "tunl0", "someiface", "cali12ab", "vxlan.calico", "node.cali", "bpfin.cali")


class Variant(NamedTuple):
    """One route to each of the prefixes."""

    name: str
    origin: str
    """``bgp``, ``static``, ``kernel_METRIC`` or ``device_NUMBER``, static over one of the interfaces."""
    setting: str = ""
    """Statements of the filter language that give it its attributes."""


_OF_BGP: Final = (
    "",
    *(
        f"bgp_local_pref = {2147483647 - metric};"
        for metric in (0, 100, 200, 512, 1023, 1024, 1025, 2147483647)
    ),
    "krt_metric = 512;",
    "bgp_community.add((65000, 100));",
    "bgp_community.add((65000, 200)); bgp_community.add((65000, 100)); bgp_local_pref = 2147483547;",
    "bgp_large_community.add((65000, 100, 200));",
    "bgp_path.prepend(65000);",
    "bgp_path.prepend(65001);",
    "bgp_path.prepend(65001); bgp_path.prepend(65000);",
    "bgp_next_hop = NEAR;",
    "bgp_next_hop = FAR;",
    *(f'ifname = "{interface}";' for interface in INTERFACES),
    "preference = 99;",
)
_OF_OTHERS: Final = (
    "",
    *(f"krt_metric = {metric};" for metric in (0, 512, 1024, 4096)),
    "bgp_local_pref = 2147483547;",
)
_NEXT_HOPS: Final = {32: ("10.192.0.3", "10.24.0.9"), 128: ("2001::103", "2001:db8::9")}


def variants(bits: int) -> list[Variant]:
    """Return all kinds of routes in the family with addresses of ``bits`` bits."""
    near, far = _NEXT_HOPS[bits]
    pairs = [("bgp", setting.replace("NEAR", near).replace("FAR", far)) for setting in _OF_BGP]
    pairs += [("static", setting) for setting in _OF_OTHERS]
    pairs += [
        (f"device_{number}", setting) for number in range(len(INTERFACES)) for setting in _OF_OTHERS[:3]
    ]
    pairs += [(f"kernel_{metric}", "") for metric in (512, 1024, 2048)]
    return [Variant(f"variant_{number}", *pair) for number, pair in enumerate(pairs)]


def prefixes(written: Iterable[str]) -> list[str]:
    """Return prefixes on, in and around those that are written in filters; link-local ones are no routes."""
    found: set[str] = set()
    for network in map(ipaddress.ip_network, written):
        if network.is_link_local:
            continue
        bits = network.max_prefixlen
        inside = f"{network.network_address}/{min(network.prefixlen + 3, bits)}"
        found.update((str(network), str(network.supernet()), inside, f"{network.broadcast_address}/{bits}"))
    return sorted(found)
