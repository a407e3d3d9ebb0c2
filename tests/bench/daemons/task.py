"""What a daemon is asked to do, in nobody's language, and what a daemon is to the benchmark."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, TypeAlias

from tests.bench.speaker import HOLD_TIME
from tests.interop import packages

LOCAL_ASN: Final = 4_200_000_000
"""The daemon's; it is in no AS_PATH of a feed, nor are those of the neighbors, so that no route is a loop."""
CONFIGURATION: Final = "daemon.toml"
"""The name of the file with the configuration; only our own daemon minds it."""
SOCKET: Final = "control"

Command: TypeAlias = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A neighbor of the daemon; it opens the connection."""

    address: str
    asn: int
    is_told: bool = False
    """Whether routes are sent to it, or only taken from it."""
    is_client: bool = False
    """Of a route reflector that leaves next hops alone (RFC 4456)."""
    capabilities: bytes = b""
    extra: str = ""
    """Lines of bgpd's own, where bgpd is measured alone."""


@dataclass(frozen=True, slots=True)
class Task:
    """Take routes in from all, without a filter, and tell the best to those who are told."""

    local: str
    neighbors: Sequence[Neighbor]
    kernel: int = 0
    """The version of IP whose best routes go to the kernel, 0 for none."""
    asn: int = LOCAL_ASN
    router_id: str = "198.18.0.1"
    hold_time: int = HOLD_TIME

    @property
    def version(self) -> int:
        """The version of IP that is spoken, which is that of the routes."""
        return 6 if ":" in self.local else 4


class Program(ABC):
    """A routing daemon that can be given a task."""

    name: ClassVar[str]
    """As it is printed, and chosen."""
    package: ClassVar[str] = ""
    """Debian's, empty for our own."""
    needs_root: ClassVar[bool] = False
    """Whether the root of a user namespace is not enough."""

    @abstractmethod
    def configuration(self, task: Task, folder: Path) -> str:
        """Return the text of its configuration."""

    @abstractmethod
    def command(self, task: Task, folder: Path) -> Command:
        """Return the command that starts it, with the configuration in this folder."""

    def prepare(self, task: Task, folder: Path) -> Command:
        """Write its files, and return the command that starts it."""
        path = folder / CONFIGURATION
        path.write_text(self.configuration(task, folder))
        path.chmod(0o600)
        return self.command(task, folder)

    @property
    def environment(self) -> dict[str, str]:
        """What it finds in its environment, beyond the usual."""
        return {"LD_LIBRARY_PATH": packages.library_path()} if self.package else {}

    @property
    def obstacle(self) -> str:
        """Why it cannot run here, empty if it can."""
        if self.package and packages.folder(self.package) is None:
            return "make peers has not fetched it"
        return "it needs root" if self.needs_root and not _is_root() else ""

    def file(self, path: str) -> Path:
        """Return a file of its package."""
        return packages.CACHE / self.package / path


def _is_root() -> bool:
    """Tell whether there are other users, too: a user namespace of our own has but one."""
    return os.geteuid() == 0 and Path("/proc/self/uid_map").read_text().split()[-1] != "1"


def with_private_files(command: Command, files: Mapping[str, Path]) -> Command:
    """Lay files over those of the machine, for this command only, which stays one process."""
    steps = [f"mount --bind {private} {path}" for path, private in files.items()]
    return ["unshare", "--mount", "sh", "-c", " && ".join([*steps, 'exec "$@"']), "sh", *command]
