"""What a scenario is: the file of the node, the neighbors around it, and the routes in its kernel."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.interop.drop_in.places import placed
from tests.interop.routers.router import FAMILIES, Family


def text(name: str) -> str:
    """Return one of the configuration files in the folder of the scenarios; it has the names of places."""
    return (Path(__file__).parent / "scenarios" / f"{name}.conf").read_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A neighbor, which is a BIRD 2.0 with a table for itself; its texts have the names of places."""

    name: str
    """The name of its address, too."""
    asn: int = 64512
    node: str = "node"
    """The name of the address that the node has for it."""
    session: str = ""
    """Statements of the BGP protocol."""
    channel: str = ""
    """Statements of its channel."""
    routes: Sequence[str] = ()
    """Names of the networks it announces."""
    statics: str = ""
    """Statements of its static protocol, for more routes."""
    export: str = ""
    """Statements that its routes go through."""
    kind: str = "Mesh"
    is_up: bool = True
    """Whether there will be a session."""

    @property
    def protocol(self) -> str:
        """What the node calls it."""
        return f"{self.kind}_${self.name}_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One node among its neighbors."""

    name: str
    node: str
    """The configuration file, but for the preamble."""
    peers: Sequence[Peer] = ()
    kernel: Sequence[str] = ()
    """Commands of ``ip`` in the namespace of the node, before anything runs; first link, then routes."""
    commands: Sequence[str] = ()
    """What is asked beyond the usual."""
    families: Sequence[Family] = FAMILIES

    def file(self, family: Family) -> str:
        """Return what the node reads."""
        return placed(PREAMBLE + self.node, family)

    def sessions(self, family: Family) -> list[str]:
        """Return the names of the protocols at the node that are to have a session."""
        return [placed(peer.protocol, family) for peer in self.peers if peer.is_up]


PREAMBLE: Final = "router id 10.10.0.1;\n"
USUAL: Final = (
    "show status",
    "show protocols",
    "show protocols all",
    "show route",
    "show route all",
    "show route primary",
    "show route count",
    "show route stats",
    "show route protocol static1",
    "show route export kernel1",
    "show route noexport kernel1",
    "show route preexport kernel1",
    "show route export kernel1 all",
    "show route for $inside1",
    "show route for $inside1 all",
    "show route $outside1",
    "show route $outside1 all",
    "show route where net ~ $pool",
    "show route where source = RTS_BGP all",
    "show route filtered",
    "show route table master count",
    "show interfaces",
    "show interfaces summary",
    "show static",
    "show symbols",
    "show memory",
)
OF_A_PEER: Final = (
    "show route export {name} all",
    "show route noexport {name}",
    "show route preexport {name} count",
    "show route protocol {name} all",
    "show protocols all {name}",
)


def questions(scenario: Scenario, family: Family) -> list[str]:
    """Return what both sides are asked."""
    of_peers = [form.format(name=name) for name in scenario.sessions(family) for form in OF_A_PEER]
    return [placed(command, family) for command in (*USUAL, *of_peers, *scenario.commands)]
