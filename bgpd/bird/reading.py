"""A configuration file, read as ``bird -p`` does: what it says, what its filters print, what is wrong."""

from typing import NamedTuple

from bgpd.bird.grammar import Grammar
from bgpd.bird.includes import file_tokens
from bgpd.bird.program_grammar import QuitError
from bgpd.bird.tree import BirdConfiguration
from bgpd.bird.words import dialect
from rib.filters.errors import FilterError, Place


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


def read(file: str, bits: int) -> ReadingResult:
    """Read a file and those it includes, for addresses of so many bits."""
    configuration = BirdConfiguration()
    error = None
    try:
        words = dialect(bits)
        Grammar(file_tokens(file, words), words, configuration).read()
    except IsADirectoryError:
        error = f"{Place(file, 1, 1)} Read error"
    except OSError as problem:
        error = f"Unable to open configuration file {file}: {problem.strerror}"
    except FilterError as problem:
        error = str(problem)
    except QuitError:
        error = "Filter asked me to die"
    return ReadingResult(configuration, tuple(configuration.program.printed), error)
