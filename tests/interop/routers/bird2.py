"""BIRD 2.0."""

from pathlib import Path
from typing import Final, Self

from tests.interop.routers import bird_control
from tests.interop.routers.bird_language import channel, export_filter, preamble, session, static_routes
from tests.interop.routers.bird_router import BirdRouter
from tests.interop.routers.router import FAMILIES, Family, Neighbor, RouteView, family_of
from tests.interop.waiting import eventually

_TABLES: Final[dict[Family, str]] = {"ipv4": "master4", "ipv6": "master6"}


class Bird2(BirdRouter):
    """BIRD 2.0.12: one daemon, a channel for each family of a session."""

    name = "bird2"
    package = "bird2"

    def start(self) -> Self:
        self._write()
        program = self.program("usr/sbin/bird")
        self.spawn(program, "-f", "-c", self._configuration, "-s", self._socket, *self.options)
        eventually(lambda: self._ask("show status"))
        return self

    def reconfigure(self) -> None:
        self._write()
        self._ask("configure")

    def session_state(self, neighbor: str) -> str:
        self.require_running()
        found = next(each for each in self.config.neighbors if each.address == neighbor)
        return bird_control.session_state(self._socket, found.name)

    def paths(self, family: Family, neighbor: str | None = None) -> dict[str, list[RouteView]]:
        self.require_running()
        protocol = self.neighbor(family, neighbor).name
        return bird_control.received_paths(self._socket, protocol, f"table {_TABLES[family]}")

    def control(self, neighbor: str, command: str, argument: str = "") -> list[str]:
        found = next(each for each in self.config.neighbors if each.address == neighbor)
        return self._ask(f"{command} {found.name} {argument}")

    def _ask(self, command: str) -> list[str]:
        self.require_running()
        return bird_control.ask(self._socket, command)

    @property
    def _socket(self) -> Path:
        return self.directory / "bird.ctl"

    @property
    def _configuration(self) -> Path:
        return self.directory / "bird.conf"

    def _write(self) -> None:
        text = preamble(self.config.router_id)
        text += f"filter outgoing {{\n{export_filter(self.config.asn, self.announcements.values())}}}\n"
        for family in FAMILIES:
            routes = [route for route in self.announcements.values() if family_of(route.prefix) == family]
            text += f"protocol static {{\n  {family};\n{static_routes(routes)}}}\n"
        text += "".join(map(self._neighbor, self.config.neighbors))
        self._configuration.write_text("\n".join([text, *self.config.extra, ""]))

    def _neighbor(self, neighbor: Neighbor) -> str:
        lines = "\n".join(session(neighbor, self.config))
        settings = "\n".join(channel(neighbor))
        if neighbor.extended_next_hop:
            settings += "\n  extended next hop on;"
        channels = "".join(f"  {family} {{\n{settings}\n  }};\n" for family in neighbor.families)
        return f"protocol bgp {neighbor.name} {{\n{lines}\n{channels}}}\n"
