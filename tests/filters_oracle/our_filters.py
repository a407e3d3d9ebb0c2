"""Our own filters, read from text and run as a test wants it."""

from rib.filters.errors import FilterError, RunError
from rib.filters.grammar.lexer import Dialect
from rib.filters.grammar.parser import definitions
from rib.filters.program import Program
from rib.filters.running.run import DecidedError
from rib.filters.syntax import EvaluateNow
from tests.filters_oracle.items import NO_INTEGER, Item, Outcome

_FILE = "items.conf"


def program_of(text: str, dialect: Dialect) -> Program:
    """Return the program that a text defines."""
    program = Program()
    define(program, text, dialect)
    return program


def define(program: Program, text: str, dialect: Dialect) -> None:
    """Add the definitions of a text to a program."""
    for definition in definitions(text, _FILE, dialect):
        if isinstance(definition, FilterError):
            raise definition
        if isinstance(definition, EvaluateNow):
            value = program.evaluate(definition.expression)
            if type(value) is not int:
                raise FilterError(definition.at, NO_INTEGER)
        else:
            program.define(definition)


def outcome(item: Item, dialect: Dialect) -> Outcome:
    """Return what comes of an item if it is read by us."""
    program = Program()
    error = ""
    try:
        define(program, "\n".join((*item.lines, "")), dialect)
    except RunError as stopped:
        error = f"run: {_line(stopped) - 1} {stopped}"
    except DecidedError:
        error = f"read: {NO_INTEGER}"
    except FilterError as refused:
        error = f"read: {refused.place.line - 1}:{refused.place.column} {refused.message}"
        if refused.message == NO_INTEGER:
            error = f"read: {NO_INTEGER}"
    return Outcome(tuple(program.printed), error)


def _line(error: RunError) -> int:
    """Return the line of the filter where it stopped: that of the innermost of its functions."""
    line, frame = 0, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == _FILE:
            line = frame.tb_lineno
        frame = frame.tb_next
    return line
