"""``show activity``: what is going on, in numbers that are there anyway; ``bgpdcl top`` asks every second.

Nothing is counted for it, so it costs some microseconds for each neighbor, whatever the tables have.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from bgpd.protocols.protocol import Protocol
from bgpd.protocols.traffic import Traffic
from bgpd.show.command import Arguments, Command, Line
from bgpd.show.kernel_tables import KernelWriter
from bgpd.show.times import Moment
from bgpd.show.view import Daemon
from messages.families.prefix import render_address

_AT_ONCE: Final = 50
"""Neighbors between two pauses."""
_FACT: Final = 1080
_NEIGHBOR: Final = 1081


class _DaemonRow(NamedTuple):
    version: str
    router_id: str
    now: float
    """Unix time, with its fractions."""
    started: Moment
    slow_callbacks: int
    longest_callback: float
    """Seconds, in the last minutes."""
    longest_callback_of: str | None
    kind: str = "daemon"


class _TableRow(NamedTuple):
    name: str
    family: str
    prefixes: int
    changes: int
    """Of best routes, one for each prefix, since the start."""
    kind: str = "table"


class _KernelRow(NamedTuple):
    name: str
    family: str
    state: str
    wanted: int
    installed: int
    waiting: int
    problems: int
    written: int
    kind: str = "kernel"


class _NeighborRow(NamedTuple):
    name: str
    state: str
    since: Moment
    routes: int
    """That it announced and that are not refused."""
    best: int
    traffic: Traffic
    info: str
    kind: str = "neighbor"


_Row: TypeAlias = _DaemonRow | _TableRow | _KernelRow | _NeighborRow


def _request(daemon: Daemon, _arguments: Arguments) -> Daemon:
    return daemon


def _rows(daemon: Daemon) -> Iterator[_Row | None]:
    stalls = daemon.stalls
    yield _DaemonRow(
        daemon.version,
        render_address(daemon.router_id.to_bytes(4)),
        daemon.now(),
        Moment(daemon.started),
        stalls.slow,
        stalls.longest,
        stalls.what or None,
    )
    for table in daemon.tables:
        yield _TableRow(table.name, table.family.name, len(table), daemon.history(table).settled)
    protocols = tuple(daemon.protocols.values())
    for number, protocol in enumerate(protocols):
        traffic = protocol.traffic
        if traffic is not None:
            yield _neighbor_row(protocol, traffic)
        elif isinstance(protocol, KernelWriter):
            yield _kernel_row(protocol, protocol)
        if number % _AT_ONCE == 0:
            yield None


def _kernel_row(protocol: Protocol, writer: KernelWriter) -> _KernelRow:
    report = writer.kernel.report()
    return _KernelRow(
        protocol.name,
        writer.kernel.family.name,
        protocol.state,
        report.wanted,
        report.installed,
        report.waiting,
        report.problems,
        report.written,
    )


def _neighbor_row(protocol: Protocol, traffic: Traffic) -> _NeighborRow:
    sources = [channel.source for channel in protocol.channels if channel.source is not None]
    return _NeighborRow(
        protocol.name,
        protocol.state,
        Moment(protocol.since),
        sum(source.routes - source.filtered for source in sources),
        sum(source.preferred for source in sources),
        traffic,
        protocol.info.strip(),
    )


def _document(_daemon: Daemon, row: _Row) -> Mapping[str, object]:
    document = {"kind": row.kind, **row._asdict()}
    if isinstance(row, _NeighborRow):
        document |= row.traffic._asdict()
        del document["traffic"]
    return document


def _layout(_daemon: Daemon, row: _Row) -> Iterator[Line]:
    match row:
        case _DaemonRow():
            longest = f"{row.longest_callback * 1000:.0f} ms" + (
                f" ({row.longest_callback_of})" if row.longest_callback_of else ""
            )
            yield Line(
                _FACT, f"Event loop: longest callback {longest}, {row.slow_callbacks} slow since the start"
            )
        case _TableRow():
            yield Line(
                _FACT,
                f"Table {row.name} {row.family}: {row.prefixes} prefixes, "
                f"{row.changes} changes of best routes",
            )
        case _KernelRow():
            yield Line(
                _FACT,
                f"Kernel {row.name} {row.family}: {row.installed} of {row.wanted} routes installed, "
                f"{row.waiting} waiting, {row.problems} problems, {row.written} messages",
            )
        case _NeighborRow():
            traffic = row.traffic
            yield Line(
                _NEIGHBOR,
                f"{row.name:<16} {row.state:<5} {row.routes} routes, {row.best} best; "
                f"in {traffic.updates_in} updates {traffic.prefixes_in} prefixes, "
                f"out {traffic.updates_out} updates {traffic.prefixes_out} prefixes; "
                f"lost {traffic.sessions_lost}",
            )


COMMAND: Final[Command[Daemon, _Row]] = Command(
    words="show activity",
    help="What crosses, in numbers since the start",
    example="show activity",
    request=_request,
    rows=_rows,
    layout=_layout,
    document=_document,
)
