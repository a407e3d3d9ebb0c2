"""A host on which bgpd is installed as docs/installing.md says, in a clean root, and a neighbor outside."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.installation import debian, wheels
from tests.installation.page import sections
from tests.installation.root import REPOSITORY, Root
from tests.installation.supervisor.asking import ASK, ask
from tests.installation.supervisor.confined import GROUPS
from tests.interop.lab import Lab
from tests.interop.process import Process
from tests.interop.routers import Bgpd
from tests.interop.waiting import eventually

WHERE: Final = "/srv/bgpd"
"""The folder in which the blocks of the page are pasted."""
WATCHDOG_SECONDS: Final = 10
_STAND_IN: Final = "/usr/lib/stand-in"
_PARTS: Final = (
    "tests/installation/supervisor",
    "tests/upkeep/manager.py",
)
_SYSTEMCTL: Final = f"""\
#!/bin/sh
export PYTHONPATH={_STAND_IN}
exec /usr/bin/python3 -m tests.installation.supervisor systemctl "$@"
"""
_NEIGHBOR: Final = """\
[router]
id = "192.0.2.2"
asn = 65001
[metrics]
listen = ""
[[static]]
prefix = "203.0.113.0/24"
blackhole = true
[[neighbors]]
name = "host"
address = "192.0.2.1"
asn = 64512
connect_delay = 1
graceful_restart = "full"
import = "all"
export = "all"
"""


class House:
    """The root, its service, and the neighbor; what the page says is done up to the start of the daemon."""

    def __init__(self, root: Root, lab: Lab, folder: Path, *, is_long: bool) -> None:
        self.root = root
        self.log = folder / "journal"
        self.said = ""
        """What the script has printed."""
        self._is_long = is_long
        self._environment = {"USER": "alice", **wheels.offline("/wheels")}
        self._lay_cable(lab)
        with_systemd(root, self.log)
        self._bring()
        self.install()
        self.neighbor = Bgpd.with_file(lab.hosts[0], _NEIGHBOR).start()

    def paste(self, script: str) -> str:
        """Run a block of the page as root does who pastes it, and return what it printed."""
        return self.root.run("sh", "-euc", f"cd {WHERE}\n{script}", environment=self._environment)

    def install(self) -> None:
        """Follow the page from the script to the daemon that runs."""
        of_clone, of_wheel, configuration, start = sections()["On a host"]
        if self._is_long:
            self.said += self.paste(of_clone)
        self.said += self.paste(of_wheel)
        self.paste(configuration)
        self.paste(start)

    def systemctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Ask the stand-in for systemd."""
        return self.root.outcome("systemctl", *words, within=120)

    @property
    def has_systemd_analyze(self) -> bool:
        """Whether the root has something that checks units."""
        return self.root.outcome("sh", "-c", "command -v systemd-analyze").returncode == 0

    def status(self) -> dict[str, str]:
        """Return what ``systemctl status`` says, by the words before the colons."""
        _, answer = ask(["status", "bgpd"], self.root.file(ASK))
        lines = answer.splitlines()[1:]
        rows = [line.partition(": ") for line in lines]
        return {key.strip(): value.strip('"') for key, _, value in rows}

    def process(self) -> str:
        """Return the number of the daemon's process in the root."""
        return self.status()["Main PID"]

    def facts(self) -> dict[str, str]:
        """Return what the kernel says of the daemon's process."""
        lines = self.root.run("cat", f"/proc/{self.process()}/status").splitlines()
        return dict(line.split(":\t", 1) for line in lines)

    def until_well(self) -> None:
        """Wait until both ends agree."""
        eventually(lambda: self.status()["Status"], equals="1 of 1 neighbors established, 3 prefixes")
        eventually(self.routes, equals={"203.0.113.0/24"})
        eventually(lambda: "198.51.100.0/24" in self.told())

    def routes(self) -> set[str]:
        """Return the routes from the neighbor in the kernel of the root."""
        rows: list[dict[str, Any]] = json.loads(
            self.root.run("ip", "-json", "route", "show", "proto", "bird")
        )
        return {row["dst"] for row in rows if "gateway" in row}

    def told(self) -> set[str]:
        """Return the prefixes that the neighbor has from the root."""
        return {row["prefix"] for row in self.neighbor.answer("show route protocol host")}

    def journal(self) -> str:
        """Return what the service and the stand-in have said."""
        return self.log.read_text()

    def _lay_cable(self, lab: Lab) -> None:
        outside = lab.host("neighbor")
        near = ("ip", "link", "add", "eth0", "netns", str(self.root.pid), "type", "veth")
        subprocess.run([*near, "peer", "name", "eth0", "netns", outside.namespace], check=True)
        self.root.run("ip", "address", "add", "192.0.2.1/24", "dev", "eth0")
        self.root.run("ip", "link", "set", "eth0", "up")
        outside.ip("address", "add", "192.0.2.2/24", "dev", "eth0")
        outside.ip("link", "set", "eth0", "up")

    def _bring(self) -> None:
        """Have a user, what pip would fetch, and in the reader's folder a clone, or script and wheel."""
        self.root.run("useradd", "--create-home", "alice")
        version = self.root.run("/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        self.root.put(wheels.needed(version.strip()), "/wheels")
        wheel = wheels.built()
        if self._is_long:
            self.root.put_clone(WHERE)
        self.root.put(wheel, f"{WHERE}/{wheel.name}")
        self.root.put(REPOSITORY / "configs/install/install.sh", f"{WHERE}/install.sh")
        drop_in = self.root.file("/etc/systemd/system/bgpd.service.d/sooner.conf")
        drop_in.parent.mkdir(parents=True)
        drop_in.write_text(f"[Service]\nWatchdogSec={WATCHDOG_SECONDS}\n")


def lower() -> Path:
    """Return what roots are laid over: in the long form a clean Debian, else this machine's system."""
    return debian.made() if os.environ.get("BGPD_SOAK") else Path("/")


def with_systemd(root: Root, log: Path) -> Process:
    """Put the stand-in into a root, and run it."""
    for part in _PARTS:
        root.put(REPOSITORY / part, f"{_STAND_IN}/{part}")
    command = root.file("/usr/local/bin/systemctl")
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(_SYSTEMCTL)
    command.chmod(0o755)
    root.file(str(GROUPS)).write_text(json.dumps(call_groups()))
    running = root.spawn(
        log,
        *("/usr/bin/python3", "-m", "tests.installation.supervisor", "serve"),
        environment={"PYTHONPATH": _STAND_IN},
    )
    eventually(lambda: "ready" in log.read_text())
    return running


@cache
def call_groups() -> dict[str, list[str]]:
    """Return the groups of system calls that the machine's systemd knows."""
    shown = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True
    )
    groups: dict[str, list[str]] = {}
    members: list[str] = []
    for line in shown.stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            members = groups.setdefault(word, [])
        elif word and not word.startswith("#"):
            members.append(word)
    return groups
