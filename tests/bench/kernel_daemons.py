"""The daemons whose kernel routes are measured, each given the same neighbor and the same task."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from messages.iana import BGP_PORT
from tests.bench.daemon import LOCAL_ASN, Daemon, Running, process
from tests.bench.ipv6_table import CAPABILITY
from tests.bench.kernel_link import Link
from tests.bench.speaker import HOLD_TIME, Speaker
from tests.interop import packages

FEEDER_ASN: Final = 65_002
_ROUTER_ID: Final = "198.51.100.1"
_FEEDER_ID: Final = "198.51.100.2"
_CONFIGURATION: Final = "daemon.toml"
"""BIRD does not mind the name."""
_FIGURES: Final = "figures.json"
_SOCKET: Final = "control"

_BGPD: Final = """\
[router]
id = "{router_id}"
asn = {asn}
listen = ["{local}"]
[control]
socket = "{socket}"
[metrics]
listen = ""
[kernel.ipv{version}]
export = "all"
[[neighbors]]
address = "{feeder}"
asn = {feeder_asn}
passive = true
import = "all"
export = "none"
hold_time = {hold_time}
"""
_BIRD: Final = """\
router id {router_id};
log stderr all;
protocol device {{ }}
protocol kernel {{ %s }}
protocol bgp feeder {{
  local {local} as {asn};
  neighbor {feeder} as {feeder_asn};
  passive on;
  hold time {hold_time};
  %s
}}
"""
_BIRD1: Final = _BIRD % ("import none; export all;", "import all; export none;")
_BIRD2: Final = _BIRD % (
    "ipv{version} {{ import none; export all; }};",
    "ipv{version} {{ import all; export none; }};",
)


class Contestant(NamedTuple):
    """A kind of daemon."""

    name: str
    package: str
    """Debian's, empty for our own."""
    configuration: str
    command: Callable[[Path, int], Sequence[str | Path]]
    """Of the folder with its files, and the version of IP."""

    @property
    def is_there(self) -> bool:
        """Whether it can be run on this machine."""
        return not self.package or packages.folder(self.package) is not None


def _bgpd(folder: Path, _version: int) -> Sequence[str | Path]:
    measured = ("-m", "tests.bench.measured_daemon", folder / _FIGURES)
    return [sys.executable, *measured, "-c", folder / _CONFIGURATION]


def _bird1(folder: Path, version: int) -> Sequence[str | Path]:
    return _bird("bird/usr/sbin/bird" if version == 4 else "bird/usr/sbin/bird6", folder)


def _bird2(folder: Path, _version: int) -> Sequence[str | Path]:
    return _bird("bird2/usr/sbin/bird", folder)


def _bird(program: str, folder: Path) -> Sequence[str | Path]:
    return [packages.CACHE / program, "-f", "-c", folder / _CONFIGURATION, "-s", folder / _SOCKET]


OURS: Final = Contestant("bgpd", "", _BGPD, _bgpd)
BIRD2: Final = Contestant("BIRD 2.0", "bird2", _BIRD2, _bird2)
BIRD1: Final = Contestant("BIRD 1.6", "bird", _BIRD1, _bird1)


def contestants() -> list[Contestant]:
    """Return those that are there; ``make peers`` fetches the others."""
    return [each for each in (OURS, BIRD2, BIRD1) if each.is_there]


@contextmanager
def running(contestant: Contestant, link: Link, version: int) -> Iterator[tuple[Running, Speaker]]:
    """Start a daemon at its end of the link, and connect the one that feeds it."""
    local, feeder = link.daemon_address(version), link.feeder_address(version)
    capabilities = CAPABILITY if version == 6 else b""
    speaker = Speaker(feeder, FEEDER_ASN, (local, BGP_PORT), capabilities, router_id=_FEEDER_ID)
    with tempfile.TemporaryDirectory(prefix="bgpd-bench-") as name:
        folder = Path(name)
        text = contestant.configuration.format(
            router_id=_ROUTER_ID,
            asn=LOCAL_ASN,
            local=local,
            feeder=feeder,
            feeder_asn=FEEDER_ASN,
            version=version,
            hold_time=HOLD_TIME,
            socket=folder / _SOCKET,
        )
        (folder / _CONFIGURATION).write_text(text)
        command = link.inside(*contestant.command(folder, version))
        libraries = {"LD_LIBRARY_PATH": packages.library_path()} if contestant.package else {}
        with process(command, folder / "log", libraries) as started:
            speaker.connect()
            try:
                ours = not contestant.package
                yield Daemon(started, folder / _FIGURES) if ours else Running(started), speaker
            finally:
                speaker.close()
