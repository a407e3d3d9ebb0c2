"""What a command of the control socket is made of: its words, its rows, and their text."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from bgpd.show.view import Daemon

Request = TypeVar("Request")
Row = TypeVar("Row")

SYNTAX_ERROR: Final = 9001

_TOKEN: Final = re.compile(r'"[^"]*"|[^\s"]+')


class CommandError(Exception):
    """A command is refused or failed; ``code`` is BIRD's, 8xxx at run time or 9xxx for what was typed."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Line(NamedTuple):
    """One line of a reply, without its framing."""

    code: int
    text: str
    last: bool = False


class Argument(NamedTuple):
    """A word that may follow a command, in any order and once; ``value`` names what must follow it.

    An argument without a word is the value itself, as the prefix of ``show route 10.0.0.0/8``.
    """

    word: str
    help: str
    value: str = ""
    repeated: str = "syntax error"
    """What is answered when it comes twice."""


Arguments = Mapping[str, str]
"""What was typed after a command: word to value; the wordless argument is found under the empty word."""


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

    A request is what the typed words mean; it lives as long as the answer. ``rows`` yields None wherever
    others may have their turn. Text is ``heading``, ``layout`` of every row and ``ending``. JSON is a list of
    the rows' ``document``: the fields of a NamedTuple, unless the command says otherwise, without those that
    are None.
    """

    words: str
    help: str
    example: str
    request: Callable[[Daemon, Arguments], Request]
    rows: Callable[[Request], Iterator[Row | None]]
    layout: Callable[[Request, Row], Iterable[Line]]
    heading: Callable[[Request], Iterable[Line]] = _no_lines
    ending: Callable[[Request], Line] = _plain_end
    document: Callable[[Request, Row], Mapping[str, object]] = _by_field  # type: ignore[assignment]  # see above
    is_single: Callable[[Request], bool] = _is_a_list
    """Whether JSON is the only row itself instead of a list."""
    arguments: Sequence[Argument] = ()
    changes: bool = False
    """Whether a restricted client is refused it."""


def split_words(text: str) -> list[str]:
    """Cut a command line into words; a quoted one keeps its quotes."""
    if text.count('"') % 2:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return _TOKEN.findall(text)


def read_arguments(allowed: Sequence[Argument], words: Sequence[str]) -> Arguments:
    """Sort the words after a command into its arguments."""
    by_word = {argument.word: argument for argument in allowed}
    found: dict[str, str] = {}
    remaining = iter(words)
    for word in remaining:
        argument = by_word.get(word) or by_word.get("")
        if argument is None:
            raise CommandError(SYNTAX_ERROR, "syntax error")
        if argument.word in found:
            raise CommandError(SYNTAX_ERROR, argument.repeated)
        found[argument.word] = _value_after(argument, remaining) if argument.word else word
    return found


def _value_after(argument: Argument, remaining: Iterator[str]) -> str:
    if not argument.value:
        return ""
    value = next(remaining, None)
    if value is None:
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return value
