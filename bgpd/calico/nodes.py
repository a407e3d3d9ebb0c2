"""``Node``: Calico's own resource, or that of Kubernetes, whose annotations say the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Final, NamedTuple

from bgpd.calico.fields import Address, Fields, Network, is_of_a_host
from bgpd.calico.report import Report
from bgpd.calico.resources import CORE, Resource

Interface = IPv4Interface | IPv6Interface

EXCLUDED_FROM_SERVICES: Final = "node.kubernetes.io/exclude-from-external-load-balancers"
VERSIONS: Final = (4, 6)
_OCTET: Final = re.compile(r"\d{1,3}", re.ASCII)
_EXAMPLES: Final = {4: "192.0.2.1/24", 6: "2001:db8::1/64"}


@dataclass(frozen=True, slots=True)
class CalicoNode:
    """What one node is to BGP."""

    name: str
    labels: Mapping[str, str]
    interfaces: Mapping[int, Interface]
    """Its addresses with the lengths of their networks, by IP version."""
    asn: int | None
    """None: that of the cluster."""
    cluster_id: str
    """Of a route reflector, otherwise empty."""
    has_wireguard: frozenset[int]
    """The IP versions whose packets Felix sends through WireGuard."""

    def address(self, version: int) -> Address | None:
        """Return its address of an IP version."""
        interface = self.interfaces.get(version)
        return None if interface is None else interface.ip

    def network(self, version: int) -> Network | None:
        """Return the network it is in; without a written length that is the address alone."""
        interface = self.interfaces.get(version)
        return None if interface is None else interface.network

    @property
    def advertises_services(self) -> bool:
        """Whether blocks of service addresses are advertised from here."""
        return self.labels.get(EXCLUDED_FROM_SERVICES) != "true"


class _Keys(NamedTuple):
    """What the fields are called."""

    addresses: Mapping[int, str]
    asn: str
    cluster_id: str
    wireguard: Mapping[int, str]


_OWN: Final = _Keys(
    {4: "ipv4Address", 6: "ipv6Address"},
    "asNumber",
    "routeReflectorClusterID",
    {4: "interfaceIPv4Address", 6: "interfaceIPv6Address"},
)
_ANNOTATIONS: Final = _Keys(
    {4: "projectcalico.org/IPv4Address", 6: "projectcalico.org/IPv6Address"},
    "projectcalico.org/ASNumber",
    "projectcalico.org/RouteReflectorClusterID",
    {
        4: "projectcalico.org/IPv4WireguardInterfaceAddr",
        6: "projectcalico.org/IPv6WireguardInterfaceAddr",
    },
)


def node_of(resource: Resource, report: Report) -> CalicoNode:
    """Read a node; one without addresses is there, and has no sessions."""
    if resource.version == CORE:
        annotations = Fields(resource.place, _annotations(resource), report, "metadata.annotations")
        return _node(resource, annotations, annotations, _ANNOTATIONS)
    spec = Fields.of(resource, report)
    nothing = Fields(resource.place, {}, report, "spec.bgp")
    bgp = spec.table("bgp") or nothing
    node = _node(resource, bgp, spec.table("wireguard") or nothing, _OWN)
    bgp.ignore("ipv4IPIPTunnelAddr")
    bgp.finish()
    return node


def _node(resource: Resource, bgp: Fields, wireguard: Fields, keys: _Keys) -> CalicoNode:
    interfaces = {version: _interface(bgp, keys.addresses[version], version) for version in VERSIONS}
    return CalicoNode(
        name=resource.name,
        labels=labels_of(resource),
        interfaces={version: each for version, each in interfaces.items() if each is not None},
        asn=bgp.as_number(keys.asn),
        cluster_id=_cluster_id(bgp, keys.cluster_id),
        has_wireguard=frozenset(each for each in VERSIONS if wireguard.has(keys.wireguard[each])),
    )


def labels_of(resource: Resource) -> Mapping[str, str]:
    """Return the labels of an object."""
    labels = _metadata(resource, "labels")
    return {key: value for key, value in labels.items() if isinstance(value, str)}


def _annotations(resource: Resource) -> Mapping[str, object]:
    return _metadata(resource, "annotations")


def _metadata(resource: Resource, key: str) -> Mapping[str, object]:
    metadata = resource.content.get("metadata")
    values = metadata.get(key) if isinstance(metadata, Mapping) else None
    return values if isinstance(values, Mapping) else {}


def _interface(fields: Fields, key: str, version: int) -> Interface | None:
    def convert(value: object) -> Interface | None:
        if not isinstance(value, str) or "%" in value:
            return None
        try:
            interface = ip_interface(value)
        except ValueError:
            return None
        return interface if interface.version == version and is_of_a_host(interface.ip) else None

    wanted = f"an IPv{version} address with the length of its network, like {_EXAMPLES[version]}"
    return fields.read(key, convert, wanted)


def _cluster_id(fields: Fields, key: str) -> str:
    def convert(value: object) -> str | None:
        parts = value.split(".") if isinstance(value, str) else []
        is_one = len(parts) == 4 and all(_OCTET.fullmatch(part) and int(part) <= 0xFF for part in parts)
        return ".".join(str(int(part)) for part in parts) if is_one else None

    return fields.read(key, convert, "four numbers with dots, like 244.0.0.1") or ""
