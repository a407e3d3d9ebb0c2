"""A throw-away copy of a Debian system, in namespaces of its own.

::

    with Root(debian.made()) as root:  # or Root(), a copy of this machine without the repository
        root.run("useradd", "--system", "bgpd")
        root.file("/etc/hostname").write_text("clean")

What is written goes to memory and is gone at the end, with all processes. There is no network but what
a test brings: ``root.pid`` names the namespaces, for ``ip link add ... netns PID``.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.interop.lab import CommandFailedError
from tests.interop.process import Process

REPOSITORY: Final = Path(__file__).resolve().parents[2]
ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
"""All that a command in the root finds in its environment."""
_SPACES: Final = ("--mount", "--net", "--pid", "--ipc", "--uts")
_HOLDER: Final = """\
set -e
mount -t tmpfs tmpfs "$2"
cd "$2"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=$1,upperdir=upper,workdir=work" root
cd root
mount -t proc proc proc
mount -t sysfs sysfs sys
for each in dev run tmp; do mount -t tmpfs -o mode=755 tmpfs $each; done
if [ "$1" = / ]; then mkdir -p ".$3"; mount -t tmpfs tmpfs ".$3"; fi
chmod 1777 tmp
mkdir -m 1777 dev/shm run/lock
mkdir dev/pts
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
for each in null zero full random urandom tty; do
    touch dev/$each
    mount --bind /dev/$each dev/$each
done
ln -s /proc/self/fd dev/fd
mkdir .before
pivot_root . .before
umount -l /.before
rmdir /.before
ip link set lo up
echo ready
while :; do sleep 1000000 & wait; done
"""
"""The first process of the root, which reaps all that lose their parent."""


class Root:
    """A copy of a folder, or of the machine's own system, that is laid over it and written to no disk."""

    def __init__(self, lower: Path = Path("/")) -> None:
        self.pid = 0
        self._lower = lower
        self._place = Path()
        self._holder: subprocess.Popen[str] | None = None
        self._spawned: list[Process] = []

    def __enter__(self) -> Self:
        self._place = Path(tempfile.mkdtemp(prefix="bgpd-root-"))
        holding = ("sh", "-c", _HOLDER, "holder", self._lower, self._place, REPOSITORY)
        self._holder = subprocess.Popen(
            ["unshare", *_SPACES, "--fork", "--kill-child", "--propagation", "private", *map(str, holding)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stderr is not None
        if self._holder.stdout.readline() != "ready\n":
            complaint = self._holder.stderr.read()
            self.close()
            raise CommandFailedError(f"no root could be made of {self._lower}: {complaint}")
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children")
        self.pid = int(children.read_text())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all processes; nothing is left of the root."""
        for process in self._spawned:
            process.kill()
        if self._holder is not None:
            self._holder.kill()  # its child is the first process of the namespace, and dies with it
            self._holder.communicate()
        shutil.rmtree(self._place, ignore_errors=True)

    def entering(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> list[str]:
        """Return the command line that runs ``command`` in the root, from anywhere."""
        variables = [f"{key}={value}" for key, value in (ENVIRONMENT | dict(environment or {})).items()]
        enter = ("nsenter", f"--target={self.pid}", *_SPACES, "--root", "--wd", "env", "-i", *variables)
        return [*enter, *map(str, command)]

    def run(
        self,
        *command: str | Path,
        environment: Mapping[str, str] | None = None,
        text: str | None = None,
        within: float = 300.0,
    ) -> str:
        """Run a command to its end with ``text`` as its input; return its output; failure is an error."""
        done = self.outcome(*command, environment=environment, text=text, within=within)
        if done.returncode:
            shown = " ".join(map(str, command))
            raise CommandFailedError(f"{shown}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def outcome(
        self,
        *command: str | Path,
        environment: Mapping[str, str] | None = None,
        text: str | None = None,
        within: float = 300.0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, well or not."""
        return subprocess.run(
            self.entering(command, environment),
            input=text or "",
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def spawn(self, log: Path, *command: str | Path, environment: Mapping[str, str] | None = None) -> Process:
        """Start what goes on; it ends with the root if nobody ends it before."""
        process = Process(self.entering(command, environment), log, {})
        self._spawned.append(process)
        return process

    def file(self, path: str) -> Path:
        """Return where a file of the root is seen from outside; links to absolute paths lead astray."""
        return Path(f"/proc/{self.pid}/root{path}")

    def put(self, source: Path, path: str) -> None:
        """Copy a file or a folder into the root."""
        target = self.file(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)

    def put_clone(self, path: str) -> None:
        """Copy the files of the repository into a folder, as a clone has them."""
        copy_clone(self.file(path))


def copy_clone(folder: Path) -> None:
    """Copy the files of the repository, as a clone has them, and as they are now."""
    for name in clone_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, folder / name)


def clone_files() -> list[str]:
    """Return the paths of all files that a clone has."""
    asking = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asking, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return sorted(name for name in listed.stdout.splitlines() if (REPOSITORY / name).is_file())
