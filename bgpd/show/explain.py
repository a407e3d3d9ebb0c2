"""``explain``: why packets to a prefix go where they go, and who is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bgpd.pipeline import Pipeline
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.explanation import Explanation, explanation
from bgpd.show.explanation_text import explanation_lines
from bgpd.show.folding import folded
from bgpd.show.lookup import (
    MASTER,
    NETWORK_NOT_IN_TABLE,
    covering,
    of_family,
    pipeline_of,
    read_target,
)
from bgpd.show.view import Daemon
from messages.families.prefix import PrefixKey, render_prefix

_LINE_CODE: Final = 1061
_HEADING_CODE: Final = 2061


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    pipeline: Pipeline
    asked: PrefixKey
    key: PrefixKey
    """The prefix that is explained: the one that was asked for, or what covers it."""
    details: bool


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    if "" not in arguments:
        raise CommandError(SYNTAX_ERROR, "explain what? Give a prefix or an address")
    family, asked = read_target(arguments[""])
    pipeline = pipeline_of(daemon, arguments.get("table", MASTER), family)
    key = _explained(pipeline, asked)
    if key is None:
        raise CommandError(NETWORK_NOT_IN_TABLE, _nothing(daemon, pipeline, asked))
    return _Request(daemon, pipeline, asked, key, "all" in arguments)


def _explained(pipeline: Pipeline, asked: PrefixKey) -> PrefixKey | None:
    """Return the prefix itself if anybody said anything of it, else what packets to it would follow."""
    table = pipeline.table
    if table.routes(asked):
        return asked
    known = [key for key in covering(asked) if table.routes(key)]
    return next((key for key in known if table.best(key) is not None), known[0] if known else None)


def _nothing(daemon: Daemon, pipeline: Pipeline, asked: PrefixKey) -> str:
    table = pipeline.table
    elsewhere = [
        other.table.name
        for other in of_family(daemon.pipelines, table.family)
        if other is not pipeline and _explained(other, asked) is not None
    ]
    prefix = render_prefix(asked, table.family)
    hint = f"; there is one in table {' and '.join(elsewhere)}" if elsewhere else ""
    return (
        f"Network not in table: {table.name} has no route to {prefix}, nor to anything that covers it{hint}"
    )


def _rows(request: _Request) -> Iterator[Explanation | None]:
    return explanation(request.daemon, request.pipeline, request.asked, request.key)


def _layout(request: _Request, row: Explanation) -> Iterator[Line]:
    for text in explanation_lines(row, request.daemon.now(), details=request.details):
        code = _LINE_CODE if text.startswith(" ") or not text else _HEADING_CODE
        yield from (Line(code, line) for line in folded(text))


COMMAND: Final[Command[_Request, Explanation]] = Command(
    words="explain",
    help="Why a prefix goes where it goes, and who is told of it",
    example="explain 203.0.113.0/24",
    request=_request,
    rows=_rows,
    layout=_layout,
    is_single=lambda _request: True,
    arguments=(
        Argument("", "This prefix, or what covers it", "PREFIX|ADDRESS", repeated="Only one prefix expected"),
        Argument("table", "Another table than master", "TABLE"),
        Argument("all", "Attributes, and every neighbor by itself, as well"),
    ),
)
