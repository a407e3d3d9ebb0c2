"""The programs birdcl and birdcl6: what BIRD 1.6's own client prints, to the octet; help is in our words.

Scripts run it and read its output, and a liveness probe does so every few seconds: it must start fast, so it
imports none of the packages of the daemon.
"""

import getopt
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

from bgpd.control.abbreviations import CommandTree, NotACommandError
from bgpd.control.bird_commands import BIRD_COMMANDS
from bgpd.control.pager import Pager, ask_for_key
from bgpd.control.reply import ASYNCHRONOUS, UNKNOWN, ReplyLine, ReplyReader

SOCKETS: Final = {"birdcl": "/var/run/calico/bird.ctl", "birdcl6": "/var/run/calico/bird6.ctl"}
"""Where each program finds its server, unless told otherwise."""

_PROMPT: Final = "bird> "
_HELP: Final = "Press `?' for context sensitive help."
_LEAVE: Final = ("exit", "quit")
_CODE_WIDTH: Final = 5
_CHUNK: Final = 65536

_DONE, _FAILED = 0, 1


class _Options(NamedTuple):
    """What the command line says."""

    path: str
    verbose: bool
    restricted: bool
    command: str | None


class _FailureError(Exception):
    """What ends the program with a message and exit status 1."""


class _Leave(Exception):  # noqa: N818  # the user wants it
    """What ends the program with exit status 0."""


def main(arguments: Sequence[str], program: str = "birdcl") -> int:
    """Run one command, or read commands from standard input; return the exit status.

    An answer that is an error is an answer: the status is 0.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever reads our output may leave
    _let_all_octets_pass()
    try:
        options = _read_options(arguments, program)
        with _connect(options.path) as connection:
            _Client(connection, options).run()
    except (_Leave, KeyboardInterrupt):
        sys.stdout.flush()
    except _FailureError as error:
        sys.stdout.flush()
        print(error, file=sys.stderr)  # noqa: T201  # a command line tool prints
        return _FAILED
    return _DONE


def _let_all_octets_pass() -> None:
    """Print what is no UTF-8 as it came."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]


def _read_options(arguments: Sequence[str], program: str) -> _Options:
    """Read the command line as getopt(3) does."""
    try:
        found, words = getopt.gnu_getopt(list(arguments), "s:vrl")
    except getopt.GetoptError as error:
        problem = (
            f"option requires an argument -- '{error.opt}'"
            if error.opt == "s"
            else f"invalid option -- '{error.opt if len(error.opt) == 1 else '-'}'"
        )
        usage = f"Usage: {program} [-s <control-socket>] [-v] [-r] [-l]"
        raise _FailureError(f"{program}: {problem}\n{usage}") from None
    options = dict(found)
    default = SOCKETS[program]
    path = options.get("-s", os.path.basename(default) if "-l" in options else default)
    return _Options(path, "-v" in options, "-r" in options, " ".join(words) if words else None)


