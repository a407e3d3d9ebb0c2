"""``eval``: what an expression of the filter language is worth, with the functions of the configuration."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.view import Daemon
from rib.filters.algebra.operators import type_of
from rib.filters.algebra.printing import render
from rib.filters.errors import FilterError, RunError
from rib.filters.grammar.parser import expression
from rib.filters.running.run import DecidedError, Decision, Run

_RESULT_CODE: Final = 23
_RUNTIME_ERROR: Final = 8008


class _Value(NamedTuple):
    """What came out."""

    value: str
    type: str
    printed: Sequence[str]
    """What functions printed on the way."""


def _request(daemon: Daemon, arguments: Arguments) -> _Value:
    text = arguments.get("")
    if text is None:
        raise CommandError(SYNTAX_ERROR, "eval what? Give an expression")
    program = daemon.policies.program
    try:
        compiled = program.compile_expression(program.resolve_expression(expression(text, "eval")))
    except FilterError as error:
        raise CommandError(SYNTAX_ERROR, f"{error.message} (column {error.place.column})") from None
    run = Run(surroundings=daemon.policies.surroundings)
    try:
        value = compiled(run)
        if isinstance(value, Decision):
            raise DecidedError(value)
    except RunError as error:
        raise _failed(str(error)) from None
    except DecidedError as error:
        raise _failed(f"there is no route to {error.decision.value}") from None
    return _Value(render(value), type_of(value).value, run.printed)


def _failed(reason: str) -> CommandError:
    return CommandError(_RUNTIME_ERROR, f"runtime error: {reason}")


def _rows(request: _Value) -> Iterator[_Value]:
    yield request


def _layout(_request: _Value, row: _Value) -> Iterator[Line]:
    """The value is the last line, as BIRD has it; what goes before it was printed."""
    *before, _ = _lines(row)
    yield from (Line(_RESULT_CODE, line) for line in before)


def _ending(request: _Value) -> Line:
    *_, last = _lines(request)
    return Line(_RESULT_CODE, last)


def _lines(row: _Value) -> Iterator[str]:
    for line in (*row.printed, row.value):
        yield from folded(line)


COMMAND: Final[Command[_Value, _Value]] = Command(
    words="eval",
    help="The value of an expression of the filter language",
    example="eval 10.1.0.0/16.len",
    request=_request,
    rows=_rows,
    layout=_layout,
    ending=_ending,
    is_single=lambda _request: True,
    arguments=(Argument("", "This expression", "EXPRESSION", takes_rest=True),),
)
