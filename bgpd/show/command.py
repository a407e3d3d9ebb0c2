"""What a command of the control socket is made of: its words, its rows, and their text."""

import re
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from bgpd.show.view import Daemon

Request = TypeVar("Request")
Row = TypeVar("Row")

SYNTAX_ERROR: Final = 9001

OPTION: Final = "--"
"""May stand before the word of an argument."""

_TOKEN: Final = re.compile(r'"[^"]*"|[^\s"]+')


class CommandError(Exception):
    """A command is refused or failed; ``code`` is BIRD's, 8xxx at run time or 9xxx for what was typed.

    The text is never empty; each line of it is one of the answer.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Line(NamedTuple):
    """One line of a reply, without its framing."""

    code: int
    text: str
    last: bool = False


class Pause(Enum):
    """A point at which others may have their turn; None is one, too, without further wishes."""

    ALONE = auto()
    """Up to what comes next other long answers wait: a whole table is copied, and one copy is enough."""


class Argument(NamedTuple):
    """A word that may follow a command, in any order and once; ``value`` names what must follow it.

    An argument without a word is the value itself, as the prefix of ``show route 10.0.0.0/8``; if there are
    several, each takes its turn. A value that is written in quotes must be typed in quotes.
    """

    word: str
    help: str
    value: str = ""
    repeated: str | None = "syntax error"
    """What is answered when it comes twice; None: then the last one counts."""
    name: str = ""
    """Under which an argument without a word is found."""
    takes_rest: bool = False
    """Whether the value of an argument without a word is the rest of the line."""
    is_value_optional: bool = False
    """Whether the word may be the last of the line; its value is empty then."""
    length: Callable[[str], int] | None = None
    """How much of the rest of the line is the value, if that is not just one word."""

    @property
    def key(self) -> str:
        """Under which the argument is found when it was typed."""
        return self.word or self.name


Arguments = Mapping[str, str]
"""What was typed after a command: word to value; an argument without a word is found under its name."""


class Client(Protocol):
    """Who asks: one connection to the control socket."""

    def tell(self, text: str) -> None:
        """Say something that belongs to no answer."""

    def echo(self, classes: Collection[str], octets: int) -> None:
        """Say what is logged from now on, as far as it is of these classes; so much of it may wait."""


class _Nobody:
    """Listens to nothing."""

    def tell(self, text: str) -> None:
        """Be told in vain."""

    def echo(self, classes: Collection[str], octets: int) -> None:
        """Want nothing."""


NOBODY: Final[Client] = _Nobody()


def _needs_no_client(_request: object, _client: Client) -> None:
    """Answer everybody alike."""


def _no_lines(_request: object) -> Iterable[Line]:
    return ()


def _plain_end(_request: object) -> Line:
    return Line(0, "")


class _Fields(Protocol):
    def _asdict(self) -> dict[str, object]: ...


def _by_field(_request: object, row: _Fields) -> Mapping[str, object]:
    return row._asdict()


def _is_a_list(_request: object) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Command(Generic[Request, Row]):
    """One row of the command table.

    A request is what the typed words mean; it lives as long as the answer. ``rows`` yields None, or another
    pause, wherever others may have their turn. Text is ``heading``, ``layout`` of every row and ``ending``.
    JSON is a list of the rows' ``document``: the fields of a NamedTuple, unless the command says otherwise,
    without those that are None.
    """

    words: str
    help: str
    example: str
    request: Callable[[Daemon, Arguments], Request]
    rows: Callable[[Request], Iterator[Row | Pause | None]]
    layout: Callable[[Request, Row], Iterable[Line]]
    heading: Callable[[Request], Iterable[Line]] = _no_lines
    ending: Callable[[Request], Line] = _plain_end
    document: Callable[[Request, Row], Mapping[str, object] | None] = _by_field  # type: ignore[assignment]  # see above
    """None: the row is for people only."""
    is_single: Callable[[Request], bool] = _is_a_list
    """Whether JSON is the only row itself instead of a list."""
    problems: Callable[[Request], Iterable[Line]] = _no_lines
    """What went wrong with single rows: the error lines of the text, which follow JSON too."""
    meet: Callable[[Request, Client], None] = _needs_no_client
    """Makes the request and the client that asks known to each other."""
    work: Callable[[Request], Awaitable[None]] | None = None
    """What takes its time, and is waited for between the heading and the first row."""
    arguments: Sequence[Argument] = ()
    changes: bool = False
    """Whether a restricted client is refused it."""


def split_words(text: str) -> list[str]:
    """Cut a command line into words; a quoted one keeps its quotes."""
    if text.count('"') % 2:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return _TOKEN.findall(text)


def argument_of(word: str, allowed: Sequence[Argument], typed: Container[str]) -> Argument | None:
    """Return which argument a word is or begins; ``typed`` are the keys of those before it.

    Who is used to options may write ``--table`` for ``table``.
    """
    plain = word.removeprefix(OPTION)
    for argument in allowed:
        if argument.word and argument.word == plain:
            return argument
    wordless = [argument for argument in allowed if not argument.word]
    last = wordless[-1] if wordless else None
    return next((argument for argument in wordless if argument.key not in typed), last)


def read_arguments(allowed: Sequence[Argument], words: Sequence[str]) -> Arguments:
    """Sort the words after a command into its arguments."""
    found: dict[str, str] = {}
    remaining = deque(words)
    while remaining:
        word = remaining.popleft()
        argument = argument_of(word, allowed, found)
        if argument is None:
            raise CommandError(SYNTAX_ERROR, "syntax error")
        if argument.key in found and argument.repeated is not None:
            raise CommandError(SYNTAX_ERROR, argument.repeated)
        found.pop(argument.key, None)
        found[argument.key] = _read(argument, word, remaining)
    return found


def _read(argument: Argument, word: str, remaining: deque[str]) -> str:
    """Return the value of an argument that a word is or begins; it may take more of them."""
    if argument.takes_rest:
        value = " ".join((word, *remaining))
        remaining.clear()
        return value
    return _value_after(argument, remaining) if argument.word else _value(argument, word)


def _value(argument: Argument, word: str) -> str:
    if argument.value.startswith('"') and not word.startswith('"'):
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return word


def _value_after(argument: Argument, remaining: deque[str]) -> str:
    if not argument.value:
        return ""
    if not remaining:
        if argument.is_value_optional:
            return ""
        raise CommandError(SYNTAX_ERROR, "syntax error")
    if argument.length is None:
        return remaining.popleft()
    rest = " ".join(remaining)
    length = argument.length(rest)
    remaining.clear()
    remaining.extend(split_words(rest[length:]))
    return rest[:length].strip()
