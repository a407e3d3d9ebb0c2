"""bgpdcl's interactive prompt: history, completion, and help at every question mark."""

import readline
from collections.abc import Sequence
from typing import Final

from bgpd.control.dialog import Dialog
from bgpd.control.terminal import Terminal
from bgpd.control.words import AmbiguousWordError, choices, expand, help_lines
from bgpd.show.command import CommandError, split_words

_PROMPT: Final = "bgpd> "
_LEAVE: Final = ("quit", "exit")
_PROTOCOL_ROW: Final = 1002


class Prompt:
    """Reads commands until the user has had enough."""

    def __init__(self, dialog: Dialog, terminal: Terminal, prefix: str) -> None:
        self._dialog = dialog
        self._terminal = terminal
        self._prefix = prefix

    def run(self) -> None:
        """Read commands, ask them, print the answers."""
        self._terminal.print(self._dialog.banner)
        readline.set_completer(self._complete)
        readline.set_completer_delims(" ")
        readline.parse_and_bind("tab: complete")
        while (line := self._read()) not in _LEAVE:
            if line:
                self._answer(line)

    def _read(self) -> str:
        try:
            return input(_PROMPT).strip()
        except EOFError:
            self._terminal.print("")
            return _LEAVE[0]
        except KeyboardInterrupt:
            self._terminal.print("")
            return ""

    def _answer(self, line: str) -> None:
        try:
            if line.endswith("?"):
                self._help(split_words(line[:-1]))
            else:
                command = self._prefix + " ".join(expand(split_words(line)))
                self._terminal.print_answer(self._dialog.ask(command))
        except (AmbiguousWordError, CommandError) as error:
            self._terminal.complain(str(error))

    def _help(self, words: Sequence[str]) -> None:
        for text in help_lines(words):
            self._terminal.print(text)
        if not words:
            self._terminal.print("  quit      Leave; so do exit and Ctrl-D")

    def _complete(self, text: str, number: int) -> str | None:
        """Return the completion of this number; readline asks until there is none."""
        begun = readline.get_line_buffer()[: readline.get_begidx()]
        try:
            fitting = [word for word in self._possible(expand(begun.split())) if word.startswith(text)]
        except AmbiguousWordError:
            return None
        return f"{fitting[number]} " if number < len(fitting) else None

    def _possible(self, words: Sequence[str]) -> list[str]:
        possible = choices(words)
        keywords = [choice.text for choice in possible if not choice.is_value]
        keywords += [word for choice in possible for word in choice.literals]
        takes_name = any(choice.is_value and choice.text.startswith("NAME") for choice in possible)
        return keywords + self._protocols() if takes_name else keywords

    def _protocols(self) -> list[str]:
        rows = self._dialog.ask("show protocols")
        return [line.text.split()[0] for line in rows if line.code == _PROTOCOL_ROW]
