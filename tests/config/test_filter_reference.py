"""The tables behind ``docs/filter-reference.md`` are complete, and their examples right."""

import pytest

from bgpd.config.filter_reference import DEFINITIONS, MEANINGS, STATEMENTS, reference
from bgpd.config.filter_reference import TYPES as NOTES
from rib.filters.algebra.operators import OPERATORS, type_of
from rib.filters.grammar.names import SETS, TYPES
from rib.filters.grammar.parser import definitions, expression, filter_body
from rib.filters.program import Program
from rib.filters.values import Type

LITERALS = [(kind, literal) for kind, note in NOTES.items() for literal in note.literals]


@pytest.mark.parametrize(("kind", "literal"), LITERALS)
def test_a_literal_has_the_type_it_stands_for(kind: Type, literal: str) -> None:
    found = type_of(Program().evaluate(expression(literal, "test")))
    assert found is kind or literal == "[]"


def test_every_type_that_can_be_declared_is_there() -> None:
    assert NOTES.keys() == {*TYPES.values(), *SETS.values()}


def test_every_operator_is_there() -> None:
    assert MEANINGS.keys() == OPERATORS.keys()


@pytest.mark.parametrize("written", [written for written, _ in STATEMENTS])
def test_a_statement_is_read_as_it_is_written(written: str) -> None:
    """Once its placeholders are something."""
    text = written.replace("statements", "accept;").replace("else statement", "else reject;")
    text = text.replace("statement", "accept;").replace("int x; int x = 1;", "int x; { int x = 1; }")
    assert filter_body(text, "test").body.statements


@pytest.mark.parametrize("written", [written for written, _ in DEFINITIONS])
def test_a_definition_is_read_as_it_is_written(written: str) -> None:
    (definition,) = definitions(written.replace("statements", "accept;"), "test")
    assert not isinstance(definition, Exception)


def test_the_document_is_the_same_every_time() -> None:
    """Nothing in it depends on the order of a set."""
    assert reference().count("\n## ") == 8
    assert "| `~`, `!~` | int | bgppath, set | bool |" in reference()
