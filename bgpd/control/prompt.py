"""bgpdcl's interactive prompt: history, completion, help at every question mark, and birdc's pages."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from textwrap import wrap
from typing import Final

from bgpd.control.abbreviations import help_line
from bgpd.control.dialog import Dialog
from bgpd.control.hints import explained
from bgpd.control.history import History, history_file
from bgpd.control.line_editor import Assistance, LineEditor
from bgpd.control.listener import Listener
from bgpd.control.pager import Pager, ask_for_key
from bgpd.control.programs import ClientProgram, find_program
from bgpd.control.terminal import Terminal
from bgpd.control.words import AmbiguousWordError, Choice, choices, expand, help_lines
from bgpd.show.command import CommandError, split_words

_PROMPT: Final = "bgpd> "
_LEAVE: Final = ("quit", "exit")
_HELP: Final = "help"
_HELP_ON_HELP: Final = "Press `?' for context sensitive help."
_PROTOCOL_ROW: Final = 1002
_MOST_NAMES: Final = 100
_COLUMNS: Final = 78


class Prompt:
    """Reads commands until the user has had enough."""

    def __init__(self, dialog: Dialog, terminal: Terminal, prefix: str) -> None:
        self._dialog = dialog
        self._terminal = terminal
        self._prefix = prefix
        self._history = History(history_file())
        self._editor = LineEditor(_PROMPT, Assistance(self._complete, self._help), self._history)
        self._listener = Listener(dialog, self._editor.show_above)
        self._pager = Pager(ask_for_key) if sys.stdout.isatty() else None

    def run(self) -> None:
        """Read commands, ask them, print the answers."""
        self._terminal.print(self._dialog.banner)
        try:
            with self._listener:
                while (line := self._read()) not in _LEAVE:
                    if line:
                        self._answer(line)
        finally:
            self._history.save()

    def _read(self) -> str:
        try:
            return self._editor.read().strip()
        except EOFError:
            self._terminal.print("")
            return _LEAVE[0]
        except KeyboardInterrupt:
            self._terminal.print("")
            return ""

    def _answer(self, line: str) -> None:
        if line == _HELP:
            self._terminal.print(_HELP_ON_HELP)
        elif line.endswith("?"):
            begun, _, word = line[:-1].rpartition(" ")
            for text in self._help(begun, word):
                self._terminal.print(text)
        else:
            program, rest = find_program(line.split())
            if program is None:
                self._ask(line)
            else:
                self._run(program, rest)

    def _run(self, program: ClientProgram, rest: Sequence[str]) -> None:
        """Do what the daemon does not know; who asks one asks ours, unless told otherwise."""
        socket = ["-s", self._dialog.path] if program.asks and not {"-s", "--socket"} & {*rest} else []
        with suppress(SystemExit, KeyboardInterrupt):  # the command line was wrong, which has been said
            import_module(program.module).main([*socket, *rest])

    def _ask(self, line: str) -> None:
        try:
            words = expand(split_words(line))
        except (AmbiguousWordError, CommandError) as error:
            self._terminal.complain(str(error))
            return
        with self._listener.silent():
            try:
                if self._pager:
                    self._pager.begin()
                answer = self._dialog.ask(self._prefix + " ".join(words))
                self._terminal.print_answer(explained(answer, words), self._pager)
                self._terminal.print_answer(self._dialog.unasked())
            except KeyboardInterrupt:
                self._terminal.print("")
                self._dialog.skip()

    def _help(self, begun: str, word: str) -> Sequence[str]:
        """Explain what may be typed after a line; of its last word only the beginning may be there."""
        try:
            lines = [*help_lines(begun.split(), word), *self._names(begun, word)]
        except AmbiguousWordError as error:
            return [str(error)]
        return lines if begun.split() else [*lines, help_line("quit", "Leave; so do exit and Ctrl-D")]

    def _names(self, begun: str, word: str) -> Iterator[str]:
        """List the names that begin with a word, if a name is expected."""
        if not word or not _takes_name(choices(expand(begun.split()))):
            return
        names = [name for name in self._protocols() if name.startswith(word)]
        more = [f"... {len(names)} in all"] if len(names) > _MOST_NAMES else []
        yield from wrap("  ".join([*names[:_MOST_NAMES], *more]), _COLUMNS)

    def _complete(self, begun: str, text: str) -> Sequence[str]:
        try:
            possible = self._possible(expand(begun.split()))
        except AmbiguousWordError:
            return []
        return [word for word in possible if word.startswith(text)]

    def _possible(self, words: Sequence[str]) -> list[str]:
        possible = choices(words)
        keywords = [choice.text for choice in possible if not choice.is_value]
        keywords += [word for choice in possible for word in choice.literals]
        if not words:
            keywords += [_HELP, *_LEAVE]
        return keywords + self._protocols() if _takes_name(possible) else keywords

    def _protocols(self) -> list[str]:
        with self._listener.silent():
            rows = self._dialog.ask("show protocols")
            return [line.text.split()[0] for line in rows if line.code == _PROTOCOL_ROW]


def _takes_name(possible: Sequence[Choice]) -> bool:
    return any(choice.is_value and choice.text.startswith("NAME") for choice in possible)
