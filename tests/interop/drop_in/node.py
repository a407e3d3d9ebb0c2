"""A host on which BIRD or our daemon runs, a process for each family, as on a node of Calico."""

import signal
from pathlib import Path

from tests.interop.drop_in import raw
from tests.interop.drop_in.programs import Program
from tests.interop.drop_in.raw import Line
from tests.interop.lab import Host
from tests.interop.process import Process
from tests.interop.routers.router import Family


class Node:
    """Files, daemons and sockets of one host."""

    def __init__(self, host: Host, program: Program) -> None:
        program.require()
        self.host, self.program = host, program
        self.daemons: dict[Family, Process] = {}

    def start(self, family: Family, text: str, *options: str) -> None:
        """Write the configuration and start the daemon of a family."""
        self.write(family, text)
        self.spawn(family, *options)

    def spawn(self, family: Family, *options: str) -> None:
        """Start the daemon of a family on the file that is there."""
        command = self.program.daemon(family, self.file(family), *options, "-s", self.socket(family))
        self.daemons[family] = self.host.spawn(family, command, self.program.environment)

    def write(self, family: Family, text: str) -> None:
        """Write the configuration, to be read when the daemon is told to."""
        self.file(family).write_text(text)

    def hang_up(self, family: Family) -> None:
        """Tell the daemon to read its configuration, as confd does."""
        self.daemons[family].signal(signal.SIGHUP)

    def file(self, family: Family) -> Path:
        """Return where the configuration is."""
        return self.host.directory / f"{_stem(family)}.cfg"

    def socket(self, family: Family) -> Path:
        """Return where the daemon answers."""
        return self.host.directory / f"{_stem(family)}.ctl"

    def ask(self, family: Family, command: str) -> list[Line]:
        """Return the reply to a command."""
        self.daemons[family].require_running()
        return raw.ask(self.socket(family), command)

    def client(self, family: Family, *words: str) -> str:
        """Return what the program's own client prints."""
        command = self.program.command(self.program.client)
        return self.host.run(
            *command, "-s", self.socket(family), *words, environment=self.program.environment
        )

    def log(self, family: Family) -> str:
        """Return what the daemon has written to its output."""
        return self.daemons[family].log.read_text(errors="replace")

    def kernel(self, family: Family) -> list[str]:
        """Return the routes of all tables but those that the kernel makes itself for its addresses."""
        selector = "-4" if family == "ipv4" else "-6"
        lines = self.host.ip(selector, "route", "show", "table", "all").splitlines()
        return [line.rstrip() for line in lines if "table local" not in line]


def _stem(family: Family) -> str:
    return "bird" if family == "ipv4" else "bird6"
