"""What the operator does to protocols: enable, disable, restart, reload, drain, undrain."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from bgpd.protocols.protocol import Protocol, ProtocolError, ProtocolState
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.selection import EVERY, is_pattern, matching, selected
from bgpd.show.view import Daemon

_NAME: Final = "name"
_REASON: Final = "reason"
_ALL: Final = "all"
_INCOMING, _OUTGOING = "in", "out"

_DEVICE: Final = "Device"
"""The kind of protocol that everything else needs."""
_NEIGHBOR: Final = "BGP"
"""The kind of protocol that has something to reload or to drain."""
_LONGEST_REASON: Final = 255
"""Octets of a shutdown communication (RFC 9003 §2)."""

_CODES: Final[Mapping[str, int]] = {
    "already disabled": 8,
    "disabled": 9,
    "already enabled": 10,
    "enabled": 11,
    "restarted": 12,
    "reloading": 15,
    "draining": 60,
    "already draining": 61,
    "undrained": 62,
    "not draining": 63,
}
"""By what the protocol answers: BIRD's, and ours from 60 on."""
_DONE: Final = 64
_RELOAD_FAILED: Final = 8006
_FAILED: Final = 8060


class _Outcome(NamedTuple):
    protocol: str
    answer: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation on each of the protocols that were named."""

    word: str
    perform: Callable[[Protocol, Arguments], str]
    whom: str = "protocols"
    concerns: Callable[[Protocol], bool] = lambda _protocol: True
    """Whom ``all`` and patterns mean; who names any other protocol is told why it cannot be done."""


@dataclass(slots=True)
class _Request:
    protocols: Sequence[Protocol]
    arguments: Arguments
    outcomes: list[_Outcome] = field(default_factory=list)


def _request(operation: _Operation, daemon: Daemon, arguments: Arguments) -> _Request:
    _check(operation, arguments)
    name = EVERY if arguments[_NAME] == _ALL else arguments[_NAME]
    protocols = selected(daemon.protocols, name)
    if is_pattern(name):
        protocols = matching(list(filter(operation.concerns, protocols)), operation.whom)
    return _Request(protocols, arguments)


def _check(operation: _Operation, arguments: Arguments) -> None:
    if _NAME not in arguments:
        raise CommandError(SYNTAX_ERROR, f'{operation.word} what? Name a protocol, a "pattern", or all')
    if _INCOMING in arguments and _OUTGOING in arguments:
        raise CommandError(SYNTAX_ERROR, "Only one of in and out expected; without them both are reloaded")
    octets = len(_reason(arguments).encode())
    if octets > _LONGEST_REASON:
        raise CommandError(
            SYNTAX_ERROR, f"The reason has {octets} octets; neighbors read {_LONGEST_REASON} (RFC 9003)"
        )


def _reason(arguments: Arguments) -> str:
    return arguments.get(_REASON, "").strip('"')


def _rows(operation: _Operation, request: _Request) -> Iterator[_Outcome]:
    """Do all of it before the first line is sent: a client that hangs up leaves nothing half done."""
    for protocol in request.protocols:
        try:
            answer = operation.perform(protocol, request.arguments)
            request.outcomes.append(_Outcome(protocol.name, answer))
        except ProtocolError as error:
            request.outcomes.append(_Outcome(protocol.name, error=str(error)))
    yield from request.outcomes


def _layout(operation: _Operation, _request: _Request, row: _Outcome) -> Iterator[Line]:
    if row.answer is not None:
        yield Line(_CODES.get(row.answer, _DONE), f"{row.protocol}: {row.answer}")
    else:
        code = _RELOAD_FAILED if operation is _RELOAD else _FAILED
        yield Line(code, f"{row.protocol}: {operation.word} failed: {row.error}")


def _problems(operation: _Operation, request: _Request) -> Iterator[Line]:
    for outcome in request.outcomes:
        if outcome.error is not None:
            yield from _layout(operation, request, outcome)


def _reload(protocol: Protocol, arguments: Arguments) -> str:
    return protocol.reload(incoming=_OUTGOING not in arguments, outgoing=_INCOMING not in arguments)


def _can_do_without(protocol: Protocol) -> bool:
    return protocol.kind != _DEVICE


def _is_neighbor(protocol: Protocol) -> bool:
    return protocol.kind == _NEIGHBOR


def _is_running_neighbor(protocol: Protocol) -> bool:
    return _is_neighbor(protocol) and protocol.state is not ProtocolState.DOWN


def _is_neighbor_with_session(protocol: Protocol) -> bool:
    """Who has no session has exchanged nothing, and will exchange everything."""
    return _is_neighbor(protocol) and protocol.state is ProtocolState.UP


_ENABLE: Final = _Operation("enable", lambda protocol, _: protocol.enable())
_DISABLE: Final = _Operation(
    "disable", lambda protocol, words: protocol.disable(_reason(words)), concerns=_can_do_without
)
_RESTART: Final = _Operation(
    "restart", lambda protocol, words: protocol.restart(_reason(words)), concerns=_can_do_without
)
_RELOAD: Final = _Operation("reload", _reload, "established neighbors", _is_neighbor_with_session)
_DRAIN: Final = _Operation(
    "drain", lambda protocol, words: protocol.drain(_reason(words)), "running neighbors", _is_running_neighbor
)
_UNDRAIN: Final = _Operation("undrain", lambda protocol, _: protocol.undrain(), "neighbors", _is_neighbor)

_PROTOCOLS: Final = Argument(
    "",
    "One protocol, those that match a quoted pattern with * and ?, or all",
    'NAME|"PATTERN"|all',
    name=_NAME,
)
_NEIGHBORS: Final = _PROTOCOLS._replace(
    help="One neighbor, those that match a quoted pattern with * and ?, or all"
)
_WORDS: Final = Argument("", "Why: the neighbor is told (RFC 9003)", '"REASON"', name=_REASON)


def _command(
    operation: _Operation, text: str, example: str, arguments: Iterable[Argument]
) -> Command[_Request, _Outcome]:
    return Command(
        words=operation.word,
        help=text,
        example=example,
        request=partial(_request, operation),
        rows=partial(_rows, operation),
        layout=partial(_layout, operation),
        problems=partial(_problems, operation),
        arguments=tuple(arguments),
        changes=True,
    )


COMMANDS: Final = (
    _command(_ENABLE, "Start what is disabled", "enable tor1", (_PROTOCOLS,)),
    _command(
        _DISABLE,
        "Stop a neighbor or another protocol until it is enabled",
        'disable tor1 "new line card"',
        (_PROTOCOLS, _WORDS),
    ),
    _command(_RESTART, "Stop and start again", "restart tor1", (_PROTOCOLS, _WORDS)),
    _command(
        _RELOAD,
        "Filter and exchange routes again, without a new session",
        "reload in tor1",
        (
            Argument(_INCOMING, "Only what the neighbor sends: import it again"),
            Argument(_OUTGOING, "Only what the neighbor is sent: export it again"),
            _NEIGHBORS,
        ),
    ),
    _command(
        _DRAIN,
        "Lead traffic away (RFC 8326), then shut down when it is quiet",
        'drain tor1 "new optics"',
        (_NEIGHBORS, _WORDS),
    ),
    _command(_UNDRAIN, "Undo drain", "undrain all", (_NEIGHBORS,)),
)
