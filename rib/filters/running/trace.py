"""How a filter came to its verdict: the statements it reached, the values it compared and changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from rib.filters.errors import Place
from rib.filters.syntax import Binary, Expression, Filter, Function, Statement

V = TypeVar("V")

_RIGHT_FIRST: Final = frozenset({">", ">="})
"""Operators whose right side is worked out first."""

NOT_KNOWN: Final = object()
"""Of a condition that fails while it is worked out, or that decides what becomes of the route."""


class Comparison(NamedTuple):
    """Two values that were compared."""

    operator: str
    left: object
    right: object
    holds: bool


class Change(NamedTuple):
    """What an attribute or a variable became."""

    name: str
    before: object
    after: object


class Result(NamedTuple):
    """What a function gave, or decided."""

    function: str
    arguments: tuple[object, ...]
    value: object


class Value(NamedTuple):
    """What an expression turned out to be that something depends on."""

    expression: Expression
    value: object


Remark: TypeAlias = Comparison | Change | Result | Value


@dataclass(slots=True)
class Step:
    """A statement that was reached, and what was found out for it."""

    statement: Statement
    depth: int
    """Functions that it is in; 0 in the filter itself."""
    remarks: list[Remark] = field(default_factory=list)
    holds: object = NOT_KNOWN
    """Of an ``if``: its condition."""
    before: object = None
    """What was there before the statement changed it."""

    @property
    def at(self) -> Place:
        """Where it is written."""
        return self.statement.at


@dataclass(slots=True)
class _Frame:
    """A filter or a function that is running."""

    name: str
    arguments: tuple[object, ...]
    step: Step | None = None


class Trace:
    """Takes notes while a filter runs; compiled code calls it."""

    def __init__(self) -> None:
        self.steps: Final[list[Step]] = []
        self._frames: Final[list[_Frame]] = []

    def enter(self, definition: Filter | Function, *arguments: object) -> None:
        """A filter or a function begins."""
        self._frames.append(_Frame(definition.name or "", arguments))

    def leave(self, value: V) -> V:
        """Note what a function gave; its caller goes on."""
        left = self._frames.pop()
        self._step.remarks.append(Result(left.name, left.arguments, value))
        return value

    def reach(self, statement: Statement) -> None:
        """A statement begins."""
        step = Step(statement, len(self._frames) - 1)
        self.steps.append(step)
        self._frames[-1].step = step

    @property
    def _step(self) -> Step:
        """The statement that is going on: all that is noted is part of one."""
        step = self._frames[-1].step
        assert step is not None
        return step

    def decide(self, reached: None, value: V) -> V:
        """Note whether the condition of an ``if`` holds; it was reached before that was worked out."""
        self._step.holds = value
        return value

    def compare(
        self, node: Binary, function: Callable[[Any, Any], bool], first: object, second: object
    ) -> bool:
        """Compare two values, and note it. Raises RunError."""
        holds = function(first, second)
        left, right = (second, first) if node.operator in _RIGHT_FIRST else (first, second)
        self._step.remarks.append(Comparison(node.operator, left, right, holds))
        return holds

    def value(self, expression: Expression, value: V) -> V:
        """Note what an expression is."""
        self._step.remarks.append(Value(expression, value))
        return value

    def remember(self, before: object) -> None:
        """Something is going to be changed."""
        self._step.before = before

    def change(self, name: str, after: object) -> None:
        """Note what became of it."""
        self._step.remarks.append(Change(name, self._step.before, after))
