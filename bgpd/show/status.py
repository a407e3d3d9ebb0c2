"""``show status``: which daemon this is and how long it has been running."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bgpd.show.command import Arguments, Command, Line
from bgpd.show.source_status import source_document, source_lines
from bgpd.show.times import form_of, formatted, iso
from bgpd.show.view import Daemon, Recovery
from bgpd.sources.source import SourceStatus
from messages.families.prefix import render_address

BIRD_VERSION: Final = "v0.3.3+birdv1.6.8"
"""What Calico's BIRD calls itself; its readers want the v."""

_VERSION, _FACT, _RECOVERY, _END = 1000, 1011, 24, 13


class _Status(NamedTuple):
    version: str
    router_id: str
    server_time: float
    last_reboot: float
    last_reconfiguration: float
    state: str
    recovery: Mapping[str, int] | None
    configuration_problem: str | None
    reconfiguration_problems: Sequence[str] | None
    cluster_source: Sequence[SourceStatus] | None
    held: int | None
    """How many neighbors a change of the cluster's mode keeps."""


def announced_version(daemon: Daemon) -> str:
    """Return the name the daemon gives itself; clients of BIRD look for its first word."""
    return f"BIRD {BIRD_VERSION}" if daemon.dialect == "bird" else f"BIRD bgpd-{daemon.version}"


def _request(daemon: Daemon, _arguments: Arguments) -> Daemon:
    return daemon


def _state(daemon: Daemon) -> str:
    if daemon.shutting_down:
        return "Shutdown in progress"
    return "Reconfiguration in progress" if daemon.is_reconfiguring else "Daemon is up and running"


def _rows(daemon: Daemon) -> Iterator[_Status]:
    recovery = daemon.recovery
    yield _Status(
        announced_version(daemon),
        render_address(daemon.router_id.to_bytes(4)),
        daemon.now(),
        daemon.started,
        daemon.reconfigured,
        _state(daemon),
        None if recovery is None else recovery._asdict(),
        daemon.configuration_problem or None,
        [*daemon.reconfiguration_problems] or None,
        daemon.sources or None,
        len(daemon.held) or None,
    )


def _document(_daemon: Daemon, row: _Status) -> Mapping[str, object]:
    sources = [*map(source_document, row.cluster_source or ())]
    return row._asdict() | {
        "server_time": iso(row.server_time),
        "last_reboot": iso(row.last_reboot),
        "last_reconfiguration": iso(row.last_reconfiguration),
        "cluster_source": sources or None,
    }


def _layout(daemon: Daemon, row: _Status) -> Iterator[Line]:
    yield Line(_VERSION, row.version)
    yield from (Line(_FACT, text) for text in _facts(daemon, row))
    if daemon.recovery is not None:
        yield from (Line(_RECOVERY, text) for text in _recovery_lines(daemon.recovery))


def _facts(daemon: Daemon, row: _Status) -> Iterator[str]:
    form, now = form_of(daemon.settings.time_formats, "base"), row.server_time
    yield f"Router ID is {row.router_id}"
    yield f"Current server time is {formatted(row.server_time, now, form)}"
    yield f"Last reboot on {formatted(row.last_reboot, now, form)}"
    yield f"Last reconfiguration on {formatted(row.last_reconfiguration, now, form)}"
    if daemon.dialect == "bird":
        yield f"Implementation is bgpd {daemon.version}"
    for line in (row.configuration_problem or "").splitlines():
        yield f"Configuration is broken: {line}"
    for problem in row.reconfiguration_problems or ():
        yield f"In the last reconfiguration: {problem}"
    for source in row.cluster_source or ():
        yield from source_lines(source, formatted(source.since, now, form))
    if row.held is not None:
        latest = max((each.until for each in daemon.held), default=now)
        neighbors = f"{row.held} neighbor{'s' if row.held > 1 else ''}"
        yield f"A change of mode concerns {neighbors} for {latest - now:.0f} s more: see cluster status"


def _recovery_lines(recovery: Recovery) -> Iterator[str]:
    yield "Graceful restart recovery in progress"
    yield f"  Waiting for {recovery.waiting} protocols to recover"
    yield f"  Wait timer is {recovery.left}/{recovery.limit}"


def _ending(daemon: Daemon) -> Line:
    return Line(_END, _state(daemon))


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
