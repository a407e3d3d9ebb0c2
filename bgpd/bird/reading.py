"""A configuration file, read as ``bird -p`` does: what it says, what its filters print, what is wrong."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from bgpd.bird.grammar import Grammar
from bgpd.bird.includes import file_tokens
from bgpd.bird.program_grammar import QuitError
from bgpd.bird.tree import BirdConfiguration
from bgpd.bird.words import dialect
from rib.filters.errors import FilterError, Place
from rib.filters.grammar.lexer import Kind, Token

_AS_WRITTEN: Final[Mapping[str, str]] = MappingProxyType({})


class ReadingResult(NamedTuple):
    """What came of a file."""

    configuration: BirdConfiguration
    """All that was read before the error, if there is one."""
    printed: tuple[str, ...]
    """By ``print`` in constants and in what ``eval`` works out, and what is no error."""
    error: str | None

    @property
    def lines(self) -> tuple[str, ...]:
        """All that the user is told, in order."""
        return self.printed if self.error is None else (*self.printed, self.error)


def read(file: str, bits: int, new_names: Mapping[str, str] = _AS_WRITTEN) -> ReadingResult:
    """Read a file and those it includes, for addresses of so many bits.

    What has one of the ``new_names`` is called by the other one.
    """
    configuration = BirdConfiguration()
    error = None
    try:
        words = dialect(bits)
        tokens = _renamed(file_tokens(file, words), new_names)
        Grammar(tokens, words, configuration, new_names).read()
    except IsADirectoryError:
        error = f"{Place(file, 1, 1)} Read error"
    except OSError as problem:
        error = f"Unable to open configuration file {file}: {problem.strerror}"
    except FilterError as problem:
        error = str(problem)
    except QuitError:
        error = "Filter asked me to die"
    return ReadingResult(configuration, tuple(configuration.program.printed), error)


def _renamed(tokens: Iterator[Token], new_names: Mapping[str, str]) -> Iterator[Token]:
    """Yield tokens with the new names; a variable of that name is called so everywhere, too."""
    for token in tokens:
        if token.kind is Kind.SYMBOL and token.value in new_names:
            name = new_names[token.value]
            yield token._replace(text=token.text.replace(token.value, name), value=name)
        else:
            yield token
