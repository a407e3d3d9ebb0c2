"""A daemon and its crowd: a host whose loopback interface has the addresses of all of them."""

import json
import os
import signal
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tests.interop.lab import Host, Lab
from tests.interop.process import Process
from tests.interop.routers.bgpd import ROOT, Bgpd
from tests.interop.waiting import NotYetError, eventually
from tests.load.plan import Conduct, Part, Plan, Report

DAEMON: Final = "10.99.0.1"
PORT: Final = 1790
"""Where neighbors wait for the daemon, which has the port of BGP for itself."""
_FIRST_ASN: Final = 65_000
_TOLD: Final = {Conduct.KEEPS, Conduct.DEAF}
"""Who is always told of the routes."""

_ROUTER: Final = f"""\
[router]
id = "{DAEMON}"
asn = 64512
listen = ["{DAEMON}"]
[metrics]
listen = ""
[direct]
interfaces = []
[kernel]
"""
_NEIGHBOR: Final = """\
[[neighbors]]
name = "{name}"
address = "{address}"
asn = {asn}
port = {port}
passive = {passive}
hold_time = {hold_time}
import = "all"
export = "{export}"
{extra}
"""


def address_of(number: int) -> str:
    """Return the address of a neighbor; they count from one."""
    return f"10.99.{1 + number // 250}.{1 + number % 250}"


def name_of(address: str) -> str:
    """Return what the daemon calls a neighbor."""
    return "n" + address.replace(".", "_")


def part(number: int, conduct: Conduct = Conduct.READS, **fields: Any) -> Part:
    """Return the part of one neighbor."""
    return Part(address_of(number), _FIRST_ASN + number, conduct=conduct, **fields)


def configuration(parts: Sequence[Part], told: Collection[str], extra: Mapping[str, str]) -> str:
    """Return the daemon's file: who keeps routes, or is in ``told``, is told of them; ``extra`` are lines."""
    text = _ROUTER
    for each in parts:
        text += _NEIGHBOR.format(
            name=name_of(each.address),
            address=each.address,
            asn=each.asn,
            port=PORT,
            hold_time=each.hold_time,
            passive=json.dumps(not each.waits),
            export="all" if each.address in told or each.conduct in _TOLD else "none",
            extra=extra.get(each.address, ""),
        )
    return text


class MeasuredBgpd(Bgpd):
    """The daemon with its callbacks measured."""

    def start(self) -> Self:
        self.write()
        daemon = ("-m", "tests.bench.measured_daemon", self._figures)
        self.spawn(sys.executable, *daemon, "-c", self.configuration, "-s", self.socket)
        eventually(lambda: self.ask("show status"))
        return self

    def longest_callback(self) -> dict[str, Any]:
        """Return the longest callback since this was last asked for, in seconds of CPU and of wall time."""
        self._figures.unlink(missing_ok=True)
        self._process.signal(signal.SIGUSR2)
        eventually(self._figures.exists)
        return dict(json.loads(self._figures.read_text()))

    def line(self, address: str) -> str:
        """Return what ``show protocols`` says of a neighbor."""
        name = name_of(address)
        return next(line for line in self.ask("show protocols") if line.startswith(f"{name} "))

    @property
    def cpu_seconds(self) -> float:
        """CPU time of the process."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident(self) -> int:
        """Octets of memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) << 10

    @property
    def _process(self) -> Process:
        self.require_running()
        return self.processes[0]

    @property
    def _figures(self) -> Path:
        return self.directory / "longest_callback.json"


@dataclass(slots=True)
class Crowd:
    """A running process that plays neighbors."""

    process: Process
    _report: Path

    @property
    def report(self) -> Report:
        """What it told last; it must be alive."""
        self.process.require_running()
        if not self._report.exists():
            raise NotYetError("no report yet")
        return Report.read(self._report)

    def rest(self) -> None:
        """Let the feeders announce their tables and stop, and wait until they have."""
        self.process.signal(signal.SIGUSR1)
        eventually(lambda: self.report.has_announced, within=120)

    def hear(self) -> None:
        """Let the deaf read again."""
        self.process.signal(signal.SIGUSR2)

    def stop(self) -> Report:
        """End it and return its last report."""
        self.process.stop()
        return Report.read(self._report)


class Arena:
    """Where a daemon and a crowd meet."""

    def __init__(self, lab: Lab) -> None:
        self.host: Host = lab.host("arena")
        self.host.ip("address", "add", f"{DAEMON}/16", "dev", "lo")  # and with it all other addresses

    def daemon(
        self,
        parts: Sequence[Part],
        told: Collection[str] = (),
        extra: Mapping[str, str] = {},
    ) -> MeasuredBgpd:
        """Start a daemon with these neighbors."""
        return MeasuredBgpd.with_file(self.host, configuration(parts, told, extra)).start()

    def crowd(self, name: str, plan: Plan) -> Crowd:
        """Start a process that plays neighbors, and return when it plays."""
        file, report = (self.host.directory / f"{name}-{what}.json" for what in ("plan", "report"))
        plan.write(file)
        command: list[str | Path] = [sys.executable, "-m", "tests.load.crowd", file, report]
        crowd = Crowd(self.host.spawn(name, command, {"PYTHONPATH": str(ROOT)}), report)
        eventually(lambda: crowd.report, within=60)
        return crowd
