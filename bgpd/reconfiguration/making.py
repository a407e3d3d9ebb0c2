"""From the settings of a protocol to the protocol."""

import asyncio
from collections.abc import Mapping
from typing import TypeAlias, assert_never

from bgpd.pipeline import Pipeline, Scheduler
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.device import DeviceProtocol
from bgpd.protocols.direct import DirectProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.pipe import PipeProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.static import StaticProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import (
    DeviceSettings,
    DirectSettings,
    KernelSettings,
    NeighborSettings,
    PipeSettings,
    ProtocolSettings,
    StaticSettings,
)
from bgpd.tables import RoutingTables
from messages.families import Family

LocalSettings: TypeAlias = DeviceSettings | DirectSettings | KernelSettings | PipeSettings | StaticSettings
LocalProtocol: TypeAlias = DeviceProtocol | DirectProtocol | KernelProtocol | PipeProtocol | StaticProtocol


def make_protocol(
    settings: ProtocolSettings,
    tables: RoutingTables,
    surroundings: Surroundings,
    loop: asyncio.AbstractEventLoop,
) -> Protocol:
    """Return a protocol that has not begun to work."""
    protocol = _make(settings, tables, surroundings, loop)
    protocol.description = settings.description
    protocol.configure_traces(settings.traces)
    protocol.is_disabled = settings.disabled
    protocol.filter_names = filter_names(settings)
    return protocol


def filter_names(settings: ProtocolSettings) -> tuple[str, str]:
    """Return what the filters for import and export are called, as far as a protocol has them."""
    return getattr(settings, "import_filter", "all"), getattr(settings, "export_filter", "none")


def _chosen(tables: RoutingTables, settings: StaticSettings | DirectSettings) -> Mapping[Family, Pipeline]:
    return {family: tables[settings.table][family] for family in settings.families}


def _make(
    settings: ProtocolSettings,
    tables: RoutingTables,
    surroundings: Surroundings,
    loop: asyncio.AbstractEventLoop,
) -> Protocol:
    if isinstance(settings, NeighborSettings):
        kind = BgpProtocol if settings.range_bits is None else NeighborRange
        return kind(settings, tables[settings.table], surroundings, loop)
    return make_local(settings, tables, surroundings, loop)


def make_local(
    settings: LocalSettings, tables: RoutingTables, surroundings: Surroundings, loop: Scheduler
) -> LocalProtocol:
    """Return a protocol that has nobody at its other end."""
    match settings:
        case DeviceSettings():
            return DeviceProtocol(settings.name, surroundings.now)
        case DirectSettings():
            return DirectProtocol(settings, _chosen(tables, settings), surroundings)
        case KernelSettings():
            return KernelProtocol(settings, tables[settings.rib_table][settings.family], surroundings)
        case PipeSettings():
            ours, theirs = tables[settings.table], tables[settings.peer_table]
            return PipeProtocol(settings, ours, theirs, loop, surroundings.now, surroundings.policies)
        case StaticSettings():
            return StaticProtocol(settings, _chosen(tables, settings), surroundings)
        case _:
            assert_never(settings)
