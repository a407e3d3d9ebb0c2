"""``BGPConfiguration``: what holds for all nodes (``default``), and some of it for one (``node.NAME``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bgpd.calico.communities import community
from bgpd.calico.fields import Fields, Network, shown
from bgpd.calico.nodes import VERSIONS
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource
from bgpd.calico.secrets import Secrets

DEFAULT: Final = "default"
OF_A_NODE: Final = "node."
USUAL_AS: Final = 64512
USUAL_PRIORITY: Final = 1024
LONGEST_RESTART: Final = 0xFFF
_LARGEST_PRIORITY: Final = 0x7FFFFFFE
_SEVERITIES: Final = ("Trace", "Debug", "Info", "Warning", "Error", "Fatal", "None")
_BIRD_PROGRAMS: Final[Mapping[str, tuple[bool, bool]]] = {
    "Enabled": (True, True),
    "EnabledIPIPOnly": (True, False),
    "EnabledNoEncapOnly": (False, True),
    "Disabled": (False, False),
}
"""Whether BIRD writes routes of pools with IPIP, and of pools without encapsulation, into the kernel."""
_OF_OTHERS: Final = (
    "ipv4ElevatedRoutePriority",
    "ipv6ElevatedRoutePriority",
    "localWorkloadPeeringIPV4",
    "localWorkloadPeeringIPV6",
)
"""Fields that are Felix's."""
Advertisement = tuple[Network, tuple[tuple[int, ...], ...]]
"""A prefix, and the communities that are added to what is in it."""


@dataclass(frozen=True, slots=True)
class Services:
    """The blocks that services have their addresses from."""

    cluster: tuple[Network, ...] = ()
    external: tuple[Network, ...] = ()
    load_balancer: tuple[Network, ...] = ()

    @property
    def advertised(self) -> tuple[Network, ...]:
        """Those that are advertised as a whole, sorted; a single address of a load balancer is not."""
        blocks = {
            *self.cluster,
            *self.external,
            *(each for each in self.load_balancer if each.prefixlen < each.max_prefixlen),
        }
        return tuple(sorted(blocks, key=key_of))


@dataclass(frozen=True, slots=True)
class BgpConfiguration:
    """What the cluster is told, as it holds for one node."""

    asn: int = USUAL_AS
    has_mesh: bool = True
    mesh_password: str = field(default="", repr=False)
    mesh_restart_time: int | None = None
    severity: str = "Info"
    listen_port: int | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    """Those that single nodes listen on, by their names."""
    binds_to_node: bool = False
    ignored_interfaces: tuple[str, ...] = ()
    bird_programs: tuple[bool, bool] = _BIRD_PROGRAMS["EnabledNoEncapOnly"]
    """Whether routes of pools with IPIP, and of those without encapsulation, are ours to write."""
    priorities: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(VERSIONS, USUAL_PRIORITY))
    """The metric of usual routes, by IP version."""
    services: Services = Services()
    advertisements: tuple[Advertisement, ...] = ()

    def port(self, node: str) -> int | None:
        """Return the port that a node listens on, or None for the usual one."""
        return self.ports.get(node, self.listen_port)


def key_of(network: Network) -> str:
    """Return what Calico sorts prefixes by: their text with a hyphen before the length."""
    return str(network).replace("/", "-")


