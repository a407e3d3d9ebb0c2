"""Patterns of strings: ``"eth*"``. They are matched in a time that grows with text times pattern."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

_ANY: Final = ""
"""Stands for one character, whichever it is."""


class Chunk(NamedTuple):
    """What is between two stars."""

    characters: tuple[str, ...]
    begins_with: str
    """As it is written: ``*?`` goes on at a question mark, as in BIRD."""

    def fits(self, text: str, start: int) -> bool:
        """Tell whether a text goes on like this."""
        end = start + len(self.characters)
        if end > len(text):
            return False
        return all(map(_same, self.characters, text[start:end]))

    def may_begin(self, text: str, start: int) -> bool:
        """Tell whether a star may end here."""
        return text[start : start + 1] == self.begins_with and self.fits(text, start)


def _same(wanted: str, character: str) -> bool:
    return wanted in (_ANY, character)


class Glob:
    r"""A pattern: ``?`` is a character, ``*`` any number of them, ``\`` quotes what follows."""

    def __init__(self, pattern: str) -> None:
        self._first, *self._others = _chunks(_characters(pattern))

    def matches(self, text: str) -> bool:
        """Tell whether the whole text looks like this.

        Behind a star the first place that fits is as good as any other, but for the last chunk, which ends
        the text.
        """
        if not self._first.fits(text, 0):
            return False
        position = len(self._first.characters)
        if not self._others:
            return position == len(text)
        *between, last = self._others
        for chunk in between:
            starts = range(position, len(text))
            found = next((start for start in starts if chunk.may_begin(text, start)), None)
            if found is None:
                return False
            position = found + len(chunk.characters)
        start = len(text) - len(last.characters)
        return not last.begins_with or (start >= position and last.may_begin(text, start))


@lru_cache(256)
def glob(pattern: str) -> Glob:
    """Return a pattern, ready to be used."""
    return Glob(pattern)


class _Character(NamedTuple):
    text: str
    is_special: bool


def _characters(pattern: str) -> Iterator[_Character]:
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            yield _Character(next(characters, character), is_special=False)
        else:
            yield _Character(character, character in "*?")


def _chunks(characters: Iterable[_Character]) -> list[Chunk]:
    chunks: list[list[_Character]] = [[]]
    heads: list[str] = []
    for character in characters:
        if len(heads) < len(chunks):
            heads.append(character.text)
        if character == ("*", True):
            chunks.append([])
        else:
            chunks[-1].append(character)
    heads.extend([""] * (len(chunks) - len(heads)))
    return [
        Chunk(tuple(_ANY if each.is_special else each.text for each in chunk), head)
        for chunk, head in zip(chunks, heads, strict=True)
    ]
