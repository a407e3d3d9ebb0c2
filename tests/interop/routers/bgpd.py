"""Our own daemon, run from the checkout by the Python that runs the tests."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

from tests.interop.lab import Host
from tests.interop.routers import bird_control
from tests.interop.routers.bird_language import export_filter
from tests.interop.routers.bird_router import BirdRouter
from tests.interop.routers.router import PLAIN, Family, Neighbor, RouterConfig, RouteView, family_of
from tests.interop.waiting import eventually

ROOT: Final = Path(__file__).resolve().parents[3]


class Bgpd(BirdRouter):
    """The daemon of this project.  Its control socket is read as BIRD's is."""

    name = "bgpd"
    text: str | None = None
    """The configuration file, where a scenario writes it itself."""

    @classmethod
    def with_file(cls, host: Host, text: str) -> Self:
        """Return a daemon with this configuration file, to be asked through ``ask`` and ``client``."""
        daemon = cls(host, RouterConfig(asn=0, router_id=""))
        daemon.text = text
        return daemon

    def start(self) -> Self:
        self.write()
        self.spawn(sys.executable, "-m", "bgpd", "-c", self.configuration, "-s", self.socket)
        eventually(lambda: self.ask("show status"))
        return self

    def reconfigure(self) -> None:
        self.write()
        self.ask("configure")

    def session_state(self, neighbor: str) -> str:
        self.require_running()
        found = next(each for each in self.config.neighbors if each.address == neighbor)
        return bird_control.session_state(self.socket, found.name)

    def paths(self, family: Family, neighbor: str | None = None) -> dict[str, list[RouteView]]:
        self.require_running()
        paths = bird_control.received_paths(self.socket, self.neighbor(family, neighbor).name)
        return {prefix: views for prefix, views in paths.items() if family_of(prefix) == family}

    def control(self, neighbor: str, command: str, argument: str = "") -> list[str]:
        found = next(each for each in self.config.neighbors if each.address == neighbor)
        return self.ask(f"{command} {found.name} {argument}")

    def ask(self, command: str) -> list[str]:
        """Send one command to the control socket and return the lines of the reply."""
        self.require_running()
        return bird_control.ask(self.socket, command)

    def answer(self, command: str) -> Any:
        """Return what a command answers in JSON; the program bgpdcl takes half a second for the same."""
        return json.loads("".join(self.ask(f"json {command}")))

    def client(self, *words: str) -> str:
        """Return what ``bgpdcl`` prints; the first words may be its options."""
        return self.run(sys.executable, "-m", "bgpd.control.client", "-s", self.socket, *words)

    def protocol(self, neighbor: str) -> dict[str, Any]:
        """Return all of ``show protocols all`` about a neighbor."""
        [found] = [each for each in self.config.neighbors if each.address == neighbor]
        [row] = self.answer(f"show protocols all {found.name}")
        assert isinstance(row, dict)
        return row

    def shown_routes(self, *words: str) -> list[dict[str, Any]]:
        """Return what ``show route`` with these words, and ``all``, says of each route."""
        rows: list[dict[str, Any]] = self.answer(" ".join(("show route", *words, "all")))
        return rows

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(ROOT)}

    @property
    def socket(self) -> Path:
        return self.directory / "bgpd.ctl"

    @property
    def configuration(self) -> Path:
        return self.directory / "bgpd.toml"

    def write(self) -> None:
        """Write the configuration, for the daemon to read when it is told to."""
        text = "".join(f"{line}\n" for line in self._lines()) if self.text is None else self.text
        self.configuration.write_text(text)

    def _lines(self) -> Iterator[str]:
        yield "[metrics]"
        yield from _fields(listen="")
        plain = all(route.attributes == PLAIN for route in self.announcements.values())
        if not plain:
            yield "[filters]"
            yield f"outgoing = '''\n{export_filter(self.config.asn, self.announcements.values())}'''"
        for route in self.announcements.values():
            yield "[[static]]"
            yield from _fields(prefix=route.prefix, blackhole=True)
        for neighbor in self.config.neighbors:
            yield from _session(neighbor, export="all" if plain else "outgoing")
        yield "[router]"  # last, so that keys of it may follow
        yield from _fields(id=self.config.router_id, asn=self.config.asn)
        if self.config.cluster_id:
            yield from _fields(cluster_id=self.config.cluster_id)
        yield from self.config.extra


def _session(neighbor: Neighbor, export: str) -> Iterator[str]:
    yield "[[neighbors]]"
    yield from _fields(
        name=neighbor.name,
        address=neighbor.address,
        asn=neighbor.asn,
        source_address=neighbor.local_address,
        families=neighbor.families,
        hold_time=neighbor.hold_time,
        passive=neighbor.passive,
        graceful_restart=neighbor.graceful_restart,
        connect_delay=1,
        connect_retry=1,
        error_wait=[1, 2],
    )
    wanted = {
        "password": neighbor.password,
        "ttl_security": neighbor.ttl_security,
        "multihop": neighbor.multihop,
        "route_reflector_client": neighbor.is_client,
        "role": neighbor.role,
        "extended_next_hop": neighbor.extended_next_hop,
        "add_paths": neighbor.add_paths,
    }
    yield from _fields(**{name: value for name, value in wanted.items() if value})
    if not any(line.startswith("export") for line in neighbor.extra):
        yield from _fields(export=export)
    if not any(line.startswith("import") for line in neighbor.extra):
        yield from _fields(**{"import": "all"})
    yield from neighbor.extra


def _fields(**values: object) -> Iterator[str]:
    """Yield TOML: its strings, numbers, truth values and arrays are spelled as in JSON."""
    for name, value in values.items():
        yield f"{name} = {json.dumps(value)}"
