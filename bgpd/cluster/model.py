"""A cluster as one file describes it, the same on every node."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Final, Literal

Mode = Literal["mesh", "route-reflector"]
FamilyName = Literal["ipv4", "ipv6"]
Encapsulation = Literal["never", "always", "cross-subnet"]
Address = IPv4Address | IPv6Address
Interface = IPv4Interface | IPv6Interface
Network = IPv4Network | IPv6Network

FAMILY_NAMES: Final[tuple[FamilyName, ...]] = ("ipv4", "ipv6")


@dataclass(frozen=True)
class Node:
    """One node of the cluster."""

    name: str
    ipv4: IPv4Interface | None = None
    """Its address, and the network that this is in; a single address is a network of its own."""
    ipv6: IPv6Interface | None = None
    asn: int | None = None
    """``None``: that of the cluster."""
    cluster_id: str | None = None
    """The cluster ID of a reflector (RFC 4456 §7); ``None``: it is no reflector."""
    reflects: tuple[str, ...] = ()
    """The groups whose nodes are this reflector's clients; none: those that nobody else reflects."""
    group: str | None = None
    """What its reflectors name in ``reflects``."""

    @property
    def is_reflector(self) -> bool:
        """Whether it reflects routes where the mode is that of reflectors."""
        return self.cluster_id is not None

    @property
    def interfaces(self) -> Iterator[Interface]:
        """Its addresses with their networks, IPv4 first."""
        yield from (each for each in (self.ipv4, self.ipv6) if each is not None)

    @property
    def addresses(self) -> Iterator[Address]:
        """Its addresses, IPv4 first."""
        yield from (interface.ip for interface in self.interfaces)

    def address(self, family: FamilyName) -> Address | None:
        """Return its address of a family, if it has one."""
        interface = self.ipv4 if family == "ipv4" else self.ipv6
        return interface.ip if interface is not None else None


@dataclass(frozen=True, slots=True)
class Pool:
    """Addresses that blocks are taken from, and how packets get to those of other nodes."""

    prefix: Network
    encapsulation: Encapsulation = "never"
    tunnel: str = "tunl0"
    """The device that packets to other nodes are sent through with encapsulation."""
    export: bool = True
    """Whether other nodes are told of routes in it."""
    kernel: bool = True
    """Whether the kernel is told of routes in it."""


@dataclass(frozen=True, slots=True)
class Block:
    """Addresses that belong to one node."""

    prefix: Network
    node: str | None = None
    """``None``: to every node whose file has the block."""

    @property
    def is_one_address(self) -> bool:
        """Whether it is too small to have addresses that nobody uses."""
        return self.prefix.prefixlen == self.prefix.max_prefixlen


@dataclass(frozen=True)
class Cluster:
    """All nodes, and how routes get from one to the others."""

    asn: int
    mode: Mode = "mesh"
    nodes: tuple[Node, ...] = ()
    range: IPv4Network | None = None
    """Where nodes in no list may connect from, as clients of reflectors."""
    range6: IPv6Network | None = None
    limit: int = 1000
    """How many nodes may do so at a reflector."""
    handover: int = 300
    pools: tuple[Pool, ...] = ()
    blocks: tuple[Block, ...] = ()

    def asn_of(self, node: Node) -> int:
        """Return the AS of a node."""
        return node.asn if node.asn is not None else self.asn

    def range_of(self, family: FamilyName) -> Network | None:
        """Return where nodes in no list may connect from."""
        return self.range if family == "ipv4" else self.range6

    @property
    def ranges(self) -> Iterator[Network]:
        """The ranges of both families."""
        yield from (each for each in (self.range, self.range6) if each is not None)

    @cached_property
    def by_name(self) -> dict[str, Node]:
        """The nodes of the list."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def by_address(self) -> dict[Address, Node]:
        """The nodes of the list by each of their addresses."""
        return {address: node for node in self.nodes for address in node.addresses}

    @cached_property
    def reflectors(self) -> tuple[Node, ...]:
        """The nodes that reflect routes where the mode is that of reflectors."""
        return tuple(node for node in self.nodes if node.is_reflector)

    @cached_property
    def reflected_groups(self) -> frozenset[str]:
        """The groups that have reflectors of their own."""
        return frozenset(group for node in self.reflectors for group in node.reflects)

    @cached_property
    def top_reflectors(self) -> tuple[Node, ...]:
        """The reflectors of the upper level: those that name no groups."""
        return tuple(node for node in self.reflectors if not node.reflects)
