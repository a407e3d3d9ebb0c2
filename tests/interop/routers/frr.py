"""FRRouting: ``zebra`` and ``bgpd``, told and asked through bgpd's vty socket."""

import json
import socket
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from tests.interop.routers.router import (
    FAMILIES,
    PLAIN,
    Announcement,
    Attributes,
    Family,
    Neighbor,
    Router,
    RouteView,
    family_of,
)
from tests.interop.waiting import NotYetError, eventually

_DAEMONS: Final = ("zebra", "bgpd")
_GRACEFUL_RESTART: Final = {
    "off": "graceful-restart-disable",
    "helper": "graceful-restart-helper",
    "full": "graceful-restart",
}


class CommandError(Exception):
    """bgpd refused a command."""


class Frr(Router):
    """FRR 8.4, run as if installed: the user, the groups and the /run it wants are its own."""

    name = "frr"
    package = "frr"

    def start(self) -> Self:
        self._applied: dict[str, Announcement] = {}
        private = self._private_files()
        for daemon in _DAEMONS:
            configuration = self.directory / f"{daemon}.conf"
            configuration.write_text(
                "".join(f"{line}\n" for line in self._lines()) if daemon == "bgpd" else ""
            )
            options = (
                "--log",
                "stdout",
                "-A",
                "127.0.0.1",
                "--vty_socket",
                self.directory,
                "-f",
                configuration,
            )
            self.spawn(self.program(f"usr/lib/frr/{daemon}"), *options, binds=private)
            eventually(partial(self._ask, ["show version"], daemon))
        self.reconfigure()
        return self

    def reconfigure(self) -> None:
        """Send what differs: FRR adds what it reads to what it has."""
        old, new = set(self._applied.values()), set(self.announcements.values())
        lines = ["configure terminal"]
        lines += [
            line for attributes in {route.attributes for route in new} for line in self._route_map(attributes)
        ]
        lines.append(f"router bgp {self.config.asn}")
        for family in FAMILIES:
            lines.append(f"address-family {family} unicast")
            lines += [
                f"no network {route.prefix}" for route in old - new if family_of(route.prefix) == family
            ]
            lines += [
                f"network {_with_map(route)}" for route in new - old if family_of(route.prefix) == family
            ]
            lines.append("exit-address-family")
        self._ask([*lines, "end"])
        self._applied = dict(self.announcements)

    def session_state(self, neighbor: str) -> str:
        return str(self._neighbor(neighbor)["bgpState"])

    def paths(self, family: Family, neighbor: str | None = None) -> dict[str, list[RouteView]]:
        address = _address(self.neighbor(family, neighbor).address)
        shown = self._show(f"show bgp {family} unicast json detail")["routes"]
        paths: defaultdict[str, list[RouteView]] = defaultdict(list)
        for prefix, entries in shown.items():
            for path in entries[1:]:  # after a heading; a path that is just leaving leaves nothing
                if path["peer"]["peerId"] == address:
                    paths[prefix].append(_view(path))
        return dict(paths)

    def reset(self, neighbor: str) -> None:
        self._ask([f"clear bgp {neighbor}"])

    def disable(self, neighbor: str, communication: str) -> None:
        self.configure(f"neighbor {neighbor} shutdown message {communication}")

    def enable(self, neighbor: str) -> None:
        self.configure(f"no neighbor {neighbor} shutdown")

    def refresh(self, neighbor: str) -> None:
        self._ask([f"clear bgp {neighbor} soft in"])

    def change_password(self, password: str) -> None:
        self.configure(*(f"neighbor {each.address} password {password}" for each in self.config.neighbors))

    def updates_received(self, neighbor: str) -> int:
        return int(self._neighbor(neighbor)["messageStats"]["updatesRecv"])

    def configure(self, *lines: str) -> None:
        """Add lines to the configuration of the running daemon."""
        self._ask(["configure terminal", f"router bgp {self.config.asn}", *lines, "end"])

    def _neighbor(self, neighbor: str) -> dict[str, Any]:
        address = _address(neighbor)
        shown: dict[str, Any] = self._show(f"show bgp neighbors {address} json")[address]
        return shown

    def _show(self, command: str) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self._ask([command]))
        return shown

    def _ask(self, commands: list[str], daemon: str = "bgpd") -> str:
        """Send commands and return the answer to the last one."""
        self.require_running()
        path = self.directory / f"{daemon}.vty"
        answer = ""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(30)
            try:
                connection.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError) as error:
                raise NotYetError(f"{path}: {error.strerror}") from None
            for command in ("enable", *commands):
                answer = _exchange(connection, command)
        return answer

    def _private_files(self) -> dict[str, Path]:
        passwd, group, run = (self.directory / name for name in ("passwd", "group", "run"))
        passwd.write_text("root:x:0:0::/root:/bin/sh\nfrr:x:0:0::/:/bin/false\n")
        group.write_text("root:x:0:\nfrr:x:0:frr\nfrrvty:x:0:frr\n")
        (run / "frr").mkdir(parents=True, exist_ok=True)
        return {"/etc/passwd": passwd, "/etc/group": group, "/run": run}

    def _route_map(self, attributes: Attributes) -> Iterator[str]:
        yield f"route-map {_map_name(attributes)} permit 10"
        if attributes.med is not None:
            yield f"set metric {attributes.med}"
        if attributes.local_pref is not None:
            yield f"set local-preference {attributes.local_pref}"
        if attributes.communities:
            yield f"set community {' '.join(attributes.communities)}"
        if attributes.prepend:
            yield "set as-path prepend" + f" {self.config.asn}" * attributes.prepend
        yield "exit"

    def _lines(self) -> Iterator[str]:
        yield "debug bgp neighbor-events"
        yield f"router bgp {self.config.asn}"
        yield f" bgp router-id {self.config.router_id}"
        if self.config.cluster_id:
            yield f" bgp cluster-id {self.config.cluster_id}"
        yield " no bgp ebgp-requires-policy"
        yield " no bgp default ipv4-unicast"
        yield " no bgp network import-check"
        if all(neighbor.graceful_restart == "off" for neighbor in self.config.neighbors):
            yield " bgp graceful-restart-disable"
        else:
            yield " bgp graceful-restart preserve-fw-state"
        for neighbor in self.config.neighbors:
            yield from _session(neighbor)
        for family in FAMILIES:
            yield f" address-family {family} unicast"
            for neighbor in self.config.neighbors:
                if family in neighbor.families:
                    yield f"  neighbor {_address(neighbor.address)} activate"
                yield from _channel(neighbor)
            yield " exit-address-family"
        yield "exit"
        yield from self.config.extra


