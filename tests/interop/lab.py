"""Topologies out of network namespaces and veth pairs.

::

    with Lab() as lab:
        a, b = lab.host("a"), lab.host("b")
        on_a, on_b = lab.link(a, b)  # or with v4="192.0.2.0/30", v6="2001:db8::/64"
        a.run("ping", "-c1", on_b.v4)

A lab cleans up what it made and nothing else, whatever ended it: its namespaces and its directory carry a
name no other lab has.  When a test fails, the ends of all logs are printed and the directory stays.
"""

import ipaddress
import itertools
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pyroute2 import netns

from tests.interop.process import Process
from tests.interop.waiting import NotYetError, eventually

_AUTOMATIC: Final = object()
Subnet = str | None | object
"""A subnet, ``None`` for no addresses of this family, or the default: one no other link of the lab has."""


class CommandFailedError(NotYetError):
    """A command ended with an error; ``eventually`` tries it again."""


@dataclass(frozen=True, slots=True)
class Port:
    """One end of a link: the interface and its addresses ("" = none)."""

    host: "Host"
    interface: str
    v4: str = ""
    v6: str = ""

    @property
    def link_local(self) -> str:
        """The address that holds on this link only, without a zone."""
        shown = self.host.ip("-json", "-6", "address", "show", "dev", self.interface, "scope", "link")
        return str(next(each["local"] for each in json.loads(shown)[0]["addr_info"] if each))


