"""OpenBGPD."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from tests.interop.routers.router import Attributes, Family, Neighbor, Router, RouteView, family_of
from tests.interop.waiting import eventually


class Openbgpd(Router):
    """OpenBGPD 7.7, run as if installed: the user and the empty directory it wants are its own."""

    name = "openbgpd"
    package = "openbgpd"

    def start(self) -> Self:
        self._write()
        self.spawn(
            self.program("usr/sbin/bgpd"), "-d", "-f", self._configuration, binds=self._private_files()
        )
        eventually(lambda: self._control("show"))
        return self

    def reconfigure(self) -> None:
        self._write()
        self._control("reload")

    def session_state(self, neighbor: str) -> str:
        return str(self._neighbor(neighbor)["state"])

    def paths(self, family: Family, neighbor: str | None = None) -> dict[str, list[RouteView]]:
        address = self.neighbor(family, neighbor).address
        shown = self._show("rib", "detail", "neighbor", address).get("rib", [])
        return {path["prefix"]: [_view(path)] for path in shown if family_of(path["prefix"]) == family}

    def reset(self, neighbor: str) -> None:
        self._control("neighbor", neighbor, "clear")

    def disable(self, neighbor: str, communication: str) -> None:
        self._control("neighbor", neighbor, "down", communication)

    def enable(self, neighbor: str) -> None:
        self._control("neighbor", neighbor, "up")

    def refresh(self, neighbor: str) -> None:
        self._control("neighbor", neighbor, "refresh")

    def updates_received(self, neighbor: str) -> int:
        return int(self._neighbor(neighbor)["stats"]["message"]["received"]["updates"])

    def change_password(self, password: str) -> None:
        """The key is for new sessions, and after an unwanted end there is none for 30 s."""
        super().change_password(password)
        for neighbor in self.config.neighbors:
            self.reset(neighbor.address)

    def _neighbor(self, neighbor: str) -> dict[str, Any]:
        [shown] = self._show("neighbor", neighbor)["neighbors"]
        assert isinstance(shown, dict)
        return shown

    def _show(self, *words: str) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self._control("-j", "show", *words))
        return shown

    def _control(self, *words: str) -> str:
        return self.run(self.program("usr/sbin/bgpctl"), "-s", self.directory / "bgpd.sock", *words)

    @property
    def _configuration(self) -> Path:
        return self.directory / "bgpd.conf"

    def _write(self) -> None:
        self._configuration.write_text("".join(f"{line}\n" for line in self._lines()))
        self._configuration.chmod(0o600)

    def _private_files(self) -> dict[str, Path]:
        passwd, group, empty = (self.directory / name for name in ("passwd", "group", "empty"))
        passwd.write_text(f"root:x:0:0::/root:/bin/sh\n_openbgpd:x:0:0::{empty}:/bin/false\n")
        group.write_text("root:x:0:\n_openbgpd:x:0:\n")
        empty.mkdir(exist_ok=True)
        return {"/etc/passwd": passwd, "/etc/group": group}

    def _lines(self) -> Iterator[str]:
        yield f"AS {self.config.asn}"
        yield f"router-id {self.config.router_id}"
        yield f'socket "{self.directory}/bgpd.sock"'
        yield "fib-update no"
        yield "connect-retry 1"
        for neighbor in self.config.neighbors:
            yield f"listen on {neighbor.local_address}{neighbor.zone}"
        for route in self.announcements.values():
            yield f"network {route.prefix} {_settings(route.attributes)}"
        for neighbor in self.config.neighbors:
            yield from _session(neighbor)
        yield "allow from any"
        yield "allow to any"
        yield from self.config.extra


def _session(neighbor: Neighbor) -> Iterator[str]:
    yield f"neighbor {neighbor.address} {{"
    yield f"  remote-as {neighbor.asn}"
    yield f"  local-address {neighbor.local_address}{neighbor.zone}"
    yield f"  holdtime {neighbor.hold_time}"
    yield "  announce restart no"
    for family, name in (("ipv4", "IPv4"), ("ipv6", "IPv6")):
        yield f"  announce {name} {'unicast' if family in neighbor.families else 'none'}"
    if neighbor.passive:
        yield "  passive"
    if neighbor.limit:
        yield f"  max-prefix {neighbor.limit}"
    if neighbor.password:
        yield f"  tcp md5sig password {neighbor.password}"
    if neighbor.ttl_security:
        yield "  ttl-security yes"
    if neighbor.multihop:
        yield f"  multihop {neighbor.multihop}"
    yield from (f"  {line}" for line in neighbor.extra)
    yield "}"


def _settings(attributes: Attributes) -> str:
    words = [f"community {community}" for community in attributes.communities]
    if attributes.med is not None:
        words.append(f"med {attributes.med}")
    if attributes.local_pref is not None:
        words.append(f"localpref {attributes.local_pref}")
    if attributes.prepend:
        words.append(f"prepend-self {attributes.prepend}")
    return f"set {{ {' '.join(words)} }}" if words else ""


def _view(path: dict[str, Any]) -> RouteView:
    return RouteView(
        next_hop=path["exit_nexthop"],
        as_path=tuple(int(asn) for asn in re.findall(r"\d+", path["aspath"])),
        origin=path["origin"].lower(),
        med=path.get("metric"),
        local_pref=path.get("localpref"),
        communities=tuple(path.get("communities", ())),
    )
