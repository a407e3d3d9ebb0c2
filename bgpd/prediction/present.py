"""The daemon as it is, as far as a prediction begins with it."""

from collections.abc import Mapping
from typing import Protocol

from bgpd.policies import Policies
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import DaemonSettings
from bgpd.tables import RoutingTables
from kernel_sync.interfaces import InterfaceTable


class Present(Protocol):
    """What is in force; nobody here changes anything of it."""

    @property
    def settings(self) -> DaemonSettings: ...
    @property
    def protocols(self) -> Mapping[str, RoutingProtocol]:
        """By name."""

    @property
    def policies(self) -> Policies: ...
    @property
    def tables(self) -> RoutingTables: ...
    @property
    def interfaces(self) -> InterfaceTable: ...
    @property
    def surroundings(self) -> Surroundings: ...
