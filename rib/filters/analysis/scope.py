"""What can be known of names before a filter runs: the types of variables, the signatures of functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

from rib.filters.syntax import (
    Assign,
    Block,
    Case,
    Declare,
    Expression,
    Filter,
    For,
    Function,
    If,
    Node,
    Statement,
)
from rib.filters.values import Type

Types: TypeAlias = frozenset[Type]
"""The types a value can have; VOID is one of them if it can be undefined. None: there never is a value."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What those who call a function know of it."""

    parameters: tuple[Type, ...]
    result: Types
    """Of the call; empty for a function that never comes back."""
    returns_value: bool
    """It says ``return value;``. Without that it may still give one: that of its last statement."""
    decides: bool
    """A call may end the whole filter: by ``accept``, ``reject``, ``error`` or ``quitbird``."""
    always_decides: bool
    """No call comes back."""


Functions: TypeAlias = Mapping[str, Signature]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can name; scopes don't change, a declaration makes another."""

    variables: Mapping[str, Types]
    functions: Functions

    @classmethod
    def of(cls, definition: Function | Filter, functions: Functions) -> "Scope":
        """Return the scope in which a body begins; parameters and variables all may be undefined."""
        parameters = definition.parameters if isinstance(definition, Function) else ()
        declared = (*parameters, *definition.variables)
        return cls({variable.name: frozenset((variable.type, Type.VOID)) for variable in declared}, functions)

    def declare(self, name: str, types: Types) -> "Scope":
        """Return this scope with one more variable, which hides another of its name."""
        return replace(self, variables={**self.variables, name: types})


def parts(node: Node) -> Iterator[Node]:
    """Yield what is directly below a node."""
    for field in fields(node):
        value = getattr(node, field.name)
        below = value if isinstance(value, tuple) else (value,)
        yield from (part for part in below if isinstance(part, Node))


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it, without recursion: chains of ``else if`` are long."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(parts(node))


def expressions(statement: Statement) -> list[Expression]:
    """Return what a statement itself works out, leaving out the statements inside of it."""
    return [part for part in parts(statement) if isinstance(part, Expression)]


def in_order(block: Block, scope: Scope) -> Iterator[tuple[Statement, Scope]]:
    """Yield the statements of a block, each with what it can name."""
    for statement in block.statements:
        yield statement, scope
        if isinstance(statement, Declare):
            scope = scope.declare(statement.variable, frozenset((statement.type, Type.VOID)))


def all_blocks(block: Block, scope: Scope) -> Iterator[tuple[Block, Scope]]:
    """Yield a block and every block inside of it, each with the scope in which it begins."""
    pending = [(block, scope)]
    while pending:
        block, scope = pending.pop()
        yield block, scope
        for statement, inner in in_order(block, scope):
            pending.extend(_inner_blocks(statement, inner))


def _inner_blocks(statement: Statement, scope: Scope) -> Iterator[tuple[Block, Scope]]:
    match statement:
        case If(then=then, otherwise=otherwise):
            yield then, scope
            if otherwise is not None:
                yield otherwise, scope
        case Case(arms=arms):
            for arm in arms:
                yield arm.body, scope
        case For(body=body):
            yield body, scope_of_loop(statement, scope)
        case Block():
            yield statement, scope


def scope_of_loop(loop: For, scope: Scope) -> Scope:
    """Return what the body of a loop can name: its variable is defined, unless the body assigns to it."""
    if loop.type is None:
        return scope
    assigned = any(isinstance(node, Assign) and node.variable == loop.variable for node in walk(loop.body))
    types = {loop.type, Type.VOID} if assigned else {loop.type}
    return scope.declare(loop.variable, frozenset(types))
