"""A host for one daemon: a network namespace of its own, and a link to the host that all neighbors share."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

_IPV4: Final = IPv4Address("198.18.0.0")
"""Set apart for benchmarks (RFC 2544 §C.2.2); no route of a feed is in it."""
_IPV4_LENGTH: Final = 22
_IPV6: Final = IPv6Address("2001:db8::")
_IPV6_LENGTH: Final = 112
_ENTRIES: Final = 3
"""Which of the numbers in ``rt6_stats`` counts the routes."""


def daemon_address(version: int = 4, link: int = 0) -> str:
    """Return the address of the daemon on a link."""
    return _address(version, link, 1)


def neighbor_address(number: int, version: int = 4, link: int = 0) -> str:
    """Return the address of a neighbor on a link; neighbors are counted from 0."""
    return _address(version, link, 2 + number)


def _address(version: int, link: int, host: int) -> str:
    if version == 4:
        return str(_IPV4 + (link << (32 - _IPV4_LENGTH)) + host)
    return str(_IPV6 + (link << (128 - _IPV6_LENGTH)) + host)


@dataclass(frozen=True, slots=True)
class Link:
    """Addresses of both families; links have numbers, so that there can be several at a time."""

    number: int
    namespace: int
    """A process in the daemon's network namespace."""

    def inside(self, *command: str | Path) -> list[str | Path]:
        """Return the command that runs this one on the daemon's host, as the process that is started."""
        return ["nsenter", "--target", str(self.namespace), "--net", "--", *command]

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

    def set_up(self, neighbors: int) -> None:
        """Make the two interfaces, and give one of them the addresses of all neighbors."""
        ours, theirs = self._interface, f"daemon{self.number}"
        pair = ["type", "veth", "peer", "name", theirs, "netns", str(self.namespace)]
        _run("ip", "link", "add", ours, *pair)
        for version, length, more in ((4, _IPV4_LENGTH, ""), (6, _IPV6_LENGTH, "nodad")):
            here = [neighbor_address(number, version, self.number) for number in range(neighbors)]
            there = f"{daemon_address(version, self.number)}/{length}"
            batch = "".join(f"address add {each}/{length} dev {ours} {more}\n" for each in here)
            _run("ip", "-batch", "-", given=batch)
            _run(*self.inside("ip", "address", "add", there, "dev", theirs, *more.split()))
        up = ["up", "addrgenmode", "none"]  # link-local addresses bring routes some time later
        _run("ip", "link", "set", ours, *up)
        _run(*self.inside("ip", "link", "set", theirs, *up))
        self._acknowledge_at_once()

    def _acknowledge_at_once(self) -> None:
        """Do not let daemons wait for the neighbors: Linux delays ACKs by 40 ms, for which some TCP waits."""
        shown = subprocess.run(
            ["ip", "-4", "route", "show", "dev", self._interface], check=True, capture_output=True, text=True
        )
        for route in shown.stdout.splitlines():
            _run("ip", "route", "change", *route.split(), "dev", self._interface, "quickack", "1")


@contextmanager
def link(neighbors: int, number: int = 0) -> Iterator[Link]:
    """Make a host and the link to it; both are gone with the process that holds the namespace."""
    holding = ("unshare", "--net", "sh", "-c", "ip link set lo up && echo held && exec cat")
    with subprocess.Popen(holding, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        made = Link(number, holder.pid)
        try:
            made.set_up(neighbors)
            yield made
            made.take_down()
        finally:
            holder.stdin.close()


def _run(*command: str | Path, given: str = "") -> None:
    subprocess.run(command, check=True, input=given, text=True)
