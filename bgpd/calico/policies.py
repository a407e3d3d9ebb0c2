"""What goes in and out, in the filter language: what calico-node has BIRD do, for one IP version."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bgpd.calico.bgp_configuration import BgpConfiguration
from bgpd.calico.bgp_filters import HIGHEST, BgpFilter
from bgpd.calico.communities import addition
from bgpd.calico.fields import Address, Network
from bgpd.calico.pools import NodeBlock, Pool
from bgpd.calico.sessions import Session

_SUFFIX: Final = {4: "", 6: "_v6"}
_TUNNEL: Final = "tunl0"
_OF_FELIX: Final = ("*.cali", "*.calico")
_NOTHING_OF_BPF: Final = 'if (defined(ifname)) then { if (ifname ~ "bpf*.cali") then { reject; } }'
_OVER_WORKLOADS: Final = 200
"""The preference of a route that is to win over that of a workload here, as while one moves."""


@dataclass(frozen=True, slots=True)
class Policies:
    """All that the filters of one IP version depend on."""

    version: int
    configuration: BgpConfiguration
    blocks: Sequence[NodeBlock]
    pools: Sequence[Pool]
    services: Sequence[Network]
    """Blocks that are never written into the kernel."""
    advertised_services: Sequence[Network]
    reflected_services: Sequence[Network]
    """Blocks that a route reflector passes on although it does not advertise them."""
    own_network: Network | None
    behind_wireguard: Sequence[Address]
    """Next hops whose routes are Felix's."""
    bgp_filters: dict[str, BgpFilter] = field(default_factory=dict)

    @property
    def kernel_filter(self) -> str:
        """Return what the filter of the kernel is called."""
        return f"calico_kernel_programming{self._suffix}"

    @property
    def _suffix(self) -> str:
        return _SUFFIX[self.version]

    @property
    def _usual(self) -> int:
        return self.configuration.priorities[self.version]

    # Functions

    def definitions(self) -> Iterator[str]:
        """Yield the functions, each before those that use it."""
        for bgp_filter in self.bgp_filters.values():
            for (_, version), text in bgp_filter.functions.items():
                if version == self.version:
                    yield text
        yield _function(f"apply_communities{self._suffix}()", self._communities())
        yield _function(f"calico_aggr{self._suffix}()", self._aggregation())
        yield _function(f"reject_local_routes{self._suffix}()", (_NOTHING_OF_BPF,))
        yield _function(f"calico_export_to_bgp_peers{self._suffix}(bool internal_peer)", self._exports())

    def _communities(self) -> Iterator[str]:
        for prefix, communities in self.configuration.advertisements:
            if prefix.version == self.version:
                yield f"if (net ~ {prefix}) then {{ {' '.join(map(addition, communities))} }}"

    def _aggregation(self) -> Iterator[str]:
        """Own blocks go out as a whole, and besides only addresses that are on the move."""
        for block in self.blocks:
            if block.is_confirmed:
                yield f"if (net = {block.prefix}) then {{ accept; }}"
                yield f"if (net ~ {block.prefix} && krt_metric < {self._usual}) then {{ accept; }}"
                yield f"if (net ~ {block.prefix}) then {{ reject; }}"

    def _exports(self) -> Iterator[str]:
        for pool in self.pools:
            if not pool.is_exported:
                yield f"if (net ~ {pool.prefix}) then {{ reject; }}"
        interfaces = _OF_FELIX if self._programs_ipip else (*_OF_FELIX, _TUNNEL)
        through_tunnels = " || ".join(f'(ifname ~ "{pattern}")' for pattern in interfaces)
        yield (
            f"if (internal_peer) then {{ if (defined(ifname)) then {{ "
            f"if ({through_tunnels}) then {{ reject; }} }} }}"
        )
        yield f"reject_local_routes{self._suffix}();"
        yield f"apply_communities{self._suffix}();"
        yield f"calico_aggr{self._suffix}();"
        for prefix in (*self.advertised_services, *self.reflected_services):
            yield f"if (net ~ {prefix}) then {{ accept; }}"
        for pool in self.pools:
            if pool.is_exported:
                yield f"if (net ~ {pool.prefix}) then {{ accept; }}"

    # The kernel

    @property
    def _programs_ipip(self) -> bool:
        return self.configuration.bird_programs[0]

    def kernel(self) -> str:
        """Return the statements of the kernel's filter."""
        return "\n".join(self._kernel())

    def _kernel(self) -> Iterator[str]:
        for prefix in self.services:
            yield f"if (net ~ {prefix}) then {{ reject; }}"
        yield (
            "if (defined(source) && (source = RTS_BGP) && !defined(krt_metric)) then {\n"
            f"  krt_metric = {self._usual};\n"
            f"  if (defined(bgp_local_pref)) then {{ krt_metric = {HIGHEST} - bgp_local_pref; }}\n"
            f"  if (krt_metric < {self._usual}) then {{ preference = {_OVER_WORKLOADS}; }}\n"
            "}"
        )
        for address in self.behind_wireguard:
            yield f"if (defined(bgp_next_hop) && bgp_next_hop = {address}) then {{ reject; }}"
        yield from self._kernel_of_pools()
        yield "accept;"

    def _kernel_of_pools(self) -> Iterator[str]:
        """Say of pools whether their routes are ours to write, and through which tunnel they go.

        Without an own IPv4 address there is nothing to say; IPv6 has no tunnels of ours.
        """
        if self.version == 4 and self.own_network is None:
            return
        for pool in self.pools:
            ipip, plain = self.configuration.bird_programs
            if pool.has_vxlan or not (plain if pool.ipip == "Never" else ipip):
                yield f"if (net ~ {pool.prefix}) then {{ reject; }}"
            elif self.version == 4:
                yield f"if (net ~ {pool.prefix}) then {{ {self._tunnel(pool)}accept; }}"

    def _tunnel(self, pool: Pool) -> str:
        match pool.ipip:
            case "Always":
                return f'krt_tunnel = "{_TUNNEL}"; '
            case "CrossSubnet":
                return (
                    f"if (defined(bgp_next_hop) && (bgp_next_hop ~ {self.own_network})) "
                    f'then krt_tunnel = ""; else krt_tunnel = "{_TUNNEL}"; '
                )
        return ""

    # Sessions

    def entrance(self, session: Session) -> str:
        """Return the statements that routes of a session go through."""
        return "\n".join(
            (
                *self._calls("import", session),
                f"if (defined(bgp_local_pref) && (bgp_local_pref > {HIGHEST - self._usual})) "
                f"then preference = {_OVER_WORKLOADS};",
                "accept;",
            )
        )

    def exit(self, session: Session) -> str:
        """Return the statements that routes to a session go through."""
        is_internal = "true" if session.is_internal else "false"
        return "\n".join(
            (
                "if (defined(source) && source = RTS_BGP && defined(bgp_local_pref)) then {",
                f"  krt_metric = {HIGHEST} - bgp_local_pref;",
                "} else {",
                f"  if (!defined(krt_metric)) then {{ krt_metric = {self._usual}; }}",
                f"  bgp_local_pref = {HIGHEST} - krt_metric;",
                "}",
                *self._calls("export", session),
                f"calico_export_to_bgp_peers{self._suffix}({is_internal});",
                "reject;",
            )
        )

    def _calls(self, direction: str, session: Session) -> Iterator[str]:
        for name in session.terms.filters:
            bgp_filter = self.bgp_filters.get(name)
            call = bgp_filter and bgp_filter.calls(direction, self.version, is_internal=session.is_internal)
            if call:
                yield call


def _function(head: str, statements: Iterable[str]) -> str:
    body = "".join(f"  {statement}\n" for statement in statements)
    return f"function {head} {{\n{body}}}\n"
