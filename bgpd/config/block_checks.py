"""The rules for pools and blocks of a cluster."""

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Final

from bgpd.cluster.model import Block, Cluster, Network, Node
from bgpd.config.cluster_model import Rows
from bgpd.config.faults import Fault, KeyPath
from bgpd.config.wording import quoted

Placed = tuple[KeyPath, Network]
_IPV4_TUNNEL: Final = "tunl0"
_ANY_NODE: Final = "write the name of one of the nodes"
_FEW: Final = 3
"""Unknown names that similar ones are looked for."""


def check_pools(cluster: Cluster) -> Iterator[Fault]:
    """Find pools that have addresses in common, and tunnels that can't be."""
    places: list[Placed] = [(("pools", position), pool.prefix) for position, pool in enumerate(cluster.pools)]
    for path, message in _overlaps(places, lambda _place: "pool"):
        yield Fault((*path, "prefix"), message)
    for position, pool in enumerate(cluster.pools):
        if pool.prefix.version == 6 and pool.encapsulation != "never" and pool.tunnel == _IPV4_TUNNEL:
            yield Fault(
                ("pools", position, "tunnel"),
                f"{quoted(_IPV4_TUNNEL)} is a tunnel for IPv4; write the device of one for IPv6, "
                'or encapsulation = "never"',
            )


def check_blocks(cluster: Cluster, rows: Rows) -> Iterator[Fault]:
    """Find blocks that have addresses in common, that are in no pool, or whose node is unknown."""
    places = [(path, block.prefix) for (path, _), block in zip(rows.blocks, cluster.blocks, strict=True)]
    nodes = {path: block.node for (path, _), block in zip(rows.blocks, cluster.blocks, strict=True)}

    def owner(path: KeyPath) -> str:
        node = nodes[path]
        return f"block of {node}" if node is not None else "block"

    for path, message in _overlaps(places, owner):
        yield Fault((*path, "prefix"), message)
    for (path, _), block in zip(rows.blocks, cluster.blocks, strict=True):
        if not _is_in_a_pool(cluster, block):
            pools = ", ".join(str(pool.prefix) for pool in cluster.pools)
            yield Fault((*path, "prefix"), f"{quoted(str(block.prefix))} is in none of the pools, {pools}")
    if not any(cluster.ranges):
        yield from _strangers(cluster, rows)


def _strangers(cluster: Cluster, rows: Rows) -> Iterator[Fault]:
    """Find blocks of nodes that are in no list. A look for similar names takes a while: few get one."""
    unknown = [
        (path, block.node)
        for path, block in rows.blocks
        if block.node is not None and block.node not in cluster.by_name
    ]
    few = dict.fromkeys(name for _, name in unknown)
    hints = {name: _similar(name, cluster) for name in islice(few, _FEW)}
    for path, name in unknown:
        hint = hints.get(name, _ANY_NODE)
        yield Fault((*path, "node"), f"no node is called {quoted(name)}; {hint}")


def _is_in_a_pool(cluster: Cluster, block: Block) -> bool:
    return not cluster.pools or any(_contains(pool.prefix, block.prefix) for pool in cluster.pools)


def _contains(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and (
        outer.prefixlen <= inner.prefixlen and inner.network_address in outer
    )


def _similar(name: str, cluster: Cluster) -> str:
    similar = get_close_matches(name, cluster.by_name, n=1)
    return f"did you mean {quoted(similar[0])}?" if similar else _ANY_NODE


def _overlaps(places: Sequence[Placed], owner: Callable[[KeyPath], str]) -> Iterator[tuple[KeyPath, str]]:
    """Find prefixes that contain an earlier one, or are in it; sorted, those are next to each other."""
    numbers = {path: number for number, (path, _) in enumerate(places)}
    order = sorted(
        places, key=lambda each: (each[1].version, int(each[1].network_address), each[1].prefixlen)
    )
    widest: Placed | None = None
    for place in order:
        if widest is None or not _contains(widest[1], place[1]):
            widest = place
            continue
        first, second = sorted((widest, place), key=lambda each: numbers[each[0]])
        same = "is" if widest[1] == place[1] else "has addresses in common with"
        yield (
            second[0],
            f"{quoted(str(second[1]))} {same} the {owner(first[0])} {first[1]}; remove one of them",
        )


def check_subnet(cluster: Cluster, own: Node, path: KeyPath, written: str | None) -> Iterator[Fault]:
    """Find out whether ``cross-subnet`` knows the network of this node, whose address is ``written``."""
    crossing = [pool for pool in cluster.pools if pool.encapsulation == "cross-subnet"]
    if written is None or "/" in written or not any(pool.prefix.version == 4 for pool in crossing):
        return
    yield Fault(
        (*path, "address"),
        f'a pool with encapsulation = "cross-subnet" has to know the network of {own.name}; write its '
        f'length, like "{written}/24", or "{written}/32" if the node is in none',
    )
