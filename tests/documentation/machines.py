"""What a machine has before the first block of a page is run on it, and what is played there by stand-ins."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.documentation.pages import ROOT
from tests.newcomer.terminal import Terminal

STAND_INS: Final[Mapping[str, str]] = {
    "bench": "measures for an hour or two; its options are looked at",
    "calicoctl": "needs a cluster with Calico: it has no objects here",
    "docker": "there is no container engine: whether such a target, file or folder is there is looked at",
    "kubectl": "needs a Kubernetes cluster: it has no objects, and files of Calico's own tests for BIRD",
    "make": "tests would run tests: whether there is such a target is looked at",
    "pip": "fetches from a registry: whether what is installed is there is looked at",
    "podman": "there is no container engine: as docker",
    "systemctl": "there is no systemd: whether we ship such a unit is looked at",
    "tree": "fetches from a registry, copies an interpreter; tests/calico/test_files.py looks at the script",
}
"""What can't be run in the machine of a page, and why. Its words are checked as far as that goes."""

SPELLED: Final[Mapping[str, str]] = {
    ".venv/bin/python -m tests.bench": "bench",
    "python configs/calico/tree.py": "tree",
}
"""Commands that are no single word, and the stand-in of each."""

BIN: Final = Path(__file__).parent / "bin"
MACHINES: Final[Mapping[str, Path]] = {
    path.stem: path for path in sorted((Path(__file__).parent / "machines").glob("*.sh"))
}
"""What is done first in the machine of each name, beside what is done in all of them."""

_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ALL: Final = """\
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay overlay -o lowerdir="$ROOT",upperdir=/mnt/upper,workdir=/mnt/work "$ROOT"
for each in /opt /srv; do mount -t tmpfs tmpfs $each; done
mkdir -p /run/bgpd /etc/bgpd
ip link add eth0 type veth peer name switch
ip link set eth0 up
ip link set switch up
ip address add 192.0.2.10/24 dev eth0
cd "$ROOT"
"""


def prepare(terminal: Terminal, name: str) -> None:
    """Make a terminal that of a machine, in a copy of the repository that may be changed."""
    variables = {
        "PATH": f"{BIN}:{Path(sys.executable).parent}:{_PATH}",
        "PYTHON": sys.executable,
        "ROOT": str(ROOT),
        "TZ": "UTC",
    }
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    terminal.type(exports + _ALL)
    terminal.type(MACHINES[name].read_text(encoding="utf-8"))


def spelled_out(script: str) -> str:
    """Return commands with the names of stand-ins for what is no single word."""
    for words, name in SPELLED.items():
        script = script.replace(words, name)
    return script
