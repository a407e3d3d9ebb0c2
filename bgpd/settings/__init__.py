"""The configuration as the daemon uses it: plain values with nothing left to look up."""

from bgpd.settings.daemon import DaemonSettings, ProtocolSettings
from bgpd.settings.events import Direction, Trace
from bgpd.settings.local import DeviceSettings, DirectSettings, KernelSettings, PipeSettings
from bgpd.settings.neighbor import AuthenticationKey, NeighborSettings, PrefixLimit
from bgpd.settings.router import Confederation, DecisionSettings, LogSettings, TimeFormat
from bgpd.settings.static import StaticNextHop, StaticRoute, StaticSettings

__all__ = [
    "AuthenticationKey",
    "Confederation",
    "DaemonSettings",
    "DecisionSettings",
    "DeviceSettings",
    "DirectSettings",
    "Direction",
    "KernelSettings",
    "LogSettings",
    "NeighborSettings",
    "PipeSettings",
    "PrefixLimit",
    "ProtocolSettings",
    "StaticNextHop",
    "StaticRoute",
    "StaticSettings",
    "TimeFormat",
    "Trace",
]
