"""How the statements of a filter end: where control can go, found without running them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from rib.filters.analysis.scope import Functions, expressions, parts, walk
from rib.filters.syntax import (
    Arm,
    Block,
    Call,
    Case,
    For,
    Function,
    If,
    Literal,
    Logical,
    Node,
    Return,
    Statement,
    Verdict,
    else_if,
)


class Outcome(Enum):
    """What can happen when statements run; an error at run time is possible in any case."""

    COMPLETES = "goes on with what follows"
    RETURNS = "ends the function"
    DECIDES = "ends the whole filter"


Outcomes: TypeAlias = frozenset[Outcome]

_COMPLETES: Final = frozenset((Outcome.COMPLETES,))
_RETURNS: Final = frozenset((Outcome.RETURNS,))
_DECIDES: Final = frozenset((Outcome.DECIDES,))


def decides(definition: Function, functions: Functions) -> bool:
    """Tell whether a function has a verdict in it, reached or not, or calls one that has."""
    return any(isinstance(node, Verdict) for node in walk(definition.body)) or any(
        functions[call.function].decides for call in _calls(definition.body)
    )


def always_decides(block: Block, functions: Functions) -> bool:
    """Tell whether every way through a block ends the whole filter."""
    return Flow(functions).of_block(block) == _DECIDES


@dataclass(frozen=True, slots=True)
class Flow:
    """Finds how blocks end."""

    functions: Functions
    is_thorough: bool = True
    """Constant conditions count, so ``if TRUE`` has one branch, and so do verdicts of called functions."""

    def of_block(self, block: Block) -> Outcomes:
        """Return what can happen when a block runs."""
        found: set[Outcome] = set()
        for statement in block.statements:
            outcomes = self.of(statement)
            found |= outcomes - _COMPLETES
            if Outcome.COMPLETES not in outcomes:
                return frozenset(found)
        return frozenset(found) | _COMPLETES

    def of(self, statement: Statement) -> Outcomes:
        """Return what can happen when a statement runs."""
        if isinstance(statement, If):
            return self._of_if(statement)
        return self._after(statement, self._of_rest(statement))

    def _of_rest(self, statement: Statement) -> Outcomes:
        match statement:
            case Verdict():
                return _DECIDES
            case Return():
                return _RETURNS
            case Case(arms=arms):
                return self._of_arms(arms)
            case For(body=body):
                return self.of_block(body) | _COMPLETES
            case Block():
                return self.of_block(statement)
        return _COMPLETES

    def _of_if(self, statement: If) -> Outcomes:
        """Follow a chain of ``else if`` in a loop, from its end: it may be longer than Python can recurse."""
        chain = [statement]
        while (following := else_if(chain[-1])) is not None:
            chain.append(following)
        otherwise = chain[-1].otherwise
        outcomes = _COMPLETES if otherwise is None else self.of_block(otherwise)
        for link in reversed(chain):
            outcomes = self._after(link, self._of_branches(link, outcomes))
        return outcomes

    def _of_branches(self, statement: If, otherwise: Outcomes) -> Outcomes:
        then = self.of_block(statement.then)
        if self.is_thorough and isinstance(statement.condition, Literal):
            return then if statement.condition.value else otherwise
        return then | otherwise

    def _of_arms(self, arms: tuple[Arm, ...]) -> Outcomes:
        """Without ``else:`` there may be no arm for the value."""
        none = frozenset[Outcome]() if any(not arm.items for arm in arms) else _COMPLETES
        return none.union(*(self.of_block(arm.body) for arm in arms))

    def _after(self, statement: Statement, outcomes: Outcomes) -> Outcomes:
        """Add what happens before: the functions that a statement calls for its values may end the filter."""
        for expression in expressions(statement) if self.is_thorough else ():
            if any(self.functions[call.function].always_decides for call in _calls_for_sure(expression)):
                return _DECIDES
            if any(self.functions[call.function].decides for call in _calls(expression)):
                outcomes |= _DECIDES
        return outcomes


def _calls(node: Node) -> Iterator[Call]:
    return (below for below in walk(node) if isinstance(below, Call))


def _calls_for_sure(expression: Node) -> Iterator[Call]:
    """Yield the calls which ``&&`` and ``||`` can't leave out."""
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, Call):
            yield node
        pending.extend(node.operands[:1] if isinstance(node, Logical) else parts(node))
