"""Abbreviations, completion and help of bgpdcl, from our command table and BIRD's."""

from collections.abc import Container, Iterator, Sequence
from typing import Final, NamedTuple

from bgpd.control.abbreviations import help_line
from bgpd.control.bird_commands import BIRD_COMMANDS, GIVES_WAY
from bgpd.control.programs import PROGRAMS
from bgpd.control.syntax import arguments_of
from bgpd.show import COMMANDS
from bgpd.show.command import OPTION, Argument, argument_of

RESTRICT: Final = "restrict"

_VALUE_SIGNS: Final = frozenset('./:"')
"""Characters that keywords never have."""
_PATTERN_SIGNS: Final = frozenset("*?")
_TAKES_PATTERN: Final = '"PATTERN"'
_ELLIPSIS: Final = "..."
_IN_QUOTES: Final = '"'
"""Begins values that are typed in quotes: they are the rest of the line."""


class AmbiguousWordError(Exception):
    """An abbreviation that fits several words; the message names them."""


class Choice(NamedTuple):
    """What may be typed next: a word, or a value of the kind that ``text`` names."""

    text: str
    help: str
    is_value: bool = False
    is_spelled_out: bool = False
    """Whether no abbreviation will do, since it changes something."""
    goes_on: str = ""
    """What follows it: the value of a word, or an ellipsis for more words of a command."""

    @property
    def literals(self) -> Sequence[str]:
        """The words among the values: ``all`` of ``NAME|all``."""
        return [word for word in self.text.split("|") if self.is_value and word.islower()]


class _Entry(NamedTuple):
    words: tuple[str, ...]
    help: str
    arguments: Sequence[Argument]
    is_spelled_out: bool


_OURS: Final = (
    *(
        _Entry(tuple(command.words.split()), command.help, command.arguments, command.changes)
        for command in COMMANDS
    ),
    _Entry((RESTRICT,), "Give up everything but show commands for this connection", (), is_spelled_out=False),
    *(
        _Entry(each.words, each.help, [Argument(*word) for word in each.arguments], is_spelled_out=True)
        for each in PROGRAMS
    ),
)

_OF_THE_CLIENT: Final = {("exit",), ("help",), ("quit",)}


def _is_ours(words: tuple[str, ...]) -> bool:
    """Tell whether a command of BIRD is one of ours, or one of ours with an argument."""
    return words in _OF_THE_CLIENT or any(
        entry.words == words[: len(entry.words)]
        and {argument.word for argument in entry.arguments}.issuperset(words[len(entry.words) :])
        for entry in _OURS
    )


_ENTRIES: Final = (
    *_OURS,
    *(
        _Entry(tuple(command.words.split()), command.help, arguments_of(command), command.changes)
        for command in BIRD_COMMANDS
        if not command.is_group and not _is_ours(tuple(command.words.split()))
    ),
)
"""Our commands, and for the sake of other servers those of BIRD that we lack."""

_OPTIONS: Final = frozenset(
    f"{OPTION}{argument.word}" for entry in _ENTRIES for argument in entry.arguments if argument.word
)


def without_options(words: Sequence[str]) -> list[str]:
    """Return the words of a command line, those of arguments without the sign of an option."""
    return [word.removeprefix(OPTION) if word in _OPTIONS else word for word in words]


def choices(words: Sequence[str]) -> Sequence[Choice]:
    """Return what may come after these words, which are whole; nothing if they begin no command of ours."""
    depth = len(words)
    begun: dict[str, list[_Entry]] = {}
    named: _Entry | None = None
    for entry in _ENTRIES:
        length = len(entry.words)
        if entry.words == tuple(words[:length]):
            named = entry if named is None or length > len(named.words) else named
        elif entry.words[:depth] == tuple(words):
            begun.setdefault(entry.words[depth], []).append(entry)
    longer = [_word_choice(word, entries) for word, entries in begun.items()]
    return longer if named is None else [*longer, *_argument_choices(named, words[len(named.words) :])]


def _word_choice(word: str, entries: Sequence[_Entry]) -> Choice:
    """Offer a word of commands; one that begins several is explained by how they go on."""
    first = entries[0]
    is_command = first.words[-1] == word
    following = dict.fromkeys(entry.words[entry.words.index(word) + 1] for entry in entries if not is_command)
    text = first.help if is_command or len(entries) == 1 else ", ".join(following)
    goes_on = "" if is_command and len(entries) == 1 else _ELLIPSIS
    return Choice(word, text, is_spelled_out=first.is_spelled_out, goes_on=goes_on)


