"""Runs an image: its command as its user, first process of a namespace, with the rights that engines give."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from tests.containers.image import Image
from tests.installation.root import Root
from tests.interop.process import Process

DOCKER_CAPABILITIES: Final = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
    *("NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
"""What a container may have if nothing is said."""


class Rights(NamedTuple):
    """What an engine gives a container."""

    capabilities: Sequence[str] = DOCKER_CAPABILITIES
    """The most that its processes can get."""
    no_new_privileges: bool = False
    permitted: bool = False
    """Whether the first process has them as permitted before it executes the command, as of containerd."""
    user: str = ""
    """In the place of the image's."""
    environment: Mapping[str, str] = MappingProxyType({})
    """Beside the image's."""


class Container:
    """An image, its files laid over by those that are written, and its first process."""

    def __init__(self, image: Image, root: Root, rights: Rights, *, read_only: bool = False) -> None:
        self.root = root
        self._image = image
        self._rights = rights
        self._environment = {**image.environment, **rights.environment}
        root.outcome("umount", "/run")  # engines leave it as it is in the image
        if read_only:
            root.run("mount", "-o", "remount,ro", "/")

    def mount(self, path: str, owner: str = "0:0", mode: str = "755") -> None:
        """Mount a folder of the engine over one of the image: a volume or a tmpfs."""
        user, group = owner.split(":")
        self.root.run("mount", "-t", "tmpfs", "-o", f"uid={user},gid={group},mode={mode}", "tmpfs", path)

    def start(self, log: Path, *arguments: str) -> Process:
        """Start the command of the image, or with these arguments in the place of its own."""
        first = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
        command = [*self._image.entrypoint, *(arguments or self._image.command)]
        return self.root.spawn(log, *first, *self._as_user(command), environment=self._environment)

    def execute(self, *command: str, within: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run another command in it to its end, as its user."""
        words = self._as_user(command)
        return self.root.outcome(*words, environment=self._environment, within=within)

    def is_healthy(self) -> bool:
        """Return what the engine makes of the image's check."""
        check = self._image.health
        try:
            done = self.execute(
                *self._image.health_command, within=float(check.options["timeout"].rstrip("s"))
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def stop(self, process: Process) -> int:
        """End it as the engine does, and return the exit status."""
        send(process, signal.Signals[self._image.stop_signal])
        return process.end(within=30)

    def _as_user(self, command: Sequence[str]) -> list[str]:
        user, group = (self._rights.user or self._image.user).split(":")
        names = "".join(f",+{name.lower()}" for name in self._rights.capabilities)
        words = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--inh-caps=-all"]
        words += [f"--bounding-set=-all{names}"]
        words += ["--no-new-privs"] if self._rights.no_new_privileges else []
        # setpriv leaves all rights permitted; another program before the command, and none are.
        return [*words, *([] if self._rights.permitted else ["env"]), *command]


def send(process: Process, number: signal.Signals) -> None:
    """Send a signal to the first process of a container."""
    os.kill(first_process(process), number)


def first_process(process: Process) -> int:
    """Return its number here."""
    number = process.pid
    while children := Path(f"/proc/{number}/task/{number}/children").read_text().split():
        number = int(children[0])
    return number
