"""How BIRD's clients read a line: words may be cut short, and help lists what may come next."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bgpd.control.bird_commands import GIVES_WAY, BirdCommand

NO_SUCH_COMMAND: Final = "No such command. Press `?' for help."
_AMBIGUOUS: Final = "Ambiguous command, possible expansions are:"

_WORD: Final = re.compile(r"\S+")
_WHOLE_WORD: Final = re.compile(r"\S+(?=\s)")
"""One that is not being typed any more."""

_HELP_COLUMN: Final = 45


class NotACommandError(Exception):
    """A line that does not tell which command it means; ``lines`` say why."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines[0])
        self.lines = lines


class _Node:
    """The words up to here, what they are if they are something, and the words that may follow."""

    def __init__(self) -> None:
        self.command: BirdCommand | None = None
        self.group: BirdCommand | None = None
        self._next: dict[str, _Node] = {}

    def after(self, word: str) -> "_Node":
        return self._next.setdefault(word, _Node())

    def fitting(self, begun: str) -> "Sequence[_Node]":
        """Return what follows by a word that begins so, in the order of the words."""
        return [node for word, node in sorted(self._next.items()) if word.startswith(begun)]

    def meant(self, begun: str) -> "_Node | None":
        """Return what follows by the one word that may be cut short so."""
        if begun in self._next:
            return self._next[begun]
        fitting = [word for word in self._next if word.startswith(begun)]
        if len(fitting) > 1 and GIVES_WAY in fitting:
            fitting.remove(GIVES_WAY)
        return self._next[fitting[0]] if len(fitting) == 1 else None

    def help(self) -> str:
        row = self.group or self.command
        return "" if row is None else _help_line(row)


class CommandTree:
    """All commands, word for word."""

    def __init__(self, commands: Iterable[BirdCommand]) -> None:
        self._root = _Node()
        for command in commands:
            node = self._root
            for word in command.words.split():
                node = node.after(word)
            if command.is_group:
                node.group = command
            else:
                node.command = command

    def expand(self, line: str) -> str:
        """Write the words of a command out and leave alone what follows it; raises NotACommandError."""
        node, end = self._root, 0
        for word in _WORD.finditer(line):
            meant = node.meant(word[0])
            if meant is None and (fitting := node.fitting(word[0])):
                raise NotACommandError(_AMBIGUOUS, *_help_of(fitting))
            if meant is None:
                break
            node, end = meant, word.end()
        if node.command is None:
            raise NotACommandError(NO_SUCH_COMMAND)
        return node.command.words + line[end:]

    def help(self, line: str) -> Sequence[str]:
        """Return the commands that a line may become; a word that has no blank after it does not count."""
        node = self._root
        for word in _WHOLE_WORD.finditer(line):
            meant = node.meant(word[0])
            if meant is None and (fitting := node.fitting(word[0])):
                return _help_of(fitting)
            if meant is None:
                break
            node = meant
        own = [] if node.command is None else [_help_line(node.command)]
        return [*own, *_help_of(node.fitting(""))]


def _help_of(nodes: Iterable[_Node]) -> Sequence[str]:
    return [line for node in nodes if (line := node.help())]


def _help_line(row: BirdCommand) -> str:
    return help_line(f"{row.words} {row.syntax}".rstrip(), row.help)


def help_line(syntax: str, text: str) -> str:
    """Lay help out as BIRD does."""
    return f"{syntax:<{_HELP_COLUMN}}  {text}"
