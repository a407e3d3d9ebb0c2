"""FRR's bgpd, alone: without zebra it takes every next hop for reachable, and leaves the kernel alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench.daemons.task import CONFIGURATION, Command, Neighbor, Program, Task


class Frr(Program):
    """FRR; its delays that are but timers are turned off."""

    name = "FRR"
    package = "frr"

    def configuration(self, task: Task, folder: Path) -> str:
        return "".join(f"{line}\n" for line in _lines(task))

    def command(self, task: Task, folder: Path) -> Command:
        alone = ("--no_zebra", "--no_kernel", "--skip_runas")
        places = ("--vty_socket", folder, "--pid_file", folder / "pid")
        logging = ("--log", "stdout", "--log-level", "critical")
        options = (*alone, *places, *logging, "-A", "127.0.0.1", "-f", folder / CONFIGURATION)
        return [self.file("usr/lib/frr/bgpd"), *options]


def _lines(task: Task) -> Iterator[str]:
    yield f"router bgp {task.asn}"
    yield f" bgp router-id {task.router_id}"
    yield " no bgp ebgp-requires-policy"
    yield " no bgp network import-check"
    yield " no bgp suppress-fib-pending"
    yield " no bgp default ipv4-unicast"
    yield " bgp graceful-restart-disable"
    yield " coalesce-time 0"
    for neighbor in task.neighbors:
        yield from _session(neighbor, task)
    yield " address-family ipv4 unicast"
    for neighbor in task.neighbors:
        yield f"  neighbor {neighbor.address} activate"
        if neighbor.is_client:
            yield f"  neighbor {neighbor.address} route-reflector-client"
        if not neighbor.is_told:
            yield f"  neighbor {neighbor.address} route-map nothing out"
    yield " exit-address-family"
    yield "exit"
    yield "route-map nothing deny 10"


def _session(neighbor: Neighbor, task: Task) -> Iterator[str]:
    start = f" neighbor {neighbor.address}"
    yield f"{start} remote-as {neighbor.asn}"
    yield f"{start} update-source {task.local}"
    yield f"{start} timers {task.hold_time // 3} {task.hold_time}"
    yield f"{start} advertisement-interval 0"
    yield f"{start} passive"


FRR: Final = Frr()
