"""``WorkloadEndpoint``: the workloads of nodes, some of which speak BGP with theirs."""

from collections.abc import Mapping
from dataclasses import dataclass

from bgpd.calico.fields import Address, Fields
from bgpd.calico.nodes import labels_of
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource


@dataclass(frozen=True, slots=True)
class Workload:
    """What is needed of one."""

    node: str
    labels: Mapping[str, str]
    addresses: tuple[Address, ...]
    """The first of each IP version."""


def workload_of(resource: Resource, report: Report) -> Workload:
    """Read a workload; what is not about its addresses is of no interest."""
    fields = Fields.of(resource, report)
    first: dict[int, Address] = {}
    for network in fields.networks("ipNetworks"):
        first.setdefault(network.version, network.network_address)
    return Workload(fields.text("node"), labels_of(resource), tuple(first.values()))
