"""``show status``: which daemon this is and how long it has been running."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bgpd.show.command import Arguments, Command, Line
from bgpd.show.times import iso, long
from bgpd.show.view import Daemon
from messages.families.prefix import render_address


class _Status(NamedTuple):
    version: str
    router_id: str
    server_time: float
    last_reboot: float
    last_reconfiguration: float
    state: str


def announced_version(daemon: Daemon) -> str:
    """Return the name the daemon gives itself; clients of BIRD look for its first word."""
    return f"BIRD bgpd-{daemon.version}"


def _request(daemon: Daemon, _arguments: Arguments) -> Daemon:
    return daemon


def _state(daemon: Daemon) -> str:
    return "Shutdown in progress" if daemon.shutting_down else "Daemon is up and running"


def _rows(daemon: Daemon) -> Iterator[_Status]:
    yield _Status(
        announced_version(daemon),
        render_address(daemon.router_id.to_bytes(4)),
        daemon.now(),
        daemon.started,
        daemon.reconfigured,
        _state(daemon),
    )


def _document(_daemon: Daemon, row: _Status) -> Mapping[str, object]:
    return row._asdict() | {
        "server_time": iso(row.server_time),
        "last_reboot": iso(row.last_reboot),
        "last_reconfiguration": iso(row.last_reconfiguration),
    }


def _layout(_daemon: Daemon, row: _Status) -> Iterator[Line]:
    yield Line(1000, row.version)
    yield Line(1011, f"Router ID is {row.router_id}")
    yield Line(1011, f"Current server time is {long(row.server_time)}")
    yield Line(1011, f"Last reboot on {long(row.last_reboot)}")
    yield Line(1011, f"Last reconfiguration on {long(row.last_reconfiguration)}")


def _ending(daemon: Daemon) -> Line:
    return Line(13, _state(daemon))


COMMAND: Final = Command(
    words="show status",
    help="Version, router id, times and state of the daemon",
    example="show status",
    request=_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    document=_document,
    is_single=lambda _daemon: True,
)
