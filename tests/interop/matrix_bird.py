"""A BIRD 1.6 that has a route of every kind, and applies filters to all of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from tests.filters_oracle.route_matrix import INTERFACES, Variant
from tests.interop.lab import Lab
from tests.interop.routers import Bird1, RouterConfig, bird_control, sessions
from tests.interop.waiting import eventually

_ROUTE: Final = re.compile(r"([0-9a-f.:]+/\d+) +(.*?) \[.*\((\d+)(?:/[\d?-]+)?\)")
_PRINTED: Final = re.compile(r"\S+ \S+ <INFO> (.*)")
_ATTRIBUTE: Final = re.compile(r"\s+([\w.]+): ?(.*)")

Shown = Mapping[str, Mapping[str, str]]
"""Prefix -> what BIRD shows of its route: ``preference``, ``destination``, attributes in BIRD's spelling."""


class MatrixBird:
    """The daemon, with one table for each variant; another daemon sends it the routes of BGP."""

    def __init__(self, lab: Lab, bits: int, prefixes: Sequence[str], variants: Sequence[Variant]) -> None:
        self._family = "ipv4" if bits == 32 else "ipv6"
        self._prefixes = prefixes
        self._variants = variants
        self._lines_read = 0
        subnets = {"v6": None} if bits == 32 else {"v4": None}
        here, there = lab.link(lab.host("bird"), lab.host("feeder"), **subnets)
        self.gateway = there.v4 or there.v6
        self.interface = here.interface
        for number, interface in enumerate(INTERFACES):
            here.host.ip("link", "add", interface, "type", "veth", "peer", "name", f"to-{interface}"[:15])
            address = f"198.51.100.{number}/32" if bits == 32 else f"2001:db8:{number}::1/128"
            here.host.ip("address", "add", address, "dev", interface)
            here.host.ip("link", "set", interface, "up")
        for number, metric in _kernel_tables(variants):
            for prefix in prefixes:
                route = ("add", prefix, "dev", INTERFACES[0], "metric", str(metric), "table", str(number))
                here.host.ip("-4" if bits == 32 else "-6", "route", *route)
        neighbor = replace(sessions(here, there, 65001)[0], extra=("gateway recursive;",))
        extra = tuple(self._preparation())
        self._config = RouterConfig(asn=65001, router_id="192.0.2.1", neighbors=[neighbor], extra=extra)
        self._bird = Bird1(here.host, self._config)
        feeder = RouterConfig(
            asn=65001, router_id="192.0.2.2", neighbors=sessions(there, here, 65001), routes=prefixes
        )
        self._feeder = Bird1(there.host, feeder)

    def start(self) -> None:
        """Start both daemons and wait for all routes."""
        self._feeder.start()
        self._bird.start()
        for variant in self._variants:
            eventually(partial(self._complete, variant), within=60)

    def define(self, definitions: str) -> None:
        """Replace the filters of the daemon."""
        self._config.extra = (*self._preparation(), definitions)
        self._bird.reconfigure()

    def accepted(self, variant: Variant, name: str, prefix: str = "") -> Shown:
        """Return the routes that a filter accepts, as it changed them: all, or that to one prefix."""
        return dict(_routes(self._ask(f"show route {prefix} table {variant.name} filter {name} all")))

    def printed(self) -> list[str]:
        """Return the lines that filters have printed since the last time."""
        lines = self._bird.processes[0].log.read_text().splitlines()
        new, self._lines_read = lines[self._lines_read :], len(lines)
        return [found[1] for line in new if (found := _PRINTED.fullmatch(line))]

    def _complete(self, variant: Variant) -> bool:
        return len(dict(_routes(self._ask(f"show route table {variant.name} all")))) == len(self._prefixes)

    def _ask(self, command: str) -> list[str]:
        return bird_control.ask(self._bird.directory / f"{self._family}.ctl", command)

    def _preparation(self) -> Iterator[str]:
        """Yield the tables, where their routes come from, and how these get their attributes."""
        yield "protocol direct {}"
        yield "table static_routes;"
        yield self._static("static_routes", "blackhole")
        for number, interface in enumerate(INTERFACES):
            yield f"table device_{number}_routes;"
            yield self._static(f"device_{number}_routes", f'via "{interface}"')
        for number, metric in _kernel_tables(self._variants):
            settings = f"table kernel_{metric}_routes; kernel table {number}; learn; scan time 1;"
            yield f"table kernel_{metric}_routes;"
            yield f"protocol kernel {{ {settings} import all; export none; }}"
        for variant in self._variants:
            yield f"table {variant.name};"
            origin = "master" if variant.origin == "bgp" else f"{variant.origin}_routes"
            tables = f"table {origin}; peer table {variant.name};"
            others = "if source = RTS_DEVICE then reject;"
            chosen = f"export filter {{ {others} {variant.setting} accept; }}; import none;"
            yield f"protocol pipe pipe_{variant.name} {{ {tables} {chosen} }}"

    def _static(self, table: str, destination: str) -> str:
        routes = "".join(f"  route {prefix} {destination};\n" for prefix in self._prefixes)
        return f"protocol static {{\n  table {table};\n{routes}}}"


def _kernel_tables(variants: Sequence[Variant]) -> Iterator[tuple[int, int]]:
    """Yield a number and the metric of all routes for each table of the kernel."""
    metrics = (variant.origin.removeprefix("kernel_") for variant in variants if "kernel_" in variant.origin)
    yield from enumerate(map(int, metrics), start=1000)


def _routes(lines: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    shown: dict[str, str] = {}
    for line in lines:
        if route := _ROUTE.match(line):
            shown = {"preference": route[3], "destination": route[2]}
            yield route[1], shown
        elif attribute := _ATTRIBUTE.match(line):
            shown[attribute[1]] = attribute[2].strip()
