"""``show kernel``: how the tables of the kernel that we write are, and what happened to them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bgpd.show.command import Argument, Arguments, Command, Line
from bgpd.show.folding import folded
from bgpd.show.kernel_tables import Written, kernels_named
from bgpd.show.selection import EVERY
from bgpd.show.times import iso, long
from bgpd.show.view import Daemon
from kernel_sync.report import KernelReport
from kernel_sync.types import MAIN_TABLE, protocol_name
from messages.families import Family
from messages.families.prefix import render_prefix

_HEADING_CODE: Final = 2065
_LINE_CODE: Final = 1065
_WIDTH: Final = 15


class _Row(NamedTuple):
    name: str
    state: str
    family: Family
    report: KernelReport
    learned: int | None
    """How many routes of other programs are in our table; None if they are not looked at."""
    waits: str


def _request(daemon: Daemon, arguments: Arguments) -> Sequence[Written]:
    return kernels_named(daemon, arguments.get("", EVERY))


def _rows(request: Sequence[Written]) -> Iterator[_Row | None]:
    for each in request:
        sources = [channel.source for channel in each.protocol.channels if channel.source is not None]
        learned = sum(source.routes for source in sources) if sources else None
        report = each.kernel.report()
        yield _Row(each.name, each.protocol.state, each.kernel.family, report, learned, each.waits)
        yield None


def _layout(_request: Sequence[Written], row: _Row) -> Iterator[Line]:
    report = row.report
    main = " (main)" if report.table == MAIN_TABLE else ""
    mark = f"proto {report.protocol} ({protocol_name(report.protocol)})"
    yield Line(
        _HEADING_CODE, f"{row.name}: {row.family.name}, table {report.table}{main}, {mark}, {row.state}"
    )
    for label, text in _facts(row):
        yield Line(_LINE_CODE, f"  {label + ':':<{_WIDTH}} {text}")
    if report.last_errors:
        yield Line(_LINE_CODE, "  Last errors:")
    for at, key, text in report.last_errors:
        line = f"    {long(at)}  {render_prefix(key, row.family)}: {text}"
        yield from (Line(_LINE_CODE, part) for part in folded(line))


def _facts(row: _Row) -> Iterator[tuple[str, str]]:
    report = row.report
    yield (
        "Routes",
        f"{report.wanted} wanted, {report.installed} in the kernel, {report.waiting} not as wanted, "
        f"{report.problems} with a problem, {report.strays} strays",
    )
    learned = "" if row.learned is None else f", {row.learned} learned"
    yield "Other programs", f"{report.aliens} routes{learned}"
    yield (
        "Messages",
        f"{report.written} sent, {report.refused} refused; {report.restored} routes restored, "
        f"{report.displaced} of others displaced",
    )
    yield "Last change", _time(report.last_change)
    yield "Read", f"{report.dumps} times, last {_time(report.last_dump)}"
    yield "Checked", f"{report.checks} times, last {_time(report.last_check)}"
    yield "Notifications", f"lost {report.lost_notifications} times"
    if report.adopting:
        waits = f"; waiting for {row.waits}" if row.waits else ""
        yield "Adopting", f"routes of an earlier process stay until the neighbors have said all{waits}"


def _time(moment: float | None) -> str:
    return "never" if moment is None else long(moment)


def _document(_request: Sequence[Written], row: _Row) -> Mapping[str, object]:
    times = {
        name: None if moment is None else iso(moment)
        for name, moment in row.report._asdict().items()
        if name in ("last_dump", "last_check", "last_change")
    }
    errors = [
        {"at": iso(at), "prefix": render_prefix(key, row.family), "problem": text}
        for at, key, text in row.report.last_errors
    ]
    return {
        "name": row.name,
        "state": row.state,
        "family": row.family.name,
        **row.report._asdict(),
        **times,
        "last_errors": errors,
        "learned": row.learned,
        "waits_for": row.waits or None,
    }


COMMAND: Final = Command(
    words="show kernel",
    help="The tables of the kernel that we write: counts, times, last errors",
    example="show kernel",
    request=_request,
    rows=_rows,
    layout=_layout,
    document=_document,
    arguments=(Argument("", "Only this kernel protocol", 'NAME|"PATTERN"'),),
)
