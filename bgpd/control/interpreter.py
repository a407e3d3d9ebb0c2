"""From a line that a client typed to the lines of the answer."""

import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from bgpd.control.document import JSON, json_lines
from bgpd.control.words import RESTRICT
from bgpd.health.faults import FAULTS
from bgpd.show import COMMANDS
from bgpd.show.command import (
    NOBODY,
    SYNTAX_ERROR,
    Client,
    Command,
    CommandError,
    Line,
    Pause,
    read_arguments,
    split_words,
)
from bgpd.show.folding import folded
from bgpd.show.view import Daemon

_RESTRICTED: Final = 16
_ACCESS_DENIED: Final = 8007
_BROKEN_FILE: Final = 8002
_RUNTIME_ERROR: Final = 8008

_WITHOUT_CONFIGURATION: Final = frozenset({"show status", "configure", "down", "echo"})
"""What can be asked of a daemon whose configuration is broken; with everything that begins so."""

_COMMENT: Final = re.compile(r'("[^"]*")|#.*|/\*.*?\*/')

Step: TypeAlias = Line | Awaitable[None] | Pause | None
"""Of an answer: a line, something to wait for, or a point at which others may have their turn."""


class Interpreter:
    """What one client may ask; after ``restrict`` nothing that changes the daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._restricted = False

    def answer(self, command: str, client: Client = NOBODY) -> Iterator[Step]:
        """Yield the lines of the answer. The last one is marked.

        A fault of ours ends this answer and is logged; the client and the daemon go on.
        """
        try:
            yield from self._answer(self._words(command), client)
        except CommandError as error:
            *before, last = (line for text in error.text.splitlines() for line in folded(text))
            yield from (Line(error.code, line) for line in before)
            yield Line(error.code, last, last=True)
        except Exception as error:
            FAULTS.note("command", error, f"command {command!r}")
            yield Line(_RUNTIME_ERROR, "runtime error: the log of the daemon has the details", last=True)

    def _words(self, command: str) -> Sequence[str]:
        """Cut a line into words, without comments. BIRD finds that a string has no end before all else."""
        plain = _COMMENT.sub(lambda found: found[1] or " ", command)
        if plain.count('"') % 2 and self._daemon.dialect == "bird":
            raise CommandError(SYNTAX_ERROR, "Unknown character")
        return split_words(plain)

    def _answer(self, words: Sequence[str], client: Client) -> Iterator[Step]:
        if list(words) == [RESTRICT]:
            self._restricted = True
            yield Line(_RESTRICTED, "Access restricted", last=True)
            return
        in_json = words[:1] == [JSON]
        command, rest = find_command(words[1:] if in_json else words)
        arguments = read_arguments(command.arguments, rest)
        self._check_allowed(command)
        request = command.request(self._daemon, arguments)
        command.meet(request, client)
        yield from (_as_json if in_json else _as_text)(command, request)

    def _check_allowed(self, command: Command[Any, Any]) -> None:
        if command.changes and self._restricted:
            raise CommandError(_ACCESS_DENIED, "Access denied")
        problem = self._daemon.configuration_problem
        if problem and _WITHOUT_CONFIGURATION.isdisjoint((command.words, command.words.split()[0])):
            raise CommandError(_BROKEN_FILE, problem)


def find_command(words: Sequence[str]) -> tuple[Command[Any, Any], Sequence[str]]:
    """Return the command that a line begins with, the longest there is, and the words after it."""
    begun = [command for command in COMMANDS if words[: len(command.words.split())] == command.words.split()]
    if not begun:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    command = max(begun, key=lambda command: len(command.words))
    return command, words[len(command.words.split()) :]


def _as_text(command: Command[Any, Any], request: object) -> Iterator[Step]:
    yield from command.heading(request)
    yield from _work(command, request)
    for row in command.rows(request):
        if row is None or isinstance(row, Pause):
            yield row
        else:
            yield from command.layout(request, row)
    yield command.ending(request)._replace(last=True)


def _as_json(command: Command[Any, Any], request: object) -> Iterator[Step]:
    yield from _work(command, request)
    yield from json_lines(_documents(command, request), is_single=command.is_single(request))
    yield from command.problems(request)
    yield Line(0, "", last=True)


def _documents(command: Command[Any, Any], request: object) -> Iterator[Mapping[str, object] | Pause | None]:
    for row in command.rows(request):
        is_pause = row is None or isinstance(row, Pause)
        yield row if is_pause else command.document(request, row)


def _work(command: Command[Any, Any], request: object) -> Iterator[Awaitable[None]]:
    """Yield what a command has to wait for, if anything; what goes wrong there ends the answer."""
    if command.work is None:
        return
    errors: list[Exception] = []
    yield _collecting(command.work(request), errors)
    if errors:
        raise errors[0]


async def _collecting(work: Awaitable[None], errors: list[Exception]) -> None:
    """Await, without failing."""
    try:
        await work
    except Exception as error:
        errors.append(error)
