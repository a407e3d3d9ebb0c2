"""The trace of a filter in words: what was reached, what was found there."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from rib.filters.analysis.scope import walk
from rib.filters.errors import Place
from rib.filters.grammar.unparse import first_line
from rib.filters.grammar.unparse_expressions import unparse, unparse_value
from rib.filters.running.run import Decision
from rib.filters.running.trace import NOT_KNOWN, Change, Comparison, Remark, Result, Step, Trace, Value
from rib.filters.syntax import Definition, Filter, Function, If, Statement

_LONGEST_VALUE: Final = 120
_LONGEST_STATEMENT: Final = 200
_INDENT: Final = "    "
_Key: TypeAlias = tuple[Place, type[Statement]]


class Narrated(NamedTuple):
    """One statement that was reached."""

    place: str
    """``file:line``."""
    text: str
    """How it is written, or begins."""
    depth: int
    """Functions that it is in."""
    remarks: tuple[str, ...]


class Narrator:
    """Tells traces of filters as they are written, with the names of constants."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        """``definitions`` are as the parser has read them; statements of others are told as compiled."""
        self._written: dict[_Key, Statement] = {}
        ambiguous: set[_Key] = set()
        for definition in definitions:
            for statement in _statements(definition):
                key = (statement.at, type(statement))
                if key in self._written:
                    ambiguous.add(key)
                self._written[key] = statement
        for key in ambiguous:
            del self._written[key]

    def tell(self, trace: Trace) -> Iterator[Narrated]:
        """Yield what happened, one statement after the other."""
        for step in trace.steps:
            yield Narrated(place_text(step.at), self._text(step), step.depth, tuple(_remarks(step)))

    def _text(self, step: Step) -> str:
        statement = self._written.get((step.at, type(step.statement)), step.statement)
        return _short(first_line(statement), _LONGEST_STATEMENT)


def place_text(place: Place) -> str:
    """Return where something is, as exactly as a reader of filters wants it."""
    return f"{place.file}:{place.line}"


def value_text(value: object) -> str:
    """Return a value as it would be written, if it is not too long."""
    return "undefined" if value is None else _short(unparse_value(value), _LONGEST_VALUE)


def change_text(change: Change) -> str:
    """Return what something was and became."""
    return f"{change.name} is {value_text(change.after)}, was {value_text(change.before)}"


def _statements(definition: Definition) -> Iterator[Statement]:
    if isinstance(definition, Filter | Function):
        for node in walk(definition.body):
            if isinstance(node, Statement):
                yield node


def _remarks(step: Step) -> Iterator[str]:
    yield from map(_remark, step.remarks)
    if isinstance(step.statement, If) and not _says_it_all(step):
        yield (
            "the condition is never known"
            if step.holds is NOT_KNOWN
            else f"the condition is {value_text(step.holds)}"
        )


def _says_it_all(step: Step) -> bool:
    """Tell whether the last remark about an ``if`` is its condition."""
    match step.remarks:
        case [Comparison(holds=value)] | [Result(value=value)]:
            return value is step.holds
    return False


def _remark(remark: Remark) -> str:
    match remark:
        case Comparison(operator, left, right, holds):
            return f"{value_text(left)} {operator} {value_text(right)} is {value_text(holds)}"
        case Result(function, arguments, value):
            called = f"{function}({', '.join(map(value_text, arguments))})"
            return (
                f"{called} {value.value}s"
                if isinstance(value, Decision)
                else f"{called} is {value_text(value)}"
            )
        case Value(expression, value):
            return f"{_short(unparse(expression), _LONGEST_VALUE)} is {value_text(value)}"
    return change_text(remark)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"


def narrated_lines(steps: Iterable[Narrated]) -> Iterator[str]:
    """Yield a trace as text: where, what, and below it what was found out."""
    told = list(steps)
    width = max((len(step.place) for step in told), default=0)
    for step in told:
        indent = _INDENT * step.depth
        yield f"{step.place:<{width}}  {indent}{step.text}"
        yield from (f"{'':{width}}  {indent}{_INDENT}{remark}" for remark in step.remarks)
