"""BIRD's notation of what may follow a command, as arguments of a command of ours."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bgpd.control.bird_commands import BirdCommand
from bgpd.show.command import Argument

_KEYWORD: Final = re.compile(r'(?<![<"\w-])(?!message)([a-z]+)(?![\w-])(?:(?=(?:\|[a-z]+)*\)? <([a-z.]+)>)|)')
"""A word, and the value after it; words that share one are in brackets: ``(export|noexport) <p>``.

A message is the one value that is written like a word.
"""

_VALUE: Final = re.compile(r"(?<![a-z)] )<([a-z-]+)>(?!\")")
"""A value that no word announces."""

_SPOKEN: Final = {
    "cond": "CONDITION",
    "f": "FILTER",
    "ip": "ADDRESS|PREFIX",
    "num": "NUMBER",
    "p": "NAME",
    "protocol": "NAME",
    "sec": "SECONDS",
    "t": "TABLE",
}
"""What our own help calls the values."""

_PATTERN: Final = '"<pattern>"'


def arguments_of(command: BirdCommand) -> Sequence[Argument]:
    """Return what may follow a command; a word that BIRD takes in two places is there once."""
    found = {argument.key: argument for argument in (*_values(command), *_keywords(command))}
    return list(found.values())


def _keywords(command: BirdCommand) -> Iterator[Argument]:
    for word, value in _KEYWORD.findall(command.syntax):
        yield Argument(word, command.help, _value_name(value) if value else "")


def _values(command: BirdCommand) -> Iterator[Argument]:
    for name in _VALUE.findall(command.syntax):
        text = _value_name(name)
        if _PATTERN in command.syntax:
            text += '|"PATTERN"'
        yield Argument("", command.help, text, name=text, takes_rest=name == "expr")


def _value_name(name: str) -> str:
    return _SPOKEN.get(name, name.upper())
