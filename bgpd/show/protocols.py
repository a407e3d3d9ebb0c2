"""``show protocols``: what is configured, in which state it is, and what it does with routes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.protocols.details import Details
from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.show.bird_channels import bird_channel, bird_channel_lines
from bgpd.show.channels import ChannelRow, channel_lines, channel_row
from bgpd.show.command import Argument, Arguments, Command, Line
from bgpd.show.folding import folded
from bgpd.show.selection import EVERY, selected
from bgpd.show.times import form_of, formatted, iso, long
from bgpd.show.view import Daemon
from fsm.failure import FailureKind
from messages.families.prefix import render_address

_HEADING: Final = "name     proto    table    state  since       info"


class _ProtocolRow(NamedTuple):
    name: str
    proto: str
    table: str
    state: str
    since: float
    info: str
    description: str | None = None
    message: str | None = None
    fault: str | None = None
    """The last bug of ours that has stopped it, and when."""
    router_id: str | None = None
    """Ours as this neighbor sees it, if that is another one."""
    channels: Sequence[ChannelRow] | None = None
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    protocols: Sequence[Protocol]
    all: bool

    @property
    def is_bird(self) -> bool:
        return self.daemon.dialect == "bird"


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    protocols = selected(daemon.protocols, arguments.get("", EVERY))
    return _Request(daemon, protocols, "all" in arguments)


def _rows(request: _Request) -> Iterator[_ProtocolRow | None]:
    for protocol in request.protocols:
        row = _ProtocolRow(
            protocol.name,
            protocol.kind,
            protocol.table,
            protocol.state,
            protocol.since,
            protocol.info_of_bird if request.is_bird else _info(protocol, request.daemon.now()),
        )
        if request.all:
            channels: list[ChannelRow] = []
            for channel in protocol.channels:
                exported = 0
                for count in request.daemon.exported(protocol.name, channel.family):
                    exported = count or 0
                    yield None
                channels.append(channel_row(protocol, channel, exported))
            row = row._replace(
                description=protocol.description or None,
                message=protocol.message or None,
                fault=_fault(protocol),
                router_id=_router_id(protocol),
                channels=channels,
                details=protocol.details(),
            )
        yield row


def _info(protocol: Protocol, now: float) -> str:
    """Return what the protocol says of itself, unless it rests after a bug."""
    fault = protocol.fault
    return protocol.info if fault is None or not fault.is_pending(now) else fault.words(now)


def _fault(protocol: Protocol) -> str | None:
    fault = protocol.fault
    return None if fault is None else f"{long(fault.at)} {fault.what} ({protocol.backoff.number} in all)"


def _router_id(protocol: Protocol) -> str | None:
    number = protocol.own_identifier
    return None if number is None else render_address(number.to_bytes(4))


def _heading(_request: _Request) -> Iterator[Line]:
    yield Line(2002, _HEADING)


def _layout(request: _Request, row: _ProtocolRow) -> Iterator[Line]:
    form = form_of(request.daemon.settings.time_formats, "protocol")
    since = formatted(row.since, request.daemon.now(), form)
    yield Line(1002, f"{row.name:<8} {row.proto:<8} {row.table:<8} {row.state:<5}  {since:<10}  {row.info}")
    if row.details is None:
        return
    if request.is_bird:
        yield from (Line(1006, text) for text in _lines_of_bird(request, row, row.details))
        return
    for text in _detail_lines(row, row.details):
        yield from (Line(1006, line) for line in folded(text))


def _lines_of_bird(request: _Request, row: _ProtocolRow, details: Details) -> Iterator[str]:
    """Return what BIRD says and no more; clients look for some of it anywhere in the answer."""
    is_of_limit = row.info.startswith(FailureKind.AUTOMATIC)
    row = row._replace(fault=None)
    yield from _head_lines(row._replace(message=None) if is_of_limit else row)
    protocol = request.daemon.protocols.get(row.name)
    if protocol is not None:
        channel = bird_channel(protocol, row.channels or ())
        recovers = request.daemon.recovery is not None
        limits = iter(details.limit_lines())
        lines = bird_channel_lines(protocol, channel, limits, recovers=recovers)
        yield from (f"  {text}" for text in lines)
    yield from (f"  {text}" for text in details.lines_of_bird())
    yield ""


def _head_lines(row: _ProtocolRow) -> Iterator[str]:
    if row.description:
        yield f"  Description:    {row.description}"
    if row.message:
        yield f"  Message:        {row.message}"
    if row.fault:
        yield f"  Last bug:       {row.fault}"
    if row.router_id:
        yield f"  Router ID:      {row.router_id}"


def _detail_lines(row: _ProtocolRow, details: Details) -> Iterator[str]:
    yield from _head_lines(row)
    channels = row.channels or ()
    counted = row.state != ProtocolState.DOWN
    for channel in channels:
        if len(channels) > 1:
            yield f"  Channel {channel.family}"
        indent = "    " if len(channels) > 1 else "  "
        for text in channel_lines(channel, counted=counted):
            yield indent + text
    yield from (f"  {text}" for text in details.lines())
    yield ""


def _document(_request: _Request, row: _ProtocolRow) -> Mapping[str, object]:
    return row._asdict() | {"since": iso(row.since), "info": row.info.strip()}


COMMAND: Final = Command(
    words="show protocols",
    help="Neighbors and other protocols; with all, routes, counters, timers",
    example="show protocols all tor1",
    request=_request,
    rows=_rows,
    layout=_layout,
    heading=_heading,
    document=_document,
    arguments=(
        Argument(
            "", "Only this protocol, or those that match a quoted pattern with * and ?", 'NAME|"PATTERN"'
        ),
        Argument("all", "Routes, counters, session and timers as well"),
    ),
)
