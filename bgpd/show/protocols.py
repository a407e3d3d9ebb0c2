"""``show protocols``: what is configured, in which state it is, and what it does with routes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.protocols.details import Details
from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.show.channels import ChannelRow, channel_lines, channel_row
from bgpd.show.command import Argument, Arguments, Command, Line
from bgpd.show.folding import folded
from bgpd.show.selection import EVERY, selected
from bgpd.show.times import iso, short
from bgpd.show.view import Daemon

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
    channels: Sequence[ChannelRow] | None = None
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    protocols: Sequence[Protocol]
    all: bool


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    protocols = selected(daemon.protocols, arguments.get("", EVERY))
    return _Request(daemon, protocols, "all" in arguments)


def _rows(request: _Request) -> Iterator[_ProtocolRow | None]:
    for protocol in request.protocols:
        row = _ProtocolRow(
            protocol.name, protocol.kind, protocol.table, protocol.state, protocol.since, protocol.info
        )
        if request.all:
            channels: list[ChannelRow] = []
            for channel in protocol.channels:
                exported = 0
                for count in request.daemon.exported(protocol.name, channel.family):
                    exported = count or 0
                    yield None
                channels.append(channel_row(protocol.kind, channel, exported))
            row = row._replace(
                description=protocol.description or None,
                message=protocol.message or None,
                channels=channels,
                details=protocol.details(),
            )
        yield row


def _heading(_request: _Request) -> Iterator[Line]:
    yield Line(2002, _HEADING)


def _layout(request: _Request, row: _ProtocolRow) -> Iterator[Line]:
    since = short(row.since, request.daemon.now())
    yield Line(1002, f"{row.name:<8} {row.proto:<8} {row.table:<8} {row.state:<5}  {since:<10}  {row.info}")
    if row.details is not None:
        for text in _detail_lines(row, row.details):
            yield from (Line(1006, line) for line in folded(text))


def _detail_lines(row: _ProtocolRow, details: Details) -> Iterator[str]:
    if row.description:
        yield f"  Description:    {row.description}"
    if row.message:
        yield f"  Message:        {row.message}"
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
