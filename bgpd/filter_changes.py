"""Changed filters, brought to the protocols that use them: no session ends for it."""

from collections.abc import Iterator, Mapping

from bgpd.config.settings import DaemonSettings
from bgpd.policies import Policies
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.static import StaticProtocol, sections


def follow_filters(
    protocols: Mapping[str, Protocol], settings: DaemonSettings, policies: Policies
) -> Iterator[str]:
    """Let the filters of the settings decide from now on; yield what came of it, in words."""
    filters = _Filters(settings, policies)
    for name, protocol in tuple(protocols.items()):
        change = filters.apply(name, protocol)
        if change:
            yield f"{name}: {change}"


class _Filters:
    """The filters that protocols are to have."""

    def __init__(self, settings: DaemonSettings, policies: Policies) -> None:
        self._policies = policies
        self._neighbors = {neighbor.name: neighbor for neighbor in settings.neighbors}
        self._kernels = {kernel.name: kernel for kernel in settings.kernels}
        self._pipes = {pipe.name: pipe for pipe in settings.pipes}
        self._statics = sections(settings.statics)

    def apply(self, name: str, protocol: Protocol) -> str:
        """Let a protocol have its filters; neighbors that came from a range get them from that."""
        match protocol:
            case BgpProtocol() | NeighborRange() if name in self._neighbors:
                return protocol.follow_filters(self._neighbors[name])
            case KernelProtocol():
                return protocol.follow_filters(self._kernels[name], self._policies)
            case PipeProtocol():
                return protocol.follow_filters(self._pipes[name], self._policies)
            case StaticProtocol():
                _, _, routes = self._statics[name]
                return protocol.follow_filters(routes)
        return ""
