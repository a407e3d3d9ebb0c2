"""The filters that pools come to, in the filter language: which routes other nodes and the kernel get."""

from collections.abc import Iterator, Sequence

from bgpd.cluster.model import Block, FamilyName, Node, Pool

EXPORT_FILTER = "cluster_export"
"""For sessions of the cluster."""


def kernel_filter_name(family: FamilyName) -> str:
    """Return the name of the filter for the kernel's table of a family."""
    return f"cluster_kernel_{family}"


def kernel_filter(pools: Sequence[Pool], own: Node, family: FamilyName) -> str:
    """Return what routes go through on their way to the kernel; empty if there is nothing to say.

    A route of a pool with a tunnel leads through it to its BGP next hop, as Calico's does. With
    ``cross-subnet`` that is only so if the next hop is not in the network of this node.
    """
    lines = [line for pool in _of(pools, family) if (line := _kernel_line(pool, own, family))]
    return "\n".join([*lines, "accept;"]) if lines else ""


def _kernel_line(pool: Pool, own: Node, family: FamilyName) -> str:
    if not pool.kernel:
        return f"if net ~ {pool.prefix} then reject;"
    if pool.encapsulation == "never":
        return ""
    through = f'krt_tunnel = "{pool.tunnel}";'
    interface = own.ipv4 if family == "ipv4" else own.ipv6
    if pool.encapsulation == "cross-subnet" and interface is not None:
        near = f"defined(bgp_next_hop) && bgp_next_hop ~ {interface.network}"
        through = f'if {near} then krt_tunnel = ""; else {through}'
    return f"if net ~ {pool.prefix} then {{ {through} accept; }}"


def export_filter(pools: Sequence[Pool], own_blocks: Sequence[Block], *, learns: bool) -> str:
    """Return what routes go through on their way to other nodes; empty if there is nothing to say.

    ``learns``: routes of other programs come in from the kernel. Other nodes are not told of those, but for
    an own block of a single address, which is the route to its one workload.
    """
    hidden = [f"if net ~ {pool.prefix} then reject;" for pool in pools if not pool.export]
    return (
        "\n".join([*hidden, *(_learned(own_blocks) if learns else ()), "accept;"]) if hidden or learns else ""
    )


def _learned(own_blocks: Sequence[Block]) -> Iterator[str]:
    for block in own_blocks:
        if block.is_one_address:
            yield f"if net = {block.prefix} then accept;"
    yield "if source = RTS_INHERIT then reject;"


def _of(pools: Sequence[Pool], family: FamilyName) -> Iterator[Pool]:
    version = 4 if family == "ipv4" else 6
    yield from (pool for pool in pools if pool.prefix.version == version)
