"""``eval``: what an expression of the filter language is worth, with the functions of the configuration."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.folding import folded
from bgpd.show.view import Daemon, Severity
from rib.filters.algebra.operators import type_of
from rib.filters.algebra.printing import render
from rib.filters.binding.complaints import BIRD, OWN, Complaints
from rib.filters.errors import FilterError, RunError
from rib.filters.grammar.parser import expression
from rib.filters.running.judging import line_of
from rib.filters.running.run import DecidedError, Decision, Run

_RESULT_CODE: Final = 23
_RUNTIME_ERROR: Final = 8008


class _Value(NamedTuple):
    """What came out."""

    value: str
    type: str
    printed: Sequence[str]
    """What functions printed on the way."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """How results and errors are told: with reasons, or as BIRD does, whose log has them."""

    complaints: Complaints
    nothing_typed: str
    error: Callable[[FilterError], str]
    failure: Callable[[str], str]
    prints_to_log: bool
    lines: Callable[[str], Iterable[str]]


_OURS: Final = _Wording(
    complaints=OWN,
    nothing_typed="eval what? Give an expression",
    error=lambda error: f"{error.message} (column {error.place.column})",
    failure=lambda reason: f"runtime error: {reason}",
    prints_to_log=False,
    lines=folded,
)
_BIRDS: Final = _Wording(
    complaints=BIRD,
    nothing_typed="syntax error",
    error=lambda error: "syntax error" if error.message.startswith("syntax error") else error.message,
    failure=lambda _reason: "runtime error",
    prints_to_log=True,
    lines=lambda line: (line,),
)


class _Request(NamedTuple):
    result: _Value
    wording: _Wording


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    wording = _BIRDS if daemon.dialect == "bird" else _OURS
    text = arguments.get("")
    if text is None:
        raise CommandError(SYNTAX_ERROR, wording.nothing_typed)
    try:
        return _Request(_evaluate(daemon, text, wording), wording)
    except FilterError as error:
        raise CommandError(SYNTAX_ERROR, wording.error(error)) from None
    except RunError as error:
        if wording.prints_to_log:
            daemon.log(Severity.ERROR, f"filters, line {line_of(error.__traceback__)}: {error}")
        raise CommandError(_RUNTIME_ERROR, wording.failure(str(error))) from None
    except DecidedError as error:
        reason = f"there is no route to {error.decision.value}"
        raise CommandError(_RUNTIME_ERROR, wording.failure(reason)) from None


def _evaluate(daemon: Daemon, text: str, wording: _Wording) -> _Value:
    program = daemon.policies.program
    tree = program.resolve_expression(expression(text, "eval"), wording.complaints)
    run = Run(surroundings=daemon.policies.surroundings)
    try:
        value = program.compile_expression(tree)(run)
    finally:
        if wording.prints_to_log:
            for line in run.printed:
                daemon.log(Severity.INFO, line)
    if isinstance(value, Decision):
        raise DecidedError(value)
    printed = () if wording.prints_to_log else run.printed
    return _Value(render(value), type_of(value).value, printed)


def _rows(request: _Request) -> Iterator[_Value]:
    yield request.result


def _layout(request: _Request, _row: _Value) -> Iterator[Line]:
    """The value is the last line, as BIRD has it; what goes before it was printed."""
    *before, _ = _lines(request)
    yield from (Line(_RESULT_CODE, line) for line in before)


def _ending(request: _Request) -> Line:
    *_, last = _lines(request)
    return Line(_RESULT_CODE, last)


def _lines(request: _Request) -> Iterator[str]:
    for line in (*request.result.printed, request.result.value):
        yield from request.wording.lines(line)


COMMAND: Final[Command[_Request, _Value]] = Command(
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
