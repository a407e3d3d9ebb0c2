"""Which node of the cluster this host is."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Interface, IPv6Interface

from bgpd.cluster.model import Address, Cluster, Node


@dataclass(frozen=True, slots=True)
class Host:
    """What this host is known by."""

    wished: str | None
    """The name that whoever started the daemon gave it; it goes before everything else."""
    name: str
    """The host name."""
    addresses: tuple[Address, ...]
    """Those of all its interfaces, the lowest first."""


class UnknownNodeError(Exception):
    """The host is no node of the cluster, or several; the text says what was looked for."""


def own_node(cluster: Cluster, host: Host) -> Node:
    """Return the node that this host is. Raises UnknownNodeError.

    It is the one with the given name. Without a given name it is the one with the host's name, in full or
    up to the first dot, else the one with an address of the host, else a node that comes to a range.
    """
    if host.wished is not None:
        return _named(cluster, host.wished, host)
    short = host.name.partition(".")[0]
    node = cluster.by_name.get(host.name) or cluster.by_name.get(short)
    return node or _with_address(cluster, host) or _visitor(cluster, host, host.name)


def _named(cluster: Cluster, name: str, host: Host) -> Node:
    return cluster.by_name.get(name) or _visitor(cluster, host, name)


def _with_address(cluster: Cluster, host: Host) -> Node | None:
    here = map(cluster.by_address.get, host.addresses)
    found = {node.name: node for node in here if node is not None}
    if len(found) > 1:
        raise UnknownNodeError(
            f"this host has the addresses of several nodes: {', '.join(found)}; "
            "say which one it is with --node"
        )
    return next(iter(found.values()), None)


def _visitor(cluster: Cluster, host: Host, name: str) -> Node:
    """Return a node that is in no list, with its addresses in the ranges that reflectors accept."""
    interfaces = list(_in_ranges(cluster, host)) if cluster.mode == "route-reflector" else []
    if not interfaces:
        raise UnknownNodeError(_unknown(cluster, host))
    ipv4 = next((each for each in interfaces if isinstance(each, IPv4Interface)), None)
    ipv6 = next((each for each in interfaces if isinstance(each, IPv6Interface)), None)
    return Node(name=name, ipv4=ipv4, ipv6=ipv6)


def _in_ranges(cluster: Cluster, host: Host) -> Iterator[IPv4Interface | IPv6Interface]:
    for network in cluster.ranges:
        inside = (each for each in host.addresses if each.version == network.version and each in network)
        free = [each for each in inside if each not in cluster.by_address]
        for address in free[:1]:
            yield IPv4Interface(address) if address.version == 4 else IPv6Interface(address)


def _unknown(cluster: Cluster, host: Host) -> str:
    ranges = ", ".join(map(str, cluster.ranges))
    nowhere = f", and no address in {ranges}" if ranges else ""
    if host.wished is not None:
        similar = get_close_matches(host.wished, cluster.by_name, n=1)
        hint = f"did you mean {similar[0]}?" if similar else "write the name of one of the nodes"
        return f"no node is called {host.wished}, which is the name that was given{nowhere}; {hint}"
    short = host.name.partition(".")[0]
    names = host.name if short == host.name else f"{host.name} or {short}"
    return (
        f"this host is none of the {len(cluster.nodes)} nodes: none is called {names}, and it has the "
        f"address of none{nowhere}; add it, or say which one it is with --node"
    )
