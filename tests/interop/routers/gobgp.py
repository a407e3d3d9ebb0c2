"""GoBGP."""

import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

from tests.interop.routers.mrt import table_dump
from tests.interop.routers.router import (
    FAMILIES,
    Announcement,
    Attributes,
    Family,
    Neighbor,
    Router,
    RouteView,
    family_of,
)
from tests.interop.waiting import eventually

_STATES: Final = ("Unknown", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established")
_AFI: Final[dict[Family, int]] = {"ipv4": 1, "ipv6": 2}
_ORIGINS: Final = ("igp", "egp", "incomplete")
_ORIGIN, _AS_PATH, _NEXT_HOP, _MED, _LOCAL_PREF, _COMMUNITIES, _MP_REACH = 1, 2, 3, 4, 5, 8, 14
_ORIGINATOR_ID, _CLUSTER_LIST = 9, 10


class Gobgp(Router):
    """GoBGP 3.10.  Routes are injected in bulk; withdrawing takes 15 ms each, unless all of a family go."""

    name = "gobgp"
    package = "gobgpd"

    def start(self) -> Self:
        self._applied: dict[str, Announcement] = {}
        self._socket.unlink(missing_ok=True)
        self._write()
        options = ["-p", "--pprof-disable", "--api-hosts", f"unix://{self._socket}", *self.options]
        self.spawn(self.program("usr/bin/gobgpd"), "-f", self._configuration, *options)
        eventually(lambda: self._ask("global"))
        self.reconfigure()
        return self

    def reconfigure(self) -> None:
        old, new = set(self._applied.values()), set(self.announcements.values())
        for family in FAMILIES:
            self._remove(family)
        if new - old:
            self._inject(list(new - old))
        self._applied = dict(self.announcements)

    def session_state(self, neighbor: str) -> str:
        shown = json.loads(self._ask("-j", "neighbor", neighbor))
        return _STATES[shown["state"]["session_state"]]

    def paths(self, family: Family, neighbor: str | None = None) -> dict[str, list[RouteView]]:
        address = self.neighbor(family, neighbor).address
        if self.session_state(address) != "Established":
            return {}  # gobgp calls it an error to ask
        shown = json.loads(self._ask("-j", "neighbor", address, "adj-in", "-a", family))
        return {prefix: [_view(path) for path in paths] for prefix, paths in shown.items() if paths}

    def prefixes(self, family: Family) -> set[str]:
        """Return what it has a route to: it also shows those that are stale, unlike ``paths``."""
        return set(json.loads(self._ask("-j", "global", "rib", "-a", family)))

    def count(self, family: Family, neighbor: str | None = None) -> int:
        """Ask for the number alone: each IPv6 route is listed with all prefixes of its UPDATE message."""
        shown = json.loads(self._ask("-j", "neighbor", self.neighbor(family, neighbor).address))
        states = [each["state"] for each in shown["afi_safis"]]
        return sum(state.get("accepted", 0) for state in states if state["family"]["afi"] == _AFI[family])

    def reset(self, neighbor: str) -> None:
        self._ask("neighbor", neighbor, "disable")  # not "reset", after which it is idle for 30 s
        self._ask("neighbor", neighbor, "enable")

    def disable(self, neighbor: str, communication: str) -> None:
        self._ask("neighbor", neighbor, "shutdown", "--reason", communication)
        self._ask("neighbor", neighbor, "disable")  # it drops a reason given here; the session stays down

    def enable(self, neighbor: str) -> None:
        self._ask("neighbor", neighbor, "enable")

    def refresh(self, neighbor: str) -> None:
        """Import again what it has kept: it asks nobody."""
        self._ask("neighbor", neighbor, "softresetin")

    def updates_received(self, neighbor: str) -> int:
        shown = json.loads(self._ask("-j", "neighbor", neighbor))
        return int(shown["state"]["messages"]["received"].get("update", 0))

    def change_password(self, password: str) -> None:
        self.config.neighbors = [replace(each, password=password) for each in self.config.neighbors]
        self._write()
        self.processes[0].signal(signal.SIGHUP)

    def _remove(self, family: Family) -> None:
        had = {prefix for prefix in self._applied if family_of(prefix) == family}
        gone = had - self.announcements.keys()
        if gone and gone == had:
            self._ask("global", "rib", "del", "all", "-a", family)
            return
        for prefix in gone:
            self._ask("global", "rib", "del", prefix, "-a", family)

    def _inject(self, routes: list[Announcement]) -> None:
        """Pass routes through a pipe that stays open until the last is in; at its end gobgp hurries away."""
        inject = [*self._client, "mrt", "inject", "global", "/dev/stdin"]
        with subprocess.Popen(inject, stdin=subprocess.PIPE, bufsize=0) as client:
            assert client.stdin
            for record in table_dump(self.config.router_id, self.config.asn, routes):
                client.stdin.write(record)  # in one piece: gobgp does not expect a short read
            eventually(lambda: self._has(routes[-1]))

    def _has(self, route: Announcement) -> bool:
        table = json.loads(self._ask("-j", "global", "rib", route.prefix, "-a", family_of(route.prefix)))
        views = [_view(path) for paths in table.values() for path in paths if "neighbor-ip" not in path]
        return route.attributes in [
            Attributes(view.med, view.local_pref, view.communities, len(view.as_path)) for view in views
        ]

    def _ask(self, *words: str | Path) -> str:
        return self.run(*self._client, *words)

    @property
    def _client(self) -> list[str | Path]:
        return [self.program("usr/bin/gobgp"), "--target", f"unix://{self._socket}"]

    @property
    def _socket(self) -> Path:
        return self.directory / "api"

    @property
    def _configuration(self) -> Path:
        return self.directory / "gobgpd.toml"

    def _write(self) -> None:
        self._configuration.write_text("".join(f"{line}\n" for line in self._lines()))

    def _lines(self) -> Iterator[str]:
        yield "[global.config]"
        yield f"as = {self.config.asn}"
        yield f'router-id = "{self.config.router_id}"'
        for neighbor in self.config.neighbors:
            yield from _session(neighbor, self.config.cluster_id or self.config.router_id)
        yield from self.config.extra


def _session(neighbor: Neighbor, cluster_id: str) -> Iterator[str]:
    yield "[[neighbors]]"
    yield "[neighbors.config]"
    yield f'neighbor-address = "{neighbor.address}"'
    yield f"peer-as = {neighbor.asn}"
    if neighbor.password:
        yield f'auth-password = "{neighbor.password}"'
    yield "[neighbors.timers.config]"
    yield f"hold-time = {neighbor.hold_time}"
    yield f"keepalive-interval = {neighbor.hold_time // 3}"
    yield "connect-retry = 1"
    yield "[neighbors.transport.config]"
    yield f'local-address = "{neighbor.local_address}{neighbor.zone}"'
    yield f"passive-mode = {str(neighbor.passive).lower()}"
    if neighbor.ttl_security:
        yield "[neighbors.ttl-security.config]"
        yield "enabled = true"
        yield "ttl-min = 255"
    if neighbor.multihop:
        yield "[neighbors.ebgp-multihop.config]"
        yield "enabled = true"
        yield f"multihop-ttl = {neighbor.multihop}"
    if neighbor.is_client:
        yield "[neighbors.route-reflector.config]"
        yield "route-reflector-client = true"
        yield f'route-reflector-cluster-id = "{cluster_id}"'
    yield "[neighbors.graceful-restart.config]"
    yield f"enabled = {str(neighbor.graceful_restart != 'off').lower()}"
    yield f"helper-only = {str(neighbor.graceful_restart == 'helper').lower()}"
    yield "restart-time = 120"
    for family in neighbor.families:
        yield "[[neighbors.afi-safis]]"
        yield "[neighbors.afi-safis.config]"
        yield f'afi-safi-name = "{family}-unicast"'
        yield "[neighbors.afi-safis.mp-graceful-restart.config]"
        yield f"enabled = {str(neighbor.graceful_restart != 'off').lower()}"
        if neighbor.limit:
            yield "[neighbors.afi-safis.prefix-limit.config]"
            yield f"max-prefixes = {neighbor.limit}"
    yield from neighbor.extra


def _view(path: dict[str, Any]) -> RouteView:
    attributes = {attribute["type"]: attribute for attribute in path["attrs"]}
    reach = attributes.get(_MP_REACH) or attributes[_NEXT_HOP]
    communities = attributes.get(_COMMUNITIES, {}).get("communities", ())
    return RouteView(
        next_hop=reach["nexthop"],
        as_path=tuple(asn for segment in attributes[_AS_PATH]["as_paths"] or () for asn in segment["asns"]),
        origin=_ORIGINS[attributes[_ORIGIN]["value"]],
        med=attributes.get(_MED, {}).get("metric"),
        local_pref=attributes.get(_LOCAL_PREF, {}).get("value"),
        communities=tuple(f"{community >> 16}:{community & 0xFFFF}" for community in communities),
        originator_id=attributes.get(_ORIGINATOR_ID, {}).get("value"),
        cluster_list=tuple(attributes.get(_CLUSTER_LIST, {}).get("value", ())),
    )
