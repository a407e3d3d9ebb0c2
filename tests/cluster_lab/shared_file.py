"""The one file that all nodes of the laboratory have."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

NODES: Final = 64512
TOR: Final = 65001
_CLUSTER_IDS: Final = ("244.0.0.1", "244.0.0.2")


class Member(NamedTuple):
    """A node as the file has it."""

    name: str
    address: str
    block: str


@dataclass(frozen=True)
class SharedFile:
    """What the file says; who changes the mode edits it in one place."""

    members: Sequence[Member]
    reflectors: Collection[str] = ()
    """The names of the nodes that reflect; without any the cluster is a mesh."""
    tor: str = ""
    """The address of a switch that all nodes have a session with."""
    options: Sequence[str] = field(default=())
    """More lines of ``[cluster]``."""

    def text(self) -> str:
        """Return the file."""
        ids = dict(zip(self.reflectors, _CLUSTER_IDS, strict=False))
        mode = "route-reflector" if self.reflectors else "mesh"
        lines = ['[metrics]\nlisten = ""', "[kernel.ipv4]", f"[cluster]\nasn = {NODES}\nmode = {mode!r}"]
        lines += [*self.options, "nodes = ["]
        for each in self.members:
            reflects = f", cluster_id = {ids[each.name]!r}" if each.name in ids else ""
            lines.append(f"  {{ name = {each.name!r}, address = {each.address!r}{reflects} }},")
        lines.append("]")
        lines += [f"[[blocks]]\nprefix = {each.block!r}\nnode = {each.name!r}" for each in self.members]
        if self.tor:
            name = f"Global_{self.tor.replace('.', '_')}"
            lines.append(f'[[neighbors]]\nname = "{name}"\naddress = {self.tor!r}\nasn = {TOR}')
            lines.append('import = "all"\nexport = "all"\nconnect_delay = 1\nconnect_retry = 2')
        return "\n".join([*lines, ""])

    def peers(self, member: Member) -> dict[str, str]:
        """Return what ``bgpdcl node status`` says of the other nodes on one: their types, by address."""
        others = [each for each in self.members if each is not member]
        kind = "node-to-node mesh"
        if self.reflectors:
            kind = "node specific"
            if member.name not in self.reflectors:
                others = [each for each in others if each.name in self.reflectors]
        return {each.address: kind for each in others}
