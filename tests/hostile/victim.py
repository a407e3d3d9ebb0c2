"""A daemon with a full session, many routes and open ports, and what must stay as it is."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, Self

from prometheus_client.parser import text_string_to_metric_families

from messages.keepalive import KEEPALIVE
from tests.bench.table import announcements, prefixes
from tests.daemon.conversation import Conversation
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

OURS: Final = "192.0.2.1"
FRIEND: Final = "192.0.2.2"
STRANGER: Final = "192.0.2.66"
METRICS: Final = ("127.0.0.1", 9179)
CONFIGURATION: Final = """
[router]
id = "192.0.2.1"
asn = 64512
[direct]
interfaces = []
[kernel]
[[neighbors]]
name = "friend"
address = "192.0.2.2"
asn = 65002
passive = true
import = "all"
export = "all"
[[neighbors]]
name = "foe"
address = "192.0.2.3"
asn = 65003
passive = true
import = "all"
export = "none"
"""
_MORE_MEMORY: Final = 48 << 20
"""Octets that the daemon may have more while it is attacked."""
_MORE_FILES: Final = 600
"""Files it may have more: as many clients as it lets in."""
_LONGEST: Final = 0.25
"""Seconds of CPU time that no callback may take, however the machine is."""


@dataclass(slots=True)
class Victim:
    """The daemon, seen by its friends."""

    daemon: Bgpd
    host: Host
    others: Host
    friend: Conversation
    routes: int

    @classmethod
    @contextmanager
    def in_lab(cls, lab: Lab, routes: int) -> Iterator[Self]:
        """Return one that has so many routes of its friend."""
        host, others = lab.host("router"), lab.host("others")
        _, port = lab.link(host, others, v4="192.0.2.0/24")
        for address in ("192.0.2.3", STRANGER):
            others.ip("address", "add", f"{address}/24", "dev", port.interface)
        daemon = Bgpd.with_file(host, CONFIGURATION).start()
        eventually(lambda: "Started" in daemon.processes[0].log.read_text())
        with Conversation(others, FRIEND, OURS) as friend:
            friend.establish(65002)
            for message in announcements(prefixes(routes), 65002, socket.inet_aton(FRIEND)):
                friend.send(message)
            victim = cls(daemon, host, others, friend, routes)
            eventually(lambda: victim.figures()["bgpd_table_prefixes", "ipv4"], equals=routes + 1)
            yield victim

    def figures(self) -> dict[tuple[str, str], float]:
        """Return the figures by name and family; of those with other labels the last."""
        status, body = self.page("/metrics")
        assert status == 200
        samples = [each for family in text_string_to_metric_families(body) for each in family.samples]
        return {(each.name, each.labels.get("family", "")): each.value for each in samples}

    def page(self, path: str) -> tuple[int, str]:
        """Ask for a page as a well-behaved client."""
        connection = HTTPConnection(*METRICS, timeout=60)
        with self.host.entered():
            connection.connect()
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def http(self) -> socket.socket:
        """Return a connection to the pages."""
        with self.host.entered():
            return socket.create_connection(METRICS, 60)

    def control(self) -> socket.socket:
        """Return a connection to the control socket."""
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(60)
        try:
            client.connect(str(self.daemon.socket))
        except OSError:
            client.close()
            raise
        return client

    def bgp(self, local: str) -> socket.socket:
        """Return a connection to the port of BGP from this address."""
        with self.others.entered():
            return socket.create_connection((OURS, 179), 60, (local, 0))

    @property
    def files(self) -> int:
        """How many are open."""
        return len(os.listdir(f"/proc/{self.daemon.processes[0].pid}/fd"))

    @property
    def memory(self) -> int:
        """Octets that are resident."""
        status = Path(f"/proc/{self.daemon.processes[0].pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) << 10

    @contextmanager
    def unharmed(self, attack: str) -> Iterator[None]:
        """Let friends find everything as it was after what is done here, and nothing grow."""
        files, memory = self.files, self.memory
        yield
        self.look(attack)
        assert self.memory < memory + _MORE_MEMORY, attack
        assert self.files < files + _MORE_FILES, attack

    def calm(self, attack: str, files: int) -> None:
        """Wait until nothing of an attack is left."""
        eventually(lambda: self.files, lambda now: now <= files + 2)
        assert "Traceback" not in self.daemon.processes[0].log.read_text(errors="replace"), attack

    def look(self, attack: str) -> None:
        """See that others are answered, and that the session is there."""
        self.friend.send(KEEPALIVE)
        assert self.page("/healthz") == (200, "ok\n"), attack
        figures = self.figures()
        assert figures["bgpd_event_loop_longest_callback_cpu_seconds", ""] < _LONGEST, attack
        assert ("bgpd_faults_total", "") not in figures, attack
        [friend] = [line for line in self.daemon.ask("show protocols") if line.startswith("friend ")]
        assert "Established" in friend, attack
