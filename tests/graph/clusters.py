"""Clusters as their nodes tell of them: answers of ``cluster status``, made up."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

Document = dict[str, Any]
AT = "2026-11-22T16:09:59+00:00"


class Shape(NamedTuple):
    """Who there is: nodes, reflectors, reflectors of racks with their nodes, and who is away."""

    nodes: int
    reflectors: int = 0
    racks: int = 0
    down: Collection[frozenset[str]] = ()

    @property
    def mode(self) -> str:
        return "route-reflector" if self.reflectors else "mesh"

    @property
    def names(self) -> Sequence[str]:
        return [*_numbers(self.nodes, self.reflectors, self.racks)]

    def address(self, name: str) -> str:
        number = _numbers(self.nodes, self.reflectors, self.racks)[name]
        return f"10.0.{number // 250}.{number % 250 + 1}"

    def group(self, name: str) -> str:
        """Return the rack of a node, if there are racks."""
        return f"rack{(int(name[4:]) - 1) % self.racks + 1}" if self.racks and name.startswith("node") else ""

    def role(self, own: str, other: str) -> str | None:
        """Return what another node is to one."""
        if not self.reflectors:
            return "mesh"
        ranks = [self._rank(own), self._rank(other)]
        if ranks == [0, 0]:
            return "fellow"
        if ranks[0] == ranks[1]:
            return None
        served, server = (other, own) if ranks[0] < ranks[1] else (own, other)
        if self.racks and served.startswith("node") and self.group(served) != server:
            return None
        return "client" if server == own else "reflector"

    def _rank(self, name: str) -> int:
        return 0 if name.startswith("rr") else 1 if name.startswith("rack") else 2


@cache
def _numbers(nodes: int, reflectors: int, racks: int) -> Mapping[str, int]:
    """Return the names, and the place of each."""
    kinds = (("node", nodes), ("rr", reflectors), ("rack", racks))
    names = [f"{kind}{number + 1}" for kind, count in kinds for number in range(count)]
    return {name: number for number, name in enumerate(names)}


def documents(shape: Shape) -> Sequence[Document]:
    """Return what every node tells."""
    members = [
        {"name": name, "addresses": [shape.address(name)], "group": shape.group(name)} for name in shape.names
    ]
    return [
        {
            "node": name,
            "router_id": shape.address(name),
            "asn": 64512,
            "mode": shape.mode,
            "at": AT,
            "members": members,
            "sources": [],
            "held": [],
            "ranges": [],
            "peers": [*_peers(shape, name)],
        }
        for name in shape.names
    ]


def _peers(shape: Shape, own: str) -> Iterator[Document]:
    for other in shape.names:
        role = shape.role(own, other) if other != own else None
        if role is not None:
            yield peer(other, shape.address(other), role, is_up=frozenset({own, other}) not in shape.down)


def peer(node: str, address: str, role: str, *, is_up: bool = True) -> Document:
    """Return a neighbor that is a node of the cluster."""
    return {
        "protocol": f"Mesh_{address.replace('.', '_')}",
        "address": address,
        "type": "node-to-node mesh",
        "node": node,
        "role": role,
        "asn": 64512,
        "state": "up" if is_up else "start",
        "since": AT,
        "session": "Established" if is_up else "Active",
        "info": "Established" if is_up else "Active Socket: Connection refused",
        "routes_in": 1,
        "routes_out": 1,
        "sessions_lost": 0,
    }


def outsider(protocol: str, address: str, asn: int) -> Document:
    """Return a neighbor that is none."""
    told = peer("", address, "") | {"protocol": protocol, "asn": asn, "type": "external"}
    return {key: value for key, value in told.items() if key not in {"node", "role"}}
