"""A host for one daemon: a network namespace whose kernel it fills, and a link to the one that feeds it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PATIENCE: Final = 300
_SHORTEST: Final = 0.002
_LONGEST: Final = 0.1
_PART: Final = 4
"""Of the time it has taken, and of what it seems to take yet: then the routes are counted again."""
_ENTRIES: Final = 3
"""Which of the numbers in ``rt6_stats`` counts the routes."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two addresses of each family; links have numbers, so that there can be several at a time."""

    number: int
    namespace: int
    """A process in the daemon's network namespace."""

    def daemon_address(self, version: int) -> str:
        return self._address(version, 1)

    def feeder_address(self, version: int) -> str:
        return self._address(version, 2)

    def _address(self, version: int, end: int) -> str:
        """Return an address; no prefix of the feeds is as long as the network it is of."""
        if version == 4:
            return f"198.51.100.{4 * self.number + end}"
        return f"2001:db8:{self.number:x}::{end}"

    def inside(self, *command: str | Path) -> list[str]:
        """Return the command that runs this one on the daemon's host, as the process that is started."""
        return ["nsenter", "--target", str(self.namespace), "--net", "--", *map(str, command)]

    def routes(self, version: int) -> int:
        """Count the kernel's routes, without asking it for each."""
        net = Path(f"/proc/{self.namespace}/net")
        if version == 6:
            return int((net / "rt6_stats").read_text().split()[_ENTRIES], base=16)
        return int((net / "fib_triestat").read_text().partition("Prefixes:")[2].split()[0])

    @property
    def _interface(self) -> str:
        return f"feeder{self.number}"

    def take_down(self) -> None:
        """Remove it at once: the kernel takes its time to clean up a namespace."""
        _run("ip", "link", "delete", self._interface)

    def set_up(self) -> None:
        ours, theirs = self._interface, f"daemon{self.number}"
        pair = ["type", "veth", "peer", "name", theirs, "netns", str(self.namespace)]
        _run("ip", "link", "add", ours, *pair)
        for version, length, more in ((4, 30, []), (6, 126, ["nodad"])):
            here = f"{self.feeder_address(version)}/{length}"
            there = f"{self.daemon_address(version)}/{length}"
            _run("ip", "address", "add", here, "dev", ours, *more)
            _run(*self.inside("ip", "address", "add", there, "dev", theirs, *more))
        up = ["up", "addrgenmode", "none"]  # link-local addresses bring routes some time later
        _run("ip", "link", "set", ours, *up)
        _run(*self.inside("ip", "link", "set", theirs, *up))


@contextmanager
def link(number: int = 0) -> Iterator[Link]:
    """Make a host and the link to it; both are gone with the process that holds the namespace."""
    holding = ("unshare", "--net", "sh", "-c", "ip link set lo up && echo held && exec cat")
    with subprocess.Popen(holding, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        made = Link(number, holder.pid)
        try:
            made.set_up()
            yield made
            made.take_down()
        finally:
            holder.stdin.close()


def await_count(count: Callable[[], int], expected: int) -> float:
    """Wait until there are so many, and return the monotonic second at which they were counted.

    To count takes the second core some milliseconds, so it is done rarely as long as the end seems far.
    """
    started, first = time.monotonic(), count()
    while (now := count()) != expected:
        waited = time.monotonic() - started
        if waited > _PATIENCE:
            raise SystemExit(f"the kernel has {now:,} routes instead of {expected:,} after {_PATIENCE} s")
        rest = waited * abs(expected - now) / max(1, abs(now - first))
        time.sleep(min(max(min(rest, waited) / _PART, _SHORTEST), _LONGEST))
    return time.monotonic()


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
