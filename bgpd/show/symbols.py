"""``show symbols``: the names that the configuration gives to things."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.view import Daemon

_CODE: Final = 1010
_CLASSES: Final[Mapping[str, str]] = {
    "table": "routing table",
    "filter": "filter",
    "function": "function",
    "protocol": "protocol",
    "template": "protocol template",
    "roa": "ROA table",
}
"""What may be asked for."""
_UNDEFINED: Final = "undefined"


class _Symbol(NamedTuple):
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Request:
    symbols: Mapping[str, str]
    name: str
    """Empty for all."""
    kind: str
    """Empty for all."""


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    name = arguments.get("", "")
    kinds = [_CLASSES[word] for word in arguments if word in _CLASSES]
    if name.startswith('"') or name[:1].isdigit() or (name and kinds):
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return _Request(_symbols(daemon), name, kinds[-1] if kinds else "")


def _symbols(daemon: Daemon) -> Mapping[str, str]:
    """Return names with what they are, as the configuration's language has it, or as we can tell."""
    written = daemon.settings.symbols
    if written:
        return written
    defined = daemon.policies.program.symbols
    return {
        **dict.fromkeys((table.name for table in daemon.tables), "routing table"),
        **dict.fromkeys(defined.roa_tables, "ROA table"),
        **dict.fromkeys(defined.constants, "constant"),
        **dict.fromkeys(defined.functions, "function"),
        **dict.fromkeys(defined.filters, "filter"),
        **dict.fromkeys(daemon.protocols, "protocol"),
    }


def _rows(request: _Request) -> Iterator[_Symbol]:
    if request.name:
        yield _Symbol(request.name, request.symbols.get(request.name, _UNDEFINED))
        return
    for name, kind in request.symbols.items():
        if request.kind in ("", kind):
            yield _Symbol(name, kind)


def _text(symbol: _Symbol) -> str:
    return f"{symbol.name:<8}\t{symbol.kind}"


def _layout(request: _Request, row: _Symbol) -> Iterator[Line]:
    """A single symbol is the last line of the answer."""
    if not request.name:
        yield Line(_CODE, _text(row))


def _ending(request: _Request) -> Line:
    return Line(_CODE, _text(next(_rows(request)))) if request.name else Line(0, "")


COMMAND: Final[Command[_Request, _Symbol]] = Command(
    words="show symbols",
    help="What the configuration gives names to",
    example="show symbols filter",
    request=_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    is_single=lambda request: bool(request.name),
    arguments=(
        Argument("", "What this is the name of", "NAME"),
        Argument("table", "Only routing tables", repeated=None),
        Argument("filter", "Only filters", repeated=None),
        Argument("function", "Only functions", repeated=None),
        Argument("protocol", "Only protocols", repeated=None),
        Argument("template", "Only templates of protocols", repeated=None),
        Argument("roa", "Only ROA tables", repeated=None),
    ),
)
