"""From a line that a client typed to the lines of the answer."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bgpd.control.document import JSON, json_lines
from bgpd.control.words import RESTRICT
from bgpd.show import COMMANDS
from bgpd.show.command import SYNTAX_ERROR, Command, CommandError, Line, read_arguments, split_words
from bgpd.show.folding import folded
from bgpd.show.view import Daemon

_log = logging.getLogger("bgpd.control")

_RESTRICTED: Final = 16
_ACCESS_DENIED: Final = 8007
_RUNTIME_ERROR: Final = 8008


class Interpreter:
    """What one client may ask; after ``restrict`` nothing that changes the daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._restricted = False

    def answer(self, command: str) -> Iterator[Line | None]:
        """Yield the lines of the answer; None wherever others may have their turn. The last line is marked.

        A fault of ours ends this answer and is logged; the client and the daemon go on.
        """
        try:
            yield from self._answer(split_words(command))
        except CommandError as error:
            *before, last = (line for text in error.text.splitlines() for line in folded(text))
            yield from (Line(error.code, line) for line in before)
            yield Line(error.code, last, last=True)
        except Exception:
            _log.exception("command %r failed", command)
            yield Line(_RUNTIME_ERROR, "runtime error: the log of the daemon has the details", last=True)

    def _answer(self, words: Sequence[str]) -> Iterator[Line | None]:
        if list(words) == [RESTRICT]:
            self._restricted = True
            yield Line(_RESTRICTED, "Access restricted", last=True)
            return
        in_json = words[:1] == [JSON]
        command, rest = find_command(words[1:] if in_json else words)
        if command.changes and self._restricted:
            raise CommandError(_ACCESS_DENIED, "Access denied")
        request = command.request(self._daemon, read_arguments(command.arguments, rest))
        yield from (_as_json if in_json else _as_text)(command, request)


def find_command(words: Sequence[str]) -> tuple[Command[Any, Any], Sequence[str]]:
    """Return the command that a line begins with, the longest there is, and the words after it."""
    begun = [command for command in COMMANDS if words[: len(command.words.split())] == command.words.split()]
    if not begun:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    command = max(begun, key=lambda command: len(command.words))
    return command, words[len(command.words.split()) :]


def _as_text(command: Command[Any, Any], request: object) -> Iterator[Line | None]:
    yield from command.heading(request)
    for row in command.rows(request):
        if row is None:
            yield None
        else:
            yield from command.layout(request, row)
    yield command.ending(request)._replace(last=True)


def _as_json(command: Command[Any, Any], request: object) -> Iterator[Line | None]:
    yield from json_lines(_documents(command, request), is_single=command.is_single(request))
    yield from command.problems(request)
    yield Line(0, "", last=True)


def _documents(command: Command[Any, Any], request: object) -> Iterator[Mapping[str, object] | None]:
    for row in command.rows(request):
        yield None if row is None else command.document(request, row)