def _session(neighbor: Neighbor) -> Iterator[str]:
    start = f" neighbor {_address(neighbor.address)}"
    yield f"{start} remote-as {neighbor.asn}"
    if neighbor.interface:
        yield f"{start} interface {neighbor.interface}"
    yield f"{start} update-source {neighbor.local_address}"
    yield f"{start} timers {neighbor.hold_time // 3} {neighbor.hold_time}"
    yield f"{start} timers connect 1"
    yield f"{start} {_GRACEFUL_RESTART[neighbor.graceful_restart]}"
    if neighbor.passive:
        yield f"{start} passive"
    if neighbor.password:
        yield f"{start} password {neighbor.password}"
    if neighbor.ttl_security:
        yield f"{start} ttl-security hops 1"
    if neighbor.multihop:
        yield f"{start} ebgp-multihop {neighbor.multihop}"
    if neighbor.extended_next_hop:
        yield f"{start} capability extended-nexthop"
    if neighbor.role:
        yield f"{start} local-role {neighbor.role}"
    yield from (f" {line}" for line in neighbor.extra)


def _channel(neighbor: Neighbor) -> Iterator[str]:
    """Yield the lines about a neighbor that hold for one family."""
    start = f"  neighbor {_address(neighbor.address)}"
    if neighbor.limit:
        yield f"{start} maximum-prefix {neighbor.limit}"
    if neighbor.is_client:
        yield f"{start} route-reflector-client"
    if neighbor.add_paths in {"send", "both"}:
        yield f"{start} addpath-tx-all-paths"


def _address(neighbor: str) -> str:
    """FRR names the interface in a line of its own."""
    return neighbor.partition("%")[0]


def _exchange(connection: socket.socket, command: str) -> str:
    """One round of the vty protocol: a text ends with one zero octet, an answer with three and a status."""
    connection.sendall(command.encode() + b"\0")
    answer = b""
    while answer[-4:-1] != b"\0\0\0":
        data = connection.recv(1 << 16)
        if not data:
            raise NotYetError(f"connection closed in the answer to {command}")
        answer += data
    text = answer[:-4].decode()
    if answer[-1]:
        raise CommandError(f"{command}: {text}")
    return text


def _with_map(route: Announcement) -> str:
    return (
        route.prefix
        if route.attributes == PLAIN
        else f"{route.prefix} route-map {_map_name(route.attributes)}"
    )


def _map_name(attributes: Attributes) -> str:
    med, local_pref, communities, prepend = attributes
    return f"MED-{med}-LOCAL_PREF-{local_pref}-COMMUNITIES-{'-'.join(communities)}-PREPEND-{prepend}"


def _view(path: dict[str, Any]) -> RouteView:
    segments = path["aspath"]["segments"]
    outside = [segment for segment in segments if "confed" not in segment["type"]]
    return RouteView(
        next_hop=next(hop["ip"] for hop in path["nexthops"] if hop.get("scope") != "link-local"),
        as_path=_numbers(outside),
        origin=path["origin"].lower(),
        med=path.get("metric"),
        local_pref=path.get("locPrf"),
        communities=tuple(path.get("community", {}).get("list", ())),
        originator_id=path.get("originatorId"),
        cluster_list=tuple(path.get("clusterList", {}).get("list", ())),
        only_to_customer=path.get("otc"),
        confederation=_numbers([segment for segment in segments if segment not in outside]),
        path_id=path.get("addpathRxId"),
    )


def _numbers(segments: list[dict[str, Any]]) -> tuple[int, ...]:
    return tuple(asn for segment in segments for asn in segment["list"])