@dataclass(eq=False)
class Host:
    """A network namespace and the processes in it."""

    name: str
    namespace: str
    directory: Path
    processes: list[Process] = field(default_factory=list)

    def run(
        self, *command: str | Path, environment: Mapping[str, str] | None = None, within: float = 300.0
    ) -> str:
        """Run a command to its end in this host and return its output; failure is an error."""
        return _run(*self.entering(command), environment=environment, within=within)

    def ip(self, *arguments: str) -> str:
        """Run ``ip`` in this host."""
        return _run("ip", "-n", self.namespace, *arguments)

    def spawn(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        binds: Mapping[str, Path] | None = None,
    ) -> Process:
        """Start a daemon in this host; the lab ends it if nobody else does.

        ``binds`` lays private files or directories over those of the machine (mount point: replacement), for
        this daemon only.
        """
        log = self.directory / f"{name}.log"
        process = Process(self.entering(_with_binds(command, binds or {})), log, environment or {})
        self.processes.append(process)
        return process

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets that this thread opens inside the block belong to this host."""
        netns.pushns(self.namespace)
        try:
            yield
        finally:
            netns.popns()

    def entering(self, command: Sequence[str | Path]) -> list[str | Path]:
        """Return the command that runs ``command`` in this host, as the same process."""
        return ["ip", "netns", "exec", self.namespace, *command]


_End = tuple[Host, str]
"""An interface of a host."""


class Lab:
    """Hosts and the links between them; a context manager."""

    def __init__(self) -> None:
        self.hosts: list[Host] = []
        self.failed = False
        """Set by a fixture whose test has failed; an exception in the ``with`` block sets it too."""
        self._tag = f"bgpd-{os.getpid()}-{secrets.token_hex(2)}"
        self._numbers = itertools.count(1)
        self._subnets = itertools.count(1)
        self._plugs: dict[_End, _End] = {}
        """At which port of which switch a member of a segment is."""
        self._directory = Path(tempfile.gettempdir()) / self._tag

    def __enter__(self) -> Self:
        self._directory.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.failed = self.failed or kind is not None
        self.close()

    def close(self) -> None:
        """End all processes, remove all namespaces; after a failure print the logs and keep them."""
        for process in self._processes():
            process.kill()
        for host in self.hosts:
            subprocess.run(["ip", "netns", "delete", host.namespace], check=False, capture_output=True)
        if self.failed:
            self._show_logs()
        else:
            shutil.rmtree(self._directory)

    def host(self, name: str) -> Host:
        """Make a host: a namespace with its loopback up and duplicate address detection off."""
        namespace = f"{self._tag}-{name}"
        directory = self._directory / name
        directory.mkdir()
        host = Host(name, namespace, directory)
        self.hosts.append(host)  # first, so that an interrupted lab removes this namespace too
        _run("ip", "netns", "add", namespace)
        host.ip("link", "set", "lo", "up")
        settings = "/proc/sys/net/ipv6/conf"
        host.run("sh", "-c", f"echo 0 > {settings}/all/accept_dad; echo 0 > {settings}/default/accept_dad")
        return host

    def link(
        self, a: Host, b: Host, *, v4: Subnet = _AUTOMATIC, v6: Subnet = _AUTOMATIC
    ) -> tuple[Port, Port]:
        """Connect two hosts; ``a`` gets the first address of each subnet, ``b`` the second."""
        ends = self._cable(a, b)
        on_a, on_b = self._address(ends, v4, v6)
        return on_a, on_b

    def path(self, a: Host, b: Host) -> tuple[Port, Port]:
        """Connect two hosts through a third that forwards IPv4, so that they are two hops apart."""
        hop = self.host(f"hop{next(self._numbers)}")
        hop.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        on_a, near_a = self.link(a, hop, v6=None)
        near_b, on_b = self.link(hop, b, v6=None)
        a.ip("route", "add", f"{on_b.v4}/32", "via", near_a.v4)
        b.ip("route", "add", f"{on_a.v4}/32", "via", near_b.v4)
        return on_a, on_b

    def segment(self, *members: Host, v4: Subnet = _AUTOMATIC, v6: Subnet = _AUTOMATIC) -> tuple[Port, ...]:
        """Connect any number of hosts by a bridge; addresses are given out in order."""
        switch = self.host(f"switch{next(self._numbers)}")
        switch.ip("link", "add", "bridge", "type", "bridge")
        switch.ip("link", "set", "bridge", "up")
        ends: list[_End] = []
        for member in members:
            end, (_, plug) = self._cable(member, switch)
            switch.ip("link", "set", plug, "master", "bridge", "up")
            self._plugs[end] = (switch, plug)
            ends.append(end)
        return self._address(ends, v4, v6)

    @contextmanager
    def cut(self, port: Port) -> Iterator[None]:
        """Lose what goes through a port of a segment inside the block; nobody's carrier changes."""
        switch, plug = self._plugs[port.host, port.interface]
        switch.ip("link", "set", plug, "nomaster")
        try:
            yield
        finally:
            switch.ip("link", "set", plug, "master", "bridge")

    def _cable(self, a: Host, b: Host) -> tuple[_End, _End]:
        number = next(self._numbers)
        at_a, at_b = f"to-{b.name[:8]}-{number}", f"to-{a.name[:8]}-{number}"
        peer = ("peer", "name", at_b, "netns", b.namespace)
        _run("ip", "link", "add", at_a, "netns", a.namespace, "type", "veth", *peer)
        return (a, at_a), (b, at_b)

    def _address(self, ends: Sequence[_End], v4: Subnet, v6: Subnet) -> tuple[Port, ...]:
        number = next(self._subnets)
        v4 = f"10.255.{number}.0/24" if v4 is _AUTOMATIC else v4
        v6 = f"fd00:255:{number:x}::/64" if v6 is _AUTOMATIC else v6
        ports = [
            Port(host, interface, first, second)
            for (host, interface), first, second in zip(ends, _addresses(v4), _addresses(v6), strict=False)
        ]
        for port in ports:
            for address, subnet in ((port.v4, v4), (port.v6, v6)):
                if address:
                    bits = str(subnet).partition("/")[2]
                    nodad = ("nodad",) if ":" in address else ()
                    port.host.ip("address", "add", f"{address}/{bits}", "dev", port.interface, *nodad)
            port.host.ip("link", "set", port.interface, "up")
        for port in ports:
            eventually(partial(_usable, port), within=10)
        return tuple(ports)

    def _processes(self) -> list[Process]:
        return [process for host in self.hosts for process in host.processes]

    def _show_logs(self) -> None:
        logs = dict.fromkeys(process.log for process in self._processes())
        for log in logs:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
            print(f"--- {log} ends:\n{tail}", file=sys.stderr)
        print(f"--- logs and configurations are kept in {self._directory}", file=sys.stderr)


def _addresses(subnet: Subnet) -> Iterator[str]:
    if subnet is None:
        return itertools.repeat("")
    return map(str, ipaddress.ip_network(str(subnet)).hosts())


def _usable(port: Port) -> bool:
    """Tell whether the carrier is there and no IPv6 address is tentative any more."""
    shown = port.host.ip("-o", "address", "show", "dev", port.interface)
    state = port.host.ip("-o", "link", "show", "dev", port.interface)
    return "tentative" not in shown and "LOWER_UP" in state and "inet6 fe80" in shown


def _with_binds(command: Sequence[str | Path], binds: Mapping[str, Path]) -> Sequence[str | Path]:
    """Wrap a command in a mount namespace of its own; each step is an exec, so it stays one process."""
    if not binds:
        return command
    steps = [f"mount --bind {source} {target}" for target, source in binds.items()]
    return ["unshare", "--mount", "sh", "-c", " && ".join([*steps, 'exec "$@"']), "sh", *command]


def _run(*command: str | Path, environment: Mapping[str, str] | None = None, within: float = 300.0) -> str:
    arguments = [str(word) for word in command]
    done = subprocess.run(
        arguments,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip()
        raise CommandFailedError(f"{' '.join(arguments)}: exit status {done.returncode}: {complaint}")
    return done.stdout
