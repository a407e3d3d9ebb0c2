"""Resources in few words, and what comes of them."""

from collections.abc import Mapping
from typing import Any, Final

from bgpd.calico import CalicoDocument, CalicoError, document_of, resources_of

OWN: Final = "a"
_VERSION: Final = "projectcalico.org/v3"
Object = dict[str, Any]


def resource(kind: str, name: str, spec: Mapping[str, object], **metadata: object) -> Object:
    """Return an object of Calico's."""
    return {
        "apiVersion": _VERSION,
        "kind": kind,
        "metadata": {"name": name, **metadata},
        "spec": dict(spec),
    }


def node(
    name: str, ipv4: str = "", ipv6: str = "", labels: Mapping[str, str] | None = None, **bgp: object
) -> Object:
    """Return a Node; other arguments are fields of ``spec.bgp``."""
    addresses = {"ipv4Address": ipv4, "ipv6Address": ipv6}
    spec = {"bgp": {**{key: value for key, value in addresses.items() if value}, **bgp}}
    return resource("Node", name, spec, labels=dict(labels or {}))


def configuration(name: str = "default", **spec: object) -> Object:
    """Return a BGPConfiguration."""
    return resource("BGPConfiguration", name, spec)


def peer(name: str = "peer", **spec: object) -> Object:
    """Return a BGPPeer."""
    return resource("BGPPeer", name, spec)


def bgp_filter(name: str = "filter", **spec: object) -> Object:
    """Return a BGPFilter."""
    return resource("BGPFilter", name, spec)


def pool(cidr: str, name: str = "pool", **spec: object) -> Object:
    """Return an IPPool."""
    return resource("IPPool", name, {"cidr": cidr, **spec})


def block(cidr: str, owner: str = OWN, **spec: object) -> Object:
    """Return a BlockAffinity."""
    name = f"{owner}-{cidr.replace('/', '-').replace(':', '-')}"
    return resource("BlockAffinity", name, {"cidr": cidr, "node": owner, "state": "confirmed", **spec})


NODES: Final = (
    node("a", "10.0.0.1/24", "2001:db8::1/64", {"rack": "1"}),
    node("b", "10.0.0.2/24", "2001:db8::2/64", {"rack": "2"}),
    node("c", "10.0.1.3/24", "", {"rack": "1"}),
)


def document(*objects: Object, own: str = OWN, router_id: str = "") -> CalicoDocument:
    """Return what objects come to."""
    return document_of(resources_of([*objects], "test"), own, environment_router_id=router_id)


def neighbors(*objects: Object, own: str = OWN) -> dict[str, dict[str, Any]]:
    """Return the neighbors that come of objects, by their names."""
    return {each["name"]: each for each in document(*objects, own=own).tables["neighbors"]}


def faults(*objects: Object, own: str = OWN) -> tuple[str, ...]:
    """Return what is wrong with objects."""
    try:
        document(*objects, own=own)
    except CalicoError as error:
        return error.faults
    return ()


def text(tables: Mapping[str, Any]) -> str:
    """Return all that a document has in the filter language."""
    return "\n".join((tables["filter_files"]["text"], *tables["filters"].values()))
