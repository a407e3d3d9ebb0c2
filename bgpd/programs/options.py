"""The options of ``bird`` and ``bird6``, and what these say of themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os.path import basename
from typing import Final, NamedTuple

VERSION: Final = "v0.3.3+birdv1.6.8"
"""What we stand in for: readers know it by this version."""
_VALUES: Final = {
    "c": "configuration",
    "D": "debug_file",
    "g": "group",
    "P": "pid_file",
    "s": "socket",
    "u": "user",
}
"""Options that a value follows, by what they set."""
_SWITCHES: Final = {"d": "debug", "f": "foreground", "l": "local", "p": "parse", "R": "recover"}


class Program(NamedTuple):
    """One of the two daemons."""

    name: str
    bits: int
    """Of its addresses."""
    configuration: str
    socket: str


PROGRAMS: Final = {
    "bird": Program("bird", 32, "/usr/local/etc/bird.conf", "/var/run/calico/bird.ctl"),
    "bird6": Program("bird6", 128, "/usr/local/etc/bird6.conf", "/var/run/calico/bird6.ctl"),
}


class OptionsError(Exception):
    """The command line ends the program: its text goes to standard error."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True)
class Options:
    """What the command line asks for."""

    configuration: str = ""
    socket: str = ""
    debug: bool = False
    """Debug output goes to standard error."""
    debug_file: str | None = None
    """Debug output goes there instead."""
    foreground: bool = False
    local: bool = False
    """What is not given is in the current folder."""
    parse: bool = False
    """Check the configuration, and nothing else."""
    recover: bool = False
    """Say that we come back from a restart until all neighbors have said what they have."""
    pid_file: str | None = None
    user: str | None = None
    group: str | None = None

    @property
    def stays(self) -> bool:
        """Whether the program stays in the foreground."""
        return self.foreground or self.is_debugged

    @property
    def is_debugged(self) -> bool:
        """Whether somebody looks at what it writes."""
        return self.debug or self.debug_file is not None


def usage(program: Program) -> str:
    """Return the one line that every wrong command line is answered with."""
    return f"Usage: {program.name} [--version] [--help] [-c <config-file>] [OPTIONS]"


def read_options(arguments: Sequence[str], program: Program) -> Options:
    """Take the command line in its order. Raises OptionsError if the program has nothing to do."""
    if [*arguments] == ["--version"]:
        raise OptionsError(0, f"BIRD version {VERSION}")
    if [*arguments] == ["--help"]:
        raise OptionsError(0, _help(program))
    options = Options()
    for letter, value in _scan(arguments, program):
        if letter == "h":
            raise OptionsError(0, _help(program))
        if letter in _SWITCHES:
            setattr(options, _SWITCHES[letter], True)
        else:
            setattr(options, _VALUES[letter], value)
    folder = basename if options.local else str
    options.configuration = options.configuration or folder(program.configuration)
    options.socket = options.socket or folder(program.socket)
    return options


def _scan(arguments: Sequence[str], program: Program) -> Iterator[tuple[str, str]]:
    """Yield the options, each with its value, as getopt(3) finds them."""
    words = iter(arguments)
    stray = False
    for word in words:
        if word == "--":
            stray |= any(True for _ in words)
        elif not word.startswith("-") or word == "-":
            stray = True
        else:
            yield from _scan_word(word[1:], words, program)
    if stray:
        raise OptionsError(1, usage(program))


def _scan_word(letters: str, words: Iterator[str], program: Program) -> Iterator[tuple[str, str]]:
    """Yield the options that one word has: the value of the last one may be the next word."""
    for position, letter in enumerate(letters, 1):
        if letter == "h" or letter in _SWITCHES:
            yield letter, ""
        elif letter in _VALUES:
            value = letters[position:] or next(words, None)
            if value is None:
                raise _wrong(f"option requires an argument -- '{letter}'", program)
            yield letter, value
            return
        else:
            raise _wrong(f"invalid option -- '{letter}'", program)


def _wrong(complaint: str, program: Program) -> OptionsError:
    return OptionsError(1, f"{program.name}: {complaint}\n\n{usage(program)}")


def _help(program: Program) -> str:
    return f"""{usage(program)}

Options:\x20
  -c <config-file>     Use given configuration file instead
                       of {program.configuration}
  -d                   Enable debug messages and run bird in foreground
  -D <debug-file>      Log debug messages to given file instead of stderr
  -f                   Run bird in foreground
  -g <group>           Use given group ID
  -h, --help           Display this information
  -l                   Look for a configuration file and a communication socket
                       file in the current working directory
  -p                   Test configuration file and exit without start
  -P <pid-file>        Create a PID file with given filename
  -R                   Apply graceful restart recovery after start
  -s <control-socket>  Use given filename for a control socket
  -u <user>            Drop privileges and use given user ID
  --version            Display version of BIRD"""
