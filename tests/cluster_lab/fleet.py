"""Nodes on one bridge, each a namespace with a daemon of its own, and all with the same file."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from bgpd.control.dialog import Dialog, DialogError
from bgpd.control.peer_table import Peer
from bgpd.control.peers import read_peers
from tests.cluster_lab.nursery import Nursery
from tests.cluster_lab.shared_file import Member, SharedFile
from tests.interop.lab import Host, Lab, Port
from tests.interop.routers import Bgpd, RouterConfig
from tests.interop.waiting import NotYetError

NETWORK: Final = "10.0.0.0/16"
_PATIENCE: Final = 30.0


class Node(Bgpd):
    """A daemon that finds itself in the file of the cluster, by its address."""

    def __init__(self, port: Port, member: Member, file: Path) -> None:
        super().__init__(port.host, RouterConfig(asn=0, router_id=port.v4))
        self.port = port
        self.member = member
        self.file = file
        self.pid = 0

    def start(self) -> Self:
        self.pid = self.spawn(sys.executable, "-m", "bgpd", *self.arguments).pid
        return self

    def copy_from(self, nursery: Nursery) -> None:
        """Start the daemon as a copy of a process that has loaded the program."""
        self.pid = nursery.start(self.host, self.log_file, self.arguments)

    @property
    def arguments(self) -> tuple[str | Path, ...]:
        return ("-c", self.file, "-s", self.socket)

    @property
    def log_file(self) -> Path:
        return self.host.directory / "bgpd-python.log"

    def log(self) -> str:
        return self.log_file.read_text() if self.log_file.exists() else ""

    def require_running(self) -> None:
        """Raise unless the daemon is there, whoever has started it."""
        if not Path(f"/proc/{self.pid}").exists():
            raise NotYetError(f"{self.member.name} does not run; its log ends: {self.log()[-1000:]}")

    def peers(self) -> dict[str, Peer]:
        """Return the rows of the table that ``bgpdcl node status`` draws, by address."""
        self.require_running()
        try:
            with Dialog(str(self.socket), _PATIENCE) as dialog:
                return {peer.address: peer for peer in read_peers(dialog)}
        except DialogError as error:
            raise NotYetError(str(error)) from None


class Fleet:
    """All nodes; ``file`` is what they read when they are told to."""

    def __init__(self, lab: Lab, number: int, guest: Host | None = None) -> None:
        """``guest`` is one more host on the bridge; its address is the first after those of the nodes."""
        hosts = [lab.host(f"node{each}") for each in range(1, number + 1)]
        self.ports = lab.segment(*hosts, *([guest] if guest else []), v4=NETWORK, v6=None)
        _introduce(self.ports)
        members = [
            Member(port.host.name, port.v4, f"10.244.{each}.0/26")
            for each, port in enumerate(self.ports[:number], 1)
        ]
        self.path = hosts[0].directory.parent / "cluster.toml"
        self.file = SharedFile(members)
        self.nodes = [
            Node(port, member, self.path) for port, member in zip(self.ports, members, strict=False)
        ]

    def write(self, file: SharedFile) -> None:
        """Edit the file; nobody has read it yet."""
        self.file = file
        draft = self.path.with_suffix(".new")
        draft.write_text(file.text())
        draft.rename(self.path)

    def start(self) -> None:
        """Start all daemons as an operator does."""
        for node in self.nodes:
            node.start()

    def start_copies(self, nursery: Nursery) -> None:
        """Start all daemons as copies of one."""
        for node in self.nodes:
            node.copy_from(nursery)

    def node(self, name: str) -> Node:
        return next(each for each in self.nodes if each.member.name == name)


def _introduce(ports: Sequence[Port]) -> None:
    """Have hosts on a bridge know each other's hardware addresses.

    All namespaces of a machine share one table of those that were asked for, with room for a thousand. What
    somebody has written does not count.
    """
    hardware = {
        port: f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}" for number, port in enumerate(ports)
    }
    for port, own in hardware.items():
        lines = [f"link set dev {port.interface} address {own}"]
        lines += [
            f"neighbor replace {other.v4} lladdr {address} dev {port.interface} nud permanent"
            for other, address in hardware.items()
            if other is not port
        ]
        batch = port.host.directory / "introduction"
        batch.write_text("\n".join(lines))
        port.host.ip("-batch", str(batch))
