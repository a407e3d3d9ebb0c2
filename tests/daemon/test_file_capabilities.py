"""A program file that permits what a router needs, as in the container image: the daemon takes that up."""

import os
import shutil
import struct
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.daemon.command import kernel_routes
from tests.interop.lab import Host
from tests.interop.process import Process
from tests.interop.routers.bgpd import ROOT
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

CONFIGURATION: Final = """
[router]
id = "192.0.2.1"
[control]
socket = "{socket}"
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
"""
ENVIRONMENT: Final = {
    "PYTHONHOME": sys.base_prefix,
    "PYTHONPATH": os.pathsep.join((str(ROOT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))),
}
_BOTH: Final = 1 << 10 | 1 << 12
"""CAP_NET_BIND_SERVICE and CAP_NET_ADMIN."""


@pytest.fixture
def interpreter(host: Host) -> Path:
    """Return an interpreter whose file permits both rights, without making them effective."""
    copy = Path(shutil.copy(Path(sys.executable).resolve(), host.directory / "python"))
    os.setxattr(copy, "security.capability", struct.pack("<5I", 0x02000000, _BOTH, 0, 0, 0))
    return copy


def _start(host: Host, interpreter: Path, *setpriv: str) -> Process:
    """Start the daemon as a user who has no rights but those of the interpreter's file.

    It is root's files that it reads, so it is root, whom being root gives nothing.
    """
    configuration = host.directory / "bgpd.toml"
    configuration.write_text(CONFIGURATION.format(socket=host.directory / "bgpd.ctl"))
    nobody = ["setpriv", "--securebits=+noroot", "--inh-caps=-all", *setpriv, "env"]
    return host.spawn("bgpd", [*nobody, interpreter, "-m", "bgpd", "-c", configuration], ENVIRONMENT)


def test_it_writes_routes(host: Host, interpreter: Path) -> None:
    daemon = _start(host, interpreter)
    eventually(lambda: kernel_routes(host), equals={"198.51.100.0/24"})
    status = Path(f"/proc/{daemon.pid}/status").read_text()
    assert int(status.partition("CapEff:")[2].split()[0], 16) == _BOTH


@pytest.mark.parametrize(
    ("setpriv", "remedy"),
    [
        (("--bounding-set=-net_admin",), "in a container with --cap-add=NET_ADMIN, or as"),
        (("--no-new-privs",), "--cap-add=NET_ADMIN and without no-new-privileges, or as"),
    ],
    ids=["the container lacks one of them", "files may give no rights"],
)
def test_it_says_what_is_missing(host: Host, interpreter: Path, setpriv: Sequence[str], remedy: str) -> None:
    daemon = _start(host, interpreter, *setpriv)
    assert daemon.end(within=60) == 1
    assert remedy in daemon.log_tail()