def _argument_choices(entry: _Entry, typed: Sequence[str]) -> Sequence[Choice]:
    found: set[str] = set()
    remaining = iter(typed)
    for word in remaining:
        argument = argument_of(word, entry.arguments, found)
        if argument is not None:
            found.add(argument.key)
            if argument.word and argument.value and next(remaining, None) is None:
                value = Choice(argument.value, argument.help, is_value=True)
                return [value, *_free_choices(entry, found)] if argument.is_value_optional else [value]
    return _free_choices(entry, found)


def _free_choices(entry: _Entry, found: Container[str]) -> Sequence[Choice]:
    return [_argument_choice(argument, entry) for argument in _next_arguments(entry.arguments, found)]


def _next_arguments(arguments: Sequence[Argument], found: Container[str]) -> Iterator[Argument]:
    """Return those that are left; of the ones without a word only the first, since they take turns."""
    has_value = False
    for argument in arguments:
        if argument.key not in found and (argument.word or not has_value):
            has_value = has_value or not argument.word
            yield argument


def _argument_choice(argument: Argument, entry: _Entry) -> Choice:
    return Choice(
        argument.word or argument.value,
        argument.help,
        is_value=not argument.word,
        is_spelled_out=entry.is_spelled_out,
        goes_on=_value_after(argument),
    )


def _value_after(argument: Argument) -> str:
    if not argument.word:
        return ""
    return f"[{argument.value}]" if argument.is_value_optional else argument.value


def expand(words: Sequence[str], *, does_nothing: bool = False) -> list[str]:
    """Write abbreviated keywords out; raises AmbiguousWordError if one fits several.

    What is no keyword of ours is left alone, since the server may know more than we do; so is what changes
    something, unless it is only to be explained.
    """
    whole: list[str] = []
    for position, word in enumerate(words):
        possible = choices(whole)
        if [choice.text[0] for choice in possible] == [_IN_QUOTES]:
            return [*whole, _in_quotes(words[position:])]
        if does_nothing:
            possible = [choice._replace(is_spelled_out=False) for choice in possible]
        whole.append(_expand_word(word, possible))
    return whole


def _in_quotes(words: Sequence[str]) -> str:
    """Return the rest of a line as one value; the shell took the quotes away, or they are still there."""
    text = " ".join(words).strip('"').replace('"', "'")
    return f'"{text}"'


def _expand_word(word: str, possible: Sequence[Choice]) -> str:
    if _VALUE_SIGNS.intersection(word):
        is_quoted = any(choice.text.startswith(_IN_QUOTES) for choice in possible)
        return _in_quotes([word]) if is_quoted else word
    if _PATTERN_SIGNS.intersection(word) and any(_TAKES_PATTERN in choice.text for choice in possible):
        return f'"{word}"'  # the shell took the quotes away
    keywords = [choice.text for choice in possible if not choice.is_value and not choice.is_spelled_out]
    fitting = [keyword for keyword in keywords if keyword.startswith(word)]
    if word in fitting or not fitting:
        return word
    if len(fitting) > 1 and GIVES_WAY in fitting:
        fitting.remove(GIVES_WAY)
    if len(fitting) > 1:
        raise AmbiguousWordError(f"{word} is ambiguous: {', '.join(fitting)}")
    return fitting[0]


def help_lines(words: Sequence[str], begun: str = "") -> Sequence[str]:
    """Return what may be typed after these words, as whole lines; only what begins so, if anything does."""
    whole = expand(words, does_nothing=True)
    typed = " ".join(whole)
    own = [help_line(typed, entry.help) for entry in _ENTRIES if entry.words == tuple(whole)]
    possible = choices(whole)
    fitting = [choice for choice in possible if begun and choice.text.startswith(begun)]
    lines = [_choice_line(typed, choice) for choice in fitting or possible]
    return [*([] if fitting else own), *lines] or ["(nothing may follow)"]


def _choice_line(typed: str, choice: Choice) -> str:
    return help_line(f"{typed} {choice.text} {choice.goes_on}".strip(), choice.help)