def _connect(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError as error:
        connection.close()
        raise _FailureError(
            f"Unable to connect to server control socket ({path}): {error.strerror or error}"
        ) from None
    return connection


class _Client:
    """One connection: the server speaks first, then one question is asked at a time."""

    def __init__(self, connection: socket.socket, options: _Options) -> None:
        self._connection = connection
        self._options = options
        self._tree = CommandTree(BIRD_COMMANDS)
        self._reader = ReplyReader()
        self._received = b""
        self._typed = b""
        self._ended = False
        self._busy = True
        self._first_commands = self._given_commands()
        self._converses = False
        self._on_terminal = sys.stdin.isatty()
        self._pager = Pager(self._ask_for_key)

    def run(self) -> None:
        """Converse until the server or the user leaves; both are exceptions."""
        while True:
            sys.stdout.flush()
            if not self._busy and b"\n" in self._typed:
                self._take_line()
                continue
            waited_for: list[int] = [self._connection.fileno()]
            if not self._busy:
                self._leave_at_end()
                waited_for.append(sys.stdin.fileno())
            readable, _, _ = select.select(waited_for, [], [])
            if self._connection.fileno() in readable:
                self._receive()
            else:
                self._read_typed()

    # What the server says

    def _receive(self) -> None:
        octets = self._connection.recv(_CHUNK)
        if not octets:
            raise _FailureError("Connection closed by server")
        *lines, self._received = (self._received + octets).split(b"\n")
        for line in lines:
            self._show(self._reader.read(line.decode(errors="surrogateescape")))
        if not self._busy:
            self._prompt()

    def _show(self, line: ReplyLine) -> None:
        text = self._text_of(line)
        if text is not None and not self._pager.skips:
            sys.stdout.write(f"{text}\n")
            if self._on_terminal and self._converses and self._busy and not line.last:
                self._pager.passed(len(text) + 1)
        if line.last:
            self._pager.skips = False
            self._busy = False
            if not self._converses:
                self._ask_next()

    def _text_of(self, line: ReplyLine) -> str | None:
        """Return how a line is printed, None if it is not."""
        if line.code == ASYNCHRONOUS:
            return f">>> {line.text}"
        if line.code == UNKNOWN:
            return f"??? <{line.text}>"
        if line.raw.startswith(" "):
            return " " * _CODE_WIDTH * self._options.verbose + line.text
        if not line.code:
            return None
        return line.raw if self._options.verbose else line.text

    # What is asked before the user may type

    def _given_commands(self) -> list[str]:
        """Return what is to be asked after the banner, the first command last."""
        command = [] if self._options.command is None else [self._options.command]
        return command + ["restrict"] * self._options.restricted

    def _ask_next(self) -> None:
        """Ask what the command line says, word for word; when it is answered leave, or let the user type."""
        if self._first_commands:
            self._ask(self._expand(self._first_commands.pop()))
        elif self._options.command is not None:
            raise _Leave
        else:
            self._converses = True

    def _expand(self, line: str) -> str:
        try:
            return self._tree.expand(line)
        except NotACommandError as error:
            self._print(error.lines)
            raise _Leave from None

    # What the user types

    def _prompt(self) -> None:
        sys.stdout.write(_PROMPT)

    def _read_typed(self) -> None:
        octets = os.read(sys.stdin.fileno(), _CHUNK)
        self._ended = not octets
        self._typed += octets if octets or not self._typed else b"\n"

    def _leave_at_end(self) -> None:
        if self._ended:
            sys.stdout.write("\n")
            raise _Leave

    def _take_line(self) -> None:
        octets, _, self._typed = self._typed.partition(b"\n")
        line = octets.decode(errors="surrogateescape")
        if not self._on_terminal:
            sys.stdout.write(f"{line}\n")  # a terminal has shown it
        if line.endswith("?"):
            self._print(self._tree.help(line[:-1]))
        elif line:
            self._obey(line)
        if not self._busy:
            self._prompt()

    def _obey(self, line: str) -> None:
        try:
            command = self._tree.expand(line)
        except NotACommandError as error:
            self._print(error.lines)
            return
        if command.startswith(_LEAVE):
            raise _Leave
        if command.startswith("help"):
            self._print([_HELP])
        else:
            self._ask(command)

    def _ask(self, command: str) -> None:
        self._busy = True
        self._pager.begin()
        try:
            self._connection.sendall(f"{command}\n".encode(errors="surrogateescape"))
        except ConnectionError:
            raise _FailureError("Connection closed by server") from None

    def _ask_for_key(self, question: str, keys: str) -> str:
        """Return the next of these keys, which may have been typed before the question."""
        while self._typed:
            key, self._typed = self._typed[:1].decode(errors="replace"), self._typed[1:]
            if key in keys:
                sys.stdout.write(question)
                return key
        return ask_for_key(question, keys)

    def _print(self, lines: Sequence[str]) -> None:
        sys.stdout.writelines(f"{line}\n" for line in lines)
