"""From the text of filters to their trees, as tests need them."""

from rib.filters.analysis.checker import check
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import OWN
from rib.filters.grammar.parser import definitions
from rib.filters.program import Program
from rib.filters.syntax import Filter, Function


def read(text: str) -> tuple[Program, list[Function | Filter]]:
    """Return the program of a text, and its functions and filters as resolved. Raises FilterError."""
    program = Program()
    trees: list[Function | Filter] = []
    for definition in definitions(text, "test", OWN):
        if isinstance(definition, FilterError):
            raise definition
        program.define(definition)
        match definition:
            case Function(name=name):
                trees.append(program.symbols.functions[name].tree)
            case Filter(name=str(name)):
                trees.append(program.symbols.filters[name])
    return program, trees


def mistakes(text: str) -> list[str]:
    """Return what the checker says of every definition: ``line:column message``."""
    program, trees = read(text)
    errors = [error for tree in trees for error in check(tree, program.symbols.signatures)]
    return [f"{error.place.line}:{error.place.column} {error.message}" for error in errors]
