"""BIRD, of either version."""

from pathlib import Path
from typing import Final

from tests.bench.daemons.task import CONFIGURATION, SOCKET, Command, Neighbor, Program, Task

_START: Final = "router id {};\nlog stderr all;\nprotocol device {{ }}\n"


class Bird(Program):
    """What the versions have in common."""

    def configuration(self, task: Task, folder: Path) -> str:
        neighbors = (self._neighbor(task, number, each) for number, each in enumerate(task.neighbors))
        return _START.format(task.router_id) + self._kernel(task) + "".join(neighbors)

    def _neighbor(self, task: Task, number: int, neighbor: Neighbor) -> str:
        lines = [
            f"local {task.local} as {task.asn};",
            f"neighbor {neighbor.address} as {neighbor.asn};",
            "direct;",  # it is on the link, so no next hop is looked up in a table
            "passive on;",
            f"hold time {task.hold_time};",
            "rr client;" if neighbor.is_client else "",
            *self._channel(task, neighbor),
        ]
        return f"protocol bgp n{number} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"

    def _channel(self, task: Task, neighbor: Neighbor) -> list[str]:
        """Return the lines that hold for one family; a version has one session for all of them."""
        return [
            "import all;",
            f"export {'all' if neighbor.is_told else 'none'};",
            "next hop keep;" if neighbor.is_client else "",
        ]

    def _kernel(self, task: Task) -> str:
        return "protocol kernel { import none; export all; }\n" if task.kernel else ""

    def command(self, task: Task, folder: Path) -> Command:
        return [self.file(self._program(task)), "-f", "-c", folder / CONFIGURATION, "-s", folder / SOCKET]

    def _program(self, task: Task) -> str:
        return "usr/sbin/bird"


class Bird1(Bird):
    """BIRD 1.6: one daemon for each family."""

    name = "BIRD 1.6"
    package = "bird"

    def _program(self, task: Task) -> str:
        return "usr/sbin/bird6" if task.version == 6 else "usr/sbin/bird"


class Bird2(Bird):
    """BIRD 2.0."""

    name = "BIRD 2.0"
    package = "bird2"

    def _channel(self, task: Task, neighbor: Neighbor) -> list[str]:
        return [f"ipv{task.version} {{", *super()._channel(task, neighbor), "};"]

    def _kernel(self, task: Task) -> str:
        if not task.kernel:
            return ""
        return f"protocol kernel {{ ipv{task.kernel} {{ import none; export all; }}; }}\n"


BIRD1: Final = Bird1()
BIRD2: Final = Bird2()
