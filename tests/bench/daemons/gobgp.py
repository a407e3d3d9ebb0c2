"""GoBGP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench.daemons.task import CONFIGURATION, SOCKET, Command, Neighbor, Program, Task


class Gobgp(Program):
    """GoBGP."""

    name = "GoBGP"
    package = "gobgpd"

    def configuration(self, task: Task, folder: Path) -> str:
        return "".join(f"{line}\n" for line in _lines(task))

    def command(self, task: Task, folder: Path) -> Command:
        options = ("-p", "--pprof-disable", "--log-level", "warn", "--api-hosts", f"unix://{folder / SOCKET}")
        return [self.file("usr/bin/gobgpd"), "-f", folder / CONFIGURATION, *options]


def _lines(task: Task) -> Iterator[str]:
    yield "[global.config]"
    yield f"as = {task.asn}"
    yield f'router-id = "{task.router_id}"'
    silent = [each.address for each in task.neighbors if not each.is_told]
    if silent:
        yield from _silence(silent)
    for neighbor in task.neighbors:
        yield from _session(neighbor, task)


def _silence(addresses: list[str]) -> Iterator[str]:
    """Tell these neighbors nothing."""
    yield "[global.apply-policy.config]"
    yield 'export-policy-list = ["silence"]'
    yield 'default-export-policy = "accept-route"'
    yield "[[defined-sets.neighbor-sets]]"
    yield 'neighbor-set-name = "silent"'
    yield f"neighbor-info-list = {[f'{address}/32' for address in addresses]}"
    yield "[[policy-definitions]]"
    yield 'name = "silence"'
    yield "[[policy-definitions.statements]]"
    yield "[policy-definitions.statements.conditions.match-neighbor-set]"
    yield 'neighbor-set = "silent"'
    yield "[policy-definitions.statements.actions]"
    yield 'route-disposition = "reject-route"'


def _session(neighbor: Neighbor, task: Task) -> Iterator[str]:
    yield "[[neighbors]]"
    yield "[neighbors.config]"
    yield f'neighbor-address = "{neighbor.address}"'
    yield f"peer-as = {neighbor.asn}"
    yield "[neighbors.timers.config]"
    yield f"hold-time = {task.hold_time}"
    yield f"keepalive-interval = {task.hold_time // 3}"
    yield "[neighbors.transport.config]"
    yield f'local-address = "{task.local}"'
    yield "passive-mode = true"
    if neighbor.is_client:
        yield "[neighbors.route-reflector.config]"
        yield "route-reflector-client = true"
        yield f'route-reflector-cluster-id = "{task.router_id}"'
    yield "[[neighbors.afi-safis]]"
    yield "[neighbors.afi-safis.config]"
    yield 'afi-safi-name = "ipv4-unicast"'


GOBGP: Final = Gobgp()
