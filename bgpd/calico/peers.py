"""``BGPPeer``: whom some nodes have sessions with, and on what terms."""

import re
from dataclasses import dataclass, field
from typing import Final

from bgpd.calico.bgp_configuration import LONGEST_RESTART
from bgpd.calico.fields import Address, Fields, address_of, is_of_a_host
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource
from bgpd.calico.secrets import Secrets
from bgpd.calico.selectors import Selector

_WITH_PORT: Final = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[^:]*)):(?P<port>\d{1,5})", re.ASCII)
_HOLD_TIME: Final = 240
"""That of all sessions, which KEEPALIVEs must come before."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a resource says of all its sessions."""

    password: str = field(default="", repr=False)
    has_source_address: bool = True
    restart_time: int | None = None
    keepalive_time: int | None = None
    next_hop: str = "Auto"
    """``Auto``, ``Self`` or ``Keep``."""
    keeps_external_next_hop: bool = False
    ttl_security: int | None = None
    """How far away the neighbor is at most."""
    allowed_own_as: int = 0
    reachable_by: Address | None = None
    filters: tuple[str, ...] = ()
    local_asn: int | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """One resource: the nodes it is for, and whom they have sessions with."""

    place: str
    node: str
    node_selector: Selector | None
    address: Address | None
    port: int | None
    peer_selector: Selector | None
    workload_selector: Selector | None
    asn: int | None
    is_reversed: bool
    """Whether nodes that are meant as neighbors have the same session from their side."""
    terms: Terms

    @property
    def is_global(self) -> bool:
        """Whether it is for all nodes."""
        return not self.node and self.node_selector is None


def peer_of(resource: Resource, secrets: Secrets, report: Report) -> Peer | None:
    """Read a resource; None if it says nothing that can be used."""
    fields = Fields.of(resource, report)
    address, port = _address(fields)
    peer = Peer(
        place=resource.place,
        node=fields.text("node"),
        node_selector=fields.selector("nodeSelector"),
        address=address,
        port=port,
        peer_selector=fields.selector("peerSelector"),
        workload_selector=fields.selector("localWorkloadSelector"),
        asn=fields.as_number("asNumber"),
        is_reversed=fields.choice("reversePeering", ("Auto", "Manual"), "Auto") == "Auto",
        terms=_terms(fields, secrets, address),
    )
    fields.ignore("failureDetectionMode", "restartMode", "birdGatewayMode")
    fields.finish()
    return peer if _is_whole(peer, fields) else None


def _is_whole(peer: Peer, fields: Fields) -> bool:
    """Tell whether it says for whom and with whom; a fault if it says so twice or not at all."""
    whom = [key for key in ("peerIP", "peerSelector", "localWorkloadSelector") if fields.has(key)]
    if len(whom) != 1:
        found = " and ".join(whom) or "none of them"
        fields.fault("peerIP", f"found {found}; write one of peerIP, peerSelector and localWorkloadSelector")
        return False
    if fields.has("node") and fields.has("nodeSelector"):
        fields.fault("node", "found node and nodeSelector; write one of them")
        return False
    if peer.asn is None and not fields.has("asNumber") and not fields.has("peerSelector"):
        fields.fault("asNumber", "missing; write the AS number of the neighbor")
        return False
    if peer.asn is not None and fields.has("peerSelector"):
        fields.remark("asNumber", "nodes have AS numbers of their own; this one is not followed")
    is_read = (peer.address, peer.peer_selector, peer.workload_selector) != (None, None, None)
    return is_read and (peer.asn is not None or peer.peer_selector is not None)


def _address(fields: Fields) -> tuple[Address | None, int | None]:
    """Return the address of the neighbor, and its port if there is one."""

    def convert(value: object) -> tuple[Address, int | None] | None:
        text, port = value, None
        if isinstance(value, str) and (match := _WITH_PORT.fullmatch(value)):
            text, port = match["v6"] if match["v6"] is not None else match["v4"], int(match["port"])
        address = address_of(text)
        if address is None or not is_of_a_host(address) or (port is not None and not 1 <= port <= 0xFFFF):
            return None
        return address, port

    read = fields.read(
        "peerIP", convert, "an address, or one with a port like 192.0.2.1:179 or [2001:db8::1]:179"
    )
    return read or (None, None)


def _terms(fields: Fields, secrets: Secrets, address: Address | None) -> Terms:
    return Terms(
        password=secrets.password(fields, "password"),
        has_source_address=fields.choice("sourceAddress", ("UseNodeIP", "None"), "UseNodeIP") == "UseNodeIP",
        restart_time=fields.seconds("maxRestartTime", 1, LONGEST_RESTART),
        keepalive_time=fields.seconds("keepaliveTime", 1, _HOLD_TIME - 1),
        next_hop=fields.choice("nextHopMode", ("Auto", "Self", "Keep"), "Auto"),
        keeps_external_next_hop=fields.boolean("keepOriginalNextHop", default=False),
        ttl_security=fields.integer("ttlSecurity", 0, 255) or None,
        allowed_own_as=fields.integer("numAllowedLocalASNumbers", 0, 255) or 0,
        reachable_by=_reachable_by(fields, address),
        filters=fields.texts("filters"),
        local_asn=fields.as_number("localASNumber"),
    )


def _reachable_by(fields: Fields, neighbor: Address | None) -> Address | None:
    gateway = fields.address("reachableBy")
    if gateway is not None and neighbor is not None and gateway.version != neighbor.version:
        fields.refuse("reachableBy", f"an IPv{neighbor.version} address, as peerIP is one")
        return None
    return gateway
