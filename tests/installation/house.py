"""A clean root with the stand-in for systemd, and a second daemon outside of it to talk to."""

import json
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from tests.installation.root import REPOSITORY, Root
from tests.installation.supervisor.confined import GROUPS
from tests.interop.process import Process
from tests.interop.waiting import eventually

STAND_IN: Final = "/usr/lib/stand-in"
_PARTS: Final = ("tests/installation/supervisor", "tests/upkeep/manager.py")
_SYSTEMCTL: Final = f"""\
#!/bin/sh
export PYTHONPATH={STAND_IN}
exec /usr/bin/python3 -m tests.installation.supervisor systemctl "$@"
"""


def with_systemd(root: Root, log: Path) -> Process:
    """Put the stand-in into a root, and run it."""
    for part in _PARTS:
        root.put(REPOSITORY / part, f"{STAND_IN}/{part}")
    command = root.file("/usr/local/bin/systemctl")
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(_SYSTEMCTL)
    command.chmod(0o755)
    root.file(str(GROUPS)).write_text(json.dumps(call_groups()))
    running = root.spawn(
        log,
        *("/usr/bin/python3", "-m", "tests.installation.supervisor", "serve"),
        environment={"PYTHONPATH": STAND_IN},
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


def shell(root: Root, block: str, environment: dict[str, str] | None = None) -> str:
    """Run a block of a page as its reader does who pastes it, and return what it printed."""
    return root.run("sh", "-euc", block, environment={"USER": "root", **(environment or {})})


def quoted(*words: str | Path) -> str:
    """Return words as one line for a shell."""
    return shlex.join(map(str, words))
