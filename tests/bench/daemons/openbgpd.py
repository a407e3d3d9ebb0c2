"""OpenBGPD: three processes, with the user and the empty directory it wants."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench.daemons.task import (
    CONFIGURATION,
    SOCKET,
    Command,
    Neighbor,
    Program,
    Task,
    with_private_files,
)


class Openbgpd(Program):
    """OpenBGPD."""

    name = "OpenBGPD"
    package = "openbgpd"
    needs_root = True

    def configuration(self, task: Task, folder: Path) -> str:
        return "".join(f"{line}\n" for line in _lines(task, folder))

    def command(self, task: Task, folder: Path) -> Command:
        passwd, group, empty = (folder / name for name in ("passwd", "group", "empty"))
        passwd.write_text(f"root:x:0:0::/root:/bin/sh\n_openbgpd:x:0:0::{empty}:/bin/false\n")
        group.write_text("root:x:0:\n_openbgpd:x:0:\n")
        empty.mkdir()
        daemon = (self.file("usr/sbin/bgpd"), "-d", "-f", folder / CONFIGURATION)
        return with_private_files(daemon, {"/etc/passwd": passwd, "/etc/group": group})


def _lines(task: Task, folder: Path) -> Iterator[str]:
    yield f"AS {task.asn}"
    yield f"router-id {task.router_id}"
    yield f'socket "{folder / SOCKET}"'
    yield "fib-update no"
    yield f"listen on {task.local}"
    for neighbor in task.neighbors:
        yield from _session(neighbor, task)
    yield "allow from any"
    for neighbor in task.neighbors:
        if neighbor.is_told:
            yield f"allow to {neighbor.address}"


def _session(neighbor: Neighbor, task: Task) -> Iterator[str]:
    yield f"neighbor {neighbor.address} {{"
    yield f"  remote-as {neighbor.asn}"
    yield f"  holdtime {task.hold_time}"
    yield "  announce restart no"
    yield "  passive"
    if neighbor.is_client:
        yield "  route-reflector"
    yield "}"


OPENBGPD: Final = Openbgpd()
