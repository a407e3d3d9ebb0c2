"""The protocols there are: made from their settings, told of changed ones, taken out again."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from bgpd.neighborhood import Neighborhood
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.direct import DirectProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.own_routes import OwnRoutesProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Leaving, Protocol
from bgpd.protocols.static import StaticProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.reconfiguration.making import filter_names, make_protocol
from bgpd.restart.adoption import Adoption
from bgpd.settings import (
    DirectSettings,
    KernelSettings,
    NeighborSettings,
    PipeSettings,
    ProtocolSettings,
    StaticSettings,
)
from bgpd.tables import RoutingTables
from kernel_sync.interface_changes import InterfaceChanges

_log: Final = logging.getLogger("bgpd")


class Instances:
    """Keeps ``protocols`` (by name, as they are listed) and whoever serves some of them together."""

    def __init__(
        self,
        protocols: dict[str, Protocol],
        tables: RoutingTables,
        surroundings: Surroundings,
        neighborhood: Neighborhood,
        adoption: Adoption,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._protocols = protocols
        self._tables = tables
        self._surroundings = surroundings
        self._neighborhood = neighborhood
        self._adoption = adoption
        self._loop = loop

    # Come and go

    def add(self, settings: ProtocolSettings) -> Protocol:
        """Make a protocol; it begins to work when it is started."""
        protocol = make_protocol(settings, self._tables, self._surroundings, self._loop)
        self._protocols[protocol.name] = protocol
        if isinstance(protocol, BgpProtocol | NeighborRange):
            self._neighborhood.add(protocol)
        elif isinstance(protocol, KernelProtocol):
            self._adoption.join(protocol)
        elif isinstance(protocol, PipeProtocol):
            protocol.report_to(partial(self._surroundings.failed, protocol))
        return protocol

    def dismiss(self, protocol: Protocol, why: Leaving) -> None:
        """Let a protocol stop for good; it is listed until it has left."""
        protocol.is_leaving = True
        if isinstance(protocol, BgpProtocol | NeighborRange):
            self._neighborhood.remove(protocol)
        if isinstance(protocol, KernelProtocol):
            self._adoption.part(protocol)
        protocol.leave(why)

    def forget(self, protocol: Protocol) -> None:
        """List it no more."""
        if self._protocols.get(protocol.name) is protocol:
            del self._protocols[protocol.name]

    # Serve

    def interfaces_changed(self, changes: InterfaceChanges) -> None:
        """Own routes and the kernel's tables follow the interfaces."""
        for protocol in tuple(self._protocols.values()):
            try:
                if isinstance(protocol, OwnRoutesProtocol):
                    protocol.interfaces_changed(changes)
                elif isinstance(protocol, KernelProtocol):
                    protocol.interfaces_changed(changes.switched)
            except Exception as error:
                self._surroundings.failed(protocol, error)

    @property
    def kernels(self) -> Sequence[KernelProtocol]:
        """Those that write to the kernel."""
        return [each for each in self._protocols.values() if isinstance(each, KernelProtocol)]

    # Changed settings

    def rename(self, names: Mapping[str, str]) -> None:
        """Let neighbors go on under other names; ``names`` has the former ones, by the new ones.

        They change all at once, since two may swap their names. Those of a range change theirs with it.
        """
        going = [(self._protocols[former], name) for name, former in names.items()]
        before = {protocol: protocol.name for protocol in self._protocols.values()}
        for protocol, name in going:
            if isinstance(protocol, BgpProtocol | NeighborRange):
                _log.info("Renaming protocol %s to %s", protocol.name, name)
                protocol.rename(name)
        self._neighborhood.rename({before[each]: each.name for each in before if before[each] != each.name})
        protocols: dict[str, Protocol] = {}
        for protocol in before:
            if protocols.setdefault(protocol.name, protocol) is not protocol:
                protocol.leave(Leaving.REMOVED)  # one of a range, whose new name somebody else has
        self._protocols.clear()
        self._protocols.update(protocols)

    def take_on(self, settings: ProtocolSettings) -> str:
        """Let a protocol that goes on have these settings; return what came of it, in words."""
        protocol = self._protocols[settings.name]
        protocol.description = settings.description
        protocol.configure_traces(settings.traces)
        protocol.filter_names = filter_names(settings)
        change = self._follow(protocol, settings)
        if change:
            _log.info("Reloading protocol %s", protocol.name)
        return change

    def _follow(self, protocol: Protocol, settings: ProtocolSettings) -> str:
        policies = self._surroundings.policies
        match protocol, settings:
            case (BgpProtocol() | NeighborRange(), NeighborSettings()):
                return self._follow_neighbor(protocol, settings)
            case KernelProtocol(), KernelSettings():
                return protocol.follow_filters(settings, policies)
            case PipeProtocol(), PipeSettings():
                return protocol.follow_filters(settings, policies)
            case StaticProtocol(), StaticSettings():
                protocol.follow_routes(settings)
                return protocol.follow_import(settings)
            case DirectProtocol(), DirectSettings():
                protocol.follow_interfaces(settings)
                return protocol.follow_import(settings)
        return ""

    def _follow_neighbor(self, protocol: BgpProtocol | NeighborRange, settings: NeighborSettings) -> str:
        changes = []
        if settings.password != protocol.settings.password:
            changes.append(self._neighborhood.change_password(protocol, settings.password or b""))
        before = protocol.endpoint
        changes.append(protocol.follow(settings))
        if isinstance(protocol, NeighborRange):
            self._neighborhood.follow_range(protocol, before)
        return ", ".join(filter(None, changes))

    def note_reconfigured(self, settings: ProtocolSettings) -> None:
        """Write to the log, for those who ask, that a protocol goes on with these settings."""
        protocol = self._protocols[settings.name]
        if isinstance(protocol, LoggedProtocol):
            protocol.journal.note("events", "Reconfigured")

    def switch(self, settings: ProtocolSettings) -> None:
        """The configuration says otherwise than before whether a protocol shall work."""
        protocol = self._protocols[settings.name]
        if not settings.disabled:
            protocol.enable()
        else:
            reason = settings.shutdown if isinstance(settings, NeighborSettings) else ""
            protocol.disable(reason or "")
