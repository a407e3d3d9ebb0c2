"""Clusters as networks of the simulator: nodes with blocks of their own, behind reflectors or in a mesh."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from messages.families import IPV4_UNICAST, Family
from messages.families.prefix import PrefixKey, make_key
from tests.simulator.terms import Agreement, Identity, Terms, Topology

AS_NUMBER: Final = 64512
_INTERNAL: Final = Terms(external=False)
CLIENT: Final = Terms(external=False, is_client=True)
_FIRST_NODE: Final = 0x0A_00_00_00
_FIRST_BLOCK: Final = 0x0A_40_00_00
_BLOCK_BITS: Final = 26


@dataclass(frozen=True, slots=True)
class NodeIdentity(Identity):
    """A node on the network that all nodes share; there may be more of them than an octet can number."""

    def address(self, family: Family) -> bytes:
        return (_FIRST_NODE + self.number + 1).to_bytes(4, "big")

    def network(self, family: Family) -> PrefixKey:
        return make_key(_FIRST_NODE.to_bytes(4, "big"), 10)


@dataclass(frozen=True, slots=True)
class Cluster:
    """So many nodes with so many blocks each. The reflectors are nodes as well, in racks or in none."""

    nodes: int
    blocks: int = 10
    reflectors: int = 0
    """0: a full mesh."""
    racks: int = 0
    """Each with two reflectors of its own, which are clients of the others (RFC 4456 §6)."""

    def topology(self) -> Topology:
        """Return the network."""
        identities = tuple(map(self._identity, range(self.nodes)))
        return Topology("cluster", IPV4_UNICAST, identities, tuple(self._links()), uses_med=False)

    def keys(self, node: int) -> Sequence[PrefixKey]:
        """Return the blocks of a node."""
        first = node * self.blocks
        return [_block(number) for number in range(first, first + self.blocks)]

    def _identity(self, number: int) -> NodeIdentity:
        """Reflectors with the same clients are one cluster: those of the top, and those of each rack."""
        if number < self.reflectors:
            cluster_id = 1
        elif number < self.reflectors + 2 * self.racks:
            cluster_id = 2 + (number - self.reflectors) // 2
        else:
            cluster_id = 0
        return NodeIdentity(number, AS_NUMBER, cluster_id=cluster_id)

    def _links(self) -> Iterator[Agreement]:
        if not self.reflectors:
            yield from (_link(pair) for pair in combinations(range(self.nodes), 2))
            return
        top, low = range(self.reflectors), self.reflectors + 2 * self.racks
        yield from (_link(pair) for pair in combinations(top, 2))
        for middle in range(self.reflectors, low):
            yield from (_link((reflector, middle), CLIENT) for reflector in top)
        for client in range(low, self.nodes):
            rack = self.reflectors + 2 * (client % self.racks) if self.racks else 0
            above = range(rack, rack + 2) if self.racks else top
            yield from (_link((reflector, client), CLIENT) for reflector in above)


def _link(ends: tuple[int, int], terms: Terms = _INTERNAL) -> Agreement:
    return Agreement(ends, (terms, _INTERNAL))


def _block(number: int) -> PrefixKey:
    address = _FIRST_BLOCK + (number << (32 - _BLOCK_BITS))
    return make_key(address.to_bytes(4, "big"), _BLOCK_BITS)
