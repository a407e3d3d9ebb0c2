"""A measured daemon process: started for one scenario, asked for its costs, and ended."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from messages.iana import BGP_PORT
from tests.bench.scenario import Figure
from tests.bench.speaker import HOLD_TIME, Speaker

OURS: Final = "192.0.2.1"
LOCAL_ASN: Final = 4_200_000_000
"""In no AS_PATH that the generator makes, so that no route is a loop."""
SINK: Final = 254
"""The number of the neighbor that only listens."""
_FIRST_ASN: Final = 65_000
_QUIET_SECONDS: Final = 0.1
_LOG_SHOWN: Final = 2000
"""Characters of the log, when something goes wrong."""

_ROUTER: Final = f"""\
[router]
id = "{OURS}"
asn = {LOCAL_ASN}
listen = ["{OURS}"]
[control]
socket = "%s"
[metrics]
listen = ""
[direct]
interfaces = []
[kernel]
"""
_NEIGHBOR: Final = """\
[[neighbors]]
address = "{address}"
asn = {asn}
passive = true
import = "all"
export = "{export}"
hold_time = {hold_time}
{extra}
"""


def address_of(number: int) -> str:
    """Return the address of a neighbor; they are counted from 2."""
    return f"192.0.2.{number}"


def speaker(number: int, asn: int = 0, capabilities: bytes = b"") -> Speaker:
    """Return a neighbor that is not yet connected, in an AS of its own unless told otherwise."""
    return Speaker(address_of(number), asn or _FIRST_ASN + number, (OURS, BGP_PORT), capabilities)


class Groups(NamedTuple):
    """The update groups that have members."""

    number: int
    encodings: int
    """How many routes they encoded."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process, by what the operating system says of it."""

    process: subprocess.Popen[bytes]

    @property
    def cpu_seconds(self) -> float:
        """CPU time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def peak(self) -> int:
        """The most octets of memory so far."""
        return self._status("VmHWM")

    @property
    def resident(self) -> int:
        """Octets of memory, once it has nothing to do."""
        busy = -1.0
        while busy != self.cpu_seconds:
            busy = self.cpu_seconds
            time.sleep(_QUIET_SECONDS)
        return self._status("VmRSS")

    def _status(self, field: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition(f"{field}:")[2].split()[0]) << 10


@dataclass(frozen=True, slots=True)
class Daemon(Running):
    """One of ours, which tells more of itself."""

    figures: Path

    @property
    def groups(self) -> Groups:
        """What its update groups have done."""
        groups = [group for group in self.told()["groups"] if group["members"]]
        return Groups(len(groups), sum(group["encodings"] for group in groups))

    def told(self) -> dict[str, Any]:
        """Return what it tells of itself: the longest callback since it was last asked, and its groups."""
        self.figures.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        while not self.figures.exists():
            if self.process.poll() is not None:
                raise SystemExit(f"the daemon ended with status {self.process.returncode}")
            time.sleep(0.01)
        return dict(json.loads(self.figures.read_text()))


class Stopwatch:
    """What one thing costs the daemon, from now on."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        daemon.told()
        self._cpu = daemon.cpu_seconds
        self._started = time.monotonic()

    def stop(self, finished: float) -> tuple[Figure, ...]:
        """Return the figures of ``COSTS``; ``finished`` is when the neighbors had everything."""
        wall = finished - self._started
        cpu = self._daemon.cpu_seconds - self._cpu
        told = self._daemon.told()
        return wall, cpu, self._daemon.peak / (1 << 20), told["cpu"] * 1000, told["wall"] * 1000


@contextmanager
def running_daemon(
    speakers: Sequence[Speaker], told: Collection[Speaker], extra: str = ""
) -> Iterator[Daemon]:
    """Start bgpd and connect these neighbors, in this order; kill it at the end.

    ``told`` are the neighbors that routes are sent to, ``extra`` are lines of the file for each neighbor.
    """
    with tempfile.TemporaryDirectory(prefix="bgpd-bench-") as name:
        folder = Path(name)
        configuration, figures, log = (folder / each for each in ("bgpd.toml", "figures.json", "log"))
        configuration.write_text(_configuration(folder, speakers, told, extra))
        arguments = ("tests.bench.measured_daemon", str(figures), "-c", str(configuration))
        with process([sys.executable, "-m", *arguments], log) as started:
            try:
                for each in speakers:
                    each.connect()
                yield Daemon(started, figures)
            finally:
                for each in speakers:
                    each.close()


@contextmanager
def process(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a daemon, and kill it at the end; show what it logged last if something went wrong."""
    with log.open("wb") as output:
        started = subprocess.Popen(command, stderr=output, env={**os.environ, **(environment or {})})
    try:
        yield started
    except BaseException:
        print(log.read_text()[-_LOG_SHOWN:], file=sys.stderr)
        raise
    finally:
        started.kill()  # to take millions of routes down in good order is another matter
        started.wait()


def _configuration(folder: Path, speakers: Sequence[Speaker], told: Collection[Speaker], extra: str) -> str:
    text = _ROUTER % (folder / "bgpd.ctl")
    for each in speakers:
        text += _NEIGHBOR.format(
            address=each.local,
            asn=each.asn,
            export="all" if each in told else "none",
            hold_time=HOLD_TIME,
            extra=extra,
        )
    return text
