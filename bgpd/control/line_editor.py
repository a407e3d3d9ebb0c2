"""Lines typed at a prompt: editing, completion at Tab, help at a question mark, through readline."""

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Final, NamedTuple

from bgpd.control.history import History

try:
    import readline
except ImportError:  # Python may be built without it
    readline = None  # type: ignore[assignment]

_LISTING: Final = ord("?")
"""What readline says it is doing when the possible completions are to be shown."""

_SETTINGS: Final = ("tab: complete", '"?": possible-completions', "set bell-style none")


class Assistance(NamedTuple):
    """Who knows what may be typed; told are the line before the word that is being typed, and that word."""

    complete: Callable[[str, str], Sequence[str]]
    help: Callable[[str, str], Sequence[str]]


class LineEditor:
    """Reads lines; without GNU's readline there is less comfort, and a question mark needs Enter."""

    def __init__(self, prompt: str, assistance: Assistance, history: History) -> None:
        self.prompt = prompt
        self._assistance = assistance
        self._history = history
        self._matches: Sequence[str] = ()
        self._tabbed = ""
        self._readline = _gnu_readline()
        if self._readline is not None:
            self._set_up(self._readline)

    def read(self) -> str:
        """Wait for a line; raises EOFError at the end."""
        line = input(self.prompt)
        if self._history.add(line) and self._readline is not None:
            self._readline.add_history(line)
        return line

    def show_above(self, text: str) -> None:
        """Print a line while another is being typed, which is shown again below it."""
        sys.stdout.write(f"\r\x1b[K{text}\n{self.prompt}{self._typed()}")
        sys.stdout.flush()

    def _set_up(self, library: ModuleType) -> None:
        for setting in _SETTINGS:
            library.parse_and_bind(setting)
        library.set_auto_history(False)
        library.set_completer_delims(" ")
        library.set_completer(self._completion)
        library.set_completion_display_matches_hook(self._show_help)
        for line in self._history.lines:
            library.add_history(line)

    def _typed(self) -> str:
        return "" if self._readline is None else str(self._readline.get_line_buffer())

    def _completion(self, text: str, number: int) -> str | None:
        """Return the completion of this number; readline asks until there is none."""
        if not number:
            self._matches = self._find(text)
        return self._matches[number] if number < len(self._matches) else None

    def _find(self, text: str) -> Sequence[str]:
        """Find what fits; for a question mark any two words will do, since help is shown instead."""
        library = self._readline
        if library is None:
            return ()
        begun = self._typed()[: library.get_begidx()]
        if library.get_completion_type() != _LISTING:
            self._tabbed = self._typed()
            words = self._assistance.complete(begun, text)
            return [f"{word} " for word in words]
        if (begun + text).count('"') % 2 and self._tabbed != self._typed():
            library.insert_text("?")  # part of a pattern
            return ()
        return [f"{text} ", f"{text}?"]

    def _show_help(self, _text: str, _matches: Sequence[str], _length: int) -> None:
        """Show help below the line, then the line as it was."""
        library, typed = self._readline, self._typed()
        if library is None:
            return
        begin, end = library.get_begidx(), library.get_endidx()
        sign = "" if self._tabbed == typed else "?"
        lines = self._assistance.help(typed[:begin], typed[begin:end])
        back = "\b" * (len(typed) - end)
        sys.stdout.write(sign + "\n" + "".join(f"{line}\n" for line in lines) + self.prompt + typed + back)
        sys.stdout.flush()


def _gnu_readline() -> ModuleType | None:
    """Return readline if it is there and GNU's: libedit has another language for its settings."""
    is_gnu = readline is not None and "libedit" not in (readline.__doc__ or "")
    return readline if is_gnu else None
