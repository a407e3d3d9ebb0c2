"""What is compared: BIRD 1.6.8 and our daemon, started as Calico starts BIRD, a process for each family."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.interop import packages
from tests.interop.routers.bgpd import ROOT
from tests.interop.routers.router import Family
from tests.requirements import skip_package_missing

BINARIES: Final[Mapping[Family, str]] = {"ipv4": "bird", "ipv6": "bird6"}


@dataclass(frozen=True, slots=True)
class Program:
    """One that can be started as ``bird`` and as ``bird6``."""

    name: str
    package: str = ""
    """Debian's package, "" for our own program."""
    client: str = "birdcl"
    """The client for an operator."""
    environment: Mapping[str, str] = field(default_factory=dict)

    def require(self) -> None:
        """Skip the test if the program cannot be had."""
        if self.package and packages.folder(self.package) is None:
            skip_package_missing(self.package, "run python -m tests.interop.packages")

    def command(self, binary: str) -> list[str | Path]:
        """Return the beginning of the command line that runs ``bird``, ``bird6``, ``birdc`` and so on."""
        if not self.package:
            return [sys.executable, "-m", "bgpd.programs", binary]
        place = packages.folder(self.package)
        assert place is not None, f"{self.package} has not been fetched; call require() first"
        return [place / "usr" / "sbin" / binary]

    def daemon(self, family: Family, configuration: Path, *options: str | Path) -> Sequence[str | Path]:
        """Return the command line of Calico's service: it stays in the foreground and logs to its stderr."""
        return [*self.command(BINARIES[family]), "-d", "-c", configuration, *options]


BIRD: Final = Program("bird", "bird", "birdc", {"LD_LIBRARY_PATH": packages.library_path()})
OURS: Final = Program("bgpd", environment={"PYTHONPATH": str(ROOT)})
