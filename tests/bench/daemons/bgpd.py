"""bgpd itself, with its callbacks and its update groups measured."""

import sys
from pathlib import Path
from typing import Final

from tests.bench.daemons.task import CONFIGURATION, SOCKET, Command, Program, Task

FIGURES: Final = "figures.json"
_DEFAULT: Final = Path(__file__).resolve().parents[3] / "configs" / "default.toml"

_ROUTER: Final = """\
[router]
id = "{router_id}"
asn = {asn}
listen = ["{local}"]
[control]
socket = "{socket}"
[metrics]
listen = ""
[direct]
interfaces = []
{kernel}
"""
_NEIGHBOR: Final = """\
[[neighbors]]
address = "{address}"
asn = {asn}
passive = true
import = "all"
export = "{export}"
hold_time = {hold_time}
{extra}
"""
_CLIENT: Final = 'route_reflector_client = true\nnext_hop = "keep"\n'


class Bgpd(Program):
    """Ours."""

    name = "bgpd"

    def configuration(self, task: Task, folder: Path) -> str:
        kernel = f'[kernel.ipv{task.kernel}]\nexport = "all"' if task.kernel else "[kernel]"
        text = _ROUTER.format(
            router_id=task.router_id, asn=task.asn, local=task.local, socket=folder / SOCKET, kernel=kernel
        )
        for each in task.neighbors:
            text += _NEIGHBOR.format(
                address=each.address,
                asn=each.asn,
                export="all" if each.is_told else "none",
                hold_time=task.hold_time,
                extra=(_CLIENT if each.is_client else "") + each.extra,
            )
        return text

    def command(self, task: Task, folder: Path) -> Command:
        measured = ("-m", "tests.bench.measured_daemon", folder / FIGURES)
        return [sys.executable, *measured, "-c", folder / CONFIGURATION]


class PlainBgpd(Bgpd):
    """Ours as users run it, with nothing measured inside."""

    def command(self, task: Task, folder: Path) -> Command:
        return [sys.executable, "-m", "bgpd", "-c", folder / CONFIGURATION, "-s", folder / SOCKET]


class DefaultBgpd(PlainBgpd):
    """Ours with the configuration that it brings along."""

    name = "bgpd with default.toml"

    def configuration(self, task: Task, folder: Path) -> str:
        return _DEFAULT.read_text()


BGPD: Final = Bgpd()
