"""One of Calico's rendered configurations, and a host that has the addresses it speaks of."""

import ipaddress
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.filters_oracle.calico import SAMPLES
from tests.interop.drop_in.node import Node
from tests.interop.drop_in.programs import BINARIES, Program
from tests.interop.lab import Lab
from tests.interop.routers.router import Family

_OURS: Final = re.compile(r"source address (\S+);")
_GATEWAY: Final = re.compile(r"route \S+ via (\S+);")


@dataclass(frozen=True, slots=True)
class Sample:
    """A main file of one family; those it includes lie beside it."""

    path: Path
    family: Family

    @property
    def name(self) -> str:
        """The folder it is from, and what reads it."""
        return f"{self.path.parent.relative_to(SAMPLES)}-{BINARIES[self.family]}"

    @property
    def text(self) -> str:
        """The main file and all that lie beside it, so those it includes."""
        name = BINARIES[self.family]
        files = (self.path.with_name(f"{name}{part}.cfg") for part in ("", "_aggr", "_ipam"))
        return "\n".join(path.read_text() for path in files)

    def addresses(self) -> Iterator[str]:
        """Yield what the host needs: where sessions come from, and an address in each gateway's network."""
        bits = 24 if self.family == "ipv4" else 64
        yield from {f"{address}/{bits}" for address in _OURS.findall(self.text)}
        for gateway in set(_GATEWAY.findall(self.text)):
            network = ipaddress.ip_network(f"{gateway}/{bits}", strict=False)
            if not network.is_multicast:  # one sample's gateway is in ffee::, which no interface can have
                yield f"{network[-2]}/{bits}"

    def start(self, lab: Lab, program: Program) -> Node:
        """Start the program on a fresh host."""
        host = lab.host(program.name)
        host.ip("link", "add", "eth0", "type", "bridge")
        host.ip("link", "set", "eth0", "address", "02:00:00:00:00:01", "up")
        for address in self.addresses():
            host.ip("address", "add", address, "dev", "eth0")
        node = Node(host, program)
        for path in self.path.parent.glob("bird*.cfg"):
            shutil.copy(path, host.directory)
        node.spawn(self.family)
        return node


def all_samples() -> list[Sample]:
    """Return every sample, in the order of their names."""
    files: dict[Family, str] = {"ipv4": "bird.cfg", "ipv6": "bird6.cfg"}
    return [Sample(path, family) for family, name in files.items() for path in sorted(SAMPLES.rglob(name))]
