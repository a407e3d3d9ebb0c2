"""BIRD 1.6, which is two daemons: ``bird`` for IPv4 and ``bird6`` for IPv6."""

from functools import partial
from pathlib import Path
from typing import Final, Self

from tests.interop.routers import bird_control
from tests.interop.routers.bird_language import channel, export_filter, preamble, session, static_routes
from tests.interop.routers.bird_router import BirdRouter
from tests.interop.routers.router import FAMILIES, Family, Neighbor, RouteView, family_of
from tests.interop.waiting import eventually

_PROGRAMS: Final[dict[Family, str]] = {"ipv4": "usr/sbin/bird", "ipv6": "usr/sbin/bird6"}


class Bird1(BirdRouter):
    """BIRD 1.6.8.  A family's daemon runs if a neighbor has the family; its sessions are over that family."""

    name = "bird1"
    package = "bird"
    both_families_in_one_session = False

    def start(self) -> Self:
        for family in self._families():
            configuration = self._write(family)
            program = self.program(_PROGRAMS[family])
            self.spawn(program, "-f", "-c", configuration, "-s", self._socket(family), *self.options)
            eventually(partial(self._ask, family, "show status"))
        return self

    def reconfigure(self) -> None:
        for family in self._families():
            self._write(family)
            self._ask(family, "configure")

    def session_state(self, neighbor: str) -> str:
        family = family_of(neighbor)
        self.require_running()
        return bird_control.session_state(self._socket(family), self.neighbor(family, neighbor).name)

    def paths(self, family: Family, neighbor: str | None = None) -> dict[str, list[RouteView]]:
        self.require_running()
        return bird_control.received_paths(self._socket(family), self.neighbor(family, neighbor).name)

    def control(self, neighbor: str, command: str, argument: str = "") -> list[str]:
        family = family_of(neighbor)
        return self._ask(family, f"{command} {self.neighbor(family, neighbor).name} {argument}")

    def _ask(self, family: Family, command: str) -> list[str]:
        self.require_running()
        return bird_control.ask(self._socket(family), command)

    def _families(self) -> list[Family]:
        return [family for family in FAMILIES if self._neighbors(family)]

    def _neighbors(self, family: Family) -> list[Neighbor]:
        return [neighbor for neighbor in self.config.neighbors if family in neighbor.families]

    def _socket(self, family: Family) -> Path:
        return self.directory / f"{family}.ctl"

    def _write(self, family: Family) -> Path:
        routes = [route for route in self.announcements.values() if family_of(route.prefix) == family]
        text = preamble(self.config.router_id)
        text += f"filter outgoing {{\n{export_filter(self.config.asn, routes)}}}\n"
        text += f"protocol static {{\n{static_routes(routes)}}}\n"
        for neighbor in self._neighbors(family):
            lines = "\n".join([*session(neighbor, self.config), *channel(neighbor)])
            text += f"protocol bgp {neighbor.name} {{\n{lines}\n}}\n"
        path = self.directory / f"{family}.conf"
        path.write_text("\n".join([text, *self.config.extra, ""]))
        return path
