"""A daemon that runs: started for one turn, asked what it costs, and ended."""

import json
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from tests.bench.daemons import BGPD, Program
from tests.bench.daemons.bgpd import FIGURES
from tests.interop.process import Process

SOME_SECONDS: Final = 0.1
"""How long a daemon must have had nothing to do, to be at rest."""
_LONGEST_UNREST: Final = 5.0
_STILL: Final = 0.02
"""CPU seconds that do not count as something to do: every daemon has a clock or two."""
_SESSION: Final = 3
"""The place of the session's number in ``/proc/PID/stat``, behind the name."""
_CPUCLOCK_SCHED: Final = 2


class Groups(NamedTuple):
    """The update groups that have members."""

    number: int
    encodings: int
    """How many routes they encoded."""


class Callback(NamedTuple):
    """The longest callbacks, in seconds; the two need not be the same one."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Running:
    """The processes of a daemon, by what the operating system says of them."""

    program: Program
    process: Process
    pids: Sequence[int]
    figures: Path

    @classmethod
    def of(cls, program: Program, process: Process, folder: Path) -> Self:
        """Look for the processes that the first one has forked."""
        return cls(program, process, _members(process.pid), folder / FIGURES)

    @property
    def cpu_seconds(self) -> float:
        """CPU time so far."""
        return sum(time.clock_gettime(_cpu_clock(pid)) for pid in self.pids)

    @property
    def peak(self) -> int:
        """The most octets of memory so far, of each process."""
        return self._status("VmHWM")

    @property
    def resident(self) -> int:
        """Octets of memory now."""
        return self._status("VmRSS")

    def rest(self) -> None:
        """Wait until it has nothing to do."""
        still = Stillness(self, SOME_SECONDS)
        deadline = time.monotonic() + _LONGEST_UNREST
        while not still() and time.monotonic() < deadline:
            time.sleep(SOME_SECONDS / 2)

    @property
    def groups(self) -> Groups | None:
        """What its update groups have done, if it can say."""
        if self.program is not BGPD:
            return None
        groups = [group for group in self._told()["groups"] if group["members"]]
        return Groups(len(groups), sum(group["encodings"] for group in groups))

    def longest_callback(self) -> Callback | None:
        """Return the longest one since this was last asked, if it can say."""
        if self.program is not BGPD:
            return None
        told = self._told()
        return Callback(told["cpu"], told["wall"])

    def _told(self) -> dict[str, Any]:
        self.figures.unlink(missing_ok=True)
        self.process.signal(signal.SIGUSR2)
        while not self.figures.exists():
            self.process.require_running()
            time.sleep(0.01)
        return dict(json.loads(self.figures.read_text()))

    def _status(self, field: str) -> int:
        texts = (Path(f"/proc/{pid}/status").read_text() for pid in self.pids)
        return sum(int(text.partition(f"{field}:")[2].split()[0]) << 10 for text in texts)


def _cpu_clock(pid: int) -> int:
    """Return the clock of all threads of a process, as ``clock_getcpuclockid`` of the C library makes it."""
    return ~pid << 3 | _CPUCLOCK_SCHED


def _members(session: int) -> list[int]:
    """Return the processes of a session."""
    members = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int(_stat(int(path.name))[_SESSION]) == session:
                members.append(int(path.name))
        except OSError:
            continue  # it has just ended
    return members


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


class Stillness:
    """Tells whether a daemon has had nothing to do for some time, while somebody asks often."""

    def __init__(self, daemon: Running, seconds: float) -> None:
        self._daemon = daemon
        self._seconds = seconds
        self._cpu = daemon.cpu_seconds
        self._since = time.monotonic()

    def __call__(self) -> bool:
        now, cpu = time.monotonic(), self._daemon.cpu_seconds
        if cpu - self._cpu > _STILL:
            self._cpu, self._since = cpu, now
        return now - self._since >= self._seconds


class Cost(NamedTuple):
    """What one thing costs a daemon, once."""

    wall: float
    cpu: float
    peak: int
    callback: Callback | None

    @property
    def figures(self) -> tuple[float | None, ...]:
        """The figures of ``COSTS``."""
        longest = self.callback or (None, None)
        return self.wall, self.cpu, self.peak / (1 << 20), *map(_milliseconds, longest)


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


class Stopwatch:
    """What one thing costs a daemon, from now on."""

    def __init__(self, daemon: Running) -> None:
        self._daemon = daemon
        daemon.longest_callback()
        self._cpu = daemon.cpu_seconds
        self.started = time.monotonic()

    def stop(self, finished: float) -> Cost:
        """Return what it was; ``finished`` is the second at which the neighbors had everything."""
        cpu = self._daemon.cpu_seconds - self._cpu
        return Cost(finished - self.started, cpu, self._daemon.peak, self._daemon.longest_callback())