def bgp_configuration_of(
    resources: Sequence[Resource], node: str, secrets: Secrets, report: Report
) -> BgpConfiguration:
    """Return what holds for a node."""
    named = {resource.name: resource for resource in resources}
    for name, resource in named.items():
        if name != DEFAULT and not name.startswith(OF_A_NODE):
            report.remark(resource.place, f"only {DEFAULT} and {OF_A_NODE}NAME are followed")
    whole = _fields(named.get(DEFAULT), report)
    own = _fields(named.get(f"{OF_A_NODE}{node}"), report)
    configuration = BgpConfiguration(
        asn=whole.as_number("asNumber") or USUAL_AS,
        has_mesh=whole.boolean("nodeToNodeMeshEnabled", default=True),
        mesh_password=secrets.password(whole, "nodeMeshPassword"),
        mesh_restart_time=whole.seconds("nodeMeshMaxRestartTime", 1, LONGEST_RESTART),
        severity=_severity(own) or _severity(whole) or "Info",
        listen_port=_port(whole),
        ports=_ports(named, report),
        binds_to_node=whole.choice("bindMode", ("None", "NodeIP"), "None") == "NodeIP",
        ignored_interfaces=_interfaces(whole),
        bird_programs=_BIRD_PROGRAMS[
            whole.choice("programClusterRoutes", tuple(_BIRD_PROGRAMS), "EnabledNoEncapOnly")
        ],
        priorities={version: _priority(whole, version) for version in VERSIONS},
        services=_services(whole),
        advertisements=_advertisements(own if own.has("prefixAdvertisements") else whole),
    )
    own.ignore("listenPort", "communities")
    for fields in (whole, own):
        fields.ignore("communities", *_OF_OTHERS)
        fields.finish()
    return configuration


def _fields(resource: Resource | None, report: Report) -> Fields:
    return Fields("", {}, report, "spec") if resource is None else Fields.of(resource, report)


def _severity(fields: Fields) -> str:
    return fields.choice("logSeverityScreen", _SEVERITIES, "")


def _port(fields: Fields) -> int | None:
    return fields.integer("listenPort", 1, 0xFFFF)


def _ports(named: Mapping[str, Resource], report: Report) -> dict[str, int]:
    """Return the ports of single nodes."""
    ports = {
        name.removeprefix(OF_A_NODE): _port(Fields.of(resource, report))
        for name, resource in named.items()
        if name.startswith(OF_A_NODE)
    }
    return {name: port for name, port in ports.items() if port is not None}


def _priority(fields: Fields, version: int) -> int:
    return fields.integer(f"ipv{version}NormalRoutePriority", 1, _LARGEST_PRIORITY) or USUAL_PRIORITY


def _interfaces(fields: Fields) -> tuple[str, ...]:
    patterns = fields.texts("ignoredInterfaces")
    for pattern in patterns:
        if not pattern.isprintable() or '"' in pattern:
            fields.fault(
                "ignoredInterfaces", f"found {shown(pattern)}; write the name of interfaces, like eth*"
            )
            return ()
    return patterns


def _services(fields: Fields) -> Services:
    services = Services(
        _blocks(fields, "serviceClusterIPs"),
        _blocks(fields, "serviceExternalIPs"),
        _blocks(fields, "serviceLoadBalancerIPs"),
    )
    aggregation = fields.choice("serviceLoadBalancerAggregation", ("Enabled", "Disabled"), "Enabled")
    if services.load_balancer and aggregation == "Disabled":
        fields.remark(
            "serviceLoadBalancerAggregation",
            "routes of single services are not made; the blocks are advertised",
        )
    return services


def _blocks(fields: Fields, key: str) -> tuple[Network, ...]:
    blocks = (each.network("cidr") for each in fields.tables(key))
    return tuple(block for block in blocks if block is not None)


def _advertisements(fields: Fields) -> tuple[Advertisement, ...]:
    names = {each.text("name"): each.text("value") for each in fields.tables("communities")}
    advertisements: list[Advertisement] = []
    for each in fields.tables("prefixAdvertisements"):
        prefix = each.network("cidr")
        written = sorted({names.get(text, text) for text in each.texts("communities")})
        communities = [community(text) for text in written]
        for text, parts in zip(written, communities, strict=True):
            if parts is None:
                each.fault(
                    "communities",
                    f"{shown(text)} is neither a community nor the name of one in spec.communities",
                )
        known = tuple(parts for parts in communities if parts is not None)
        if prefix is not None and known:
            advertisements.append((prefix, known))
    return tuple(advertisements)
