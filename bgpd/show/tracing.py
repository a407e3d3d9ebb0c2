"""``debug``, ``show debug`` and ``mrtdump``: which events of protocols are logged."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, cast, get_args

from bgpd.protocols.protocol import Protocol
from bgpd.settings import Trace
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.mask import read_mask
from bgpd.show.selection import EVERY, selected
from bgpd.show.view import Daemon, Severity

_HEADING_CODE, _LINE_CODE = 2084, 1084
_NAME, _MASK = "name", "mask"
_ALL: Final = "all"
_TRACES: Final[tuple[str, ...]] = get_args(Trace)
_DUMPS: Final = ("states", "messages")


class _Request(NamedTuple):
    daemon: Daemon
    protocols: Sequence[Protocol]
    words: frozenset[str]


class _Traced(NamedTuple):
    protocol: str
    traces: Sequence[str]


def _request_for(words: Sequence[str], daemon: Daemon, arguments: Arguments) -> _Request:
    if _MASK not in arguments:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    mask = read_mask(arguments[_MASK], words)
    name = arguments[_NAME].strip("'")
    return _Request(daemon, selected(daemon.protocols, EVERY if name == _ALL else name), mask)


def _debug_request(daemon: Daemon, arguments: Arguments) -> _Request:
    return _request_for(_TRACES, daemon, arguments)


def _dump_request(daemon: Daemon, arguments: Arguments) -> _Request:
    return _request_for(_DUMPS, daemon, arguments)


def _trace(request: _Request) -> Iterator[_Traced]:
    traces = cast("frozenset[Trace]", request.words)
    for protocol in request.protocols:
        protocol.trace(traces)
    yield from _shown(request.protocols)


def _asked(daemon: Daemon, arguments: Arguments) -> Sequence[Protocol]:
    """Return the protocols that are named, or else all of which anything is logged."""
    name = arguments.get(_NAME, "").strip("'")
    if name:
        return selected(daemon.protocols, EVERY if name == _ALL else name)
    return [protocol for protocol in daemon.protocols.values() if protocol.traces]


def _shown(protocols: Sequence[Protocol]) -> Iterator[_Traced]:
    yield from (_Traced(protocol.name, sorted(protocol.traces)) for protocol in protocols)


def _heading(protocols: Sequence[Protocol]) -> Iterator[Line]:
    yield Line(_HEADING_CODE, f"{'name':<8} debug" if protocols else "Nothing is asked for by debug")


def _layout(_protocols: Sequence[Protocol], row: _Traced) -> Iterator[Line]:
    yield Line(_LINE_CODE, f"{row.protocol:<8} {', '.join(row.traces) or 'off'}")


def _refuse(request: _Request) -> Iterator[_Traced]:
    """MRT dumps of one protocol are not written; who asks for them shall find out why there are none."""
    if request.words:
        names = ", ".join(protocol.name for protocol in request.protocols)
        text = f"mrtdump {names}: dumps in MRT format are not supported; debug logs messages"
        request.daemon.log(Severity.WARNING, text)
    return iter(())


def _no_text(_request: _Request, _row: _Traced) -> Iterator[Line]:
    return iter(())


_PROTOCOLS: Final = Argument(
    "",
    "One protocol, those that match a quoted pattern with * and ?, or all",
    'NAME|"PATTERN"|all',
    name=_NAME,
)


def _mask(words: Sequence[str]) -> Argument:
    return Argument("", f"What: of {', '.join(words)}", "all|off|{WORDS}", name=_MASK, takes_rest=True)


COMMANDS: Final = (
    Command(
        words="debug",
        help="Log what happens to protocols",
        example="debug tor1 {states, routes}",
        request=_debug_request,
        rows=_trace,
        layout=_no_text,
        arguments=(_PROTOCOLS, _mask(_TRACES)),
        changes=True,
    ),
    Command(
        words="show debug",
        help="What is logged about protocols because debug asks for it",
        example="show debug",
        request=_asked,
        rows=_shown,
        layout=_layout,
        heading=_heading,
        arguments=(_PROTOCOLS,),
    ),
    Command(
        words="mrtdump",
        help="As BIRD has it; but nothing is dumped",
        example="mrtdump tor1 all",
        request=_dump_request,
        rows=_refuse,
        layout=_no_text,
        arguments=(_PROTOCOLS, _mask(_DUMPS)),
        changes=True,
    ),
)
