"""Statements and definitions as text again: the parser would read the same tree from it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import singledispatch
from types import MappingProxyType
from typing import Final

from rib.filters import syntax
from rib.filters.grammar.names import CHANGING_METHODS, TYPES
from rib.filters.grammar.unparse_expressions import pattern_text, unparse, unparse_items, unparse_name
from rib.filters.syntax import Block, Definition, Expression, Statement, Variable
from rib.filters.values import Address, Prefix, Type

_INDENT: Final = "  "
_TYPES: Final[Mapping[Type, str]] = MappingProxyType(
    {kind: name for name, kind in TYPES.items()} | {Type.PREFIX_SET: "prefix set", Type.SET: "int set"}
)
"""All sets of anything but prefixes have one type."""


def unparse_definition(definition: Definition) -> str:
    """Return a definition as it is written, on as many lines as it takes."""
    return "\n".join(_definition(definition)) + "\n"


def first_line(statement: Statement) -> str:
    """Return what a statement begins with: all of it, but for the statements inside of it."""
    return _head(statement)


# Definitions


@singledispatch
def _definition(definition: Definition) -> Iterator[str]:
    raise TypeError(definition)


@_definition.register
def _function(definition: syntax.Function) -> Iterator[str]:
    parameters = "; ".join(map(_variable, definition.parameters))
    yield f"function {unparse_name(definition.name)}({parameters})"
    yield from _body(definition.variables, definition.body)


@_definition.register
def _filter(definition: syntax.Filter) -> Iterator[str]:
    if definition.name is not None:
        yield f"filter {unparse_name(definition.name)}"
    yield from _body(definition.variables, definition.body)


def _body(variables: Iterable[Variable], block: Block) -> Iterator[str]:
    yield from (f"{_variable(variable)};" for variable in variables)
    yield "{"
    yield from _inside(block)
    yield "}"


def _variable(variable: Variable) -> str:
    return f"{_TYPES[variable.type]} {unparse_name(variable.name)}"


@_definition.register
def _constant(definition: syntax.Constant) -> Iterator[str]:
    yield f"define {unparse_name(definition.name)} = {unparse(definition.value)};"


@_definition.register
def _roa_table(definition: syntax.RoaTable) -> Iterator[str]:
    yield f"roa table {unparse_name(definition.name)} {{"
    for roa in definition.roas:
        prefix = pattern_text(Prefix(Address(roa.address), roa.length), roa.length, roa.length)
        yield f"{_INDENT}roa {prefix} max {roa.longest} as {roa.asn};"
    yield "}"


@_definition.register
def _evaluate_now(definition: syntax.EvaluateNow) -> Iterator[str]:
    yield f"eval {unparse(definition.expression)};"


# Statements


def _inside(block: Block) -> Iterator[str]:
    for statement in block.statements:
        yield from (f"{_INDENT}{line}" for line in _lines(statement))


def _lines(statement: Statement) -> Iterator[str]:
    """Yield the lines of a statement; braces are always there, so that no ``else`` is doubtful."""
    match statement:
        case syntax.If():
            yield from _chain(statement)
        case syntax.Case(arms=arms):
            yield f"{_head(statement)} {{"
            for arm in arms:
                yield f"{_INDENT}{unparse_items(arm.items)}:" if arm.items else f"{_INDENT}else:"
                yield from (f"{_INDENT}{line}" for line in _inside(arm.body))
            yield "}"
        case syntax.For(body=body):
            yield f"{_head(statement)} {{"
            yield from _inside(body)
            yield "}"
        case Block():
            yield "{"
            yield from _inside(statement)
            yield "}"
        case _:
            yield _head(statement)


def _chain(statement: syntax.If) -> Iterator[str]:
    """Yield ``if … else if … else …``; chains are long, so this is a loop."""
    following: syntax.If | None = statement
    before = ""
    while following is not None:
        statement = following
        yield f"{before}{_head(statement)} {{"
        yield from _inside(statement.then)
        before = "} else "
        following = syntax.else_if(statement)
    if statement.otherwise is not None:
        yield "} else {"
        yield from _inside(statement.otherwise)
    yield "}"


@singledispatch
def _head(statement: Statement) -> str:
    raise TypeError(statement)


@_head.register
def _verdict(statement: syntax.Verdict) -> str:
    return f"{_with(statement.kind, statement.printed)};"


@_head.register
def _print(statement: syntax.Print) -> str:
    return f"{_with('print' if statement.ends_line else 'printn', statement.printed)};"


def _with(word: str, printed: Iterable[Expression]) -> str:
    return " ".join((word, ", ".join(map(unparse, printed)))).rstrip()


@_head.register
def _assign(statement: syntax.Assign) -> str:
    return f"{unparse_name(statement.variable)} = {unparse(statement.value)};"


@_head.register
def _set_attribute(statement: syntax.SetAttribute) -> str:
    name = statement.attribute
    match statement.value:
        case syntax.Method(syntax.AttributeName(subject), method) if (
            subject == name and method in CHANGING_METHODS
        ):
            return f"{unparse(statement.value)};"
    return f"{name} = {unparse(statement.value)};"


@_head.register
def _unset(statement: syntax.Unset) -> str:
    return f"unset({statement.attribute});"


@_head.register
def _evaluate(statement: syntax.Evaluate) -> str:
    return f"{unparse(statement.expression)};"


@_head.register
def _return(statement: syntax.Return) -> str:
    return "return;" if statement.value is None else f"return {unparse(statement.value)};"


@_head.register
def _if(statement: syntax.If) -> str:
    return f"if {unparse(statement.condition)} then"


@_head.register
def _case(statement: syntax.Case) -> str:
    return f"case {unparse(statement.subject)}"


@_head.register
def _for(statement: syntax.For) -> str:
    kind = "" if statement.type is None else f"{_TYPES[statement.type]} "
    return f"for {kind}{unparse_name(statement.variable)} in {unparse(statement.collection)} do"


@_head.register
def _declare(statement: syntax.Declare) -> str:
    declared = f"{_TYPES[statement.type]} {unparse_name(statement.variable)}"
    return f"{declared};" if statement.value is None else f"{declared} = {unparse(statement.value)};"


@_head.register
def _block(_statement: Block) -> str:
    return "{"
