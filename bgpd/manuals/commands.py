"""What may be typed at ``bgpdcl``: the commands of the daemon and those of the client."""

from argparse import Action, ArgumentParser
from collections.abc import Iterator, Sequence
from importlib import import_module
from textwrap import wrap
from typing import Final

from bgpd.control.programs import ClientProgram
from bgpd.show import COMMANDS
from bgpd.show.command import Argument

ALL: Final = sorted(COMMANDS, key=lambda command: command.words)

_WIDTH: Final = 78
_INDENT: Final = " " * 6


def syntax(words: str, arguments: Sequence[Argument]) -> str:
    """Return a command with what may follow it."""
    return " ".join([words, *(f"[{spoken(argument)}]" for argument in arguments)])


def spoken(argument: Argument) -> str:
    """Return one argument as it is typed."""
    value = f"[{argument.value}]" if argument.value and argument.is_value_optional else argument.value
    return f"{argument.word} {value}".strip()


def parser_of(program: ClientProgram) -> ArgumentParser:
    """Return what the command line of a program may say."""
    parser: ArgumentParser = import_module(program.module).command_line()
    return parser


def usage(parser: ArgumentParser) -> str:
    """Return the help of a program; unlike argparse's it is the same for every version of Python."""
    return "\n".join(_usage(parser))


def _usage(parser: ArgumentParser) -> Iterator[str]:
    named = [action for action in parser._actions if action.option_strings]
    others = [action for action in parser._actions if not action.option_strings]
    yield " ".join([parser.prog, "[OPTION]...", *(f"[{action.metavar}]..." for action in others)])
    yield ""
    yield from wrap(parser.description or "", _WIDTH)
    yield ""
    for action in (*others, *named):
        yield f"  {_spelling(action)}"
        text = parser._get_formatter()._expand_help(action)
        yield from wrap(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
    if parser.epilog:
        yield ""
        lines = parser.epilog.splitlines()
        yield from lines if len(lines) > 1 else wrap(parser.epilog, _WIDTH)


def _spelling(action: Action) -> str:
    value = ""
    if action.choices is not None:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    elif action.nargs != 0:
        value = str(action.metavar or action.dest.upper())
    return f"{', '.join(action.option_strings)} {value}".strip()
