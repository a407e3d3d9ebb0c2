"""``show protocols``: what is configured, in which state it is, and what it does with routes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.show.channels import ChannelRow, channel_lines, channel_row, count_refused
from bgpd.show.command import Argument, Arguments, Command, CommandError, Line
from bgpd.show.times import iso, short
from bgpd.show.view import Daemon
from rib.route import Source

_HEADING: Final = "name     proto    table    state  since       info"

_NO_PROTOCOLS_MATCH: Final = 8003
_NOT_A_PROTOCOL: Final = 9002


class _ProtocolRow(NamedTuple):
    name: str
    proto: str
    table: str
    state: str
    since: float
    info: str
    description: str | None = None
    channels: Sequence[ChannelRow] | None = None
    details: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    protocols: Sequence[Protocol]
    all: bool


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    protocols = _selected(daemon.protocols, arguments.get("", '"*"'))
    return _Request(daemon, protocols, "all" in arguments)


def _selected(protocols: Mapping[str, Protocol], name: str) -> Sequence[Protocol]:
    if not name.startswith('"'):
        if name not in protocols:
            raise CommandError(_NOT_A_PROTOCOL, f"{name} is not a protocol")
        return (protocols[name],)
    pattern = name.strip('"').replace("[", "[[]")  # a bracket has no meaning in BIRD's patterns
    matching = [protocol for protocol in protocols.values() if fnmatchcase(protocol.name, pattern)]
    if not matching:
        raise CommandError(_NO_PROTOCOLS_MATCH, "No protocols match")
    return matching


def _rows(request: _Request) -> Iterator[_ProtocolRow | None]:
    refused: dict[Source, int] = {}
    if request.all:
        for table in request.daemon.tables.values():
            yield from count_refused(table, refused)
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
                channels.append(channel_row(protocol.kind, channel, refused, exported))
            row = row._replace(
                description=protocol.description, channels=channels, details=protocol.details()
            )
        yield row


def _heading(_request: _Request) -> Iterator[Line]:
    yield Line(2002, _HEADING)


def _layout(request: _Request, row: _ProtocolRow) -> Iterator[Line]:
    since = short(row.since, request.daemon.now())
    yield Line(1002, f"{row.name:<8} {row.proto:<8} {row.table:<8} {row.state:<5}  {since:<10}  {row.info}")
    if row.channels is not None:
        for text in _detail_lines(row):
            yield Line(1006, text)


def _detail_lines(row: _ProtocolRow) -> Iterator[str]:
    if row.description:
        yield f"  Description:    {row.description}"
    channels = row.channels or ()
    counted = row.state != ProtocolState.DOWN
    for channel in channels:
        if len(channels) > 1:
            yield f"  Channel {channel.family}"
        indent = "    " if len(channels) > 1 else "  "
        for text in channel_lines(channel, counted=counted):
            yield indent + text
    for text in row.details or ():
        yield f"  {text}"
    yield ""


def _document(_request: _Request, row: _ProtocolRow) -> Mapping[str, object]:
    return row._asdict() | {
        "since": iso(row.since),
        "info": row.info.strip(),
        "description": row.description or None,
        "details": None if row.details is None else _named(row.details),
    }


def _named(details: Sequence[str]) -> dict[str, object]:
    """Turn ``Neighbor AS:      65001`` into a name and a value; a bare statement is true."""
    named: dict[str, object] = {}
    for text in details:
        name, colon, value = (part.strip() for part in text.partition(":"))
        plain: object = int(value) if value.isdecimal() else value
        named[name.lower().replace(" ", "_")] = plain if colon else True
    return named


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
